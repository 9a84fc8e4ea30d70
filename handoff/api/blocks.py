"""The staff's door to blocks: those of a conversation's customer, and lifting one by hand."""

from __future__ import annotations

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from backoffice.blocking.by_hand import lift_by_hand
from backoffice.blocking.desk import show_block
from backoffice.blocking.errors import BlockEnded, BlockNotFound, JustificationMissing, LiftingNotAllowed
from backoffice.blocking.service import list_history
from backoffice.errors import BackofficeError
from handoff.api.app import Gateway, gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, problem, read_body
from handoff.api.staff import member, viewer_of
from handoff.domain.conversation import Agent
from handoff.domain.ownership import require_agent
from handoff.domain.text import accept_text
from handoff.errors import Invalid
from handoff.service.desk import SEES_ALL
from handoff.service.staff import DESK_ROLES

blocks = Blueprint("blocks", url_prefix="/api/desk")

_SAID: dict[type[BackofficeError], tuple[int, str]] = {
    BlockNotFound: (404, "그런 이용 제한을 찾지 못했어요."),
    LiftingNotAllowed: (403, "이 이용 제한은 팀장님만 풀 수 있어요."),
    JustificationMissing: (422, "왜 푸는지 다섯 글자 이상 적어 주세요."),
    BlockEnded: (409, "이미 풀린 이용 제한이에요."),
}


class Lift(Body):
    """`justification` is kept for years; with `is_our_fault` the customer is told that we are sorry."""

    justification: str = Field(max_length=500)
    is_our_fault: bool = False


@blocks.exception(*_SAID)
async def refuse(request: Request, error: BackofficeError) -> HTTPResponse:
    """Say why a block is not lifted."""
    status, said = _SAID[type(error)]
    return problem(status, error.code, said)


@blocks.get("/conversations/<conversation_id:str>/blocks")
async def list_blocks(request: Request, conversation_id: str) -> HTTPResponse:
    """Return the latest blocks of the conversation's customer, newest first."""
    agent = await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    found = await list_history(gateway.shop_engine, await _customer_of(gateway, conversation_id, agent), limit=5)
    now = gateway.clock.now()
    return respond({"blocks": [show_block(past, role=agent.role, now=now) for past in found]})


@blocks.post("/conversations/<conversation_id:str>/blocks/<block_id:str>/lift")
@takes(Lift)
async def lift(request: Request, conversation_id: str, block_id: str) -> HTTPResponse:
    """Lift a block; 409 where it has ended. Who does not lead the team has to hold the conversation."""
    agent = await member(request, DESK_ROLES)
    gateway, body = gateway_of(request), read_body(request, Lift)
    customer_id = await _customer_of(gateway, conversation_id, agent, is_to_act=True)
    await lift_by_hand(
        gateway.shop_engine,
        customer_id,
        block_id,
        by=viewer_of(request, agent),
        justification=accept_text(body.justification),
        is_our_fault=body.is_our_fault,
        now=gateway.clock.now(),
    )
    return respond({"block_id": block_id, "is_active": False})


async def _customer_of(gateway: Gateway, conversation_id: str, agent: Agent, *, is_to_act: bool = False) -> str:
    conversation = (await gateway.desk.view(conversation_id, agent)).conversation
    if is_to_act and agent.role not in SEES_ALL:
        require_agent(conversation, agent.agent_id)
    if conversation.customer_id is None:
        raise Invalid("아직 누구신지 확인되지 않은 상담이에요. 먼저 본인 확인을 해 주세요.", code="customer_unknown")
    return conversation.customer_id
