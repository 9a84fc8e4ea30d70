"""Orders: what was bought, and how it ended."""
