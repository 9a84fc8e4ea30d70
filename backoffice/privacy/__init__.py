"""Privacy: what customers agreed to."""
