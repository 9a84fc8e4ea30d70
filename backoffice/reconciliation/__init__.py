"""Reconciliation: do orders, payments, deliveries and ledgers agree, and where do they not."""
