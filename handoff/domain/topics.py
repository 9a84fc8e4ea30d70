"""What a conversation is about: the last thing the customer asked for that the shop has facts about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handoff.domain.conversation import Json

GENERAL = "general"
SURE_ENOUGH = 0.3  # a guess below this says little about what was wanted
_AREA_OF_GROUP = {
    "verification": "verification",
    "block": "block",
    "delivery": "delivery",
    "orders": "orders",
    "shopping": "orders",
    "benefits": "compensation",
    "privacy": "privacy",
}
_AREA_OF_SKILL = {
    "verification": "verification",
    "security_review": "block",
    "delivery": "delivery",
    "orders": "orders",
    "compensation": "compensation",
    "privacy": "privacy",
}


@dataclass(frozen=True)
class Topic:
    """`area` says which facts belong to it; `intent` and `name` are None where only the team is known."""

    area: str = GENERAL
    intent: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Topics:
    """All topics that the shop has facts about, by intent."""

    by_intent: Mapping[str, Topic]

    @classmethod
    def grouped(cls, listed: Mapping[str, tuple[str, str]]) -> Topics:
        """Return the topics of a catalogue: by intent the group it is listed in, and its name."""
        found = {
            intent: Topic(_AREA_OF_GROUP[group], intent, name)
            for intent, (group, name) in listed.items()
            if group in _AREA_OF_GROUP
        }
        return cls(found)

    def find(self, understanding: Json, skill: str) -> Topic:
        """Return what the customer asked about last, else the topic the bot was at, else the team's own."""
        for guess in reversed(understanding.get("intent_history", [])):
            topic = self.by_intent.get(guess.get("intent") or "")
            if topic is not None and (guess.get("confidence") or 0.0) >= SURE_ENOUGH:
                return topic
        at_hand = self.by_intent.get((understanding.get("slots") or {}).get("last_topic") or "")
        return at_hand or Topic(_AREA_OF_SKILL.get(skill, GENERAL))


NO_TOPICS = Topics({})
