"""The turn in hand: what belongs to one request and to nobody else.

The channel sets it before it gives a message to Rasa; tracker store, action calls and
responses find it through a context variable, because Rasa handles a message within one
task. Nothing of it outlives the request.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker


@dataclass
class TurnScope:
    """What is known and gathered during one turn."""

    turn_id: str
    events: list[Event]
    tracker: DialogueStateTracker | None = None
    failed_actions: list[str] = field(default_factory=list)


_current: ContextVar[TurnScope] = ContextVar("turn_scope")


@contextmanager
def enter(scope: TurnScope) -> Iterator[TurnScope]:
    """Make `scope` the turn in hand for what is awaited inside."""
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def get_current() -> TurnScope:
    """The turn in hand.

    Raises:
        LookupError: no turn is in hand.
    """
    return _current.get()
