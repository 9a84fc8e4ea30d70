"""What the bot has just asked, so that the next message can be read as the answer to it.

Kept between turns as one short text, `kind:topic:step`. Pure.

    order     which order the topic is about                  next: a button, a number, a product
    items     what of the order, and why                      next: a button, words for one of them
    confirm   whether to do what was offered                  next: yes, no
    details   what exactly is wanted, in the customer's words next: anything that is not another topic
    solved    whether the remedy helped                       next: yes, no, still the same
    resume    whether to go back to the topic left before     next: yes, no
    person    whether to connect a person                     next: yes, no
    choose    which of two meanings was meant                 next: a button
    what      what it was that did not help                   next: a topic
    phone     the number by which somebody unknown is known   next: a phone number
    prove     whether to send a code to the registered number next: yes, no
    code      the code that was sent                          next: six digits
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KINDS = frozenset(
    {"order", "items", "details", "solved", "resume", "person", "choose", "what", "confirm", "phone", "prove", "code"}
)
# Questions that a change of topic leaves open, to be taken up again.
OPEN_KINDS = frozenset({"order", "items", "confirm", "details"})


@dataclass(frozen=True)
class Question:
    """One question; `topic` is the intent it belongs to, `step` counts remedies already given from 0."""

    kind: str
    topic: str
    step: int = 0

    @classmethod
    def read(cls, written: Any) -> Question | None:
        """Return the question that `written` holds, None for nothing or for another form."""
        if not isinstance(written, str):
            return None
        kind, _, rest = written.partition(":")
        topic, _, step = rest.partition(":")
        if kind not in KINDS or not step.isdecimal():
            return None
        return cls(kind, topic, int(step))

    def write(self) -> str:
        """Return it as it is kept."""
        return f"{self.kind}:{self.topic}:{self.step}"

    @property
    def is_open(self) -> bool:
        """Whether it waits to be taken up again after another topic."""
        return self.kind in OPEN_KINDS
