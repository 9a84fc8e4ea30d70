"""Turns for tests of what actions say."""

from __future__ import annotations

from typing import Any

from actions.question import Question
from actions.turn import Guess, Turn


def a_turn(text: str = "", intent: str = "", **fields: Any) -> Turn:
    """A turn of a known customer; `asked` is the last question as it is kept, `ranking` pairs of intent and confidence."""
    asked = fields.pop("asked", None)
    ranking = tuple(Guess(*pair) for pair in fields.pop("ranking", ()))
    values = {"turn_id": "t1", "customer_id": "one", **fields}
    return Turn(intent=intent, text=text, question=Question.read(asked), ranking=ranking, **values)
