"""The door of a shop's own app: what its users write comes in here, what they are told goes out by `adapters/webhook`."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from backoffice.errors import BackofficeError
from backoffice.integration.tables import Scope
from handoff.api.app import gateway_of
from handoff.api.chat import read_token
from handoff.api.openapi import takes
from handoff.api.problems import Body, problem, read_body
from handoff.api.shop_systems import caller, refuse
from handoff.domain.text import accept_text
from kernel import tokens

app_channel = Blueprint("app_channel", url_prefix="/api/v1")
app_channel.exception(BackofficeError)(refuse)

CHANNEL = "webhook"


class AppMessage(Body):
    """What a user of the app wrote or pressed. `identity_token` says who they are, when a conversation begins."""

    user: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
    client_msg_id: UUID = Field(strict=False)
    text: str | None = None
    choice: str | None = Field(default=None, max_length=100)
    identity_token: str | None = Field(default=None, max_length=4_096)

    @model_validator(mode="after")
    def _one_of_both(self) -> AppMessage:
        if (self.text is None) == (self.choice is None):
            raise ValueError("send either text or choice")
        return self


@app_channel.post("/messages")
@takes(AppMessage)
async def take_message(request: Request) -> HTTPResponse:
    """Take a message: 202 when it is stored, 200 when it already was. What is answered is sent to the app's address."""
    await caller(request, Scope.MESSAGES_WRITE)
    gateway, body = gateway_of(request), read_body(request, AppMessage)
    if gateway.settings.webhook_url is None:
        return problem(409, "no_webhook", "IEUM_WEBHOOK_URL is not set: nothing could be answered")
    customer_id = None
    if body.identity_token is not None:
        customer_id = read_token(tokens.read_identity, body.identity_token, gateway.settings.identity_key)
    async with gateway.store.read() as tx:
        conversation = await tx.find_channel_conversation(CHANNEL, body.user)
    if conversation is None:
        conversation = await gateway.customers.open(channel=CHANNEL, customer_id=customer_id, channel_user=body.user)
    accepted = await gateway.customers.accept(
        conversation.conversation_id,
        client_msg_id=str(body.client_msg_id),
        text=None if body.text is None else accept_text(body.text),
        choice_id=body.choice,
    )
    content = {"conversation_id": accepted.conversation_id, "seq": accepted.seq}
    return json(content, status=200 if accepted.duplicate else 202)
