"""How a customer wants to be told of orders and deliveries: which notices, on which way, when not."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.privacy.tables import NoticeChannel, notification_settings
from kernel.database import insert, read, write

_SETTINGS = sa.select(notification_settings).where(notification_settings.c.customer_id == sa.bindparam("customer_id"))
_KNOWN = sa.select(customers.c.customer_id).where(customers.c.customer_id == sa.bindparam("customer_id"))


@dataclass(frozen=True, kw_only=True)
class NotificationSettings:
    """One customer's wishes; without any, everything comes by text message at any hour.

    Quiet hours are minutes after midnight in Seoul and may go over midnight; both None: there are none.
    """

    order_notices: bool = True
    delivery_notices: bool = True
    channel: NoticeChannel = NoticeChannel.SMS
    quiet_from_min: int | None = None
    quiet_until_min: int | None = None


async def find_settings(engine: AsyncEngine, customer_id: str) -> NotificationSettings:
    """Return the customer's wishes, or the defaults."""
    async with read(engine) as connection:
        return await read_settings(connection, customer_id)


async def read_settings(connection: AsyncConnection, customer_id: str) -> NotificationSettings:
    """Return the customer's wishes within the caller's transaction."""
    row = (await connection.execute(_SETTINGS, {"customer_id": customer_id})).first()
    if row is None:
        return NotificationSettings()
    return NotificationSettings(
        order_notices=row.order_notices,
        delivery_notices=row.delivery_notices,
        channel=NoticeChannel(row.channel),
        quiet_from_min=row.quiet_from_min,
        quiet_until_min=row.quiet_until_min,
    )


async def change_settings(
    engine: AsyncEngine, *, customer_id: str, now: datetime, **wishes: Any
) -> NotificationSettings:
    """Change the fields named in `wishes`, and return all as they are then. Raises CustomerNotFound."""
    async with write(engine) as connection:
        # The customer's row is held, so that two changes at once lose nothing of one another.
        held = _KNOWN.with_for_update()
        if (await connection.execute(held, {"customer_id": customer_id})).first() is None:
            raise CustomerNotFound(customer_id)
        changed = replace(await read_settings(connection, customer_id), **wishes)
        values = {**asdict(changed), "channel": changed.channel.value, "changed_at": now}
        statement = insert(connection, notification_settings).values(customer_id=customer_id, **values)
        await connection.execute(statement.on_conflict_do_update(index_elements=["customer_id"], set_=values))
    return changed
