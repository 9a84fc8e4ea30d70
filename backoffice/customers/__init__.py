"""Customers: who they are, and what an agent sees of them."""
