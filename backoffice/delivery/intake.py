"""Takes in what couriers and the warehouse report: each report once, in any order, whole or not at all.

A report is added to `delivery_events`; then what all reports about the order say together (`events.project`) is
written to the tables customers are answered from. Reports about one order wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.errors import EventIdReused, OrderUnknown
from backoffice.delivery.events import CourierEvent, Flag, Intake, Projection, check, is_known, name_of, project
from backoffice.delivery.promises import Expectation, expect_anew
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.rules import load_rules
from backoffice.delivery.tables import deliveries, delivery_events, delivery_flags, delivery_stages
from backoffice.orders.tables import OrderStatus, orders
from kernel.database import insert, write

_ORDER = sa.select(orders).where(orders.c.order_id == sa.bindparam("wanted")).with_for_update()
_EVENTS = sa.select(delivery_events).where(delivery_events.c.order_id == sa.bindparam("wanted"))
_SAME_ID = sa.select(delivery_events).where(
    delivery_events.c.source == sa.bindparam("its_source"), delivery_events.c.event_id == sa.bindparam("its_id")
)
_STAGES = sa.select(delivery_stages).where(delivery_stages.c.order_id == sa.bindparam("wanted"))
_DELIVERY = sa.select(deliveries).where(deliveries.c.order_id == sa.bindparam("wanted"))
_FIELDS = ("source", "event_id", "order_id", "code", "happened_at", "place", "reason", "courier", "tracking_no")
# An open order's status by the stage its parcel has reached; it only ever goes forward.
_STATUS_AT = {
    "received": OrderStatus.RECEIVED,
    "paid": OrderStatus.PAID,
    "stock_confirmed": OrderStatus.PAID,
    "packed": OrderStatus.PACKED,
    "invoice_issued": OrderStatus.PACKED,
    "handed_over": OrderStatus.SHIPPED,
    "sorting": OrderStatus.IN_TRANSIT,
    "out_for_delivery": OrderStatus.IN_TRANSIT,
    "delivered": OrderStatus.DELIVERED,
}
_WAY = tuple(dict.fromkeys(_STATUS_AT.values()))


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a report, by which version of the rules; `flags` are what a person has to look at because of it."""

    outcome: Intake
    rules_version: int
    flags: tuple[Flag, ...] = ()


async def record_event(
    engine: AsyncEngine, event: CourierEvent, *, now: datetime, rules: DeliveryRules | None = None
) -> Taken:
    """Take in one report.

    The same report again changes nothing. Raises OrderUnknown, EventInvalid, EventFromTheFuture, EventIdReused; then
    nothing has changed either.
    """
    async with write(engine) as connection:
        return await take_event(connection, event, now=now, rules=rules)


async def take_event(
    connection: AsyncConnection, event: CourierEvent, *, now: datetime, rules: DeliveryRules | None = None
) -> Taken:
    """Like `record_event`, within a transaction of the caller's."""
    rules = rules or load_rules()
    check(event, now=now, rules=rules)
    order = (await connection.execute(_ORDER, {"wanted": event.order_id})).first()
    if order is None:
        raise OrderUnknown(f"no order has the number {event.order_id!r}")
    if not await _add(connection, event, now=now, rules=rules):
        return Taken(outcome=Intake.REPEATED, rules_version=rules.version)
    events = [_event(row) for row in await connection.execute(_EVENTS, {"wanted": event.order_id})]
    found = project(
        events,
        ordered_at=order.ordered_at,
        status=OrderStatus(order.status),
        ended_at=order.cancelled_at,
        rules=rules,
    )
    flags = await _raise_flags(connection, event.order_id, found.flags, now)
    await _write_projection(connection, order, found, now=now, rules=rules)
    is_late = any(other.happened_at > event.happened_at for other in events)
    return Taken(outcome=_outcome(event, flags, is_late=is_late, rules=rules), rules_version=rules.version, flags=flags)


def _outcome(event: CourierEvent, flags: Sequence[Flag], *, is_late: bool, rules: DeliveryRules) -> Intake:
    if not is_known(event.code, rules):
        return Intake.UNKNOWN_CODE
    if flags:
        return Intake.CONTRADICTORY
    return Intake.LATE if is_late else Intake.STORED


async def _add(connection: AsyncConnection, event: CourierEvent, *, now: datetime, rules: DeliveryRules) -> bool:
    """Add the report; return whether it is new. Raises EventIdReused where the id stands for another report."""
    row = {field: getattr(event, field) for field in _FIELDS} | {
        "stage": rules.find_stage(event.code),
        "eta_date": event.eta_on,
        "received_at": now,
        "rules_version": rules.version,
    }
    added = await connection.execute(insert(connection, delivery_events).values(**row).on_conflict_do_nothing())
    if added.rowcount:
        return True
    known = (await connection.execute(_SAME_ID, {"its_source": event.source, "its_id": event.event_id})).one()
    if _event(known) != event:
        raise EventIdReused(f"{name_of(event)} was another report before")
    return False


