"""The supervisors' door to what customers have not received: see it, send it again."""

from __future__ import annotations

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, read_body
from handoff.api.staff import member
from handoff.service.desk import SEES_ALL

desk_outbox = Blueprint("desk_outbox", url_prefix="/api/desk/outbox")


class Resend(Body):
    """A message that failed for good."""

    conversation_id: str = Field(min_length=1, max_length=100)
    seq: int = Field(ge=1, le=2**31 - 1)


@desk_outbox.get("")
async def undelivered(request: Request) -> HTTPResponse:
    """Return what failed for good (`failed`), and what has been on its way or waited to be fetched for over ten minutes."""
    await member(request, SEES_ALL)
    gateway = gateway_of(request)
    now = gateway.clock.now()
    found = await gateway.undelivered.list_all()
    return respond({"messages": [shapes.undelivered(entry, now) for entry in found]})


@desk_outbox.post("/resend")
@takes(Resend)
async def resend(request: Request) -> HTTPResponse:
    """Send a message that failed for good again, at once; 404 when there is none such."""
    await member(request, SEES_ALL)
    body = read_body(request, Resend)
    await gateway_of(request).undelivered.resend(body.conversation_id, body.seq)
    return respond({})
