"""Statements on prepared words, on answers that may be suggested again, and on ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql.reply_tables import macros, ratings, solved_replies
from handoff.domain.borrowing import SolvedReply
from handoff.domain.macros import Macro
from handoff.domain.ratings import Rating
from kernel.database import insert


class ReplyStatements:
    """The part of a unit of work that concerns what agents may say, said, and how it was taken."""

    _connection: AsyncConnection

    async def add_macro(self, macro: Macro) -> bool:
        values = asdict(macro) | {"intents": list(macro.intents)}
        statement = insert(self._connection, macros).values(values).on_conflict_do_nothing()
        return bool((await self._connection.execute(statement)).rowcount)

    async def save_macro(self, macro: Macro) -> bool:
        values = asdict(macro) | {"intents": list(macro.intents)}
        before = (macros.c.macro_id == values.pop("macro_id"), macros.c.version == macro.version - 1)
        return bool((await self._connection.execute(macros.update().where(*before).values(values))).rowcount)

    async def find_macro(self, macro_id: str) -> Macro | None:
        statement = sa.select(macros).where(macros.c.macro_id == macro_id)
        row = (await self._connection.execute(statement)).one_or_none()
        return _macro(row) if row else None

    async def list_macros(self) -> Sequence[Macro]:
        statement = sa.select(macros).where(macros.c.retired_at.is_(None)).order_by(macros.c.macro_id)
        return [_macro(row) for row in await self._connection.execute(statement)]

    async def add_solved(self, replies: Sequence[SolvedReply]) -> None:
        for conversation_id in {reply.conversation_id for reply in replies}:
            await self.forget_solved(conversation_id)
        if replies:
            values = [asdict(reply) | {"intents": list(reply.intents)} for reply in replies]
            await self._connection.execute(solved_replies.insert(), values)

    async def list_solved(self, skill: str, *, limit: int) -> Sequence[SolvedReply]:
        s = solved_replies.c
        statement = sa.select(solved_replies).where(s.skill == skill).order_by(s.at.desc(), s.reply_id).limit(limit)
        found = await self._connection.execute(statement)
        return [SolvedReply(**_named(row) | {"intents": tuple(row.intents)}) for row in found]

    async def forget_solved(self, conversation_id: str) -> None:
        gone = solved_replies.delete().where(solved_replies.c.conversation_id == conversation_id)
        await self._connection.execute(gone)

    async def trim_solved(self, skill: str, *, keep: int) -> int:
        s = solved_replies.c
        first_out = sa.select(s.at).where(s.skill == skill).order_by(s.at.desc()).offset(keep).limit(1)
        at = (await self._connection.execute(first_out)).scalar_one_or_none()
        if at is None:
            return 0
        gone = solved_replies.delete().where(s.skill == skill, s.at <= at)
        return (await self._connection.execute(gone)).rowcount

    async def save_rating(self, rating: Rating) -> None:
        values = asdict(rating)
        changed = {name: values[name] for name in ("score", "words", "at", "ticket_number")}
        keys = ["conversation_id", "closed_version"]
        statement = insert(self._connection, ratings).values(values)
        await self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))

    async def find_rating(self, conversation_id: str) -> Rating | None:
        r = ratings.c
        statement = sa.select(ratings).where(r.conversation_id == conversation_id)
        row = (await self._connection.execute(statement.order_by(r.closed_version.desc()).limit(1))).one_or_none()
        return Rating(**_named(row)) if row else None

    async def list_ratings(self, *, most: int, limit: int, agent_id: str | None = None) -> Sequence[Rating]:
        r = ratings.c
        statement = sa.select(ratings).where(r.score <= most)
        if agent_id is not None:
            statement = statement.where(r.agent_id == agent_id)
        found = await self._connection.execute(statement.order_by(r.at.desc(), r.conversation_id).limit(limit))
        return [Rating(**_named(row)) for row in found]


def _macro(row: Any) -> Macro:
    return Macro(**_named(row) | {"intents": tuple(row.intents)})


def _named(row: Any) -> dict[str, Any]:
    return {str(name): value for name, value in row._mapping.items()}
