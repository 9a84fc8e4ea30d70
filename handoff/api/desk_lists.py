"""What has changed in a list on a page since it was last told."""

from __future__ import annotations

from collections.abc import Sequence

from handoff.api.shapes import Json


class ListOnPage:
    """A list of conversations as a page has it."""

    def __init__(self) -> None:
        self._shown: dict[str, Json] = {}
        self._order: list[str] | None = None

    def change(self, items: Sequence[Json]) -> Json | None:
        """Return the new and changed items, the ids that are gone, and the whole order; None when nothing changed."""
        now = {item["conversation_id"]: item for item in items}
        order = list(now)
        put = [item for key, item in now.items() if self._shown.get(key) != item]
        gone = [key for key in self._shown if key not in now]
        is_same = not put and not gone and order == self._order
        self._shown, self._order = now, order
        return None if is_same else {"items": put, "gone": gone, "order": order}
