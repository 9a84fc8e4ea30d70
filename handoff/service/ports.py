"""What use cases need of the outside world besides the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handoff.domain.conversation import Conversation, Json, Owner
from handoff.domain.outbox import PUSHED


@dataclass(frozen=True)
class TurnRequest:
    """A customer's message for the bot, with all it needs to answer it. A turn run again says the same `said_at`."""

    turn_id: str
    conversation_id: str
    text: str
    payload: str | None
    state: Json | None
    said_at: datetime
    context: str = field(repr=False)


@dataclass(frozen=True)
class BotReply:
    """One bubble of the bot; `choices` are pairs of label and payload."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    cards: tuple[Json, ...] = ()


@dataclass(frozen=True)
class HandoffRequest:
    """The bot asks for a person."""

    reason: str
    requested_by: str
    skill: str
    detail: str | None = None


@dataclass(frozen=True)
class TurnResult:
    """What the bot made of a turn.

    `identity` is a signed claim that the customer proved who they are; `conceal` says what their message holds
    that nobody may read later: a `code` or a `phone` number.
    """

    replies: tuple[BotReply, ...]
    state: Json
    nlu: Json
    handoff: HandoffRequest | None
    slots: Json
    tried: tuple[str, ...]
    failed_actions: tuple[str, ...]
    identity: str | None = field(default=None, repr=False)
    conceal: str | None = None


class BotUnavailable(Exception):
    """No worker answered the turn within its time."""


class Bot(Protocol):
    """The bot workers."""

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        """Answer one message. Raises BotUnavailable."""


class Shop(Protocol):
    """What the shop knows about a customer."""

    async def handoff_facts(self, customer_id: str) -> Json:
        """Return customer (masked), orders, blocks, verification_attempts and grants."""

    async def owns_order(self, customer_id: str, order_id: str) -> bool:
        """Tell whether an order is this customer's."""

    async def find_by_kakao_user(self, user_key: str) -> str | None:
        """Return the customer who linked this KakaoTalk user to their account."""


@dataclass(frozen=True)
class Signal:
    """Something that is true only now and is nowhere stored: who is typing, how far somebody has read."""

    topic: str
    kind: str
    body: Json


class Subscription(Protocol):
    """A listener to changes."""

    topics: set[str]

    async def wait(self, timeout_s: float) -> Collection[str]:
        """Return the topics that changed since the last wait; empty when the time ran out or only signals came."""

    def take_signals(self) -> Collection[Signal]:
        """Return the signals that came since they were last taken, of each topic and kind the newest."""


class Hub(Protocol):
    """Tells pages that something changed. What changed is in the store: a lost hint only delays."""

    def publish(self, *topics: str) -> None:
        """Wake everybody who listens to these topics, in every process."""

    def wake(self, *topics: str) -> None:
        """Wake who listens to these topics in this process, and nobody else."""

    def tell(self, signal: Signal) -> None:
        """Pass on what is true only now, in every process. It may be lost, and nothing depends on it."""

    def subscribe(self, *topics: str) -> AbstractContextManager[Subscription]:
        """Listen to topics for as long as the block lasts."""


QUEUE_TOPIC = "queue"
ALERTS_TOPIC = "alerts"
ROUTING_TOPIC = "routing"  # an agent came or got free: matters to who routes, not to those who wait


def conversation_topic(conversation_id: str) -> str:
    """Return the topic of one conversation's changes."""
    return f"conversation:{conversation_id}"


def position_topic(conversation_id: str) -> str:
    """Return the topic of a waiting conversation's place in the queue; woken within a process only."""
    return f"position:{conversation_id}"


TEAM_TOPIC = "team"
OUTBOX_TOPIC = "outbox"  # a message may be on its way to a channel that messages are sent to


def presence_topic(agent_id: str) -> str:
    """Return the topic of one agent's being there."""
    return f"presence:{agent_id}"


def session_topic(agent_id: str) -> str:
    """Return the topic of the end of a member of staff's sessions."""
    return f"session:{agent_id}"


def presence_topics(agent_id: str) -> Sequence[str]:
    """Return whom to wake when an agent comes or goes: their own pages, their customers, the team."""
    return [agent_topic(agent_id), presence_topic(agent_id), TEAM_TOPIC]


def agent_topic(agent_id: str) -> str:
    """Return the topic of changes in the conversations that an agent holds."""
    return f"agent:{agent_id}"


def topics_of(conversation: Conversation, *, queue_changed: bool = False) -> Sequence[str]:
    """Return whom to wake after a conversation changed: its customer, its agent, all who see the queue."""
    topics = [conversation_topic(conversation.conversation_id)]
    if conversation.agent_id is not None:
        topics.append(agent_topic(conversation.agent_id))
    if queue_changed or conversation.owner is Owner.WAITING:
        topics.append(QUEUE_TOPIC)
    if conversation.channel in PUSHED:
        topics.append(OUTBOX_TOPIC)
    return topics
