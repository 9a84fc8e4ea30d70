"""What people at the product said and saw, as plain values: the driver writes it, the checker reads it.

Nothing here says what is right. `None` where an answer never came means that nobody knows whether it was done.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["web", "kakao", "desk"]


@dataclass(slots=True)
class Sent:
    """A message that somebody wrote. `seqs` are all the seqs it was accepted under: one, however often it was sent."""

    channel: Channel
    conversation_id: str  # of the KakaoTalk user's key, where KakaoTalk does not tell
    client_msg_id: str
    text: str
    sent_s: float
    agent_id: str | None = None
    version: int | None = None  # of the conversation, as its agent saw it
    accepted_s: float | None = None
    seqs: set[int] = field(default_factory=set)
    refused: str | None = None  # the code of a refusal, which is an answer as well


@dataclass(slots=True)
class Changed:
    """What an agent did with a conversation. `seq` and `new_version` are known when the answer came."""

    what: str  # the kind of the event that it makes
    conversation_id: str
    agent_id: str
    version: int
    began_s: float
    ended_s: float = 0.0
    outcome: Literal["done", "refused", "unknown"] = "unknown"
    new_version: int | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as somebody sees it."""

    seq: int
    author: str
    text: str


@dataclass(slots=True)
class Page:
    """What a page of a customer or an agent came to hold, and what a fresh reading of the conversation gave when all was quiet."""

    conversation_id: str
    kind: str  # poll, socket or desk
    bubbles: list[Bubble] = field(default_factory=list)  # in the order they were shown
    contradictions: list[str] = field(default_factory=list)  # the same seq with other words
    fresh: list[Bubble] | None = None

    @property
    def last_seq(self) -> int:
        """The seq to go on from."""
        return self.bubbles[-1].seq if self.bubbles else 0

    def show(self, bubbles: list[Bubble]) -> None:
        """Take what came; what is there already is dropped, as pages do."""
        known = {bubble.seq: bubble for bubble in self.bubbles[-400:]}
        for bubble in bubbles:
            if bubble.seq > self.last_seq:
                self.bubbles.append(bubble)
            elif known.get(bubble.seq, bubble) != bubble:
                self.contradictions.append(f"seq {bubble.seq} came with two contents")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue: what decides its place."""

    conversation_id: str
    version: int
    priority: int
    waiting_since: str


@dataclass(slots=True)
class Shown:
    """What KakaoTalk's user was shown in answer to one request, the same for each repetition of it."""

    user_key: str
    request_id: str
    answers: list[tuple[str, ...]] = field(default_factory=list)


@dataclass
class History:
    """Everything of a run."""

    sent: list[Sent] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    queues: list[tuple[Waiting, ...]] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    answer_s: list[float] = field(default_factory=list)  # from sending a question to seeing the answer

    @property
    def accepted_count(self) -> int:
        """How many messages the product has said that it has."""
        return sum(1 for sent in self.sent if sent.accepted_s is not None)


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the store holds it."""

    conversation_id: str
    seq: int
    author: str
    text: str
    client_msg_id: str | None
    author_id: str | None
    at: str


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn as the store holds it."""

    conversation_id: str
    seq: int
    status: str
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """A change of ownership as the store holds it."""

    conversation_id: str
    version: int
    kind: str
    actor: str


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as the store holds it."""

    conversation_id: str
    channel: str
    owner: str
    version: int
    last_seq: int
    agent_id: str | None


@dataclass
class Stored:
    """What the store holds when all is quiet, by conversation, each in its order."""

    conversations: dict[str, StoredConversation] = field(default_factory=dict)
    messages: dict[str, list[StoredMessage]] = field(default_factory=lambda: defaultdict(list))
    turns: dict[str, list[StoredTurn]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[StoredEvent]] = field(default_factory=lambda: defaultdict(list))
