"""The customer's door on the web: open, write, read by long poll. The socket is `chat_socket`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field, model_validator
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import shapes
from handoff.api.app import Gateway, gateway_of
from handoff.api.limits import address_of
from handoff.api.openapi import asks, takes
from handoff.api.problems import Body, read_body
from handoff.api.tickets import TICKET_LIFETIME_S
from handoff.domain.contact import read_contact
from handoff.domain.text import accept_text
from handoff.errors import Invalid, TokenExpired, Unauthorized
from kernel import tokens

chat = Blueprint("chat", url_prefix="/api/chat")

LONG_POLL_MAX_S = 25
SEQ_MAX = 2**31 - 1


class OpenConversation(Body):
    """`identity_token`: a JWT that the shop's own site signed for a customer who is logged in there."""

    identity_token: str | None = Field(default=None, max_length=4_096)


class SendMessage(Body):
    """A text, or a pressed button; `client_msg_id` is the page's own id of the message."""

    client_msg_id: UUID = Field(strict=False)
    text: str | None = None
    choice: str | None = Field(default=None, max_length=100)

    @model_validator(mode="after")
    def _one_of_both(self) -> SendMessage:
        if (self.text is None) == (self.choice is None):
            raise ValueError("send either text or choice")
        return self


class LeaveContact(Body):
    """`contact`: a phone number or an e-mail address."""

    contact: str = Field(min_length=1, max_length=320)


@chat.post("/conversations")
@takes(OpenConversation)
async def open_conversation(request: Request) -> HTTPResponse:
    """Start a conversation; with an identity token for a known customer, without one anonymously."""
    gateway = gateway_of(request)
    gateway.limits.count_conversation(address_of(request))
    body = read_body(request, OpenConversation)
    customer_id = None
    if body.identity_token is not None:
        customer_id = read_token(tokens.read_identity, body.identity_token, gateway.settings.identity_key)
    conversation = await gateway.customers.open(channel="web", customer_id=customer_id)
    return respond(_pass(gateway, conversation.conversation_id), status=201)


@chat.post("/messages")
@takes(SendMessage)
async def send_message(request: Request) -> HTTPResponse:
    """Accept a message: 202 when it is stored, 200 when it already was.

    `moved_to` names the conversation that has it, with its token, when the page's own was merged into that one.
    """
    gateway, conversation_id = authorised(request)
    body = read_body(request, SendMessage)
    accepted = await gateway.customers.accept(
        conversation_id,
        client_msg_id=str(body.client_msg_id),
        text=None if body.text is None else accept_text(body.text),
        choice_id=body.choice,
    )
    told: dict[str, Any] = {"seq": accepted.seq}
    if accepted.conversation_id != conversation_id:
        told["moved_to"] = _pass(gateway, accepted.conversation_id)
    return respond(told, status=200 if accepted.duplicate else 202)


@chat.get("/messages")
@asks(after="the last seq that the page has", wait_s="how long to wait for news, at most 25 seconds")
async def read_messages(request: Request) -> HTTPResponse:
    """Return what came after `after`; wait up to `wait_s` seconds for something new."""
    gateway, conversation_id = authorised(request)
    after = _whole_number(request, "after", most=SEQ_MAX)
    wait_s = min(_whole_number(request, "wait_s", most=3_600), LONG_POLL_MAX_S)
    return respond(shapes.view(await gateway.customers.wait(conversation_id, after=after, wait_s=wait_s)))


@chat.post("/leave-queue")
async def leave_queue(request: Request) -> HTTPResponse:
    """Wait for a person no longer: the bot goes on, with what was last said. 409 (naming both states) when nobody waits."""
    gateway, conversation_id = authorised(request)
    conversation = await gateway.leaving.leave(conversation_id)
    return respond({"owner": conversation.owner.value, "position": None})


@chat.post("/contact")
@takes(LeaveContact)
async def leave_contact(request: Request) -> HTTPResponse:
    """Leave a phone number or an e-mail address for what people are doing about this conversation."""
    gateway, conversation_id = authorised(request)
    contact = read_contact(read_body(request, LeaveContact).contact)
    return respond({"ticket": shapes.customers_ticket(await gateway.customers.leave_contact(conversation_id, contact))})


@chat.post("/tickets")
async def issue_ticket(request: Request) -> HTTPResponse:
    """Return a ticket that opens one socket within half a minute: a token in an address would end up in logs."""
    gateway, conversation_id = authorised(request)
    await gateway.customers.read(conversation_id, after=0)
    return respond({"ticket": gateway.tickets.issue(conversation_id), "expires_in_s": TICKET_LIFETIME_S}, status=201)


def _pass(gateway: Gateway, conversation_id: str) -> dict[str, str]:
    """Return what a page needs to take part in a conversation."""
    token = tokens.sign_conversation(conversation_id, gateway.settings.session_key)
    return {"conversation_id": conversation_id, "token": token}


def authorised(request: Request) -> tuple[Gateway, str]:
    """Return the gateway and the conversation that the bearer token is for."""
    gateway = gateway_of(request)
    return gateway, read_token(tokens.read_conversation, request.token or "", gateway.settings.session_key)


def read_token(read: Any, token: str, key: str) -> str:
    """Return what a token says by `read`. Raises TokenExpired and Unauthorized."""
    try:
        return str(read(token, key))
    except tokens.ExpiredToken as error:
        raise TokenExpired("연결 시간이 지났어요. 새로 고쳐 주세요.") from error
    except tokens.InvalidToken as error:
        raise Unauthorized("접속 정보를 확인할 수 없어요. 새로 고쳐 주세요.", code="invalid_token") from error


def _whole_number(request: Request, name: str, *, most: int) -> int:
    text = request.args.get(name, "0")
    if not (text.isascii() and text.isdecimal()) or len(text) > 10 or int(text) > most:
        raise Invalid(f"{name}에는 0 이상의 정수를 넣어 주세요.", code="invalid_parameter")
    return int(text)
