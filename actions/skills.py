"""Which kind of agent each topic goes to, and what the customer is told on the way. Read from `skills.yml` once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).with_name("skills.yml")


@dataclass(frozen=True)
class Topic:
    """One intent: the skill a person needs for it, its name, and a first kind sentence.

    Topics with the same `answer` are answered alike, so that it does not matter which of them was meant.
    `takes_details` marks requests: what sounds like one while details are asked for is those details.
    """

    skill: str
    name: str
    say: str
    reason: str = "topic_unsupported"
    answer: str | None = None
    takes_details: bool = False


@dataclass(frozen=True)
class Skills:
    """All topics by intent. `find` falls back to the general desk."""

    topics: Mapping[str, Topic]
    default: Topic

    def find(self, intent: str | None) -> Topic:
        """Return the topic of `intent`, or the general one."""
        return self.topics.get(intent or "", self.default)

    def takes_details(self, intent: str) -> bool:
        """Return whether `intent` is a request that a person carries out by its details."""
        return self.find(intent).takes_details

    def answers_alike(self, intent: str, other: str) -> bool:
        """Return whether two intents get the same answer."""
        answer = self.find(intent).answer
        return intent == other or (answer is not None and answer == self.find(other).answer)


@cache
def load_skills() -> Skills:
    """Return the topics in force. Raises KeyError or TypeError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return Skills(
        topics={intent: Topic(**fields) for intent, fields in data["topics"].items()},
        default=Topic(**data["default"]),
    )
