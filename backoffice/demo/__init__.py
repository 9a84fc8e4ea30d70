"""Demo data: an invented shop to try everything on, and files to load one's own into it."""
