"""Writes down decisions, and gives what they grant, within the transaction of the decision."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.benefits import coupons, points
from backoffice.compensation.facts import Facts
from backoffice.compensation.model import Claim, Decision
from backoffice.compensation.policy import CompensationRules, Gift, Verdict
from backoffice.compensation.tables import Cause, GiftKind, Outcome, compensation_decisions, grants
from kernel.database import insert
from kernel.ids import new_id

_WHY = {
    Cause.LATE: "배송 지연 보상",
    Cause.WRONG_ITEM: "오배송 보상",
    Cause.MISSING_ITEM: "누락 보상",
    Cause.DISSATISFIED: "상담 불편 보상",
}
# What a decision and its row have in common, by name.
_PLAIN = tuple(name for name in Decision.__dataclass_fields__ if name not in ("outcome", "gifts", "is_repeat"))
_ONE = sa.select(compensation_decisions).where(compensation_decisions.c.decision_id == sa.bindparam("decision_id"))
_SAME = sa.select(compensation_decisions).where(
    compensation_decisions.c.customer_id == sa.bindparam("customer_id"),
    compensation_decisions.c.order_id == sa.bindparam("order_id"),
    compensation_decisions.c.cause == sa.bindparam("cause"),
    sa.or_(
        compensation_decisions.c.fingerprint == sa.bindparam("fingerprint"),
        compensation_decisions.c.outcome == Outcome.GRANTED.value,
    ),
)
_GIVEN = sa.select(grants).where(grants.c.customer_id == sa.bindparam("customer_id")).order_by(grants.c.row_id)


def draft(claim: Claim, verdict: Verdict, facts: Facts, *, now: datetime, rules: CompensationRules) -> Decision:
    """Return the decision that `verdict` is, not written down yet."""
    gifts = [{key: value for key, value in asdict(gift).items() if value is not None} for gift in verdict.gifts]
    return Decision(
        decision_id="",
        customer_id=claim.customer_id,
        order_id=claim.order_id,
        cause=claim.cause.value,
        outcome=verdict.outcome,
        rule=verdict.rule,
        rules_version=rules.version,
        inputs={
            **asdict(facts.case),
            "row": verdict.row,
            "gifts": gifts,
            **({"item": claim.item} if claim.item else {}),
        },
        sentence=verdict.sentence,
        alternative=verdict.alternative,
        gifts=tuple(verdict.gifts),
        decided_by=claim.by.actor_id,
        decided_role=claim.by.role,
        decided_at=now,
    )


async def write_decision(
    connection: AsyncConnection, decision: Decision, *, address_key: str | None, rules: CompensationRules
) -> Decision:
    """Write `decision` down and give what it grants; return the one that stood before where there is one."""
    known = {"rule": decision.rule, "version": decision.rules_version, "inputs": decision.inputs}
    fingerprint = hashlib.sha256(orjson.dumps(known, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    row = {
        **{name: getattr(decision, name) for name in _PLAIN},
        "decision_id": new_id("d"),
        "outcome": decision.outcome.value,
        "address_key": address_key,
        "fingerprint": fingerprint,
    }
    statement = insert(connection, compensation_decisions).values(**row).on_conflict_do_nothing()
    if not (await connection.execute(statement)).rowcount:
        return await _read_same(connection, row)
    if decision.outcome is Outcome.GRANTED:
        await _give(connection, row, decision, rules)
    return _with_id(decision, row["decision_id"])


async def get_decision(connection: AsyncConnection, decision_id: str) -> Decision:
    """Return a decision that was written down, with what was given by it."""
    row = (await connection.execute(_ONE, {"decision_id": decision_id})).one()
    return await _read(connection, row)


async def _read_same(connection: AsyncConnection, row: dict[str, Any]) -> Decision:
    asked = {name: row[name] for name in ("customer_id", "order_id", "cause", "fingerprint")}
    found = (await connection.execute(_SAME, asked)).all()
    best = next((one for one in found if one.outcome == Outcome.GRANTED.value), found[0])
    return await _read(connection, best)


async def _read(connection: AsyncConnection, row: Any) -> Decision:
    gifts: Sequence[Gift]
    if row.outcome == Outcome.GRANTED.value:
        given = await connection.execute(
            _GIVEN.where(grants.c.order_id == row.order_id, grants.c.decision_id == row.decision_id),
            {"customer_id": row.customer_id},
        )
        kinds = list(GiftKind)
        gifts = [
            Gift(kind=GiftKind(one.kind), amount_krw=one.amount_krw, rate_percent=one.rate_percent)
            for one in given
            if one.kind in kinds
        ]
    else:
        gifts = [Gift(**{**gift, "kind": GiftKind(gift["kind"])}) for gift in row.inputs.get("gifts", [])]
    return Decision(
        **{name: getattr(row, name) for name in _PLAIN},
        outcome=Outcome(row.outcome),
        gifts=tuple(gifts),
        is_repeat=True,
    )


def _with_id(decision: Decision, decision_id: str) -> Decision:
    return Decision(**{**vars(decision), "decision_id": decision_id})


async def _give(connection: AsyncConnection, row: dict[str, Any], decision: Decision, rules: CompensationRules) -> None:
    now, why = decision.decided_at, _WHY[Cause(decision.cause)]
    of: dict[str, Any] = {"customer_id": decision.customer_id, "order_id": decision.order_id, "cause": decision.cause}
    of |= {"at": now, "decision_id": row["decision_id"]}
    rows = [{**of, **asdict(gift), "kind": gift.kind.value} for gift in decision.gifts]
    await connection.execute(grants.insert(), rows)
    for number, gift in enumerate(decision.gifts):
        key = f"{row['decision_id']}-{number}"
        if gift.kind is GiftKind.POINTS and gift.amount_krw:
            ends = now + timedelta(days=rules.points.valid_days)
            await points.earn(
                connection, decision.customer_id, gift.amount_krw, why=why, key=key, now=now, expires_at=ends
            )
        elif gift.kind in (GiftKind.COUPON, GiftKind.FREE_SHIPPING):
            coupon = _make_coupon(gift, why, key, now, rules)
            await coupons.issue(connection, decision.customer_id, coupon, now=now)


def _make_coupon(gift: Gift, why: str, coupon_id: str, now: datetime, rules: CompensationRules) -> coupons.NewCoupon:
    what = "무료 배송 쿠폰" if gift.kind is GiftKind.FREE_SHIPPING else "쿠폰"
    return coupons.NewCoupon(
        coupon_id=coupon_id,
        name=f"{why} {what}",
        rate_percent=gift.rate_percent,
        amount_krw=gift.amount_krw,
        expires_at=now + timedelta(days=rules.coupons.valid_days),
        stackable=rules.coupons.stackable,
        excludes_lowest_price=rules.coupons.excludes_lowest_price,
    )
