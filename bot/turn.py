"""A turn as it comes in: the gateway's JSON, checked and made a value.

Stands between the HTTP route and the dialogue. Nothing behind it meets a body that has
not been checked here. Pure: no Rasa, no I/O.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.errors import BadTurn

MAX_TEXT_CHARS = 2_000
MAX_ID_CHARS = 128
MAX_PAYLOAD_CHARS = 1_024
PAYLOAD_PATTERN = re.compile(
    r"/(?P<intent>[a-z][a-z0-9_]*)(?P<values>\{.*\})?", re.DOTALL
)
FIELDS = frozenset({"turn_id", "conversation_id", "message", "state", "context", "now"})


@dataclass(frozen=True)
class Payload:
    """A button's meaning: an intent and the entities that go with it."""

    intent: str
    entities: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Turn:
    """One message to answer. Exactly one of `text` and `payload` is set.

    `now` is when it was said (ISO 8601 with an offset), for "어제" and the like; None
    means the time of the machine.
    """

    turn_id: str
    conversation_id: str
    state: Mapping[str, Any] | None
    context: str
    text: str | None = None
    payload: Payload | None = None
    now: str | None = None


def read_turn(
    body: bytes, *, intents: frozenset[str], entities: frozenset[str]
) -> Turn:
    """Make a turn of a request body.

    A payload may name only an intent and entities that the model knows, because the
    dialogue would otherwise read it as text.

    Raises:
        BadTurn: with the code of the first part that is wrong.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadTurn("not_json") from error
    if not isinstance(data, dict):
        raise BadTurn("not_an_object")
    if set(data) - FIELDS:
        raise BadTurn("unknown_field")
    text, payload = _read_message(data.get("message"), intents, entities)
    state = data.get("state")
    if state is not None and not isinstance(state, dict):
        raise BadTurn("bad_state")
    return Turn(
        turn_id=_read_id(data, "turn_id"),
        conversation_id=_read_id(data, "conversation_id"),
        state=state,
        context=_read_context(data),
        text=text,
        payload=payload,
        now=read_now(data.get("now")),
    )


def read_payload(
    raw: str, *, intents: frozenset[str], entities: frozenset[str]
) -> Payload:
    """Make a payload of ``/intent`` or ``/intent{"entity": "value"}``.

    Raises:
        BadTurn: the form is another, or the model does not know the names in it.
    """
    match = PAYLOAD_PATTERN.fullmatch(raw)
    if match is None or len(raw) > MAX_PAYLOAD_CHARS:
        raise BadTurn("bad_payload")
    if match["intent"] not in intents:
        raise BadTurn("unknown_intent")
    try:
        values = json.loads(match["values"] or "{}")
    except (ValueError, RecursionError) as error:
        raise BadTurn("bad_payload") from error
    if not all(isinstance(value, str) for value in values.values()):
        raise BadTurn("bad_payload")
    if not entities.issuperset(values):
        raise BadTurn("unknown_entity")
    return Payload(intent=match["intent"], entities=tuple(values.items()))


def read_now(raw: Any) -> str | None:
    """Check a moment: ISO 8601 with an offset, None when there is none.

    Raises:
        BadTurn: it is something else.
    """
    if raw is None:
        return None
    try:
        at = datetime.fromisoformat(raw[:-1] + "+00:00" if raw[-1:] == "Z" else raw)
    except (TypeError, ValueError) as error:
        raise BadTurn("bad_now") from error
    if at.tzinfo is None or not 1970 < at.year < 9999:
        raise BadTurn("bad_now")
    return at.isoformat()


def _read_message(
    message: Any, intents: frozenset[str], entities: frozenset[str]
) -> tuple[str | None, Payload | None]:
    if not isinstance(message, dict):
        raise BadTurn("bad_message")
    kind = message.get("kind")
    if kind not in ("text", "payload") or set(message) != {"kind", kind}:
        raise BadTurn("bad_message")
    content = message[kind]
    if not isinstance(content, str):
        raise BadTurn("bad_message")
    if kind == "payload":
        return None, read_payload(content, intents=intents, entities=entities)
    if len(content) > MAX_TEXT_CHARS:
        raise BadTurn("text_too_long")
    return content, None


def _read_id(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_CHARS:
        raise BadTurn(f"bad_{name}")
    return value


def _read_context(data: Mapping[str, Any]) -> str:
    context = data.get("context", "")
    if not isinstance(context, str):
        raise BadTurn("bad_context")
    return context
