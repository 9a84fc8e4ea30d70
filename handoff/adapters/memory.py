"""The conversation store in memory: the same promises as the SQL one, for tests of use cases.

A unit of work holds the one lock and works on copies of the tables; they replace the real ones when
it ends well. Everything stored is immutable or copied, so nothing leaks out half-done.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handoff.adapters.memory_outbox import MemoryOutbox
from handoff.adapters.memory_replies import MemoryReplies, ReplyTables
from handoff.adapters.memory_routing import MemoryRouting
from handoff.adapters.memory_tickets import Duplicate, MemoryTickets, TicketTables
from handoff.domain.conversation import (
    Agent,
    Conversation,
    Event,
    Handoff,
    Json,
    Memory,
    Message,
    Note,
    Owner,
    Turn,
    TurnStatus,
)
from handoff.domain.live import Fingerprint, ReadMark, WaitingLine
from handoff.domain.outbox import OutboxEntry
from handoff.domain.routing import Offer


@dataclass
class _Tables(TicketTables, ReplyTables):
    conversations: dict[str, Conversation] = field(default_factory=dict)
    memories: dict[str, Memory] = field(default_factory=dict)
    messages: dict[tuple[str, int], Message] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    handoffs: dict[str, Handoff] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    events: dict[tuple[str, int], Event] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    outbox: dict[tuple[str, int], tuple[datetime, str | None] | None] = field(default_factory=dict)
    candidates: dict[str, Json] = field(default_factory=dict)
    read_marks: dict[str, ReadMark] = field(default_factory=dict)
    deliveries: dict[tuple[str, int], OutboxEntry] = field(default_factory=dict)
    delivery_leases: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)
    participants: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def copy(self) -> _Tables:
        return _Tables(**{name: dict(table) for name, table in vars(self).items()})


class MemoryStore:
    """Conversations for as long as the object lives."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[MemoryTransaction]:
        """Open a unit of work that takes effect when the block ends."""
        async with self._lock:
            tables = self._tables.copy()
            yield MemoryTransaction(tables)
            self._tables = tables

    @asynccontextmanager
    async def read(self) -> AsyncIterator[MemoryTransaction]:
        """Open a consistent view."""
        yield MemoryTransaction(self._tables.copy())


