"""Plays one conversation a topic against a running instance, as a customer's page would."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml

from kernel.settings import Settings
from kernel.tokens import sign_identity
from ops.errors import OperationFailed

_STORIES = Path(__file__).with_name("stories.yml")
_WAIT_S = 20

Json = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One thing that was said, by `customer`, `bot`, `system` or `agent`; a bot's with its buttons and cards."""

    topic: str
    author: str
    text: str
    choices: tuple[str, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = ()


def play(base_url: str, settings: Settings, topics: list[str]) -> Iterator[Line]:
    """Yield what is said in each story, all of them when no topic is named. Raises OperationFailed."""
    stories = yaml.safe_load(_STORIES.read_text(encoding="utf-8"))
    known = [story["topic"] for story in stories]
    if unknown := sorted(set(topics) - set(known)):
        raise OperationFailed(f"no story about {', '.join(unknown)}; there are {', '.join(known)}")
    try:
        for story in stories:
            if not topics or story["topic"] in topics:
                with httpx.Client(base_url=base_url, timeout=_WAIT_S + 10) as http:
                    yield from _play(http, story, settings)
    except httpx.HTTPError as error:
        raise OperationFailed(
            f"{base_url} does not answer ({type(error).__name__}); is `./ieum up` running?"
        ) from error


def _play(http: httpx.Client, story: Json, settings: Settings) -> Iterator[Line]:
    who = story["as"]
    body = {"identity_token": sign_identity(who, settings.identity_key)} if who else {}
    opened = http.post("/api/chat/conversations", json=body).raise_for_status().json()
    http.headers["authorization"] = f"Bearer {opened['token']}"
    seq, choices = 0, dict[str, str]()
    for turn in story["turns"]:
        said = turn if isinstance(turn, str) else next((label for label in choices if turn["press"] in label), "")
        content = {"text": said} if isinstance(turn, str) else {"choice": choices.get(said, "")}
        sent = http.post("/api/chat/messages", json={"client_msg_id": str(uuid4()), **content})
        yield Line(story["topic"], "customer", said)
        seq, answers = _answers(http, max(seq, sent.raise_for_status().json()["seq"]))
        choices = {choice["label"]: choice["id"] for answer in answers for choice in answer["choices"]}
        for answer in answers:
            labels = tuple(choice["label"] for choice in answer["choices"])
            yield Line(story["topic"], answer["author"], answer["text"] or "", labels, tuple(answer["cards"]))


def _answers(http: httpx.Client, after: int) -> tuple[int, list[Json]]:
    """Return what follows the message `after`, which is stored whole at once, and its last seq."""
    view = http.get("/api/chat/messages", params={"after": after, "wait_s": _WAIT_S}).raise_for_status().json()
    messages = view["messages"]
    return (messages[-1]["seq"] if messages else after), messages
