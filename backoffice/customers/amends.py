"""What agents see of a customer's amends: decisions and requests, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.compensation.approvals import Proposal, Request, list_decisions, list_requests
from backoffice.compensation.policy import Gift
from kernel.database import read

Json = dict[str, Any]


async def read_amends(engine: AsyncEngine, customer_id: str) -> Json:
    """Return the newest decisions and requests, newest first; empty for somebody the shop does not know."""
    async with read(engine) as connection:
        return await read_within(connection, customer_id)


async def read_within(connection: AsyncConnection, customer_id: str) -> Json:
    """Like `read_amends`, within a transaction of the caller's."""
    decisions = await list_decisions(connection, customer_id)
    requests = await list_requests(connection, customer_id)
    return {"decisions": [_decision(row) for row in decisions], "requests": [request(one) for one in requests]}


def proposal(done: Proposal) -> Json:
    """Return what became of an agent's wish: granted, refused, or pending with the request that waits."""
    decision = done.decision
    return {
        "outcome": "pending" if done.request else decision.outcome.value,
        "rule": decision.rule,
        "rules_version": decision.rules_version,
        "sentence": decision.sentence,
        "alternative": decision.alternative,
        "gifts": gifts(decision.gifts),
        "is_repeat": decision.is_repeat,
        "request": request(done.request) if done.request else None,
    }


def request(one: Request) -> Json:
    """Return a request as agents and supervisors see it."""
    return {
        "request_id": one.request_id,
        "order_id": one.order_id,
        "cause": one.cause.value,
        "gifts": gifts(one.gifts),
        "reason": one.reason,
        "state": one.state.value,
        "requested_by": one.requested_name,
        "requested_role": one.requested_role,
        "requested_at": _rfc3339(one.requested_at),
        "answered_at": _rfc3339(one.answered_at) if one.answered_at else None,
        "answer_reason": one.answer_reason,
    }


def gifts(given: Sequence[Gift]) -> list[Json]:
    """Return what is given, without what is not said of it."""
    return [{name: value for name, value in vars(gift).items() if value is not None} for gift in given]


def _decision(row: Any) -> Json:
    shown = ("order_id", "cause", "outcome", "rule", "rules_version", "sentence", "alternative", "decided_role")
    item = {"item": row.inputs["item"]} if "item" in row.inputs else {}
    return {name: getattr(row, name) for name in shown} | item | {"at": _rfc3339(row.decided_at)}


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