class MemoryTransaction(MemoryOutbox, MemoryReplies, MemoryRouting, MemoryTickets):
    """One unit of work on copies of the tables."""

    _t: _Tables

    def __init__(self, tables: _Tables) -> None:
        self._t = tables

    async def add_conversation(self, conversation: Conversation) -> None:
        _insert(self._t.conversations, conversation.conversation_id, conversation)

    async def find_conversation(self, conversation_id: str) -> Conversation | None:
        return self._t.conversations.get(conversation_id)

    lock_conversation = find_conversation

    async def find_channel_conversation(self, channel: str, channel_user: str) -> Conversation | None:
        found = [
            c
            for c in self._t.conversations.values()
            if (c.channel, c.channel_user) == (channel, channel_user)
            and (c.owner is not Owner.CLOSED or any(key[0] == c.conversation_id for key in self._untaken()))
        ]
        return max(found, key=lambda c: (c.owner is not Owner.CLOSED, c.created_at, c.conversation_id), default=None)

    async def find_channel_request(self, channel: str, channel_user: str, request: str) -> Conversation | None:
        took = {message.conversation_id for message in await self.list_taken(channel, channel_user, by=request)}
        found = [
            (await self.find_by_client_id(c.conversation_id, request) is not None, c)
            for c in self._t.conversations.values()
            if (c.channel, c.channel_user) == (channel, channel_user)
        ]
        known = [(said, c) for said, c in found if said or c.conversation_id in took]
        best = max(known, key=lambda one: (one[0], one[1].created_at, one[1].conversation_id), default=None)
        return best and best[1]

    async def lock_channel_user(self, channel: str, channel_user: str) -> None:
        """The store's one lock holds everybody already."""

    async def save_conversation(self, conversation: Conversation) -> None:
        if conversation.conversation_id in self._t.conversations:
            self._t.conversations[conversation.conversation_id] = conversation

    async def load_memory(self, conversation_id: str) -> Memory:
        return deepcopy(self._t.memories.get(conversation_id, Memory()))

    async def save_memory(self, conversation_id: str, memory: Memory) -> None:
        self._t.memories[conversation_id] = deepcopy(memory)

    async def list_conversations(self, *, owner: Owner, agent_id: str | None = None) -> Sequence[Conversation]:
        found = [
            c
            for c in self._t.conversations.values()
            if c.owner is owner and (agent_id is None or c.agent_id == agent_id)
        ]
        if owner is Owner.WAITING:
            return sorted(found, key=_serving_order)
        return sorted(found, key=lambda c: (c.updated_at, c.conversation_id))

    async def list_of_customer(self, customer_id: str, *, limit: int) -> Sequence[Conversation]:
        found = [c for c in self._t.conversations.values() if c.customer_id == customer_id]
        return sorted(found, key=lambda c: (c.created_at, c.conversation_id), reverse=True)[:limit]

    async def count_ahead(self, conversation: Conversation) -> Mapping[str, int]:
        waiting = await self.list_conversations(owner=Owner.WAITING)
        mine = _serving_order(conversation)
        return dict(Counter(c.skill or "general" for c in waiting if _serving_order(c) < mine))

    async def add_messages(self, messages: Sequence[Message]) -> None:
        for message in messages:
            known = message.client_msg_id and await self.find_by_client_id(
                message.conversation_id, message.client_msg_id
            )
            if known:
                raise Duplicate(message.client_msg_id)
            _insert(self._t.messages, (message.conversation_id, message.seq), deepcopy(message))

    async def find_by_client_id(self, conversation_id: str, client_msg_id: str) -> Message | None:
        found = (m for m in self._t.messages.values() if m.conversation_id == conversation_id)
        return next((m for m in found if m.client_msg_id == client_msg_id), None)

    async def list_messages(self, conversation_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Message]:
        found = [m for m in self._t.messages.values() if m.conversation_id == conversation_id and m.seq > after]
        return sorted(found, key=lambda m: m.seq)[:limit]

    async def last_messages(self, conversation_ids: Sequence[str]) -> dict[str, Message]:
        found = {}
        for conversation_id in conversation_ids:
            conversation = self._t.conversations[conversation_id]
            if message := self._t.messages.get((conversation_id, conversation.last_seq)):
                found[conversation_id] = message
        return found

    async def find_choice(self, conversation_id: str, choice_id: str) -> tuple[str, str] | None:
        for message in self._t.messages.values():
            for choice in message.choices:
                if message.conversation_id == conversation_id and choice.choice_id == choice_id:
                    return choice.label, choice.payload
        return None

    async def replace_text(self, conversation_id: str, seq: int, text: str) -> None:
        for turn in list(self._t.turns.values()):
            if (turn.conversation_id, turn.seq) == (conversation_id, seq):
                self._t.turns[turn.turn_id] = replace(turn, text=text)
        if message := self._t.messages.get((conversation_id, seq)):
            self._t.messages[conversation_id, seq] = replace(message, text=text)

    async def add_turn(self, turn: Turn) -> None:
        _insert(self._t.turns, turn.turn_id, turn)

    async def next_turn(self, conversation_id: str) -> Turn | None:
        found = [t for t in self._t.turns.values() if t.conversation_id == conversation_id]
        return min((t for t in found if t.status is TurnStatus.QUEUED), key=lambda t: t.seq, default=None)

    async def finish_turn(self, turn_id: str, status: TurnStatus, at: datetime) -> bool:
        turn = self._t.turns.get(turn_id)
        if turn is None or turn.status is not TurnStatus.QUEUED:
            return False
        self._t.turns[turn_id] = replace(turn, status=status)
        return True

    async def list_runnable(self, *, now_s: float, runner: str, limit: int) -> Sequence[str]:
        queued = {t.conversation_id for t in self._t.turns.values() if t.status is TurnStatus.QUEUED}
        name = runner.partition("/")[0] + "/"
        free = [
            c
            for c in self._t.conversations.values()
            if c.conversation_id in queued
            and (
                c.lease is None
                or c.lease.until_s < now_s
                or (c.lease.runner.startswith(name) and c.lease.runner != runner)
            )
        ]
        return [c.conversation_id for c in sorted(free, key=lambda c: c.updated_at)][:limit]

    async def add_handoff(self, handoff: Handoff) -> None:
        _insert(self._t.handoffs, handoff.handoff_id, deepcopy(handoff))

    async def find_open_handoff(self, conversation_id: str) -> Handoff | None:
        found = [h for h in self._t.handoffs.values() if h.conversation_id == conversation_id and h.ended_at is None]
        return max(found, key=lambda h: h.waiting_since, default=None)

    async def list_handoffs(self, conversation_ids: Sequence[str]) -> Sequence[Handoff]:
        found = [h for h in self._t.handoffs.values() if h.conversation_id in conversation_ids]
        return sorted(found, key=lambda h: (h.waiting_since, h.handoff_id))

    async def save_handoff(self, handoff: Handoff) -> None:
        self._t.handoffs[handoff.handoff_id] = deepcopy(handoff)

    async def add_note(self, note: Note) -> None:
        _insert(self._t.notes, note.note_id, note)

    async def list_notes(self, conversation_id: str) -> Sequence[Note]:
        found = [n for n in self._t.notes.values() if n.conversation_id == conversation_id]
        return sorted(found, key=lambda n: n.note_id)

    async def add_event(self, event: Event) -> None:
        _insert(self._t.events, (event.conversation_id, event.version), event)

    async def list_events(self, conversation_id: str) -> Sequence[Event]:
        found = [e for e in self._t.events.values() if e.conversation_id == conversation_id]
        return sorted(found, key=lambda e: e.version)

    async def add_agent(self, agent: Agent) -> None:
        if await self.find_agent(login=agent.login):
            raise Duplicate(agent.login)
        _insert(self._t.agents, agent.agent_id, agent)

    async def find_agent(self, *, agent_id: str | None = None, login: str | None = None) -> Agent | None:
        if agent_id is not None:
            return self._t.agents.get(agent_id)
        return next((a for a in self._t.agents.values() if a.login == login), None)

    async def list_agents(self) -> Sequence[Agent]:
        return sorted(self._t.agents.values(), key=lambda a: a.login)

    async def save_agent(self, agent: Agent) -> None:
        known = self._t.agents[agent.agent_id]
        apart = ("presence", "seen_at_s", "missed_offers", "missed_at", "session_number", "is_active")
        self._t.agents[agent.agent_id] = replace(agent, **{name: getattr(known, name) for name in apart})

    async def end_sessions(self, agent_id: str) -> None:
        known = self._t.agents[agent_id]
        self._t.agents[agent_id] = replace(known, session_number=known.session_number + 1)

    async def set_active(self, agent_id: str, *, is_active: bool) -> None:
        self._t.agents[agent_id] = replace(self._t.agents[agent_id], is_active=is_active)

    async def list_by_ids(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]:
        return [c for c in self._t.conversations.values() if c.conversation_id in conversation_ids]

    async def list_waiting(self) -> Sequence[WaitingLine]:
        return [
            WaitingLine(c.conversation_id, c.skill, _fingerprint(c))
            for c in await self.list_conversations(owner=Owner.WAITING)
        ]

    async def read_fingerprints(self, conversation_ids: Sequence[str]) -> dict[str, Fingerprint]:
        return {c.conversation_id: _fingerprint(c) for c in await self.list_by_ids(conversation_ids)}

    async def read_held(self, agent_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for c in self._t.conversations.values():
            if c.owner is Owner.HUMAN and c.agent_id in agent_ids:
                count, versions, seqs = found.get(c.agent_id, (0, 0, 0))
                found[c.agent_id] = (count + 1, versions + c.version, seqs + c.last_seq)
        return found

    async def save_read_marks(self, marks: Collection[ReadMark]) -> None:
        for mark in marks:
            known = self._t.read_marks.get(mark.conversation_id)
            if known is None:
                self._t.read_marks[mark.conversation_id] = mark
            elif mark.seq > known.seq or mark.agent_seq > known.agent_seq:
                seq, agent_seq = max(mark.seq, known.seq), max(mark.agent_seq, known.agent_seq)
                self._t.read_marks[mark.conversation_id] = replace(mark, seq=seq, agent_seq=agent_seq)

    async def find_read_mark(self, conversation_id: str) -> ReadMark | None:
        return self._t.read_marks.get(conversation_id)

    async def add_to_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, is_pushed: bool = False
    ) -> None:
        channel = self._t.conversations[conversation_id].channel
        for seq in seqs:
            _insert(self._t.outbox, (conversation_id, seq), None)
            entry = OutboxEntry(conversation_id, seq, channel, at, at if is_pushed else None)
            _insert(self._t.deliveries, (conversation_id, seq), entry)

    async def list_outbox(self, channel: str, channel_user: str, *, limit: int) -> Sequence[Message]:
        return self._by_age(channel, channel_user, self._untaken())[:limit]

    async def take_from_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, by: str | None = None
    ) -> None:
        for seq in seqs:
            self._t.outbox[conversation_id, seq] = (at, by)

    async def list_taken(self, channel: str, channel_user: str, *, by: str) -> Sequence[Message]:
        taken = [key for key, taken in self._t.outbox.items() if taken and taken[1] == by]
        return self._by_age(channel, channel_user, taken)

    async def give_back(self, channel: str, channel_user: str, *, by: str) -> None:
        for message in await self.list_taken(channel, channel_user, by=by):
            self._t.outbox[message.conversation_id, message.seq] = None

    async def count_outbox(self, channel: str, channel_user: str) -> int:
        return len(self._by_age(channel, channel_user, self._untaken()))

    def _untaken(self) -> list[tuple[str, int]]:
        return [key for key, taken in self._t.outbox.items() if taken is None]

    def _by_age(self, channel: str, channel_user: str, keys: Sequence[tuple[str, int]]) -> list[Message]:
        """Return a user's messages by age; none goes before an earlier one of its conversation."""
        aged: list[tuple[datetime, str, int]] = []
        latest: dict[str, datetime] = {}
        for conversation_id, seq in sorted(keys):
            conversation = self._t.conversations[conversation_id]
            if (conversation.channel, conversation.channel_user) == (channel, channel_user):
                at = self._t.deliveries[conversation_id, seq].created_at
                latest[conversation_id] = max(at, latest.get(conversation_id, at))
                aged.append((latest[conversation_id], conversation_id, seq))
        return [self._t.messages[conversation_id, seq] for _, conversation_id, seq in sorted(aged)]

    async def add_candidate(self, candidate_id: str, text: str, ranking: Sequence[Json], at: datetime) -> None:
        known = next((c for c in self._t.candidates.values() if c["text"] == text), None)
        candidate = known or {
            "candidate_id": candidate_id,
            "text": text,
            "ranking": list(ranking),
            "count": 0,
            "at": at,
        }
        changed = candidate | {"count": candidate["count"] + 1}
        self._t.candidates[changed["candidate_id"]] = changed

    async def list_candidates(self, *, limit: int) -> Sequence[Json]:
        found = [dict(c) for c in self._t.candidates.values() if "settled_at" not in c]
        return sorted(found, key=lambda c: (-c["count"], c["candidate_id"]))[:limit]

    async def settle_candidate(self, candidate_id: str, *, intent: str | None, by: str, at: datetime) -> str | None:
        candidate = self._t.candidates.get(candidate_id)
        if candidate is None or "settled_at" in candidate:
            return None
        self._t.candidates[candidate_id] = candidate | {"settled_at": at, "intent": intent, "by": by}
        return str(candidate["text"])

    async def count_labelled_since(self, at: datetime | None) -> int:
        labelled = [c for c in self._t.candidates.values() if c.get("intent")]
        return sum(at is None or c["settled_at"] > at for c in labelled)


def _insert(table: dict[Any, Any], key: Any, value: Any) -> None:
    if key in table:
        raise Duplicate(str(key))
    table[key] = value


def _serving_order(conversation: Conversation) -> tuple[datetime | None, str]:
    return (conversation.ranked_at, conversation.conversation_id)


def _fingerprint(conversation: Conversation) -> Fingerprint:
    return Fingerprint(conversation.version, conversation.last_seq)
