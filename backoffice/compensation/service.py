"""Decides claims for amends, once for an order and cause, and tells what was decided.

A decision is made from facts read under the customer's lock and written in the same transaction; the database
itself keeps a second grant out, whoever asks at the same moment.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.compensation.errors import OrderUnknown
from backoffice.compensation.facts import Facts, count_late_days, read_facts
from backoffice.compensation.giving import draft, get_decision, write_decision
from backoffice.compensation.model import BOT, Actor, Claim, Decision
from backoffice.compensation.policy import CompensationRules, Verdict, decide, decide_by_hand
from backoffice.compensation.rules import load_compensation
from backoffice.compensation.tables import Cause, Outcome, compensation_decisions
from backoffice.customers.locking import lock_customer
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import Delivery, DeliveryService
from kernel.clock import FixedClock
from kernel.database import read, write

__all__ = [
    "BOT",
    "Actor",
    "Cause",
    "Claim",
    "Decision",
    "count_late_days",
    "decide_and_grant",
    "decide_within",
    "find_last_decision",
    "get_delivery",
    "keep",
    "preview",
]

_LAST = (
    sa.select(compensation_decisions.c.decision_id)
    .where(compensation_decisions.c.customer_id == sa.bindparam("customer_id"))
    .order_by(compensation_decisions.c.decided_at.desc(), compensation_decisions.c.decision_id.desc())
    .limit(1)
)


async def preview(engine: AsyncEngine, claim: Claim, *, delivery: Delivery, now: datetime) -> Decision:
    """Return what `claim` would be decided as, the decision that stands where there is one; nothing is written.

    `delivery` is the claimed order's, read for this customer. Raises CustomerNotFound.
    """
    async with read(engine) as connection:
        facts = await _read(connection, claim, delivery, now)
        if facts.granted_id is not None:
            return await get_decision(connection, facts.granted_id)
    rules = load_compensation()
    return draft(claim, _judge(claim, facts, rules), facts, now=now, rules=rules)


async def keep(engine: AsyncEngine, decision: Decision) -> None:
    """Write down a previewed decision that gives nothing; once is enough. Granting needs `decide_and_grant`."""
    assert decision.outcome is not Outcome.GRANTED, "what is granted is decided under the customer's lock"
    async with write(engine) as connection:
        await write_decision(connection, decision, address_key=None, rules=load_compensation())


async def decide_and_grant(
    engine: AsyncEngine, claim: Claim, *, now: datetime, delivery: Delivery | None = None
) -> Decision:
    """Decide `claim` for good: give what is granted, write the decision down, return it.

    Asked again, for the same order and cause, it returns the grant that stands. `delivery` spares a look-up
    where the caller has read it for this customer. Raises OrderUnknown and CustomerNotFound.
    """
    delivery = delivery or await get_delivery(engine, claim.customer_id, claim.order_id, now=now)
    async with write(engine) as connection:
        return await decide_within(connection, claim, delivery, now=now)


async def decide_within(connection: AsyncConnection, claim: Claim, delivery: Delivery, *, now: datetime) -> Decision:
    """Like `decide_and_grant`, within a transaction of the caller's; the customer stays locked until it ends."""
    rules = load_compensation()
    await lock_customer(connection, claim.customer_id)
    facts = await _read(connection, claim, delivery, now)
    if facts.granted_id is not None:
        return await get_decision(connection, facts.granted_id)
    decision = draft(claim, _judge(claim, facts, rules), facts, now=now, rules=rules)
    return await write_decision(connection, decision, address_key=facts.address_key, rules=rules)


async def get_delivery(engine: AsyncEngine, customer_id: str, order_id: str, *, now: datetime) -> Delivery:
    """Return the delivery a claim is about, as it stands at `now`. Raises OrderUnknown, for another's order too."""
    delivery = await DeliveryService(engine, FixedClock(now)).find(customer_id, order_id)
    if delivery is None:
        raise OrderUnknown(order_id)
    return delivery


async def find_last_decision(engine: AsyncEngine, customer_id: str) -> Decision | None:
    """Return what was decided last for the customer, None where nothing was claimed."""
    async with read(engine) as connection:
        decision_id = await connection.scalar(_LAST, {"customer_id": customer_id})
        return await get_decision(connection, decision_id) if decision_id is not None else None


def _judge(claim: Claim, facts: Facts, rules: CompensationRules) -> Verdict:
    if claim.gifts is None:
        return decide(facts.case, rules)
    return decide_by_hand(facts.case, claim.gifts, rules)


async def _read(connection: AsyncConnection, claim: Claim, delivery: Delivery, now: datetime) -> Facts:
    rules, delivery_rules = load_compensation(), load_rules()
    return await read_facts(connection, claim, delivery, now=now, rules=rules, delivery_rules=delivery_rules)
