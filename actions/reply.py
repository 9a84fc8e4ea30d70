"""What an action says and changes, in the order it is said; turned into Rasa's messages at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.question import Question


@dataclass(frozen=True)
class Choice:
    """A button: what it says, and the intent (with entities) it stands for."""

    label: str
    intent: str
    entities: dict[str, str] = field(default_factory=dict)

    def as_button(self) -> dict[str, str]:
        """Return it as Rasa carries buttons."""
        entities = json.dumps(self.entities, ensure_ascii=False) if self.entities else ""
        return {"title": self.label, "payload": f"/{self.intent}{entities}"}


@dataclass(frozen=True)
class Row:
    """One line of a card."""

    label: str
    value: str


@dataclass(frozen=True)
class Card:
    """A box with facts, most often those of one order."""

    title: str
    rows: Sequence[Row]
    note: str | None = None
    kind: str = "order"

    def as_json(self) -> dict[str, Any]:
        """Return it in the shape the channels draw."""
        card: dict[str, Any] = {
            "kind": self.kind,
            "title": self.title,
            "rows": [{"label": row.label, "value": row.value} for row in self.rows],
        }
        return card | ({"note": self.note} if self.note else {})


@dataclass
class Reply:
    """The bubbles, choices, cards, slots and the handoff of one answer.

    Choices, cards and the handoff go with the last bubble. `tips` are said after the bubbles and left
    out for somebody who has no patience for them. `closing` comes last: the words of `question`, which is
    what the answer asks back. `response` names one of the domain's instead of bubbles.

    `identity` is the signed word that the customer proved who they are; `conceal` says what the customer's
    message holds that nobody may read later: a `code` or a `phone` number.
    """

    bubbles: list[str] = field(default_factory=list)
    tips: list[str] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    handoff: dict[str, str] | None = None
    question: Question | None = None
    response: str | None = None
    identity: str | None = None
    conceal: str | None = None

    @property
    def question_needs_choices(self) -> bool:
        """Whether the question is answered by one of the choices, so that none may be left out."""
        return self.question is not None and self.question.kind in ("order", "items", "confirm", "choose")

    def say(self, *bubbles: str) -> Reply:
        """Add bubbles, one idea each."""
        self.bubbles.extend(bubbles)
        return self

    def ask(self, question: Question, *words: str) -> Reply:
        """Ask `question` in `words` at the end of the answer."""
        self.question = question
        self.closing.extend(words)
        return self

    def hand_over(self, *, reason: str, skill: str, detail: str) -> Reply:
        """Ask for a person with `skill`; `detail` is for the agent and holds no personal data."""
        self.handoff = {"reason": reason, "skill": skill, "detail": detail}
        return self

    def send(self, dispatcher: CollectingDispatcher) -> list[EventType]:
        """Put everything to the dispatcher and return the slot changes as events."""
        if self.response:
            dispatcher.utter_message(response=self.response)
        bubbles = [*self.bubbles, *self.tips, *self.closing]
        for bubble in bubbles[:-1]:
            dispatcher.utter_message(text=bubble)
        extras: dict[str, Any] = {}
        if self.cards:
            extras["cards"] = [card.as_json() for card in self.cards]
        for name in ("handoff", "identity", "conceal"):
            if getattr(self, name):
                extras[name] = getattr(self, name)
        if bubbles or extras:
            dispatcher.utter_message(
                text=bubbles[-1] if bubbles else None,
                buttons=[choice.as_button() for choice in self.choices],
                json_message=extras or None,
            )
        return [SlotSet(name, value) for name, value in self.slots.items()]
