"""The input channel `ieum`: POST /webhooks/ieum/turn, GET /webhooks/ieum/health.

The only door of the bot. Every request shows the token; a failure is answered as a
failure, never as half an answer. No text of a customer is logged here or passed to what
logs.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

import ujson
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue import CHANNEL, Dialogue
from bot.errors import BadTurn, NotReady, StateTooLarge

MAX_BODY_BYTES = 256 * 1024
logger = logging.getLogger(__name__)


class IeumChannel(InputChannel):
    """HTTP in front of a `Dialogue`."""

    def __init__(self, dialogue: Dialogue, token: str) -> None:
        """Serve `dialogue` to callers that know `token`."""
        self._dialogue = dialogue
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        """Part of the route: /webhooks/<name>/."""
        return CHANNEL

    def blueprint(
        self, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> Blueprint:
        """The two routes. Rasa's callback is not used: the dialogue is called directly."""
        blueprint = Blueprint("ieum_channel")

        @blueprint.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            return await self._turn(request)

        @blueprint.get("/health")
        async def health(request: Request) -> HTTPResponse:
            return self._health(request)

        return blueprint

    async def _turn(self, request: Request) -> HTTPResponse:
        if not self._is_known(request):
            return problem(401, "unauthorized")
        try:
            # A caller that goes away must not leave an action half done.
            result = await asyncio.shield(self._dialogue.run(request.body))
        except NotReady:
            return problem(503, "not_ready")
        except BadTurn as error:
            return problem(400, error.code)
        except StateTooLarge:
            logger.error("state_too_large")
            return problem(500, "state_too_large")
        except Exception:
            logger.exception("turn_failed")
            return problem(500, "turn_failed")
        return answer(200, result)

    def _health(self, request: Request) -> HTTPResponse:
        if not self._is_known(request):
            return problem(401, "unauthorized")
        model_id: str | None = self._dialogue.model_id
        ready = model_id is not None
        body = {"ready": ready, "model_id": model_id, "pid": os.getpid()}
        return answer(200 if ready else 503, body)

    def _is_known(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._expected)


def answer(status: int, body: Any) -> HTTPResponse:
    """A JSON answer. Lone surrogates go out escaped, so that any text can pass."""
    return HTTPResponse(
        ujson.dumps(body, ensure_ascii=True, escape_forward_slashes=False),
        status=status,
        content_type="application/json",
    )


def problem(status: int, code: str) -> HTTPResponse:
    """An error in the form of RFC 9457; `code` is stable."""
    return HTTPResponse(
        ujson.dumps(
            {"type": "about:blank", "status": status, "code": code, "title": code}
        ),
        status=status,
        content_type="application/problem+json",
    )
