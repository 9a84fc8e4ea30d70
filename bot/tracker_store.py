"""Tracker store that stores nothing: it hands over the turn in hand.

Rasa asks it for the conversation when a message comes and gives the conversation back
when the message is answered. Between turns the gateway keeps the state.
"""

from __future__ import annotations

from collections.abc import Iterable

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot import turn_scope


class TurnTrackerStore(TrackerStore):
    """Serves each request the conversation that came with it."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Build the tracker of the turn in hand."""
        tracker = self.init_tracker(sender_id)
        for event in turn_scope.get_current().events:
            # An older model may have known slots that this one does not.
            if not isinstance(event, SlotSet) or event.key in tracker.slots:
                tracker.update(event)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Give the tracker back to the turn in hand."""
        turn_scope.get_current().tracker = tracker

    async def keys(self) -> Iterable[str]:
        """No conversation is kept here."""
        return []
