"""Verification: attempts to prove who one is."""
