"""The part of the store's port that concerns prepared words, what was answered before, and ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from handoff.domain.borrowing import SolvedReply
from handoff.domain.macros import Macro
from handoff.domain.ratings import Rating


class ReplyTransaction(Protocol):
    """What can be done with macros, solved replies and ratings within one unit of work."""

    async def add_macro(self, macro: Macro) -> bool:
        """Store a new macro; False when there is, or was, one with this id."""

    async def save_macro(self, macro: Macro) -> bool:
        """Store a changed macro; False when somebody else changed it since the version before."""

    async def find_macro(self, macro_id: str) -> Macro | None:
        """Return a macro, retired or not."""

    async def list_macros(self) -> Sequence[Macro]:
        """Return all macros that are not retired, by id."""

    async def add_solved(self, replies: Sequence[SolvedReply]) -> None:
        """Keep answers of a conversation instead of what was kept of it before."""

    async def list_solved(self, skill: str, *, limit: int) -> Sequence[SolvedReply]:
        """Return the newest answers of a team, newest first."""

    async def forget_solved(self, conversation_id: str) -> None:
        """Keep nothing of a conversation's answers."""

    async def trim_solved(self, skill: str, *, keep: int) -> int:
        """Keep at most so many of a team's newest answers, those of one moment together; return how many went."""

    async def save_rating(self, rating: Rating) -> None:
        """Store a rating; of one end of a conversation the last one counts."""

    async def find_rating(self, conversation_id: str) -> Rating | None:
        """Return the newest rating of a conversation."""

    async def list_ratings(self, *, most: int, limit: int, agent_id: str | None = None) -> Sequence[Rating]:
        """Return the newest ratings of at most this score, newest first."""
