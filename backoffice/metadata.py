"""The one MetaData that every table of the shop hangs on, with names for all constraints.

Migrations compare the database with it. Import `backoffice.schema` to have every table on it.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A growing number as key: 64 bits on PostgreSQL; SQLite numbers rows itself only for INTEGER.
RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def row_id() -> sa.Column[int]:
    """Return the key column of a table whose rows have no name of their own; it grows in the order they were written."""
    return sa.Column("row_id", RowId, primary_key=True, autoincrement=True)


def customer_id(*, nullable: bool = False) -> sa.Column[str]:
    """Return the column that says whose row it is; the row goes when the customer goes."""
    return sa.Column(
        "customer_id", sa.Text, sa.ForeignKey("customers.customer_id", ondelete="CASCADE"), nullable=nullable
    )


def order_id(**kwargs: bool) -> sa.Column[str]:
    """Return the column that says which order a row belongs to; the row goes when the order goes."""
    return sa.Column("order_id", sa.Text, sa.ForeignKey("orders.order_id", ondelete="CASCADE"), **kwargs)  # type: ignore[arg-type]


def one_of(column: str, values: type) -> sa.CheckConstraint:
    """Return a check that `column` holds a value of the enumeration `values`."""
    listed = ", ".join(f"'{value}'" for value in values)  # type: ignore[attr-defined]
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"known_{column}")
