"""The two kinds of people at a running product, as plain calls: a customer's page and an employee's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]
ANSWER_WITHIN_S = 20.0  # the bot's whole time budget, and some for a slow machine
READ_AT_ONCE = 200
RETRY_AFTER_S = 0.1


@dataclass
class Sent:
    """A message that the product said it has."""

    client_msg_id: str
    text: str
    seq: int


@dataclass
class Customer:
    """A customer's page. With `patience_s` a call that fails for a passing reason is tried again for that long."""

    http: httpx.Client
    conversation_id: str
    patience_s: float = 0.0
    sent: list[Sent] = field(default_factory=list)

    @classmethod
    def open(cls, http: httpx.Client, identity_token: str | None, *, patience_s: float = 0.0) -> Customer:
        """Start a conversation."""
        body = {} if identity_token is None else {"identity_token": identity_token}
        opened = http.post("/api/chat/conversations", json=body).raise_for_status().json()
        http.headers["Authorization"] = f"Bearer {opened['token']}"
        return cls(http, opened["conversation_id"], patience_s)

    def say(self, text: str) -> int:
        """Send a text and return its seq."""
        return self._send(text, {"text": text})

    def choose(self, choice: Json) -> int:
        """Press a button and return the seq."""
        return self._send(choice["label"], {"choice": choice["id"]})

    def read(self, after: int = 0, wait_s: int = 0) -> Json:
        """Return what came after `after`, and who speaks now."""
        view: Json = self._call("GET", "/api/chat/messages", params={"after": after, "wait_s": wait_s}).json()
        return view

    def read_all(self) -> Json:
        """Return the whole conversation, however long."""
        view = page = self.read()
        while len(page["messages"]) == READ_AT_ONCE:
            page = self.read(after=page["messages"][-1]["seq"])
            view = page | {"messages": view["messages"] + page["messages"]}
        return view

    def read_until(self, holds: Callable[[Json], bool], *, after: int = 0, within_s: float = ANSWER_WITHIN_S) -> Json:
        """Return the view in which something holds. Fails when it does not in time."""
        deadline = time.monotonic() + within_s
        view = self.read(after)
        while not holds(view):
            assert time.monotonic() < deadline, f"not within {within_s} s; the last view was {view}"
            last = view["messages"][-1]["seq"] if view["messages"] else after
            self.read(last, wait_s=1)
            view = self.read(after)
        return view

    def ask(self, text: str) -> list[Json]:
        """Send a text and return the answer's messages, which are written all at once."""
        return self.answer_to(self.say(text))

    def answer_to(self, seq: int) -> list[Json]:
        """Return the messages after `seq` as soon as there are any."""
        answer: list[Json] = self.read_until(lambda view: view["messages"] != [], after=seq)["messages"]
        return answer

    def _send(self, text: str, body: Json) -> int:
        client_msg_id = str(uuid4())
        accepted = self._call("POST", "/api/chat/messages", json={"client_msg_id": client_msg_id, **body})
        self.sent.append(Sent(client_msg_id, text, accepted.json()["seq"]))
        return self.sent[-1].seq

    def _call(self, method: str, path: str, **options: Any) -> httpx.Response:
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                answer = self.http.request(method, path, **options)
                if answer.status_code < 500 or time.monotonic() > deadline:
                    return answer.raise_for_status()
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(RETRY_AFTER_S)


@dataclass
class Staff:
    """The page of an agent or a trainer who has logged in."""

    http: httpx.Client
    me: Json

    @classmethod
    def enter(cls, http: httpx.Client, login: str, password: str) -> Staff:
        """Log in."""
        entered = http.post("/api/desk/login", json={"login": login, "password": password}).raise_for_status().json()
        http.headers["X-CSRF-Token"] = entered["csrf"]
        return cls(http, entered["agent"])

    def get(self, path: str) -> Json:
        """Return the JSON at `path`."""
        found: Json = self.http.get(path).raise_for_status().json()
        return found

    def post(self, path: str, **body: Any) -> Json:
        """Do what `path` does."""
        done: Json = self.http.post(path, json=body).raise_for_status().json()
        return done

    def find_waiting(self, conversation_id: str) -> Json | None:
        """Return a conversation's line in the queue, or None when it does not wait."""
        queue = self.get("/api/desk/queue")["conversations"]
        return next((item for item in queue if item["conversation_id"] == conversation_id), None)

    def see(self, conversation_id: str) -> Json:
        """Return a conversation as the desk shows it."""
        return self.get(f"/api/desk/conversations/{conversation_id}")

    def do(self, conversation_id: str, what: str, **body: Any) -> Json:
        """Claim, write, note, transfer, return or close, at the version that the desk shows now."""
        version = self.see(conversation_id)["version"]
        return self.post(f"/api/desk/conversations/{conversation_id}/{what}", version=version, **body)


def words(answer: list[Json]) -> str:
    """Return all that an answer says, cards and buttons left out."""
    return "\n".join(message["text"] for message in answer)


def cards(answer: list[Json]) -> list[dict[str, str]]:
    """Return the rows of each card of an answer, with its title."""
    shown = [card for message in answer for card in message["cards"]]
    return [{"title": card["title"]} | {row["label"]: row["value"] for row in card["rows"]} for card in shown]
