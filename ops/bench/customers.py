"""Customers for measurements: the same small HTTP client towards ours and towards stock Rasa.

A turn ends when the customer can read the bot's answer.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

_TIMEOUT_S = 60.0
_WAIT_S = 20


class TurnFailed(Exception):
    """A turn was refused, or no answer of the bot came."""


class Customer(Protocol):
    """Somebody who sends a message and reads the answer."""

    def ask(self) -> float:
        """Carry out one turn; return its seconds. Raises TurnFailed."""


class _Connection:
    """One kept-alive connection that speaks JSON."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_S)

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise TurnFailed(f"{method} {path.partition('?')[0]} answered {answer.status}")
        return json.loads(content)


class OurCustomer:
    """A customer who is logged in at the shop and asks where the parcel is: an intent, an action, SQL, two bubbles."""

    def __init__(self, port: int, identity_token: str, text: str = "택배 언제 와요?") -> None:
        self._connection = _Connection(port)
        self._text = text
        opened = self._connection.call("POST", "/api/chat/conversations", {"identity_token": identity_token})
        self._token = opened["token"]

    def ask(self) -> float:
        """Send, then long-poll until the bot's answer to it can be read."""
        started = time.perf_counter()
        message = {"client_msg_id": str(uuid.uuid4()), "text": self._text}
        seq = self._connection.call("POST", "/api/chat/messages", message, self._token)["seq"]
        found = self._connection.call("GET", f"/api/chat/messages?after={seq}&wait_s={_WAIT_S}", None, self._token)
        seconds = time.perf_counter() - started
        if found["owner"] != "bot" or not any(message["author"] == "bot" for message in found["messages"]):
            raise TurnFailed(f"no answer of the bot; the conversation is owned by {found['owner']}")
        return seconds


class StockCustomer:
    """A customer of the bot that `rasa init` makes, over its REST channel."""

    def __init__(self, port: int, text: str = "hello") -> None:
        self._connection = _Connection(port)
        self._sender = uuid.uuid4().hex
        self._text = text

    def ask(self) -> float:
        """Send; the answer comes in the same response."""
        started = time.perf_counter()
        found = self._connection.call("POST", "/webhooks/rest/webhook", {"sender": self._sender, "message": self._text})
        seconds = time.perf_counter() - started
        if not found:
            raise TurnFailed("stock Rasa gave an empty answer")
        return seconds


def ask_together(
    make: Callable[[int], Customer], customer_count: int, turn_count: int
) -> tuple[float, Sequence[float]]:
    """Let customers ask at once, `turn_count` turns each; return turns per second and each turn's seconds."""
    customers = [make(place) for place in range(customer_count)]
    with ThreadPoolExecutor(customer_count, thread_name_prefix="customer") as pool:
        started = time.perf_counter()
        asked = list(pool.map(lambda customer: [customer.ask() for _ in range(turn_count)], customers))
        elapsed_s = time.perf_counter() - started
    turns = [seconds for of_one in asked for seconds in of_one]
    return len(turns) / elapsed_s, turns
