"""Statements on conversations, their messages, turns and outbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql import rows
from handoff.adapters.sql.tables import conversations, memories, messages, outbox, turns
from handoff.domain.conversation import Conversation, Memory, Message, Owner, Turn, TurnStatus
from kernel.database import insert

_BY_ID = conversations.c.conversation_id == sa.bindparam("conversation_id")
_SELECT_CONVERSATION = sa.select(conversations).where(_BY_ID)
_LOCK_CONVERSATION = _SELECT_CONVERSATION.with_for_update()
_LOAD_MEMORY = sa.select(memories).where(memories.c.conversation_id == sa.bindparam("conversation_id"))
_MESSAGE_BY_CLIENT_ID = sa.select(messages).where(
    messages.c.conversation_id == sa.bindparam("conversation_id"),
    messages.c.client_msg_id == sa.bindparam("client_msg_id"),
)
_MESSAGES_AFTER = (
    sa.select(messages)
    .where(messages.c.conversation_id == sa.bindparam("conversation_id"), messages.c.seq > sa.bindparam("after"))
    .order_by(messages.c.seq)
    .limit(sa.bindparam("most"))
)
_NEXT_TURN = (
    # The literal lets both databases use the partial index.
    sa.select(turns)
    .where(turns.c.conversation_id == sa.bindparam("conversation_id"), turns.c.status == sa.text("'queued'"))
    .order_by(turns.c.seq)
    .limit(1)
)
_FINISH_TURN = (
    turns.update()
    .where(turns.c.turn_id == sa.bindparam("id"), turns.c.status == TurnStatus.QUEUED.value)
    .values(status=sa.bindparam("new_status"), finished_at=sa.bindparam("at"))
)
_SAVE_CONVERSATION = conversations.update().where(conversations.c.conversation_id == sa.bindparam("key"))
SERVED_FIRST = (conversations.c.ranked_at, conversations.c.conversation_id)


class ConversationStatements:
    """The part of a unit of work that concerns conversations."""

    _connection: AsyncConnection
    _postgres: bool

    async def add_conversation(self, conversation: Conversation) -> None:
        await self._connection.execute(conversations.insert(), rows.conversation_values(conversation))

    async def find_conversation(self, conversation_id: str) -> Conversation | None:
        return await self._one_conversation(_SELECT_CONVERSATION, conversation_id)

    async def lock_conversation(self, conversation_id: str) -> Conversation | None:
        return await self._one_conversation(_LOCK_CONVERSATION, conversation_id)

    async def _one_conversation(
        self, statement: sa.Select[tuple[object, ...]], conversation_id: str
    ) -> Conversation | None:
        row = (await self._connection.execute(statement, {"conversation_id": conversation_id})).one_or_none()
        return rows.conversation_of(row) if row else None

    async def find_channel_conversation(self, channel: str, channel_user: str) -> Conversation | None:
        statement = (
            sa.select(conversations)
            .where(
                conversations.c.channel == channel,
                conversations.c.channel_user == channel_user,
                sa.or_(
                    conversations.c.owner != Owner.CLOSED.value,
                    sa.exists().where(
                        outbox.c.conversation_id == conversations.c.conversation_id, outbox.c.taken_at.is_(None)
                    ),
                ),
            )
            .order_by(
                conversations.c.owner == Owner.CLOSED.value,
                conversations.c.created_at.desc(),
                conversations.c.conversation_id.desc(),
            )
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return rows.conversation_of(row) if row else None

    async def find_channel_request(self, channel: str, channel_user: str, request: str) -> Conversation | None:
        c = conversations.c
        said = sa.exists().where(messages.c.conversation_id == c.conversation_id, messages.c.client_msg_id == request)
        took = sa.exists().where(outbox.c.conversation_id == c.conversation_id, outbox.c.taken_by == request)
        statement = (
            sa.select(conversations)
            .where(c.channel == channel, c.channel_user == channel_user, sa.or_(said, took))
            .order_by(said.desc(), c.created_at.desc(), c.conversation_id.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return rows.conversation_of(row) if row else None

    async def lock_channel_user(self, channel: str, channel_user: str) -> None:
        if self._postgres:  # SQLite has one writer at a time anyway
            key = sa.func.hashtextextended(f"{channel}:{channel_user}", 0)
            await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    async def save_conversation(self, conversation: Conversation) -> None:
        values = rows.conversation_values(conversation)
        values["key"] = values.pop("conversation_id")
        await self._connection.execute(_SAVE_CONVERSATION, values)

    async def load_memory(self, conversation_id: str) -> Memory:
        row = (await self._connection.execute(_LOAD_MEMORY, {"conversation_id": conversation_id})).one_or_none()
        return Memory(state=row.state, understanding=row.understanding) if row else Memory()

    async def save_memory(self, conversation_id: str, memory: Memory) -> None:
        changed = {"state": memory.state, "understanding": memory.understanding}
        await self._connection.execute(
            insert(self._connection, memories)
            .values(conversation_id=conversation_id, **changed)
            .on_conflict_do_update(index_elements=["conversation_id"], set_=changed)
        )

    async def list_conversations(self, *, owner: Owner, agent_id: str | None = None) -> Sequence[Conversation]:
        statement = sa.select(conversations).where(conversations.c.owner == owner.value)
        if agent_id is not None:
            statement = statement.where(conversations.c.agent_id == agent_id)
        order = (
            SERVED_FIRST if owner is Owner.WAITING else (conversations.c.updated_at, conversations.c.conversation_id)
        )
        result = await self._connection.execute(statement.order_by(*order))
        return [rows.conversation_of(row) for row in result]

    async def list_of_customer(self, customer_id: str, *, limit: int) -> Sequence[Conversation]:
        statement = (
            sa.select(conversations)
            .where(conversations.c.customer_id == customer_id)
            .order_by(conversations.c.created_at.desc(), conversations.c.conversation_id.desc())
            .limit(limit)
        )
        return [rows.conversation_of(row) for row in await self._connection.execute(statement)]

    async def count_ahead(self, conversation: Conversation) -> Mapping[str, int]:
        c = conversations.c
        same_rank = sa.and_(c.ranked_at == conversation.ranked_at, c.conversation_id < conversation.conversation_id)
        skill = sa.func.coalesce(c.skill, "general")
        statement = sa.select(skill, sa.func.count()).where(
            c.owner == Owner.WAITING.value, sa.or_(c.ranked_at < conversation.ranked_at, same_rank)
        )
        return {row[0]: row[1] for row in await self._connection.execute(statement.group_by(skill))}

    async def add_messages(self, new: Sequence[Message]) -> None:
        await self._connection.execute(messages.insert(), [rows.message_values(message) for message in new])

    async def find_by_client_id(self, conversation_id: str, client_msg_id: str) -> Message | None:
        key = {"conversation_id": conversation_id, "client_msg_id": client_msg_id}
        row = (await self._connection.execute(_MESSAGE_BY_CLIENT_ID, key)).one_or_none()
        return rows.message_of(row) if row else None

    async def list_messages(self, conversation_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Message]:
        key = {"conversation_id": conversation_id, "after": after, "most": limit}
        return [rows.message_of(row) for row in await self._connection.execute(_MESSAGES_AFTER, key)]

    async def last_messages(self, conversation_ids: Sequence[str]) -> dict[str, Message]:
        statement = (
            sa.select(messages)
            .join(
                conversations,
                sa.and_(
                    conversations.c.conversation_id == messages.c.conversation_id,
                    conversations.c.last_seq == messages.c.seq,
                ),
            )
            .where(messages.c.conversation_id.in_(conversation_ids))
        )
        found = [rows.message_of(row) for row in await self._connection.execute(statement)]
        return {message.conversation_id: message for message in found}

    async def find_choice(self, conversation_id: str, choice_id: str) -> tuple[str, str] | None:
        # The id opens with the seq of the message that shows the button: no search through JSON.
        seq, _, _ = choice_id.partition("-")
        if not (seq.isascii() and seq.isdecimal() and len(seq) < 10):
            return None
        statement = sa.select(messages.c.choices).where(
            messages.c.conversation_id == conversation_id, messages.c.seq == int(seq)
        )
        choices = (await self._connection.execute(statement)).scalar_one_or_none() or []
        return next(((c["label"], c["payload"]) for c in choices if c["id"] == choice_id), None)

    async def replace_text(self, conversation_id: str, seq: int, text: str) -> None:
        for table in (messages, turns):
            said = table.update().where(table.c.conversation_id == conversation_id, table.c.seq == seq)
            await self._connection.execute(said.values(text=text))

    async def add_turn(self, turn: Turn) -> None:
        await self._connection.execute(
            turns.insert(),
            {
                "turn_id": turn.turn_id,
                "conversation_id": turn.conversation_id,
                "seq": turn.seq,
                "text": turn.text,
                "payload": turn.payload,
                "status": turn.status.value,
                "created_at": turn.created_at,
            },
        )

    async def next_turn(self, conversation_id: str) -> Turn | None:
        row = (await self._connection.execute(_NEXT_TURN, {"conversation_id": conversation_id})).one_or_none()
        return rows.turn_of(row) if row else None

    async def finish_turn(self, turn_id: str, status: TurnStatus, at: datetime) -> bool:
        values = {"id": turn_id, "new_status": status.value, "at": at}
        return (await self._connection.execute(_FINISH_TURN, values)).rowcount == 1

    async def list_runnable(self, *, now_s: float, runner: str, limit: int) -> Sequence[str]:
        c = conversations.c
        name = runner.partition("/")[0]
        earlier_life = sa.and_(c.lease_runner.startswith(f"{name}/", autoescape=True), c.lease_runner != runner)
        statement = (
            sa.select(c.conversation_id)
            .where(
                sa.exists().where(turns.c.conversation_id == c.conversation_id, turns.c.status == sa.text("'queued'")),
                sa.or_(c.lease_token.is_(None), c.lease_until_s < now_s, earlier_life),
            )
            .order_by(c.updated_at)
            .limit(limit)
        )
        return list((await self._connection.execute(statement)).scalars())

    async def add_to_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, is_pushed: bool = False
    ) -> None:
        due_at = at if is_pushed else None
        values = [{"conversation_id": conversation_id, "seq": s, "created_at": at, "due_at": due_at} for s in seqs]
        await self._connection.execute(outbox.insert(), values)

    async def list_outbox(self, channel: str, channel_user: str, *, limit: int) -> Sequence[Message]:
        statement = _outbox_of(channel, channel_user).where(outbox.c.taken_at.is_(None)).limit(limit)
        return [rows.message_of(row) for row in await self._connection.execute(statement)]

    async def take_from_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, by: str | None = None
    ) -> None:
        taken = outbox.update().where(outbox.c.conversation_id == conversation_id, outbox.c.seq.in_(seqs))
        await self._connection.execute(taken.values(taken_at=at, taken_by=by))

    async def list_taken(self, channel: str, channel_user: str, *, by: str) -> Sequence[Message]:
        statement = _outbox_of(channel, channel_user).where(outbox.c.taken_by == by)
        return [rows.message_of(row) for row in await self._connection.execute(statement)]

    async def give_back(self, channel: str, channel_user: str, *, by: str) -> None:
        taken = outbox.update().where(
            outbox.c.conversation_id.in_(_conversations_of(channel, channel_user)), outbox.c.taken_by == by
        )
        await self._connection.execute(taken.values(taken_at=None, taken_by=None))

    async def count_outbox(self, channel: str, channel_user: str) -> int:
        statement = sa.select(sa.func.count()).where(
            outbox.c.conversation_id.in_(_conversations_of(channel, channel_user)), outbox.c.taken_at.is_(None)
        )
        return (await self._connection.execute(statement)).scalar_one()


def _conversations_of(channel: str, channel_user: str) -> sa.Select[tuple[str]]:
    c = conversations.c
    return sa.select(c.conversation_id).where(c.channel == channel, c.channel_user == channel_user)


def _outbox_of(channel: str, channel_user: str) -> sa.Select[tuple[object, ...]]:
    """Select a user's messages by age; one whose clock was set back stays behind those before it all the same."""
    since = sa.func.max(outbox.c.created_at).over(partition_by=outbox.c.conversation_id, order_by=outbox.c.seq)
    return (
        sa.select(messages)
        .join(outbox, sa.and_(outbox.c.conversation_id == messages.c.conversation_id, outbox.c.seq == messages.c.seq))
        .where(outbox.c.conversation_id.in_(_conversations_of(channel, channel_user)))
        .order_by(since, outbox.c.conversation_id, outbox.c.seq)
    )
