"""The agents' door to amends: what was decided, what may be given, what waits for a supervisor."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from backoffice.compensation import approvals
from backoffice.compensation.errors import (
    CompensationError,
    FourEyes,
    InvalidGift,
    OrderUnknown,
    RequestAnswered,
    RequestUnknown,
    RoleNotAllowed,
)
from backoffice.compensation.model import Actor
from backoffice.compensation.policy import Gift
from backoffice.compensation.tables import Cause, GiftKind
from backoffice.customers import amends as shown
from backoffice.errors import CustomerNotFound
from handoff.api.app import Gateway, gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, problem, read_body
from handoff.api.staff import member
from handoff.domain.conversation import Agent
from handoff.domain.ownership import require_agent, require_version
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.staff import DESK_ROLES

amends = Blueprint("amends", url_prefix="/api/desk")

APPROVERS = frozenset({"supervisor", "administrator"})
_STATUS: dict[type[CompensationError], int] = {
    OrderUnknown: 404,
    RequestUnknown: 404,
    RoleNotAllowed: 403,
    FourEyes: 403,
    RequestAnswered: 409,
    InvalidGift: 422,
}


class GiftWanted(Body):
    """One thing to give: points with `amount_krw`, a coupon with `rate_percent`, the others with neither."""

    kind: str
    amount_krw: int | None = None
    rate_percent: float | None = None


class Propose(Body):
    """Amends for the customer of a conversation that the agent holds; without `gifts` what the shop's table says.

    `request_id` is the page's own: the same one sent again changes nothing.
    """

    version: int = Field(ge=1)
    request_id: UUID = Field(strict=False)
    order_id: str = Field(min_length=1, max_length=64)
    cause: str
    gifts: list[GiftWanted] | None = Field(default=None, max_length=4)
    reason: str


class Approve(Body):
    """A supervisor's yes."""

    reason: str | None = None


class Decline(Body):
    """A supervisor's no, with the reason for whoever asked."""

    reason: str


@amends.exception(CompensationError)
async def refuse(request: Request, error: CompensationError) -> HTTPResponse:
    """Say why something cannot be given."""
    return problem(_STATUS.get(type(error), 400), error.code, error.detail)


@amends.exception(CustomerNotFound)
async def refuse_for_nobody(request: Request, error: CustomerNotFound) -> HTTPResponse:
    """Say that the customer has left the shop meanwhile."""
    return problem(404, error.code, "탈퇴했거나 찾을 수 없는 고객이에요.")


@amends.get("/conversations/<conversation_id:str>/amends")
async def read_amends(request: Request, conversation_id: str) -> HTTPResponse:
    """Return what was decided for the conversation's customer, and what they wait for."""
    agent = await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    customer_id = (await gateway.desk.view(conversation_id, agent)).conversation.customer_id
    return respond(await shown.read_amends(gateway.shop_engine, _known(customer_id)))


@amends.post("/conversations/<conversation_id:str>/amends")
@takes(Propose)
async def propose(request: Request, conversation_id: str) -> HTTPResponse:
    """Give amends where the agent's role may, else put them before a supervisor (202)."""
    agent = await member(request, DESK_ROLES)
    gateway, body = gateway_of(request), read_body(request, Propose)
    wish = approvals.Wish(
        customer_id=await _held_customer(gateway, conversation_id, agent, body.version),
        order_id=body.order_id,
        cause=_read(Cause, body.cause),
        gifts=None if body.gifts is None else tuple(_gift(gift) for gift in body.gifts),
        reason=accept_text(body.reason),
        key=str(body.request_id),
        by=Actor(agent.agent_id, agent.role),
        by_name=agent.name,
    )
    done = await approvals.propose(gateway.shop_engine, wish, now=gateway.clock.now())
    return respond(shown.proposal(done), status=202 if done.request else 200)


@amends.get("/approvals")
async def list_approvals(request: Request) -> HTTPResponse:
    """Return what waits for a supervisor, the longest waiting first."""
    await member(request, APPROVERS)
    waiting = await approvals.list_pending(gateway_of(request).shop_engine)
    return respond({"requests": [shown.request(one) for one in waiting]})


@amends.post("/approvals/<request_id:str>/approve")
@takes(Approve)
async def approve(request: Request, request_id: str) -> HTTPResponse:
    """Give what a request asks for; never one's own. 409 where somebody has answered it."""
    agent = await member(request, APPROVERS)
    gateway, body = gateway_of(request), read_body(request, Approve)
    reason = accept_text(body.reason) if body.reason else None
    by = Actor(agent.agent_id, agent.role)
    done = await approvals.approve(gateway.shop_engine, request_id, by=by, now=gateway.clock.now(), reason=reason)
    return respond(shown.request(done))


@amends.post("/approvals/<request_id:str>/decline")
@takes(Decline)
async def decline(request: Request, request_id: str) -> HTTPResponse:
    """Turn a request down; never one's own. 409 where somebody has answered it."""
    agent = await member(request, APPROVERS)
    gateway, body = gateway_of(request), read_body(request, Decline)
    by, reason = Actor(agent.agent_id, agent.role), accept_text(body.reason)
    done = await approvals.decline(gateway.shop_engine, request_id, by=by, now=gateway.clock.now(), reason=reason)
    return respond(shown.request(done))


async def _held_customer(gateway: Gateway, conversation_id: str, agent: Agent, version: int) -> str:
    """Return the customer of a conversation that the agent holds at this version. Raises Conflict and Invalid."""
    conversation = (await gateway.desk.view(conversation_id, agent)).conversation
    require_version(conversation, version)
    require_agent(conversation, agent.agent_id)
    return _known(conversation.customer_id)


def _known(customer_id: str | None) -> str:
    if customer_id is None:
        raise Invalid("아직 누구신지 확인되지 않은 상담이에요. 먼저 본인 확인을 해 주세요.", code="customer_unknown")
    return customer_id


def _gift(wanted: GiftWanted) -> Gift:
    return Gift(kind=_read(GiftKind, wanted.kind), amount_krw=wanted.amount_krw, rate_percent=wanted.rate_percent)


def _read(kind: Any, value: str) -> Any:
    if value not in list(kind):
        raise Invalid(f"{value!r}는 고를 수 없는 값이에요.", code="invalid_field")
    return kind(value)
