"""The migrated database is what the tables say, and every question of a customer's finds an index."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.schema import blocks, customers, metadata, order_items, orders, points
from kernel.database import write


async def test_migrations_lead_to_the_tables_as_declared(shop: AsyncEngine) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"version_table": "alembic_version_backoffice"})
        return list(compare_metadata(context, metadata))

    async with shop.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_row_that_belongs_to_somebody_is_found_by_an_index() -> None:
    for table in metadata.tables.values():
        firsts = {next(iter(index.columns)).name for index in table.indexes} | {next(iter(table.primary_key)).name}
        for key in table.foreign_keys:
            assert key.parent.name in firsts, f"{table.name}.{key.parent.name} has no index"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (customers, {"customer_id": "c2", "grade": "gold"}),
        (orders, {"order_id": "1", "customer_id": "c1", "status": "lost", "ordered_at": None}),
        (orders, {"order_id": "1", "customer_id": "nobody", "status": "paid"}),
        (blocks, {"customer_id": "c1", "reason": "bored"}),
        (order_items, {"order_id": "nothing", "product": "x", "quantity": 1}),
        (points, {"customer_id": "nobody", "amount_krw": 1}),
    ],
)
async def test_the_database_itself_refuses_what_cannot_be(
    shop: AsyncEngine, table: sa.Table, row: dict[str, object]
) -> None:
    async with write(shop) as connection:
        await connection.execute(customers.insert(), {"customer_id": "c1", "grade": "basic"})
    with pytest.raises(IntegrityError):
        async with write(shop) as connection:
            await connection.execute(table.insert(), row)
