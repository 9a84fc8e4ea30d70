"""The port to the conversation store, and what is promised of it.

`write()` opens a unit of work: it commits when the block ends, and nothing of it remains when the
block raises. Inside it `lock_conversation` holds the conversation against every other writer until
the end, so what a use case decides on is still true when it commits. `read()` gives a consistent
view. The same contract suite runs on the fake and on both databases.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

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
from handoff.service.outbox_store import OutboxTransaction
from handoff.service.routing_store import RoutingTransaction
from handoff.service.store_replies import ReplyTransaction
from handoff.service.store_tickets import TicketTransaction


class Transaction(OutboxTransaction, ReplyTransaction, RoutingTransaction, TicketTransaction, Protocol):
    """What can be done within one unit of work."""

    # conversations
    async def add_conversation(self, conversation: Conversation) -> None:
        """Store a new conversation."""

    async def find_conversation(self, conversation_id: str) -> Conversation | None:
        """Return the conversation as it is, without holding it."""

    async def lock_conversation(self, conversation_id: str) -> Conversation | None:
        """Return the conversation and hold it until the unit of work ends."""

    async def find_channel_conversation(self, channel: str, channel_user: str) -> Conversation | None:
        """Return the user's newest open conversation, else the newest that has messages not taken yet."""

    async def find_channel_request(self, channel: str, channel_user: str, request: str) -> Conversation | None:
        """Return the user's conversation that holds this request's message, else one it took from, closed or not."""

    async def lock_channel_user(self, channel: str, channel_user: str) -> None:
        """Hold a channel's user until the unit of work ends, so that two first messages open one conversation."""

    async def save_conversation(self, conversation: Conversation) -> None:
        """Store the changed fields of a conversation that this unit of work has locked."""

    async def load_memory(self, conversation_id: str) -> Memory:
        """Return what the bot keeps of a conversation; empty before its first turn."""

    async def save_memory(self, conversation_id: str, memory: Memory) -> None:
        """Replace what the bot keeps of a conversation."""

    async def list_conversations(self, *, owner: Owner, agent_id: str | None = None) -> Sequence[Conversation]:
        """Return conversations with that owner; waiting ones in serving order, others oldest change first."""

    async def list_of_customer(self, customer_id: str, *, limit: int) -> Sequence[Conversation]:
        """Return a customer's conversations, newest first."""

    async def count_ahead(self, conversation: Conversation) -> Mapping[str, int]:
        """Return how many waiting conversations are served before this one, by skill."""

    # messages
    async def add_messages(self, messages: Sequence[Message]) -> None:
        """Store messages whose `seq` was taken from the locked conversation."""

    async def find_by_client_id(self, conversation_id: str, client_msg_id: str) -> Message | None:
        """Return the message that a page sent under this id."""

    async def list_messages(self, conversation_id: str, *, after: int = 0, limit: int = 200) -> Sequence[Message]:
        """Return messages with a greater seq, in order."""

    async def last_messages(self, conversation_ids: Sequence[str]) -> dict[str, Message]:
        """Return the last message of each conversation that has one."""

    async def find_choice(self, conversation_id: str, choice_id: str) -> tuple[str, str] | None:
        """Return the label and payload of a button of this conversation."""

    async def replace_text(self, conversation_id: str, seq: int, text: str) -> None:
        """Keep `text` instead of what a message said, in the transcript and in its turn."""

    # turns
    async def add_turn(self, turn: Turn) -> None:
        """Queue a turn."""

    async def next_turn(self, conversation_id: str) -> Turn | None:
        """Return the oldest queued turn of a conversation."""

    async def finish_turn(self, turn_id: str, status: TurnStatus, at: datetime) -> bool:
        """Take a turn out of the queue; False when it was not in it any more."""

    async def list_runnable(self, *, now_s: float, runner: str, limit: int) -> Sequence[str]:
        """Return conversations with queued turns whose lease is free, has run out, or belongs to an
        earlier life of the same runner (same name before the `/`, another boot after it)."""

    # people
    async def add_handoff(self, handoff: Handoff) -> None:
        """Store a new handoff."""

    async def find_open_handoff(self, conversation_id: str) -> Handoff | None:
        """Return the handoff that has not ended."""

    async def list_handoffs(self, conversation_ids: Sequence[str]) -> Sequence[Handoff]:
        """Return all handoffs of these conversations, oldest first."""

    async def save_handoff(self, handoff: Handoff) -> None:
        """Store the changed fields of a handoff."""

    async def add_note(self, note: Note) -> None:
        """Store a note between agents."""

    async def list_notes(self, conversation_id: str) -> Sequence[Note]:
        """Return the notes of a conversation, oldest first."""

    async def add_event(self, event: Event) -> None:
        """Record a change of ownership."""

    async def list_events(self, conversation_id: str) -> Sequence[Event]:
        """Return the changes of ownership, oldest first."""

    async def add_agent(self, agent: Agent) -> None:
        """Store a member of staff; the login must be new."""

    async def find_agent(self, *, agent_id: str | None = None, login: str | None = None) -> Agent | None:
        """Return a member of staff by id or login."""

    async def list_agents(self) -> Sequence[Agent]:
        """Return all staff by login."""

    async def save_agent(self, agent: Agent) -> None:
        """Store the changed fields of a member of staff, but for what their page says (presence, signs of life),
        their sessions and whether they are active."""

    async def end_sessions(self, agent_id: str) -> None:
        """Let no session of a member of staff be good any more."""

    async def set_active(self, agent_id: str, *, is_active: bool) -> None:
        """Say whether a member of staff may log in and be asked to take anything."""

    # live pages
    async def list_by_ids(self, conversation_ids: Sequence[str]) -> Sequence[Conversation]:
        """Return these conversations, in no order."""

    async def list_waiting(self) -> Sequence[WaitingLine]:
        """Return all waiting conversations in serving order, with what tells whether one has changed."""

    async def read_fingerprints(self, conversation_ids: Sequence[str]) -> dict[str, Fingerprint]:
        """Return what tells whether these conversations have changed; unknown ones are left out."""

    async def read_held(self, agent_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """Return of agents who hold conversations three numbers, some of which change whenever those do."""

    async def save_read_marks(self, marks: Collection[ReadMark]) -> None:
        """Store how far customers have read; a mark never goes back."""

    async def find_read_mark(self, conversation_id: str) -> ReadMark | None:
        """Return how far the customer has read."""

    # outbox
    async def add_to_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, is_pushed: bool = False
    ) -> None:
        """Remember messages that the channel has not taken yet; `is_pushed`: they are sent to it, from now on."""

    async def list_outbox(self, channel: str, channel_user: str, *, limit: int) -> Sequence[Message]:
        """Return the oldest messages not taken yet, of all the user's conversations, each in its order."""

    async def take_from_outbox(
        self, conversation_id: str, seqs: Sequence[int], at: datetime, *, by: str | None = None
    ) -> None:
        """Mark messages as taken by the channel, `by` one request of it."""

    async def list_taken(self, channel: str, channel_user: str, *, by: str) -> Sequence[Message]:
        """Return what a request of the user took, in its order, so that it gets the same again when it is repeated."""

    async def give_back(self, channel: str, channel_user: str, *, by: str) -> None:
        """Put what a request of the user took back into the outbox: its answer never went out."""

    async def count_outbox(self, channel: str, channel_user: str) -> int:
        """Return how many messages of all the user's conversations are not taken yet."""

    # utterances for trainers
    async def add_candidate(self, candidate_id: str, text: str, ranking: Sequence[Json], at: datetime) -> None:
        """Keep an utterance the bot was unsure of; the same text again only raises its count."""

    async def list_candidates(self, *, limit: int) -> Sequence[Json]:
        """Return open candidates, most frequent first: candidate_id, text, ranking, count, at."""

    async def settle_candidate(self, candidate_id: str, *, intent: str | None, by: str, at: datetime) -> str | None:
        """Give a candidate its intent (None: dismissed) and return its text; None when it is not open."""

    async def count_labelled_since(self, at: datetime | None) -> int:
        """Return how many candidates were given an intent after `at`."""


class Store(Protocol):
    """Where conversations are kept."""

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a unit of work."""

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a consistent view."""
