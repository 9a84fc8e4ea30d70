"""Alembic's entry: the tables of conversations."""

from handoff.adapters.sql.tables import metadata
from kernel.database import run_migrations

run_migrations(metadata)
