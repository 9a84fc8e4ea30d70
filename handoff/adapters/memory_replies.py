"""The part of the store in memory that concerns macros, answers kept, and ratings: the same promises as the SQL one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handoff.domain.borrowing import SolvedReply
from handoff.domain.macros import Macro
from handoff.domain.ratings import Rating


@dataclass
class ReplyTables:
    """What is kept of what agents may say and said."""

    macros: dict[str, Macro] = field(default_factory=dict)
    solved: dict[str, SolvedReply] = field(default_factory=dict)
    ratings: dict[tuple[str, int], Rating] = field(default_factory=dict)


class MemoryReplies:
    """The part of a unit of work that concerns macros, solved replies and ratings."""

    _t: ReplyTables

    async def add_macro(self, macro: Macro) -> bool:
        return self._t.macros.setdefault(macro.macro_id, macro) is macro

    async def save_macro(self, macro: Macro) -> bool:
        known = self._t.macros.get(macro.macro_id)
        if known is None or known.version != macro.version - 1:
            return False
        self._t.macros[macro.macro_id] = macro
        return True

    async def find_macro(self, macro_id: str) -> Macro | None:
        return self._t.macros.get(macro_id)

    async def list_macros(self) -> Sequence[Macro]:
        return [macro for _, macro in sorted(self._t.macros.items()) if macro.retired_at is None]

    async def add_solved(self, replies: Sequence[SolvedReply]) -> None:
        for conversation_id in {reply.conversation_id for reply in replies}:
            await self.forget_solved(conversation_id)
        self._t.solved |= {reply.reply_id: reply for reply in replies}

    async def list_solved(self, skill: str, *, limit: int) -> Sequence[SolvedReply]:
        found = sorted((r for r in self._t.solved.values() if r.skill == skill), key=lambda r: r.reply_id)
        return sorted(found, key=lambda r: r.at, reverse=True)[:limit]

    async def forget_solved(self, conversation_id: str) -> None:
        kept = {key: reply for key, reply in self._t.solved.items() if reply.conversation_id != conversation_id}
        self._t.solved = kept

    async def trim_solved(self, skill: str, *, keep: int) -> int:
        found = await self.list_solved(skill, limit=keep + 1)
        if len(found) <= keep:
            return 0
        gone = [key for key, r in self._t.solved.items() if r.skill == skill and r.at <= found[-1].at]
        for key in gone:
            del self._t.solved[key]
        return len(gone)

    async def save_rating(self, rating: Rating) -> None:
        self._t.ratings[rating.conversation_id, rating.closed_version] = rating

    async def find_rating(self, conversation_id: str) -> Rating | None:
        found = [r for r in self._t.ratings.values() if r.conversation_id == conversation_id]
        return max(found, key=lambda r: r.closed_version, default=None)

    async def list_ratings(self, *, most: int, limit: int, agent_id: str | None = None) -> Sequence[Rating]:
        found = [r for r in self._t.ratings.values() if r.score <= most and agent_id in (None, r.agent_id)]
        return sorted(sorted(found, key=lambda r: r.conversation_id), key=lambda r: r.at, reverse=True)[:limit]
