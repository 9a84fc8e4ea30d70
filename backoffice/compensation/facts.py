"""Reads what a claim is decided from: the delivery, what the customer was given before, who else lives there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.compensation.model import Claim
from backoffice.compensation.policy import Case, CompensationRules, is_second_delay, read_cause
from backoffice.compensation.tables import Cause, GiftKind, Outcome, compensation_decisions, grants
from backoffice.customers.tables import Grade, customers
from backoffice.delivery.policy import Outcome as Journey
from backoffice.delivery.policy import count_business_days
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.delivery.service import Delivery
from backoffice.delivery.tables import deliveries
from backoffice.errors import CustomerNotFound
from backoffice.orders.tables import OPEN_STATUSES, OrderStatus, orders
from kernel.clock import KST
from kernel.database import UtcDateTime

_ENDED = frozenset({OrderStatus.CANCELLED, OrderStatus.MERGED})
# Orders are promised so soon after they were placed that earlier ones cannot matter.
_LONGEST_PROMISE = timedelta(days=60)
_NOT_ADDRESS = re.compile(r"[^0-9a-z가-힣]")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A case with what its decision is kept with; `granted_id` is the decision that has already given for it."""

    case: Case
    address_key: str | None
    granted_id: str | None


def count_late_days(delivery: Delivery, *, today: date, rules: DeliveryRules) -> int | None:
    """Return the business days that an order came after its promise, None where nothing was promised.

    One still under way is late from the day after its promise on: until today, or the day the courier names;
    a day that is only reckoned from what is usual is nothing to pay for.
    """
    promised, came, arrival = delivery.facts.promised_on, delivery.facts.delivered_at, delivery.assessment.arrival
    if promised is None:
        return None
    if came is not None and delivery.assessment.outcome is not Journey.UNDER_WAY:
        return _late_days(promised, came.astimezone(KST).date(), rules)
    if delivery.assessment.outcome is not Journey.UNDER_WAY or today <= promised:
        return 0
    named = arrival.last if arrival is not None and not arrival.is_estimate else today
    return _late_days(promised, max(today, named), rules)


def make_address_key(address: str | None) -> str | None:
    """Return a key that is alike for one address however it is spaced, None without an address."""
    letters = _NOT_ADDRESS.sub("", (address or "").lower())
    return hashlib.sha256(letters.encode()).hexdigest()[:32] if letters else None


def _null(name: str, kind: Any) -> sa.Label[Any]:
    return sa.cast(sa.null(), kind).label(name)


def _part(tag: str, table: sa.FromClause, *where: Any, **columns: Any) -> sa.Select[Any]:
    kinds: dict[str, Any] = {
        "order_id": sa.Text,
        "cause": sa.Text,
        "word": sa.Text,
        "amount_krw": sa.BigInteger,
        "at": UtcDateTime,
        "day": sa.Date,
        "decision_id": sa.Text,
    }
    shown = [columns[name].label(name) if name in columns else _null(name, kind) for name, kind in kinds.items()]
    return sa.select(sa.literal(tag).label("part"), *shown).select_from(table).where(*where)


_WHO: sa.BindParameter[str] = sa.bindparam("customer_id")
_ORDER: sa.BindParameter[str] = sa.bindparam("order_id")
# One question for all that is remembered of a customer, because each costs about 0.3 ms on its way to SQLite.
_HISTORY = sa.union_all(
    _part("person", customers, customers.c.customer_id == _WHO, word=customers.c.grade, cause=customers.c.address),
    _part(
        "grant",
        grants,
        grants.c.customer_id == _WHO,
        grants.c.at > sa.bindparam("since", type_=UtcDateTime),
        order_id=grants.c.order_id,
        cause=grants.c.cause,
        word=grants.c.kind,
        amount_krw=grants.c.amount_krw,
        at=grants.c.at,
    ),
    _part(
        "claim",
        compensation_decisions,
        compensation_decisions.c.customer_id == _WHO,
        compensation_decisions.c.decided_at > sa.bindparam("claims_since", type_=UtcDateTime),
        order_id=compensation_decisions.c.order_id,
    ),
    _part(
        "granted",
        compensation_decisions,
        compensation_decisions.c.customer_id == _WHO,
        compensation_decisions.c.order_id == _ORDER,
        compensation_decisions.c.outcome == Outcome.GRANTED.value,
        cause=compensation_decisions.c.cause,
        decision_id=compensation_decisions.c.decision_id,
    ),
    _part(
        "delivery",
        orders.join(deliveries),
        orders.c.customer_id == _WHO,
        orders.c.ordered_at > sa.bindparam("ordered_since", type_=UtcDateTime),
        orders.c.order_id != _ORDER,
        order_id=orders.c.order_id,
        word=orders.c.status,
        at=deliveries.c.delivered_at,
        day=deliveries.c.promised_date,
    ),
)
_ACCOUNTS = sa.select(sa.func.count(compensation_decisions.c.customer_id.distinct())).where(
    compensation_decisions.c.address_key == sa.bindparam("address_key"),
    compensation_decisions.c.decided_at > sa.bindparam("since", type_=UtcDateTime),
    compensation_decisions.c.outcome == Outcome.GRANTED.value,
    compensation_decisions.c.customer_id != _WHO,
)


