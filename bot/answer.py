"""The answer to a turn: what Rasa said and did, in the gateway's terms.

Stands between the dialogue and the HTTP route. It leaves out what the gateway must not
get (Rasa's internals) and carries entities back to the customer's own text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.shared.core.constants import (
    ACTION_EXTRACT_SLOTS,
    ACTION_LISTEN_NAME,
    DEFAULT_SLOT_NAMES,
)
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.text.normal import NormalText

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
CUSTOMER_REQUEST = "customer_request"
INTERNAL_SLOTS = DEFAULT_SLOT_NAMES | {"not_understood_count", "question", "set_aside"}
# Of the classifier's; absent from a button, and `intents` from a message with one.
PASSED_ON = ("intents", "out_of_scope_score")
SILENT_ACTIONS = frozenset({ACTION_LISTEN_NAME, ACTION_EXTRACT_SLOTS})


class Answer(OutputChannel):
    """Collects what the bot says during one turn."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.replies: list[dict[str, Any]] = []
        self.handoff: dict[str, Any] | None = None
        # The actions' signed word for who the customer is; it means nothing here.
        self.identity: str | None = None
        # What the customer's message holds that nobody may read later.
        self.conceal: str | None = None

    @classmethod
    def name(cls) -> str:
        """The channel's name, under which responses may be special."""
        return "ieum"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Take one message of the bot."""
        custom = message.get("custom") or {}
        reply = {
            "text": message.get("text") or "",
            "choices": [
                {"label": button["title"], "payload": button["payload"]}
                for button in message.get("buttons") or []
            ],
            "cards": list(custom.get("cards") or []),
        }
        if any(reply.values()):
            self.replies.append(reply)
        if isinstance(custom.get("handoff"), dict):
            self.handoff = read_handoff(custom["handoff"])
        if isinstance(custom.get("identity"), str):
            self.identity = custom["identity"]
        if isinstance(custom.get("conceal"), str):
            self.conceal = custom["conceal"]


def read_handoff(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An action's wish to pass the conversation to a person, completed."""
    reason = raw.get("reason", "bot_error")
    requested_by = "customer" if reason == CUSTOMER_REQUEST else "bot"
    return {
        "reason": reason,
        "requested_by": raw.get("requested_by", requested_by),
        "skill": raw.get("skill", "general"),
        "detail": raw.get("detail"),
    }


def describe_understanding(
    parse_data: Mapping[str, Any], original: NormalText | None
) -> dict[str, Any]:
    """How the message was understood.

    A button says nothing of the mood: there it is None. `intents` are the names of all
    requests where a message holds several, in the order they are said.

    Args:
        parse_data: as Rasa keeps it for the latest message.
        original: the customer's text; None when a button was pressed.
    """
    acted_on = parse_data["intent"]
    ranking = [
        {"intent": item["name"], "confidence": item["confidence"]}
        for item in parse_data.get("intent_ranking", [])
    ]
    best = ranking[0] if ranking else {"intent": "out_of_scope", "confidence": 0.0}
    return {
        **best,
        "ranking": ranking,
        "entities": [
            _describe_entity(entity, original) for entity in parse_data["entities"]
        ],
        "out_of_scope": acted_on["name"] in NOT_UNDERSTOOD,
        "mood": parse_data.get("mood"),
        **{name: parse_data[name] for name in PASSED_ON if name in parse_data},
    }


def _describe_entity(
    entity: Mapping[str, Any], original: NormalText | None
) -> dict[str, Any]:
    start, end, text = 0, 0, entity["value"]
    if original is not None:
        start, end = original.locate(entity["start"], entity["end"])
        text = original.raw[start:end]
    return {
        "entity": entity["entity"],
        "text": text,
        "start": start,
        "end": end,
        "value": entity["value"],
    }


def list_tried(tracker: DialogueStateTracker) -> list[str]:
    """Names of the actions run since the latest message, in order."""
    tried: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if (
            isinstance(event, ActionExecuted)
            and event.action_name not in SILENT_ACTIONS
        ):
            tried.insert(0, event.action_name)
    return tried


def list_slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Slots that hold something a person taking over should know."""
    return {
        name: value
        for name, value in tracker.current_slot_values().items()
        if value is not None and name not in INTERNAL_SLOTS
    }
