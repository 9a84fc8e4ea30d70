"""Notices: what the shop tells a customer without having been asked."""
