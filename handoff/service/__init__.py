"""Use cases: one function of these is one thing a person or the bot does, and one commit."""
