"""The privacy officer's door: requests with their deadlines, archives, who saw whose data; and unmasking for agents."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, raw
from sanic.response import json as respond

from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.service import NewRequest
from handoff.api.app import gateway_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body, read_body, to_utc
from handoff.api.staff import member, member_saying, viewer_of
from handoff.domain.conversation import Agent
from handoff.domain.text import accept_text
from handoff.errors import Invalid, NotFound
from handoff.service.privacy import OFFICER_ROLES
from handoff.service.staff import DESK_ROLES

privacy = Blueprint("privacy", url_prefix="/api/desk")

_ANYBODY = DESK_ROLES | OFFICER_ROLES | {"security_reviewer"}
_LONG = 2_000


class OpenRequest(Body):
    """A request that did not come by chat. `agent_name` and `mandate`: somebody acts for the person."""

    customer_id: str = Field(min_length=1, max_length=64)
    kind: RequestKind = Field(strict=False)
    channel: Literal["letter", "phone", "email", "in_person"]
    agent_name: str | None = Field(default=None, max_length=100)
    mandate: str | None = Field(default=None, max_length=500)
    details: str | None = Field(default=None, max_length=_LONG)


class Identity(Body):
    """How the person proved who they are."""

    how: str = Field(min_length=1, max_length=200)


class Answer(Body):
    """What the customer is told."""

    answer: str = Field(min_length=1, max_length=_LONG)


class Refusal(Body):
    """`ground`: another_person, legal_duty, identity_not_proved or mandate_not_shown."""

    ground: str
    explanation: str = Field(default="", max_length=_LONG)


class Unmask(Body):
    """Which fields, and why they are needed."""

    fields: list[str] = Field(min_length=1, max_length=10)
    reason: str = Field(max_length=500)


class Review(Body):
    """What came of going over the month."""

    note: str = Field(min_length=1, max_length=_LONG)


@privacy.get("/privacy/requests")
async def list_requests(request: Request) -> HTTPResponse:
    """Return the privacy requests that wait for an answer, the one due first at the top."""
    await member(request, OFFICER_ROLES)
    return respond({"requests": await gateway_of(request).privacy.list_requests()})


@privacy.post("/privacy/requests")
@takes(OpenRequest)
async def open_request(request: Request) -> HTTPResponse:
    """Take in a request that came by letter, telephone, e-mail or in person."""
    await member(request, OFFICER_ROLES)
    body = read_body(request, OpenRequest)
    for text in (body.agent_name, body.mandate, body.details):
        if text:
            accept_text(text)
    return respond(await gateway_of(request).privacy.open(NewRequest(**body.model_dump())))


@privacy.get("/privacy/requests/<request_id:str>")
async def get_request(request: Request, request_id: str) -> HTTPResponse:
    """Return a request with every step and its customer, masked."""
    await member(request, OFFICER_ROLES)
    return respond(await gateway_of(request).privacy.get(request_id))


@privacy.post("/privacy/requests/<request_id:str>/identity")
@takes(Identity)
async def confirm_identity(request: Request, request_id: str) -> HTTPResponse:
    """Note how the person proved who they are."""
    agent, body = await member_saying(request, Identity, OFFICER_ROLES)
    return await _step(request, agent, request_id, RequestState.IDENTITY_CHECKED, how=accept_text(body.how))


@privacy.post("/privacy/requests/<request_id:str>/start")
async def start(request: Request, request_id: str) -> HTTPResponse:
    """Take a request in hand."""
    agent = await member(request, OFFICER_ROLES)
    return await _step(request, agent, request_id, RequestState.IN_WORK)


@privacy.post("/privacy/requests/<request_id:str>/answer")
@takes(Answer)
async def answer(request: Request, request_id: str) -> HTTPResponse:
    """Answer a request and tell the customer; a deletion is carried out soon after."""
    agent, body = await member_saying(request, Answer, OFFICER_ROLES)
    return await _step(request, agent, request_id, RequestState.ANSWERED, answer=accept_text(body.answer))


@privacy.post("/privacy/requests/<request_id:str>/refuse")
@takes(Refusal)
async def refuse(request: Request, request_id: str) -> HTTPResponse:
    """Refuse a request on a ground; the customer is told why and how to object."""
    agent, body = await member_saying(request, Refusal, OFFICER_ROLES)
    explanation = accept_text(body.explanation) if body.explanation else ""
    return await _step(request, agent, request_id, RequestState.REFUSED, ground=body.ground, explanation=explanation)


@privacy.get("/privacy/requests/<request_id:str>/archive")
async def archive(request: Request, request_id: str) -> HTTPResponse:
    """Return everything about the customer of a request for access as a zip; recorded."""
    agent = await member(request, OFFICER_ROLES)
    packed = await gateway_of(request).privacy.archive(request_id, viewer_of(request, agent))
    headers = {"Content-Disposition": f'attachment; filename="{request_id}.zip"', "Cache-Control": "no-store"}
    return raw(packed, content_type="application/zip", headers=headers)


@privacy.get("/privacy/affected")
@asks(since="from when, RFC 3339", until="until when", viewer="one member of staff's id")
async def affected(request: Request) -> HTTPResponse:
    """Return whose data was seen in a period: who is to be told of a breach."""
    await member(request, OFFICER_ROLES)
    since, until = _moment(request, "since"), _moment(request, "until")
    found = await gateway_of(request).privacy.list_affected(since, until, request.args.get("viewer"))
    return respond({"customers": found})


@privacy.get("/privacy/accesses/<month:str>")
async def review(request: Request, month: str) -> HTTPResponse:
    """Return who saw how much in a month such as 2026-11, what was unusual, and whether it was gone over."""
    await member(request, OFFICER_ROLES)
    return respond(await gateway_of(request).privacy.review(month))


@privacy.post("/privacy/accesses/<month:str>/review")
@takes(Review)
async def note_review(request: Request, month: str) -> HTTPResponse:
    """Write down that a month was gone over."""
    agent = await member(request, OFFICER_ROLES)
    note = accept_text(read_body(request, Review).note)
    return respond(await gateway_of(request).privacy.note_review(month, agent, note))


@privacy.post("/conversations/<conversation_id:str>/unmask")
@takes(Unmask)
async def unmask(request: Request, conversation_id: str) -> HTTPResponse:
    """Return fields of the conversation's customer unmasked, for a reason; recorded."""
    agent, body = await member_saying(request, Unmask, _ANYBODY)
    gateway = gateway_of(request)
    async with gateway.store.read() as tx:
        found = await tx.find_conversation(conversation_id)
    if found is None or found.customer_id is None:
        raise NotFound("고객이 누구인지 모르는 대화예요.")
    shown = await gateway.privacy.unmask(found.customer_id, body.fields, viewer_of(request, agent), body.reason)
    return respond({"customer": shown}, headers={"Cache-Control": "no-store"})


async def _step(request: Request, agent: Agent, request_id: str, to: RequestState, **said: str) -> HTTPResponse:
    return respond(await gateway_of(request).privacy.step(request_id, to, agent, **said))


def _moment(request: Request, name: str) -> datetime:
    try:
        return to_utc(datetime.fromisoformat(request.args.get(name, "")))
    except ValueError as error:
        raise Invalid("시각을 2026-11-24T00:00:00Z처럼 적어 주세요.", code="invalid_period") from error