def _event(row: Any) -> CourierEvent:
    return CourierEvent(**{field: getattr(row, field) for field in _FIELDS}, eta_on=row.eta_date)


async def _raise_flags(
    connection: AsyncConnection, order_id: str, flags: Iterable[Flag], now: datetime
) -> tuple[Flag, ...]:
    """Write down what is not known yet; return that."""
    new: list[Flag] = []
    for flag in sorted(flags, key=lambda flag: (flag.kind, flag.subject)):
        row = {"order_id": order_id, "kind": flag.kind.value, "subject": flag.subject, "found_at": now}
        added = await connection.execute(insert(connection, delivery_flags).values(**row).on_conflict_do_nothing())
        if added.rowcount:
            new.append(flag)
    return tuple(new)


async def _write_projection(
    connection: AsyncConnection, order: Any, found: Projection, *, now: datetime, rules: DeliveryRules
) -> None:
    await _write_stages(connection, order.order_id, found.reached, rules)
    before = (await connection.execute(_DELIVERY, {"wanted": order.order_id})).first()
    fields: dict[str, Any] = {
        name: value
        for name, value in (
            ("delivered_at", _earlier(before.delivered_at if before else None, found.delivered_at)),
            ("delivered_place", found.delivered_place),
            ("delay_reason", found.delay_reason),
            ("courier", found.courier),
            ("tracking_no", found.tracking_no),
        )
        if value is not None
    }
    if before is None:
        await connection.execute(deliveries.insert().values(order_id=order.order_id, **fields))
    elif fields:
        mine = deliveries.update().where(deliveries.c.order_id == order.order_id)
        await connection.execute(mine.values(**fields))
    status = await _advance(connection, order, found.reached, rules)
    is_told = found.delivered_at is None and status in _WAY and status is not OrderStatus.DELIVERED
    if found.eta_on is not None:
        wanted = Expectation(order_id=order.order_id, customer_id=order.customer_id, day=found.eta_on)
        await expect_anew(connection, wanted, reason=found.delay_reason, is_told=is_told, now=now, rules=rules)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


async def _write_stages(
    connection: AsyncConnection, order_id: str, reached: Mapping[str, datetime], rules: DeliveryRules
) -> None:
    rows: dict[str | None, Any] = {}
    for known in await connection.execute(_STAGES, {"wanted": order_id}):
        rows.setdefault(rules.find_stage(known.stage), known)
    for stage, at in sorted(reached.items()):
        row: Any = rows.get(stage)
        if row is None:
            await connection.execute(delivery_stages.insert().values(order_id=order_id, stage=stage, actual_at=at))
        elif row.actual_at is None or at < row.actual_at:
            mine = delivery_stages.update().where(delivery_stages.c.row_id == row.row_id)
            await connection.execute(mine.values(actual_at=at))


async def _advance(
    connection: AsyncConnection, order: Any, reached: Mapping[str, datetime], rules: DeliveryRules
) -> OrderStatus:
    """Bring an open order's status to the furthest stage; return the status it has then."""
    status = OrderStatus(order.status)
    if not reached or status not in _WAY:
        return status
    furthest = _STATUS_AT[max(reached, key=rules.place_of)]
    if _WAY.index(furthest) > _WAY.index(status):
        mine = orders.update().where(orders.c.order_id == order.order_id)
        await connection.execute(mine.values(status=furthest.value))
        return furthest
    return status


async def list_flags(
    connection: AsyncConnection, order_ids: Sequence[str] | None = None, *, limit: int = 100
) -> Sequence[sa.RowMapping]:
    """Return what people still have to look at, the oldest first; of some orders only where these are given."""
    query = sa.select(delivery_flags).where(delivery_flags.c.resolved_at.is_(None))
    if order_ids is not None:
        query = query.where(delivery_flags.c.order_id.in_(order_ids))
    return (await connection.execute(query.order_by(delivery_flags.c.found_at).limit(limit))).mappings().all()


async def resolve_flag(engine: AsyncEngine, flag_id: int, *, by: str, resolution: str, now: datetime) -> bool:
    """Put down what a person found out; return False where somebody else already has."""
    async with write(engine) as connection:
        mine = delivery_flags.update().where(delivery_flags.c.row_id == flag_id, delivery_flags.c.resolved_at.is_(None))
        done = await connection.execute(mine.values(resolved_at=now, resolved_by=by, resolution=resolution))
    return done.rowcount == 1
