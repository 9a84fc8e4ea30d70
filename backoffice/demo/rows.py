"""Takes demo customers apart into rows, ready for one bulk insert a table. Pure but for the ids it is given to draw from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from backoffice.benefits.tables import coupons, points
from backoffice.blocking.tables import blocks
from backoffice.compensation.tables import grants
from backoffice.customers.tables import customers
from backoffice.delivery.tables import deliveries, delivery_stages
from backoffice.demo import shape
from backoffice.orders.tables import order_events, order_items, order_returns, orders, refunds
from backoffice.privacy.tables import consents
from backoffice.verification.tables import verification_attempts
from kernel.clock import KST

Rows = dict[sa.Table, list[dict[str, Any]]]

# Parents before children.
INSERT_ORDER = (
    customers,
    orders,
    order_items,
    refunds,
    order_events,
    order_returns,
    deliveries,
    delivery_stages,
    verification_attempts,
    blocks,
    points,
    coupons,
    grants,
    consents,
)
_DELIVERY_FIELDS = (
    "promised_date",
    "eta",
    "delivered_at",
    "delivered_place",
    "courier",
    "tracking_no",
    "delay_reason",
    "address",
    "door_note",
)


def name_everything(
    people: Iterable[shape.Customer], *, now: datetime, new_id: Callable[[str], str]
) -> list[shape.Customer]:
    """Return the customers with what the database must have filled in where the file left it out.

    Ids are drawn; an event without a time is taken to happen at `now`, an order without one when
    its first stage was reached.
    """
    return [
        person.model_copy(
            update={
                "customer_id": person.customer_id or new_id("customer"),
                "orders": tuple(_name_order(order, now=now, new_id=new_id) for order in person.orders),
                "coupons": tuple(
                    coupon.model_copy(
                        update={"coupon_id": coupon.coupon_id or new_id("coupon"), "issued_at": coupon.issued_at or now}
                    )
                    for coupon in person.coupons
                ),
                "blocks": _dated(person.blocks, "blocked_at", now),
                "verification_attempts": _dated(person.verification_attempts, "at", now),
                "points": _dated(person.points, "at", now),
                "grants": _dated(person.grants, "at", now),
            }
        )
        for person in people
    ]


def _name_order(order: shape.Order, *, now: datetime, new_id: Callable[[str], str]) -> shape.Order:
    reached = [stage.actual_at for stage in order.stages if stage.actual_at]
    return order.model_copy(
        update={
            "order_id": order.order_id or new_id("order"),
            "ordered_at": order.ordered_at or min(reached, default=now),
            "events": _dated(order.events or (), "at", now),
            "returns": _dated(order.returns or (), "requested_at", now),
        }
    )


def _dated(entries: Sequence[Any], field: str, now: datetime) -> tuple[Any, ...]:
    return tuple(entry if getattr(entry, field) else entry.model_copy(update={field: now}) for entry in entries)


def take_apart(people: Iterable[shape.Customer]) -> Rows:
    """Return the rows of all tables; tables without rows are left out."""
    rows: Rows = defaultdict(list)
    for person in people:
        rows[customers].append({column.name: getattr(person, column.name) for column in customers.c})
        owner = {"customer_id": person.customer_id}
        for order in person.orders:
            _take_order(rows, order, owner)
        for table, entries in (
            (verification_attempts, person.verification_attempts),
            (blocks, person.blocks),
            (points, person.points),
            (coupons, person.coupons),
            (grants, person.grants),
        ):
            rows[table].extend(owner | dict(entry) for entry in entries)
        if person.consents:
            given = ((kind, granted) for kind, granted in person.consents if granted is not None)
            when = {"at": person.joined_at, "channel": "import"}
            rows[consents].extend(owner | {"kind": kind, "granted": granted} | when for kind, granted in given)
    return dict(rows)


def _take_order(rows: Rows, order: shape.Order, owner: dict[str, Any]) -> None:
    rows[orders].append(owner | {c.name: getattr(order, c.name) for c in orders.c if c.name != "customer_id"})
    ours = {"order_id": order.order_id}
    for item in order.items:
        counts = {"cancelled_count": item.cancelled_count or 0, "returned_count": item.returned_count or 0}
        rows[order_items].append(ours | dict(item) | counts)
    rows[delivery_stages].extend(ours | dict(stage) for stage in order.stages)
    if order.refund:
        rows[refunds].extend(ours | dict(one) for one in (*(order.earlier_refunds or ()), order.refund))
    rows[order_events].extend(ours | dict(event) | {"detail": event.detail or {}} for event in order.events or ())
    for place, one in enumerate(order.returns or ()):
        known = {"return_id": f"{order.order_id}-return-{place}", "rule": one.rule or "returns.imported"}
        rows[order_returns].append(ours | dict(one) | known | {"items": [dict(item) for item in one.items]})
    if order.eta_history or any(getattr(order, field) is not None for field in _DELIVERY_FIELDS):
        fields = {field: getattr(order, field) for field in _DELIVERY_FIELDS if field != "eta"}
        rows[deliveries].append(ours | fields | _expected(order.eta) | {"eta_history": _history(order)})


def _expected(eta: date | None) -> dict[str, date | None]:
    if isinstance(eta, datetime):
        return {"eta_date": eta.astimezone(KST).date(), "eta_at": eta}
    return {"eta_date": eta, "eta_at": None}


def _history(order: shape.Order) -> list[Any] | None:
    if not order.eta_history:
        return None
    dumped: list[Any] = order.model_dump(mode="json", include={"eta_history"}, exclude_none=True)["eta_history"]
    return dumped
