"""Reads what happened to orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.orders.rules import load_return_rules
from backoffice.orders.story import EVENT_LABELS, Event
from backoffice.orders.tables import (
    Actor,
    EventKind,
    ReturnKind,
    ReturnState,
    order_events,
    order_returns,
    orders,
)
from kernel import korean
from kernel.database import read

# An order to which more happened is told by its latest events.
_MOST = 50
_NOTED = 10
_ACTORS = {Actor.CUSTOMER: "고객", Actor.AGENT: "상담원", Actor.SHOP: "쇼핑몰"}
_EVENTS = (
    sa.select(order_events)
    .join(orders, orders.c.order_id == order_events.c.order_id)
    .where(order_events.c.order_id == sa.bindparam("order_id"), orders.c.customer_id == sa.bindparam("customer_id"))
    .order_by(order_events.c.row_id.desc())
    .limit(_MOST)
)
_LATEST = (
    sa.select(order_events)
    .where(order_events.c.order_id.in_(sa.bindparam("order_ids", expanding=True)))
    .order_by(order_events.c.row_id.desc())
    .limit(sa.bindparam("most"))
)
_OPEN_RETURNS = sa.select(
    *(order_returns.c[name] for name in ("order_id", "kind", "reason", "pickup_date", "wanted_option"))
).where(
    order_returns.c.order_id.in_(sa.bindparam("order_ids", expanding=True)),
    order_returns.c.state == ReturnState.REQUESTED.value,
)


async def list_events(engine: AsyncEngine, customer_id: str, order_id: str) -> Sequence[Event]:
    """Return what happened to this customer's order, oldest first; nothing for another's or nobody's."""
    async with read(engine) as connection:
        found = await connection.execute(_EVENTS, {"customer_id": customer_id, "order_id": order_id})
        return [_event(row) for row in found][::-1]


async def read_latest(connection: AsyncConnection, order_ids: Sequence[str], *, limit: int) -> Sequence[Any]:
    """Return the latest events of all these orders, newest first, within a transaction of the caller's."""
    return (await connection.execute(_LATEST, {"order_ids": list(order_ids), "most": limit})).all()


async def read_open_returns(connection: AsyncConnection, order_ids: Sequence[str]) -> Sequence[Any]:
    """Return the returns of these orders that are still under way, within a transaction of the caller's."""
    return (await connection.execute(_OPEN_RETURNS, {"order_ids": list(order_ids)})).all()


async def read_notes(connection: AsyncConnection, order_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return, in short Korean lines, what an agent has to know of these orders: open returns, then the last events."""
    notes: dict[str, list[str]] = {}
    if not order_ids:
        return notes
    for one in await read_open_returns(connection, order_ids):
        what = "교환" if one.kind == ReturnKind.EXCHANGE else "반품"
        label = load_return_rules().reasons.get(one.reason)
        pickup = f"{one.pickup_date.month}월 {one.pickup_date.day}일"
        wanted = f" · {korean.josa(one.wanted_option, '으로/로')} 받기 원함" if one.wanted_option else ""
        notes.setdefault(one.order_id, []).append(
            f"{what} 접수 중 · {label.label if label else one.reason} · 회수 {pickup}{wanted}"
        )
    for row in await read_latest(connection, order_ids, limit=_NOTED):
        event = _event(row)
        notes.setdefault(row.order_id, []).append(
            f"{EVENT_LABELS[event.kind]} · {korean.date(event.at)} · {_ACTORS[event.actor]}"
        )
    return notes


def _event(row: Any) -> Event:
    return Event(kind=EventKind(row.kind), at=row.at, actor=Actor(row.actor), detail=row.detail, why=row.why)
