"""The agents' door: queue, conversations, presence. News reaches the page over `desk_socket`."""

from __future__ import annotations

from collections.abc import Awaitable
from uuid import UUID

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import shapes, ticket_shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, read_body
from handoff.api.staff import member, member_saying
from handoff.domain.promises import PromiseStatus
from handoff.domain.routing import SKILLS
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.desk import Done
from handoff.service.handing_back import AGREED_LENGTH_MAX, NOTE_LENGTH_MAX, GivenBack
from handoff.service.staff import DESK_ROLES

desk = Blueprint("desk", url_prefix="/api/desk")


class AtVersion(Body):
    """`version`: the newest ownership of the conversation that the agent's page has seen."""

    version: int = Field(ge=1)


class Close(AtVersion):
    """`wrap_up` false: the agent needs no time after it, their place is free at once."""

    wrap_up: bool = True


class SendAsAgent(AtVersion):
    """A message to the customer; `client_msg_id` is the page's own id of it."""

    client_msg_id: UUID = Field(strict=False)
    text: str


class WriteNote(AtVersion):
    """A note for other agents."""

    text: str


class Transfer(AtVersion):
    """`skill`: the team that should go on; `agent_id`: the colleague who is asked first, if any."""

    skill: str
    agent_id: str | None = Field(default=None, max_length=100)


class Learned(Body):
    """What the agent found out and the bot may go on with. Who the customer is cannot be told here."""

    order_id: str | None = Field(default=None, min_length=1, max_length=64)


class GiveBack(AtVersion):
    """What goes along to the bot: `agreed` is its first words to the customer, `note` is for colleagues alone.

    The bot takes up the question that was interrupted unless `resume` is false; `topic` names an intent to go on with
    instead.
    """

    agreed: str | None = None
    note: str | None = None
    learned: Learned | None = None
    topic: str | None = Field(default=None, max_length=64)
    resume: bool = True


class Presence(Body):
    """online, away or offline."""

    state: str


@desk.get("/queue")
async def queue(request: Request) -> HTTPResponse:
    """Return waiting conversations in the order they will be served, and the promises that are to be kept now."""
    agent = await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    items = await gateway.desk.list_queue()
    due = await gateway.promises.list_for(agent, statuses=[PromiseStatus.DUE])
    return respond(
        {
            "conversations": [shapes.queue_item(item) for item in items],
            "due": [ticket_shapes.promise_with_ticket(promise, ticket) for promise, ticket in due],
        }
    )


@desk.get("/conversations")
async def mine(request: Request) -> HTTPResponse:
    """Return the conversations that the agent holds."""
    agent = await member(request, DESK_ROLES)
    items = await gateway_of(request).desk.list_mine(agent)
    return respond({"conversations": [shapes.queue_item(item) for item in items]})


@desk.get("/conversations/<conversation_id:str>")
async def conversation(request: Request, conversation_id: str) -> HTTPResponse:
    """Return transcript, notes, context card and the masked customer panel."""
    agent = await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    view = await gateway.desk.view(conversation_id, agent)
    customer_id = view.conversation.customer_id
    customer = await gateway.shop.customer_panel(customer_id) if customer_id else None
    read_up_to = (await gateway.read_marks.find(conversation_id)).seq
    now, left = gateway.clock.now(), await gateway.undelivered.list_of(conversation_id)
    arrival = {"read_up_to": read_up_to, "undelivered": [shapes.undelivered(entry, now) for entry in left]}
    return respond(shapes.desk_view(view, customer) | arrival)


@desk.post("/conversations/<conversation_id:str>/claim")
@takes(AtVersion)
async def claim(request: Request, conversation_id: str) -> HTTPResponse:
    """Take a waiting conversation; 409 names who was faster."""
    agent, body = await member_saying(request, AtVersion)
    return await done(gateway_of(request).desk.claim(conversation_id, agent, version=body.version))


@desk.post("/conversations/<conversation_id:str>/messages")
@takes(SendAsAgent)
async def send(request: Request, conversation_id: str) -> HTTPResponse:
    """Write to the customer."""
    agent, body = await member_saying(request, SendAsAgent)
    work = gateway_of(request).desk.send(
        conversation_id,
        agent,
        version=body.version,
        client_msg_id=str(body.client_msg_id),
        text=accept_text(body.text),
    )
    return await done(work)


@desk.post("/conversations/<conversation_id:str>/notes")
@takes(WriteNote)
async def note(request: Request, conversation_id: str) -> HTTPResponse:
    """Leave a note for other agents; the customer never sees it."""
    agent, body = await member_saying(request, WriteNote)
    text = accept_text(body.text)
    return await done(gateway_of(request).desk.note(conversation_id, agent, version=body.version, text=text))


@desk.post("/conversations/<conversation_id:str>/transfer")
@takes(Transfer)
async def transfer(request: Request, conversation_id: str) -> HTTPResponse:
    """Put a conversation back into the queue for another team."""
    agent, body = await member_saying(request, Transfer)
    if body.skill not in SKILLS:
        raise Invalid("그런 팀은 없어요.", code="unknown_skill")
    work = gateway_of(request).desk.transfer(
        conversation_id, agent, version=body.version, skill=body.skill, to_agent_id=body.agent_id
    )
    return await done(work)


@desk.post("/conversations/<conversation_id:str>/return-to-bot")
@takes(GiveBack)
async def return_to_bot(request: Request, conversation_id: str) -> HTTPResponse:
    """Let the bot go on, with what was agreed and what the agent learned."""
    agent = await member(request, DESK_ROLES)
    gateway, body = gateway_of(request), read_body(request, GiveBack)
    if body.topic is not None and not gateway.intents.known(body.topic):
        raise Invalid("그런 문의 유형은 없어요.", code="unknown_topic")
    given = GivenBack(
        agreed=_line(body.agreed, AGREED_LENGTH_MAX),
        note=_line(body.note, NOTE_LENGTH_MAX),
        order_id=body.learned.order_id if body.learned else None,
        topic=body.topic,
        resumes=body.resume,
    )
    return await done(gateway.handing_back.return_to_bot(conversation_id, agent, version=body.version, given=given))


@desk.post("/conversations/<conversation_id:str>/close")
@takes(Close)
async def close(request: Request, conversation_id: str) -> HTTPResponse:
    """End a conversation; written to again within some days, it comes back to its agent."""
    agent, body = await member_saying(request, Close)
    return await done(
        gateway_of(request).desk.close(conversation_id, agent, version=body.version, wrap_up=body.wrap_up)
    )


@desk.put("/presence")
@takes(Presence)
async def presence(request: Request) -> HTTPResponse:
    """Say whether the agent is there."""
    agent, body = await member_saying(request, Presence)
    changed = await gateway_of(request).presence.say(agent, body.state)
    return respond({"state": changed.presence})


async def done(work: Awaitable[Done]) -> HTTPResponse:
    """Return the version after what an agent did, the seq of the message written, and the end of the wrap-up, if any."""
    result = await work
    told = {"seq": result.seq, "wrap_up_until": shapes.moment(result.wrap_up_until)}
    return respond({"version": result.version} | {name: value for name, value in told.items() if value is not None})


def _line(text: str | None, most: int) -> str | None:
    """Return an optional text as it is stored. Raises Invalid."""
    if text is None or not text.strip():
        return None
    cleaned = accept_text(text)
    if len(cleaned) > most:
        raise Invalid(f"{most}자까지 쓸 수 있어요.", code="text_too_long")
    return cleaned
