"""Conversations in SQL: SQLite and PostgreSQL by the same statements."""
