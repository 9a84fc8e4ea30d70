"""What has changed in a list on a page since it was last told."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.api.shapes import Json, queue_item
from handoff.service.desk import QueueItem


class ShapedOnce:
    """The lines of a list that many pages show: each is shaped when it has changed, not for every page."""

    def __init__(self) -> None:
        self._shaped: dict[str, tuple[QueueItem, Json]] = {}

    def shape(self, items: Sequence[QueueItem]) -> list[Json]:
        """Return the lines, the same objects as long as their items are the same."""
        kept = {}
        for item in items:
            key = item.conversation.conversation_id
            known = self._shaped.get(key)
            kept[key] = known if known is not None and known[0] is item else (item, queue_item(item))
        self._shaped = kept
        return [shape for _, shape in kept.values()]


class ListOnPage:
    """A list of conversations as a page has it."""

    def __init__(self) -> None:
        self._shown: dict[str, Json] = {}
        self._order: list[str] | None = None

    def change(self, items: Sequence[Json]) -> Json | None:
        """Return the new and changed items, the ids that are gone, and the whole order; None when nothing changed."""
        now = {item["conversation_id"]: item for item in items}
        order = list(now)
        shown = self._shown
        put = [item for key, item in now.items() if shown.get(key) is not item and shown.get(key) != item]
        gone = [key for key in self._shown if key not in now]
        is_same = not put and not gone and order == self._order
        self._shown, self._order = now, order
        return None if is_same else {"items": put, "gone": gone, "order": order}
