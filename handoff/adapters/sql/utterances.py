"""Statements on the utterances that trainers are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql.tables import candidates
from handoff.domain.conversation import Json
from kernel.database import insert


class UtteranceStatements:
    """The part of a unit of work that concerns candidates for training."""

    _connection: AsyncConnection

    async def add_candidate(self, candidate_id: str, text: str, ranking: Sequence[Json], at: datetime) -> None:
        values = {"candidate_id": candidate_id, "text": text, "ranking": list(ranking), "seen_count": 1, "at": at}
        await self._connection.execute(
            insert(self._connection, candidates)
            .values(values)
            .on_conflict_do_update(index_elements=["text"], set_={"seen_count": candidates.c.seen_count + 1})
        )

    async def list_candidates(self, *, limit: int) -> Sequence[Json]:
        c = candidates.c
        statement = (
            sa.select(c.candidate_id, c.text, c.ranking, c.seen_count.label("count"), c.at)
            .where(c.settled_at.is_(None))
            .order_by(c.seen_count.desc(), c.candidate_id)
            .limit(limit)
        )
        # SQLAlchemy's names are strings of a kind of its own, which the JSON writer refuses as keys.
        found = await self._connection.execute(statement)
        return [{str(name): value for name, value in row._mapping.items()} for row in found]

    async def settle_candidate(self, candidate_id: str, *, intent: str | None, by: str, at: datetime) -> str | None:
        statement = (
            candidates.update()
            .where(candidates.c.candidate_id == candidate_id, candidates.c.settled_at.is_(None))
            .values(intent=intent, settled_by=by, settled_at=at)
            .returning(candidates.c.text)
        )
        text: str | None = (await self._connection.execute(statement)).scalar_one_or_none()
        return text

    async def count_labelled_since(self, at: datetime | None) -> int:
        statement = sa.select(sa.func.count()).where(candidates.c.intent.is_not(None))
        if at is not None:
            statement = statement.where(candidates.c.settled_at > at)
        return (await self._connection.execute(statement)).scalar_one()
