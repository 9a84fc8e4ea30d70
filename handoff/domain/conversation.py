"""The things a conversation is made of, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

MESSAGE_LENGTH_MAX = 2_000
UNDERSTANDING_KEPT = 50

# What the bot is told when a person gives the conversation back: an intent that no customer's words can mean.
HANDED_BACK = "/handed_back"

Json = dict[str, Any]


class Owner(StrEnum):
    """Who answers the customer now."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"
    CLOSED = "closed"


class Author(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


class TurnStatus(StrEnum):
    """What became of a customer's message that was meant for the bot."""

    QUEUED = "queued"
    DONE = "done"
    DROPPED = "dropped"  # somebody else took the conversation before the bot's answer was committed
    FAILED = "failed"  # the bot could not answer; a person was asked


@dataclass(frozen=True)
class Lease:
    """The right of one runner to carry out a conversation's turns, until real time `until_s`."""

    runner: str
    token: str
    until_s: float


@dataclass(frozen=True)
class Conversation:
    """One customer's talk on one channel. `version` counts changes of owner and bot replies."""

    conversation_id: str
    channel: str
    customer_id: str | None
    owner: Owner
    version: int
    last_seq: int
    created_at: datetime
    updated_at: datetime
    agent_id: str | None = None
    skill: str | None = None
    priority: int = 0
    waiting_since: datetime | None = None
    closed_at: datetime | None = None
    lease: Lease | None = None
    channel_user: str | None = None
    # While it waits: who has the earliest is served next (see domain/queue.py).
    ranked_at: datetime | None = None
    # The agent who held it last, and the one who should be asked first.
    last_agent_id: str | None = None
    preferred_agent_id: str | None = None
    language: str | None = None
    # Put aside by its agent until then; and, once closed, how long it still takes its agent's time.
    snoozed_until: datetime | None = None
    wrap_up_until: datetime | None = None


@dataclass(frozen=True)
class Memory:
    """What the bot is given with every turn (`state`, its own format) and what agents are told it understood."""

    state: Json | None = None
    understanding: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """A button. The payload stays with us; the customer's page only knows the id."""

    choice_id: str
    label: str
    payload: str


@dataclass(frozen=True)
class Message:
    """One bubble. `seq` is dense within its conversation, from 1."""

    conversation_id: str
    seq: int
    author: Author
    text: str
    at: datetime
    author_id: str | None = None
    author_name: str | None = None
    client_msg_id: str | None = None
    choices: tuple[Choice, ...] = ()
    cards: tuple[Json, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A customer's message that the bot has to answer."""

    turn_id: str
    conversation_id: str
    seq: int
    text: str
    payload: str | None
    status: TurnStatus
    created_at: datetime

    @property
    def is_handing_back(self) -> bool:
        """Whether a person's giving back is meant, and no customer waits for an answer."""
        return self.payload is not None and self.payload.startswith(HANDED_BACK)


@dataclass(frozen=True)
class Note:
    """What agents tell one another about a conversation; never shown to the customer.

    `kind` is `note`, or `whisper`: what a supervisor says to the agent while the conversation goes on.
    """

    note_id: str
    conversation_id: str
    author_id: str
    author_name: str
    text: str
    at: datetime
    kind: str = "note"


@dataclass(frozen=True)
class Handoff:
    """One passing of a conversation to people, with what they are told (`context`)."""

    handoff_id: str
    conversation_id: str
    reason: str
    requested_by: str
    skill: str
    priority: int
    context: Json
    waiting_since: datetime
    claimed_at: datetime | None = None
    claimed_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Event:
    """A change of ownership, kept for good."""

    conversation_id: str
    version: int
    kind: str
    actor: str
    at: datetime
    detail: Json = field(default_factory=dict)


CAPACITY = 4


@dataclass(frozen=True)
class Agent:
    """A member of staff.

    `skills` None means all of them, `languages` None Korean alone. `seen_at_s` is the last sign of life of the
    agent's page, in real time (seconds since 1970); `missed_offers` counts how often in a row what was offered passed,
    the last time at `missed_at`. A session is good for the `session_number` it was begun with; who is not `is_active`
    has left, and has none.
    """

    agent_id: str
    login: str
    name: str
    role: str
    password_hash: str = field(repr=False)
    presence: str = "offline"
    skills: tuple[str, ...] | None = None
    capacity: int = CAPACITY
    languages: tuple[str, ...] | None = None
    team: str | None = None
    seen_at_s: float | None = None
    missed_offers: int = 0
    missed_at: datetime | None = None
    session_number: int = 1
    is_active: bool = True
