"""Privacy: what customers agreed to, what they ask about their own data, how long it is kept, who saw it."""
