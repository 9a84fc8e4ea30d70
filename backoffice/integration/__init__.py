"""Integration: which of the shop's own systems may ask and tell what, and what they were answered."""
