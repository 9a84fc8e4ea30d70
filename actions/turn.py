"""One message of a customer, as far as actions need it: read from the bot's call, checked, made a value."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from actions.customer import read_speaker
from actions.numbers import find_order_number
from actions.question import Question

_LONGEST_ENTITY = 64
_INTENTS_AT_ONCE = 2


@dataclass(frozen=True)
class Guess:
    """One intent the bot thought of, and how sure it was (0–1)."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class Turn:
    """What was said, what was understood, and what the conversation was about.

    `order_id` is what the message itself names, by entity or button; `known_order_id` is the order that
    was talked about last. `excluded_order_id` is one that the customer has just said no to. `anger` and
    `urgency` are 0–1. `others` are further intents in the same message. `advised` is what `actions/advised.py` keeps,
    `wish` what was offered to be done to an order, as `actions/order_wish.py` keeps it; `interrupted` the topic whose
    question was open when a person was asked for. `tickets` are what people are doing for the customer, newest first
    (see `kernel.tokens.TurnContext`); `opens_at` is when people are back, None while they are there; `hours_text` says
    when they always are.
    """

    turn_id: str
    customer_id: str | None
    intent: str
    conversation_id: str = ""
    order_id: str | None = None
    last_topic: str | None = None
    not_understood_count: int = 0
    text: str = ""
    known_order_id: str | None = None
    excluded_order_id: str | None = None
    question: Question | None = None
    set_aside: str | None = None
    wish: str | None = None
    interrupted: str | None = None
    entities: Mapping[str, str] = field(default_factory=dict)
    ranking: Sequence[Guess] = ()
    others: Sequence[str] = ()
    anger: float = 0.0
    urgency: float = 0.0
    advised: str | None = None
    channel: str = "web"
    tickets: Sequence[Mapping[str, Any]] = ()
    opens_at: datetime | None = None
    hours_text: str | None = None

    @property
    def is_pressed(self) -> bool:
        """Whether a button was pressed instead of something written."""
        return self.text == f"/{self.intent}"

    @property
    def confidence(self) -> float:
        """How sure the bot is of the best intent; certain for a button."""
        return self.ranking[0].confidence if self.ranking and not self.is_pressed else 1.0

    def asks(self, kind: str, topic: str | None = None) -> bool:
        """Return whether the bot's last question was of this kind, and about `topic` if one is given."""
        return self.question is not None and self.question.kind == kind and topic in (None, self.question.topic)


def read_turn(tracker: Tracker, key: str) -> Turn:
    """Return the turn that `tracker` holds. Raises InvalidTurnContext."""
    message = tracker.latest_message
    speaker = read_speaker(message.get("metadata"), key)
    slots = tracker.slots or {}
    intent = (message.get("intent") or {}).get("name") or ""
    entities = _entities(message.get("entities") or [])
    mood = message.get("mood") if isinstance(message.get("mood"), dict) else {}
    text = message.get("text") or ""
    named = entities.get("order_id") or find_order_number(text)
    return Turn(
        turn_id=speaker.turn_id,
        customer_id=speaker.customer_id,
        channel=speaker.channel,
        intent=intent,
        conversation_id=speaker.conversation_id,
        tickets=speaker.tickets,
        hours_text=speaker.hours_text,
        opens_at=datetime.fromisoformat(speaker.opens_at) if speaker.opens_at else None,
        order_id=named,
        last_topic=slots.get("last_topic"),
        not_understood_count=int(slots.get("not_understood_count") or 0),
        text=text,
        known_order_id=named or slots.get("order_id"),
        question=Question.read(slots.get("question")),
        set_aside=slots.get("set_aside"),
        wish=slots.get("wish"),
        interrupted=slots.get("interrupted"),
        entities=entities,
        ranking=_ranking(message.get("intent_ranking") or []),
        others=_others(message.get("intents"), intent),
        anger=_share(mood.get("anger")),
        urgency=_share(mood.get("urgency")),
        advised=slots.get("advice"),
    )


def _entities(found: list[dict[str, Any]]) -> dict[str, str]:
    """Return the first value of each kind of entity; order numbers in one form."""
    values: dict[str, str] = {}
    for entity in found:
        name, value = entity.get("entity"), entity.get("value")
        if not isinstance(name, str) or not isinstance(value, str) or name in values:
            continue
        if name == "order_id":
            value = unicodedata.normalize("NFKC", value).replace(" ", "").lstrip("#")
        if 0 < len(value) <= _LONGEST_ENTITY and value.isprintable():
            values[name] = value
    return values


def _ranking(listed: list[dict[str, Any]]) -> tuple[Guess, ...]:
    return tuple(Guess(item["name"], float(item["confidence"])) for item in listed if item.get("name"))


def _others(intents: Any, best: str) -> tuple[str, ...]:
    if not isinstance(intents, list):
        return ()
    names = [item.get("name") if isinstance(item, dict) else item for item in intents[:_INTENTS_AT_ONCE]]
    return tuple(name for name in names if isinstance(name, str) and name != best)


def _share(value: Any) -> float:
    return min(1.0, max(0.0, float(value))) if isinstance(value, (int, float)) else 0.0
