"""One thing at a time for a customer: what is decided from their ledgers stays true until it is written."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.customers.tables import Grade, customers
from backoffice.errors import CustomerNotFound

# PostgreSQL: FOR NO KEY UPDATE, which rows that refer to the customer do not wait for. SQLite has one writer anyway.
_LOCK = (
    sa.select(customers.c.grade)
    .where(customers.c.customer_id == sa.bindparam("customer_id"))
    .with_for_update(key_share=True)
)


async def lock_customer(connection: AsyncConnection, customer_id: str) -> Grade:
    """Keep others who lock this customer out until the transaction ends; return the grade. Raises CustomerNotFound."""
    found: str | None = await connection.scalar(_LOCK, {"customer_id": customer_id})
    if found is None:
        raise CustomerNotFound(customer_id)
    return Grade(found)
