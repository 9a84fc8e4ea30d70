"""The catalogue of intents, read once, as topics that the shop has facts about."""

from __future__ import annotations

from functools import cache

from handoff.domain.topics import Topics
from studio.intents import Intents


@cache
def load_topics() -> Topics:
    """Return the topics of the studio's catalogue."""
    return Topics.grouped({intent.id: (intent.topic, intent.ko) for intent in Intents.load().list_all()})
