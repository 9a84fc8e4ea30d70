"""Blocking: who is kept out, and until when."""
