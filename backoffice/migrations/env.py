"""What alembic runs: the shop's revisions, over the connection that `kernel.database.upgrade` describes."""

from backoffice.schema import metadata
from kernel.database import run_migrations

run_migrations(metadata)
