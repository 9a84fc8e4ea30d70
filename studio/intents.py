"""The intents by the names trainers know them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

GUESSES_SHOWN = 4


@dataclass(frozen=True)
class Intent:
    """`id` as in domain.yml, `ko` its name, `means` what belongs to it, `topic` the group it is listed in."""

    id: str
    ko: str
    means: str
    topic: str = ""


class Intents:
    """The catalogue in `intents.yml` beside this module."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self._by_id = {intent.id: intent for intent in intents}

    @classmethod
    def load(cls) -> Intents:
        """Read the catalogue."""
        path = Path(__file__).with_name("intents.yml")
        topics: dict[str, list[dict[str, str]]] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return cls([Intent(**entry, topic=topic) for topic, entries in topics.items() for entry in entries])

    def list_all(self) -> list[Intent]:
        """Return all intents, topic by topic."""
        return list(self._by_id.values())

    def known(self, intent_id: str) -> bool:
        """Tell whether there is such an intent."""
        return intent_id in self._by_id

    def named(self, ranking: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the best guesses of a ranking with their Korean names; unknown intents are left out."""
        shown = [guess for guess in ranking if self.known(guess["intent"])][:GUESSES_SHOWN]
        return [
            {"intent": guess["intent"], "ko": self._by_id[guess["intent"]].ko, "confidence": guess["confidence"]}
            for guess in shown
        ]
