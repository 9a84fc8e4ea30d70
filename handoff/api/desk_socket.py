"""The desk's live line: one socket a page, over which an agent is told what changed."""

from __future__ import annotations

import asyncio
import json

from sanic import Blueprint, Request, Websocket
from websockets.exceptions import ConnectionClosed

from handoff.api.app import gateway_of
from handoff.api.staff import member
from handoff.errors import HandoffError
from handoff.service.ports import ALERTS_TOPIC, QUEUE_TOPIC, agent_topic
from handoff.service.staff import DESK_ROLES

desk_socket = Blueprint("desk_socket", url_prefix="/api/desk")

HINT_WAIT_S = 25.0
_KINDS = {QUEUE_TOPIC: "queue", ALERTS_TOPIC: "alerts"}


@desk_socket.websocket("/socket")
async def socket(request: Request, ws: Websocket) -> None:
    """Send hints: what changed is fetched by the page, so that a missed hint only delays."""
    origin = request.headers.get("origin")
    try:
        agent = await member(request, DESK_ROLES)
    except HandoffError as error:
        await ws.close(4401, error.code)
        return
    if origin is not None and origin.partition("://")[2] != request.host:
        await ws.close(4403, "wrong_origin")
        return
    gateway = gateway_of(request)
    reader = asyncio.create_task(_read_until_closed(ws), name=f"desk-{agent.agent_id}")
    try:
        async with gateway.presence.kept(agent.agent_id):
            with gateway.hub.subscribe(QUEUE_TOPIC, ALERTS_TOPIC, agent_topic(agent.agent_id)) as news:
                await ws.send(json.dumps({"type": "queue"}))
                while not reader.done():
                    for topic in sorted(await news.wait(HINT_WAIT_S)):
                        await ws.send(json.dumps({"type": _KINDS.get(topic, "mine")}))
    except ConnectionClosed:
        pass
    finally:
        reader.cancel()


async def _read_until_closed(ws: Websocket) -> None:
    while await ws.recv() is not None:
        pass
