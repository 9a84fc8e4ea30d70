"""The desk's door to tickets: seen, typed, tagged, resolved, merged; the cause of a complaint; how to reach a customer."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import ticket_shapes as shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body, read_body
from handoff.api.staff import member, member_saying
from handoff.domain.text import accept_text
from handoff.domain.tickets import UNRESOLVED, TicketStatus, TicketType
from handoff.errors import Invalid
from handoff.policy.service_levels import load_service_levels
from handoff.service.staff import DESK_ROLES

desk_tickets = Blueprint("desk_tickets", url_prefix="/api/desk")

ASKED_LENGTH_MAX = 100
_MANY = {"unresolved": UNRESOLVED, "all": tuple(TicketStatus)}
K = TypeVar("K", bound=StrEnum)
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Short = Annotated[str, Field(min_length=1, max_length=500)]


class ChangeType(Body):
    """`type`: question, request, problem or complaint; `version` as the page has seen it."""

    version: Version
    type: str


class ChangeStatus(Body):
    """`status`: pending (the customer has to answer), open, or resolved."""

    version: Version
    status: str


class SetTags(Body):
    """All tags that the ticket shall have."""

    version: Version
    tags: list[str] = Field(max_length=50)


class Analyse(Body):
    """`cause`: one of those that GET /api/desk/tickets/policy lists."""

    version: Version
    cause: str
    contributing_factor: Short
    action_taken: Short


class Merge(Body):
    """`into`: the number of the ticket that goes on; both versions as the page has seen them."""

    version: Version
    into: str = Field(max_length=40)
    into_version: Version


class ShowContact(Body):
    """Why the number or address is needed; kept with the ticket."""

    reason: Short


@desk_tickets.get("/tickets")
@asks(
    status="one status, unresolved (the default) or all (the default for one conversation)",
    type="one type",
    mine="1: only those that the agent has",
    tag="one tag",
    customer_id="one customer's",
    conversation_id="one conversation's",
)
async def list_tickets(request: Request) -> HTTPResponse:
    """Return tickets, newest first; none where nobody knows the customer or the conversation."""
    agent = await member(request, DESK_ROLES)
    conversation_id = _asked(request, "conversation_id")
    status = _asked(request, "status") or ("all" if conversation_id else "unresolved")
    type, mine = _asked(request, "type"), _asked(request, "mine") or "0"
    if mine not in ("0", "1"):
        raise Invalid("mine에는 0이나 1을 넣어 주세요.", code="invalid_parameter")
    found = await gateway_of(request).ticket_desk.list(
        statuses=_MANY.get(status) or (_one_of(TicketStatus, status, "unknown_status"),),
        type=_one_of(TicketType, type, "unknown_type") if type else None,
        agent=agent if mine == "1" else None,
        customer_id=_asked(request, "customer_id"),
        conversation_id=conversation_id,
        tag=_asked(request, "tag"),
    )
    return respond({"tickets": [shapes.ticket(ticket) for ticket in found]})


@desk_tickets.get("/tickets/policy")
async def policy(request: Request) -> HTTPResponse:
    """Return the types with their targets in minutes of open hours, the ladder, and the causes a complaint may have."""
    await member(request, DESK_ROLES)
    levels = load_service_levels()
    return respond(
        {
            "version": levels.version,
            "targets_min": {
                type.value: {kind.value: target.total_seconds() / 60 for kind, target in targets.items()}
                for type, targets in levels.targets.items()
            },
            "ladder": [
                {"percent": step.percent, "level": step.level.value, "tell": sorted(step.tell)}
                for step in levels.ladder
            ],
            "causes": dict(levels.causes),
        }
    )


@desk_tickets.get("/tickets/<number:str>")
async def ticket(request: Request, number: str) -> HTTPResponse:
    """Return a ticket with its history, its promises, and the conversations that were merged into it."""
    agent = await member(request, DESK_ROLES)
    return respond(shapes.view(await gateway_of(request).ticket_desk.view(number, agent)))


@desk_tickets.post("/tickets/<number:str>/type")
@takes(ChangeType)
async def change_type(request: Request, number: str) -> HTTPResponse:
    """Make a ticket another type; its clocks go on under the new targets."""
    agent, body = await member_saying(request, ChangeType)
    type = _one_of(TicketType, body.type, "unknown_type")
    desk = gateway_of(request).ticket_desk
    return respond(shapes.ticket(await desk.change_type(number, agent, type, version=body.version)))


@desk_tickets.post("/tickets/<number:str>/status")
@takes(ChangeStatus)
async def change_status(request: Request, number: str) -> HTTPResponse:
    """Change a ticket's status; 409 names the current one and the one asked for, or the analysis or promise missing."""
    agent, body = await member_saying(request, ChangeStatus)
    status = _one_of(TicketStatus, body.status, "unknown_status")
    desk = gateway_of(request).ticket_desk
    return respond(shapes.ticket(await desk.change_status(number, agent, status, version=body.version)))


@desk_tickets.put("/tickets/<number:str>/tags")
@takes(SetTags)
async def set_tags(request: Request, number: str) -> HTTPResponse:
    """Give a ticket these tags instead of the ones it has."""
    agent, body = await member_saying(request, SetTags)
    desk = gateway_of(request).ticket_desk
    return respond(shapes.ticket(await desk.set_tags(number, agent, body.tags, version=body.version)))


@desk_tickets.put("/tickets/<number:str>/analysis")
@takes(Analyse)
async def analyse(request: Request, number: str) -> HTTPResponse:
    """Write down the cause of a complaint, what added to it, and what was done; without it a complaint is not resolved."""
    agent, body = await member_saying(request, Analyse)
    analysed = await gateway_of(request).ticket_desk.analyse(
        number,
        agent,
        version=body.version,
        cause=body.cause,
        contributing_factor=accept_text(body.contributing_factor),
        action_taken=accept_text(body.action_taken),
    )
    return respond(shapes.ticket(analysed))


@desk_tickets.post("/tickets/<number:str>/merge")
@takes(Merge)
async def merge(request: Request, number: str) -> HTTPResponse:
    """Let another ticket of the same customer take this one over; this one's conversation ends."""
    agent, body = await member_saying(request, Merge)
    desk = gateway_of(request).ticket_desk
    grown = await desk.merge(number, body.into, agent, version=body.version, into_version=body.into_version)
    return respond(shapes.ticket(grown))


@desk_tickets.post("/tickets/<number:str>/contact")
@takes(ShowContact)
async def show_contact(request: Request, number: str) -> HTTPResponse:
    """Return the whole number or address that the customer left; who asked and why is kept."""
    agent = await member(request, DESK_ROLES)
    reason = accept_text(read_body(request, ShowContact).reason)
    found = await gateway_of(request).ticket_desk.show_contact(number, agent, reason=reason)
    contact = found.contact
    assert contact is not None
    return respond({"kind": contact.kind.value, "value": contact.value, "version": found.version})


def _asked(request: Request, name: str) -> str | None:
    """Return what the address asks for by this name. Raises Invalid for what no name can be."""
    text: str | None = request.get_args(keep_blank_values=True).get(name)
    if text is not None and not (0 < len(text) <= ASKED_LENGTH_MAX and text.isprintable()):
        raise Invalid(f"{name}에는 {ASKED_LENGTH_MAX}자까지의 글자를 넣어 주세요.", code="invalid_parameter")
    return text


def _one_of(kinds: type[K], asked: str, code: str) -> K:
    try:
        return kinds(asked)
    except ValueError as error:
        raise Invalid(f"다음 중 하나예요: {', '.join(kinds)}", code=code) from error