async def read_facts(
    connection: AsyncConnection,
    claim: Claim,
    delivery: Delivery,
    *,
    now: datetime,
    rules: CompensationRules,
    delivery_rules: DeliveryRules,
) -> Facts:
    """Return what `claim` is decided from at `now`. Raises CustomerNotFound."""
    promised = delivery.facts.promised_on
    asked = {
        "customer_id": claim.customer_id,
        "order_id": claim.order_id,
        "since": now - timedelta(days=rules.cap.days),
        "claims_since": now - timedelta(days=rules.unusual.claims_within_days),
        "ordered_since": now - timedelta(days=rules.second_delay.within_days) - _LONGEST_PROMISE,
    }
    parts: dict[str, list[Any]] = {name: [] for name in ("person", "grant", "claim", "granted", "delivery")}
    for row in await connection.execute(_HISTORY, asked):
        parts[row.part].append(row)
    if not parts["person"]:
        raise CustomerNotFound(claim.customer_id)
    (person,) = parts["person"]
    granted = [row for row in parts["granted"] if read_cause(row.cause, rules) in (claim.cause, None)]
    delays = [row for row in parts["grant"] if read_cause(row.cause, rules) is Cause.LATE]
    amends_at = [row.at for row in delays if row.order_id != claim.order_id]
    today = now.astimezone(KST).date()
    address_key = make_address_key(person.cause)
    case = Case(
        cause=claim.cause,
        role=claim.by.role,
        paid_krw=delivery.order.paid_krw,
        has_ended=delivery.order.status in _ENDED,
        is_granted=bool(granted),
        late_days=count_late_days(delivery, today=today, rules=delivery_rules),
        is_vip=person.word == Grade.VIP,
        is_second_delay=is_second_delay(amends_at, now=now, rules=rules)
        or _follows_a_delay(parts["delivery"], promised, claim.order_id, today, rules, delivery_rules),
        given_points_krw=sum(row.amount_krw or 0 for row in parts["grant"] if row.word == GiftKind.POINTS),
        given_count=len({(row.order_id, row.cause) for row in parts["grant"]}),
        claims=len({claim.order_id, *(row.order_id for row in parts["claim"])}),
        accounts=1 + await _count_accounts(connection, claim.customer_id, address_key, now, rules),
        score=claim.score,
    )
    return Facts(case=case, address_key=address_key, granted_id=granted[0].decision_id if granted else None)


async def _count_accounts(
    connection: AsyncConnection, customer_id: str, address_key: str | None, now: datetime, rules: CompensationRules
) -> int:
    if address_key is None:
        return 0
    since = now - timedelta(days=rules.unusual.accounts_within_days)
    asked = {"customer_id": customer_id, "address_key": address_key, "since": since}
    return int(await connection.scalar(_ACCOUNTS, asked) or 0)


def _follows_a_delay(
    others: Sequence[Any],
    promised: date | None,
    order_id: str,
    today: date,
    rules: CompensationRules,
    delivery_rules: DeliveryRules,
) -> bool:
    """Return whether another order, promised before this one and not long before, was late too."""
    if promised is None:
        return False
    first = promised - timedelta(days=rules.second_delay.within_days)
    for row in others:
        if row.day is None or not first <= row.day or (row.day, row.order_id) >= (promised, order_id):
            continue
        came = row.at.astimezone(KST).date() if row.at else today if row.word in OPEN_STATUSES else None
        if came is not None and _late_days(row.day, came, delivery_rules) > 0:
            return True
    return False


def _late_days(promised: date, came: date, rules: DeliveryRules) -> int:
    return count_business_days(promised, came, rules) if came > promised else 0
