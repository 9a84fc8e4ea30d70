"""The way to a shop's own app: a signed POST for each message to the address in the settings.

The app takes a message with any 2xx. The signature covers the time and the body, so that neither can be changed and
an old request cannot be played again: `X-Ieum-Signature: t=<seconds>,v1=<hex of HMAC-SHA256(secret, "t.body")>`.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable

import httpx
import orjson

from handoff.domain.conversation import Conversation, Message
from handoff.service.delivering import CarrierFailed, CarrierRefused

WITHIN_S = 10.0
TRY_AGAIN = frozenset({408, 409, 425, 429})


class Webhook:
    """Carries messages to one address. Redirects are not followed: the address is the one that was agreed on."""

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._url = url
        self._secret = secret
        self._real_s = real_s
        self._http = httpx.AsyncClient(timeout=WITHIN_S, follow_redirects=False, trust_env=False, transport=transport)

    async def close(self) -> None:
        """Leave the connections."""
        await self._http.aclose()

    async def carry(self, conversation: Conversation, message: Message, *, key: str) -> None:
        """Hand a message over. Raises CarrierFailed and CarrierRefused."""
        body = orjson.dumps(_shape(conversation, message))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "X-Ieum-Signature": sign(body, self._secret, at_s=int(self._real_s())),
        }
        try:
            answer = await self._http.post(self._url, content=body, headers=headers)
        except httpx.HTTPError as error:  # never its text: the address may hold a secret
            raise CarrierFailed(type(error).__name__) from error
        if answer.is_success:
            return
        if answer.status_code >= 500 or answer.status_code in TRY_AGAIN:
            raise CarrierFailed(f"HTTP {answer.status_code}", wait_s=_wait_s(answer))
        raise CarrierRefused(f"HTTP {answer.status_code}")


def sign(body: bytes, secret: str, *, at_s: int) -> str:
    """Return the signature of a request."""
    mark = hmac.new(secret.encode(), f"{at_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at_s},v1={mark}"


def _wait_s(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else None


def _shape(conversation: Conversation, message: Message) -> dict[str, object]:
    return {
        "conversation_id": conversation.conversation_id,
        "user": conversation.channel_user,
        "seq": message.seq,
        "author": message.author.value,
        "author_name": message.author_name,
        "text": message.text,
        "choices": [{"id": choice.choice_id, "label": choice.label} for choice in message.choices],
        "cards": list(message.cards),
        "at": message.at.isoformat().replace("+00:00", "Z"),
    }
