"""The desk's door to what was promised customers, and to what people are told without asking: alerts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty
from sanic.response import json as respond

from handoff.api import ticket_shapes as shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body
from handoff.api.staff import member, member_saying
from handoff.domain.promises import NOTE_LENGTH_MAX, OPEN_PROMISES, PromiseKind, PromiseStatus
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.staff import DESK_ROLES

desk_promises = Blueprint("desk_promises", url_prefix="/api/desk")

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Words = Annotated[str, Field(min_length=1, max_length=NOTE_LENGTH_MAX)]


class Plan(Body):
    """`kind`: callback or follow_up; `due_at`: RFC 3339; `agent_id`: who keeps it, whoever asks unless given."""

    kind: str
    due_at: str = Field(max_length=40)
    note: Words
    agent_id: str | None = Field(default=None, max_length=64)


class AtVersion(Body):
    """`version`: the newest state of the promise that the page has seen."""

    version: Version


class Move(AtVersion):
    """`due_at`: the new time, RFC 3339."""

    due_at: str = Field(max_length=40)


class End(AtVersion):
    """What came of it."""

    outcome: Words


@desk_promises.post("/tickets/<number:str>/promises")
@takes(Plan)
async def plan(request: Request, number: str) -> HTTPResponse:
    """Promise a call back or a follow-up on a ticket; it appears at its time, a call back only in the team's hours."""
    agent, body = await member_saying(request, Plan)
    if body.kind not in tuple(PromiseKind):
        raise Invalid(f"다음 중 하나예요: {', '.join(PromiseKind)}", code="unknown_kind")
    promise = await gateway_of(request).promises.plan(
        number,
        agent,
        kind=PromiseKind(body.kind),
        due_at=_moment(body.due_at),
        note=accept_text(body.note),
        keeper_id=body.agent_id,
    )
    return respond(shapes.promise(promise), status=201)


@desk_promises.get("/promises")
@asks(status="planned, due, or open (both, the default)")
async def list_promises(request: Request) -> HTTPResponse:
    """Return the agent's promises and those that nobody keeps, supervisors all; the one due first at the top."""
    agent = await member(request, DESK_ROLES)
    asked = request.args.get("status", "open")
    if asked not in ("open", *PromiseStatus):
        raise Invalid(f"다음 중 하나예요: open, {', '.join(PromiseStatus)}", code="unknown_status")
    statuses = OPEN_PROMISES if asked == "open" else (PromiseStatus(asked),)
    found = await gateway_of(request).promises.list_for(agent, statuses=statuses)
    return respond({"promises": [shapes.promise_with_ticket(promise, ticket) for promise, ticket in found]})


@desk_promises.post("/promises/<promise_id:str>/take")
@takes(AtVersion)
async def take(request: Request, promise_id: str) -> HTTPResponse:
    """Take over a promise that nobody keeps; 409 when somebody was faster."""
    agent, body = await member_saying(request, AtVersion)
    return respond(shapes.promise(await gateway_of(request).promises.take(promise_id, agent, version=body.version)))


@desk_promises.post("/promises/<promise_id:str>/move")
@takes(Move)
async def move(request: Request, promise_id: str) -> HTTPResponse:
    """Promise it for another time."""
    agent, body = await member_saying(request, Move)
    due_at = _moment(body.due_at)
    promises = gateway_of(request).promises
    return respond(shapes.promise(await promises.move(promise_id, agent, version=body.version, due_at=due_at)))


@desk_promises.post("/promises/<promise_id:str>/done")
@takes(End)
async def done(request: Request, promise_id: str) -> HTTPResponse:
    """Say that a promise was kept."""
    return await _end(request, promise_id, PromiseStatus.DONE)


@desk_promises.post("/promises/<promise_id:str>/cancel")
@takes(End)
async def cancel(request: Request, promise_id: str) -> HTTPResponse:
    """Take a promise back."""
    return await _end(request, promise_id, PromiseStatus.CANCELLED)


@desk_promises.get("/alerts")
async def list_alerts(request: Request) -> HTTPResponse:
    """Return what the agent should know of: levels about to be missed or missed, promises due; newest first."""
    agent = await member(request, DESK_ROLES)
    found = await gateway_of(request).alerts.list_for(agent)
    return respond({"alerts": [shapes.alert(alert, ticket) for alert, ticket in found]})


@desk_promises.post("/alerts/<alert_id:str>/seen")
async def seen(request: Request, alert_id: str) -> HTTPResponse:
    """Put an alert away; others go on seeing it."""
    agent = await member(request, DESK_ROLES)
    await gateway_of(request).alerts.put_away(alert_id, agent)
    return empty()


async def _end(request: Request, promise_id: str, status: PromiseStatus) -> HTTPResponse:
    agent, body = await member_saying(request, End)
    ended = await gateway_of(request).promises.end(
        promise_id, agent, status, version=body.version, outcome=accept_text(body.outcome)
    )
    return respond(shapes.promise(ended))


def _moment(text: str) -> datetime:
    """Return an RFC 3339 time in UTC. Raises Invalid for anything else, a time without its zone included."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None and "T" in text.upper():
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("시각은 2026-11-24T15:00:00+09:00처럼 시간대와 함께 적어 주세요.", code="invalid_time")
