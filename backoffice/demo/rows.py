"""Takes demo customers apart into rows, ready for one bulk insert a table. Pure but for the ids it is given to draw from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from backoffice.benefits.tables import CouponEventKind, baskets, coupon_events, coupons, points
from backoffice.blocking.tables import blocks
from backoffice.compensation.facts import make_address_key
from backoffice.compensation.tables import Outcome, compensation_decisions, grants
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
    coupon_events,
    baskets,
    compensation_decisions,
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
        ):
            rows[table].extend(owner | dict(entry) for entry in entries)
        _take_benefits(rows, person, owner)
        if person.consents:
            given = ((kind, granted) for kind, granted in person.consents if granted is not None)
            when = {"at": person.joined_at, "channel": "import"}
            rows[consents].extend(owner | {"kind": kind, "granted": granted} | when for kind, granted in given)
    return dict(rows)


def _take_benefits(rows: Rows, person: shape.Customer, owner: dict[str, Any]) -> None:
    for coupon in person.coupons:
        rows[coupons].append(owner | coupon.model_dump(exclude={"used_at"}))
        event = owner | {"coupon_id": coupon.coupon_id, "order_id": None}
        happened = ((CouponEventKind.ISSUED, coupon.issued_at), (CouponEventKind.USED, coupon.used_at))
        rows[coupon_events].extend(
            event | {"place": place, "kind": kind.value, "at": at} for place, (kind, at) in enumerate(happened) if at
        )
    if person.basket:
        rows[baskets].append(owner | person.basket.model_dump(mode="json"))
    decided: dict[tuple[str, str | None], dict[str, Any]] = {}
    for grant in person.grants:
        decision_id = None
        if grant.order_id is not None:
            made = decided.setdefault((grant.order_id, grant.cause), _decision(person, grant) | owner)
            decision_id = made["decision_id"]
        rows[grants].append(owner | dict(grant) | {"decision_id": decision_id})
    rows[compensation_decisions].extend(decided.values())


def _decision(person: shape.Customer, grant: shape.Grant) -> dict[str, Any]:
    """Return the decision that a grant of before must have come of, so that it is not given again."""
    cause = grant.cause or ""
    return {
        "decision_id": f"recorded:{person.customer_id}:{grant.order_id}:{cause}",
        "order_id": grant.order_id,
        "cause": cause,
        "outcome": Outcome.GRANTED.value,
        "rule": "recorded",
        "rules_version": 0,
        "inputs": {},
        "sentence": "이 주문에 드린 보상이에요.",
        "decided_by": "recorded",
        "decided_role": "recorded",
        "decided_at": grant.at,
        "address_key": make_address_key(person.address),
        "fingerprint": "recorded",
    }


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
