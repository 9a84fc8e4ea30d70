"""The desk's routing: offers, conversations put aside, what supervisors may do, who of the staff takes what."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.desk import AtVersion, done
from handoff.api.openapi import takes
from handoff.api.problems import Body
from handoff.api.staff import member, member_saying
from handoff.domain.routing import CAPACITY_MAX
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.staff import DESK_ROLES

desk_routing = Blueprint("desk_routing", url_prefix="/api/desk")


class Snooze(AtVersion):
    """`until`: when the conversation wakes, RFC 3339 with its zone."""

    until: str = Field(max_length=40)


class Push(AtVersion):
    """`agent_id`: who gets the conversation."""

    agent_id: str = Field(min_length=1, max_length=100)


class Whisper(AtVersion):
    """What only the agent sees."""

    text: str


class AgentRouting(Body):
    """What an agent is asked to take. `skills` null: all; `languages` null: Korean alone; what is absent stays."""

    skills: list[str] | None = Field(default=None, max_length=20)
    languages: list[str] | None = Field(default=None, max_length=20)
    capacity: int | None = Field(default=None, ge=1, le=CAPACITY_MAX)
    team: str | None = Field(default=None, min_length=1, max_length=60)


@desk_routing.get("/offers")
async def offers(request: Request) -> HTTPResponse:
    """Return the conversations that the agent is asked to take, each with the version to claim and the seconds left."""
    agent = await member(request, DESK_ROLES)
    found = await gateway_of(request).offers.list_mine(agent)
    return respond({"offers": [shapes.offer(offered) for offered in found]})


@desk_routing.post("/offers/<offer_id:str>/decline")
async def decline(request: Request, offer_id: str) -> HTTPResponse:
    """Let an offer pass: the next agent is asked at once. Taking it is claiming the conversation."""
    agent = await member(request, DESK_ROLES)
    await gateway_of(request).offers.decline(offer_id, agent)
    return respond({})


@desk_routing.post("/conversations/<conversation_id:str>/snooze")
@takes(Snooze)
async def snooze(request: Request, conversation_id: str) -> HTTPResponse:
    """Put a conversation aside: it takes no place, and wakes at its time or when the customer writes."""
    agent, body = await member_saying(request, Snooze)
    until = _moment(body.until)
    return await done(gateway_of(request).aside.snooze(conversation_id, agent, version=body.version, until=until))


@desk_routing.post("/conversations/<conversation_id:str>/wake")
@takes(AtVersion)
async def wake(request: Request, conversation_id: str) -> HTTPResponse:
    """Take up again what was put aside."""
    agent, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).aside.wake(conversation_id, agent, version=body.version))


@desk_routing.post("/conversations/<conversation_id:str>/wrap-up")
@takes(AtVersion)
async def wrap_up(request: Request, conversation_id: str) -> HTTPResponse:
    """Say that the work after a close is done: the agent's place is free again."""
    agent, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).aside.end_wrap_up(conversation_id, agent, version=body.version))


@desk_routing.post("/conversations/<conversation_id:str>/pull")
@takes(AtVersion)
async def pull(request: Request, conversation_id: str) -> HTTPResponse:
    """Take a conversation from the queue, a colleague or the bot (supervisors)."""
    lead, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).supervision.pull(conversation_id, lead, version=body.version))


@desk_routing.post("/conversations/<conversation_id:str>/push")
@takes(Push)
async def push(request: Request, conversation_id: str) -> HTTPResponse:
    """Give a waiting conversation, or a colleague's, to an agent who is there (supervisors)."""
    lead, body = await member_saying(request, Push)
    work = gateway_of(request).supervision.push(conversation_id, lead, version=body.version, agent_id=body.agent_id)
    return await done(work)


@desk_routing.post("/conversations/<conversation_id:str>/join")
@takes(AtVersion)
async def join(request: Request, conversation_id: str) -> HTTPResponse:
    """Take part beside the agent who holds a conversation: may write to the customer, who is told (supervisors)."""
    lead, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).supervision.join(conversation_id, lead, version=body.version))


@desk_routing.post("/conversations/<conversation_id:str>/leave")
@takes(AtVersion)
async def leave(request: Request, conversation_id: str) -> HTTPResponse:
    """Take part no longer (supervisors)."""
    lead, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).supervision.leave(conversation_id, lead, version=body.version))


@desk_routing.post("/conversations/<conversation_id:str>/whisper")
@takes(Whisper)
async def whisper(request: Request, conversation_id: str) -> HTTPResponse:
    """Say something that only the agent who holds the conversation sees (supervisors)."""
    lead, body = await member_saying(request, Whisper)
    text = accept_text(body.text)
    work = gateway_of(request).supervision.whisper(conversation_id, lead, version=body.version, text=text)
    return await done(work)


@desk_routing.get("/agents")
async def agents(request: Request) -> HTTPResponse:
    """Return who works at the desk: presence, skills, languages, team, places and how many are taken."""
    await member(request, DESK_ROLES)
    found = await gateway_of(request).team.list_members()
    return respond({"agents": [shapes.colleague(one) for one in found]})


@desk_routing.put("/agents/<agent_id:str>/routing")
@takes(AgentRouting)
async def change_routing(request: Request, agent_id: str) -> HTTPResponse:
    """Say what an agent is asked to take (supervisors): skills, languages, places, team."""
    lead, body = await member_saying(request, AgentRouting)
    changed = {name: getattr(body, name) for name in body.model_fields_set}
    return respond(shapes.colleague(await gateway_of(request).team.change(lead, agent_id, changed)))


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid("시각은 2026-11-24T15:00:00+09:00처럼 적어 주세요.", code="impossible_time")
