"""The gateway's way to the bot workers: any worker can take any turn, a dead one costs a second try.

A turn has `BUDGET_S` in all. A worker that refuses or breaks the connection is passed over for the
next; when all have been tried, they are tried again after a pause until the budget is spent. A turn
that is run twice is safe: the bot keeps nothing, and actions write once per turn id.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import structlog

from handoff.adapters.bot_transport import WorkerTransport
from handoff.domain.conversation import Json
from handoff.service.ports import BotReply, BotUnavailable, HandoffRequest, TurnRequest, TurnResult

log = structlog.get_logger()

BUDGET_S = 12.0
ATTEMPT_S = 5.0  # a worker that hangs must leave time for another
CONNECT_S = 1.0
PAUSE_S = 0.3
REST_S = 1.0  # a worker that failed is tried last for this long
HEALTH_TIMEOUT_S = 2.0


@dataclass
class _Worker:
    url: str
    busy: int = 0
    resting_until_s: float = 0.0


class BotPool:
    """The workers, the least busy first."""

    def __init__(self, urls: Sequence[str], token: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._workers = [_Worker(url) for url in urls]
        self._transport = transport or WorkerTransport()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    async def close(self) -> None:
        """Leave the workers."""
        await self._transport.aclose()

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        """Answer one message. Raises BotUnavailable when no worker did within the budget."""
        deadline = time.monotonic() + BUDGET_S
        state = request.state
        while time.monotonic() < deadline:
            for worker in self._in_order():
                answer = await self._ask(worker, _body(request, state), deadline - time.monotonic())
                if answer is None:
                    continue
                if answer.status_code == 200 and (result := _read(answer)) is not None:
                    return result
                if answer.status_code == 400 and state is not None:
                    # A state of another format (after an update): the talk goes on without it.
                    log.warning("bot_state_refused", conversation_id=request.conversation_id)
                    state = None
                    break
                log.warning("bot_turn_refused", turn_id=request.turn_id, status=answer.status_code)
            else:
                await asyncio.sleep(PAUSE_S)
        raise BotUnavailable("no bot worker answered in time")

    async def health(self) -> list[Json]:
        """Return what each worker says of itself: url, ready, and when ready model_id and pid."""
        return list(await asyncio.gather(*(self._health(worker) for worker in self._workers)))

    def _in_order(self) -> list[_Worker]:
        now = time.monotonic()
        return sorted(self._workers, key=lambda worker: (worker.resting_until_s > now, worker.busy))

    async def _ask(self, worker: _Worker, body: Json, left_s: float) -> httpx.Response | None:
        worker.busy += 1
        try:
            answer = await self._send("POST", f"{worker.url}/webhooks/ieum/turn", min(left_s, ATTEMPT_S), body)
        except (httpx.HTTPError, TimeoutError) as error:
            worker.resting_until_s = time.monotonic() + REST_S
            log.info("bot_worker_failed", url=worker.url, error=type(error).__name__)
            return None
        finally:
            worker.busy -= 1
        if answer.status_code >= 500:
            worker.resting_until_s = time.monotonic() + REST_S
        return answer

    async def _send(self, method: str, url: str, timeout_s: float, body: Json | None = None) -> httpx.Response:
        timeout = httpx.Timeout(max(timeout_s, 0.1), connect=CONNECT_S)
        request = httpx.Request(
            method,
            url,
            headers=self._headers,
            content=None if body is None else orjson.dumps(body),
            extensions={"timeout": timeout.as_dict()},
        )
        async with asyncio.timeout(max(timeout_s, 0.1)):  # in all: the transport counts each read anew
            answer = await self._transport.handle_async_request(request)
            await answer.aread()
        return answer

    async def _health(self, worker: _Worker) -> Json:
        try:
            answer = await self._send("GET", f"{worker.url}/webhooks/ieum/health", HEALTH_TIMEOUT_S)
            if answer.status_code == 200:
                return {"url": worker.url, **orjson.loads(answer.content)}
        except (httpx.HTTPError, TimeoutError, ValueError, TypeError):
            pass
        return {"url": worker.url, "ready": False}


def _body(request: TurnRequest, state: Json | None) -> Json:
    message: Json = {"kind": "text", "text": request.text}
    if request.payload is not None:
        message = {"kind": "payload", "payload": request.payload}
    return {
        "turn_id": request.turn_id,
        "conversation_id": request.conversation_id,
        "message": message,
        "state": state,
        "now": request.said_at.isoformat(),
        "context": request.context,
    }


def _read(answer: httpx.Response) -> TurnResult | None:
    try:
        return _result_of(orjson.loads(answer.content))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("bot_answer_unreadable", error=type(error).__name__)
        return None


def _result_of(body: Any) -> TurnResult:
    asked = body["handoff"]
    return TurnResult(
        replies=tuple(
            BotReply(
                text=reply["text"],
                choices=tuple((choice["label"], choice["payload"]) for choice in reply.get("choices", [])),
                cards=tuple(reply.get("cards", [])),
            )
            for reply in body["replies"]
        ),
        state=body["state"],
        nlu=body["nlu"],
        handoff=HandoffRequest(asked["reason"], asked["requested_by"], asked["skill"], asked.get("detail"))
        if asked
        else None,
        slots=body["slots"],
        tried=tuple(body["tried"]),
        failed_actions=tuple(body["failed_actions"]),
        identity=body.get("identity"),
        conceal=body.get("conceal"),
    )
