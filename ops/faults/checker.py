"""Reads a history against what the store holds in the end, and names everything that must never be. Pure.

What is looked for, by the name it has in the report:

- `lost`: what was accepted, or an agent was told is done, is not stored, or stored otherwise
- `duplicated`: an effect happened twice: a message, an answer of the bot, something shown by KakaoTalk
- `gaps`: a `seq` is missing within a conversation, in the store or on a page
- `double_owner`: two held a conversation at once, or somebody spoke who did not hold it
- `diverged`: a page holds something else than a fresh reading
- `out_of_order`: the queue was shown in another order than it is served in
- `unanswered`: an accepted message was neither answered nor is with people nor visibly failed
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ops.faults.history import History, Sent, Stored, StoredMessage, Waiting
from ops.faults.ownership import check_changes, check_ownership

KINDS = ("lost", "duplicated", "gaps", "double_owner", "diverged", "out_of_order", "unanswered")


@dataclass(frozen=True)
class Violation:
    """Something that must never be."""

    kind: str
    conversation_id: str
    what: str


def check(history: History, stored: Stored) -> list[Violation]:
    """Return every violation; empty when all is well."""
    written = _Written(history, stored)
    found = [
        *_check_accepted(written),
        *_check_doubles(written),
        *_check_bot(stored),
        *_check_seqs(stored),
        *_check_pages(history, stored),
        *_check_queues(history, stored),
        *_check_outcomes(written),
        *_check_shown(written),
        *(Violation(*one) for one in check_changes(history, stored)),
        *(Violation(*one) for one in check_ownership(history, stored)),
    ]
    return sorted(found, key=lambda one: KINDS.index(one.kind))


def count(violations: Iterable[Violation]) -> dict[str, int]:
    """Return how many there are of each kind."""
    counted = Counter(violation.kind for violation in violations)
    return {kind: counted[kind] for kind in KINDS}


class _Written:
    """What was written beside what is stored under the same id."""

    def __init__(self, history: History, stored: Stored) -> None:
        self.history = history
        self.stored = stored
        self.by_id: dict[tuple[str, str], list[StoredMessage]] = defaultdict(list)
        self.ours: set[str] = set()  # conversations that the driver took part in
        for messages in stored.messages.values():
            for message in messages:
                if message.client_msg_id is not None:
                    self.by_id[self._key(message.conversation_id, message.client_msg_id)].append(message)
        for sent in history.sent:
            self.ours |= {message.conversation_id for message in self.find(sent)} | {sent.conversation_id}

    def find(self, sent: Sent) -> list[StoredMessage]:
        """Return the stored messages with this one's id: one, when all is well."""
        return self.by_id[self._key(sent.conversation_id, sent.client_msg_id)]

    def _key(self, conversation_id: str, client_msg_id: str) -> tuple[str, str]:
        # KakaoTalk does not tell which conversation it is: its ids are its own alone.
        return ("" if client_msg_id.startswith("kakao:") else conversation_id, client_msg_id)


def _check_accepted(written: _Written) -> Iterator[Violation]:
    for sent in written.history.sent:
        if sent.accepted_s is None:
            continue
        found = written.find(sent)
        if not found:
            yield Violation("lost", sent.conversation_id, f"accepted, not stored: {sent.client_msg_id}")
        elif found[0].text != sent.text:
            yield Violation("lost", sent.conversation_id, f"stored with other words: {sent.client_msg_id}")
        elif sent.seqs and {message.seq for message in found} != sent.seqs:
            kind = "duplicated" if len(sent.seqs) > 1 else "lost"
            yield Violation(kind, sent.conversation_id, f"accepted as {sent.seqs}, stored as {found[0].seq}")


def _check_doubles(written: _Written) -> Iterator[Violation]:
    known = {id(message) for sent in written.history.sent for message in written.find(sent)[:1]}
    for conversation_id in sorted(written.ours):
        for message in written.stored.messages.get(conversation_id, ()):
            if message.author in ("customer", "agent") and id(message) not in known:
                what = f"{message.author}'s seq {message.seq} ({message.client_msg_id}) was sent once, or never"
                yield Violation("duplicated", conversation_id, what)


def _check_bot(stored: Stored) -> Iterator[Violation]:
    """All of an answer is written in the moment in which its turn ends: bubbles of another moment are a second answer."""
    for conversation_id, messages in stored.messages.items():
        ended = {
            turn.finished_at for turn in stored.turns.get(conversation_id, ()) if turn.status in ("done", "failed")
        }
        for message in messages:
            if message.author == "bot" and message.at not in ended:
                yield Violation("duplicated", conversation_id, f"the bot's seq {message.seq} answers no turn")


def _check_seqs(stored: Stored) -> Iterator[Violation]:
    for conversation_id, conversation in stored.conversations.items():
        seqs = [message.seq for message in stored.messages.get(conversation_id, ())]
        if seqs != list(range(1, conversation.last_seq + 1)):
            yield Violation("gaps", conversation_id, f"last_seq {conversation.last_seq}, stored {_holes(seqs)}")


def _holes(seqs: list[int]) -> str:
    return ", ".join(f"{one} then {two}" for one, two in pairwise([0, *seqs]) if two != one + 1) or f"up to {seqs[-1:]}"


def _check_pages(history: History, stored: Stored) -> Iterator[Violation]:
    for page in history.pages:
        for one, two in pairwise([0, *(bubble.seq for bubble in page.bubbles)]):
            if two != one + 1:
                yield Violation("gaps", page.conversation_id, f"a page ({page.kind}) was shown {two} after {one}")
        for contradiction in page.contradictions:
            yield Violation("diverged", page.conversation_id, contradiction)
        if page.fresh is None:
            continue
        held = {message.seq: (message.author, message.text) for message in stored.messages[page.conversation_id]}
        last_seq = page.fresh[-1].seq if page.fresh else 0
        if [bubble for bubble in page.bubbles if bubble.seq <= last_seq] != page.fresh:
            what = f"a page ({page.kind}) holds up to {page.last_seq}, a fresh reading up to {last_seq}"
            yield Violation("diverged", page.conversation_id, what)
        if any(held.get(bubble.seq) != (bubble.author, bubble.text) for bubble in page.bubbles):
            yield Violation("diverged", page.conversation_id, f"a page ({page.kind}) shows what is not stored")


def _check_queues(history: History, stored: Stored) -> Iterator[Violation]:
    """Of one priority, who waits longer comes first, but for those whose agent vanished: they go before all others."""
    put_first = {
        (event.conversation_id, event.version)
        for events in stored.events.values()
        for event in events
        if event.kind == "agent_gone"
    }
    for queue in history.queues:
        if len({waiting.conversation_id for waiting in queue}) != len(queue):
            yield Violation("out_of_order", queue[0].conversation_id, "a conversation stands twice in the queue")
        last: dict[int, Waiting] = {}
        for waiting in queue:
            if (waiting.conversation_id, waiting.version) in put_first:
                continue
            before = last.get(waiting.priority)
            last[waiting.priority] = waiting
            if before and (before.waiting_since, before.conversation_id) > (
                waiting.waiting_since,
                waiting.conversation_id,
            ):
                what = f"waits since {waiting.waiting_since}, behind one who waits since {before.waiting_since}"
                yield Violation("out_of_order", waiting.conversation_id, what)


def _check_outcomes(written: _Written) -> Iterator[Violation]:
    stored = written.stored
    accepted = [sent for sent in written.history.sent if sent.accepted_s is not None and sent.channel != "desk"]
    turns = {(turn.conversation_id, turn.seq): turn for of_one in stored.turns.values() for turn in of_one}
    for message in (message for sent in accepted for message in written.find(sent)[:1]):
        conversation_id, seq = message.conversation_id, message.seq
        turn = turns.get((conversation_id, seq))
        was_passed_on = bool(stored.events.get(conversation_id))
        if turn is None and not was_passed_on:
            yield Violation("unanswered", conversation_id, f"seq {seq} was given neither to the bot nor to people")
        elif turn is not None and turn.status == "dropped" and not was_passed_on:
            yield Violation("unanswered", conversation_id, f"seq {seq} was dropped, and no one took over")
        elif turn is not None and turn.status == "queued":
            yield Violation("unanswered", conversation_id, f"seq {seq} still waits for the bot")
        elif turn is not None and turn.status in ("done", "failed") and not _is_followed(stored, message):
            yield Violation("unanswered", conversation_id, f"seq {seq} is said to be answered, and nothing follows")


def _is_followed(stored: Stored, message: StoredMessage) -> bool:
    of_one = stored.messages[message.conversation_id]
    return any(later.author in ("bot", "system", "agent") for later in of_one[message.seq :])


def _check_shown(written: _Written) -> Iterator[Violation]:
    """What an agent wrote to a KakaoTalk user is shown in the answer to exactly one of their requests."""
    kakao = {one.conversation_id for one in written.stored.conversations.values() if one.channel == "kakao"}
    requests: dict[str, set[str]] = defaultdict(set)
    for shown in written.history.shown:
        for text in (text for answer in shown.answers for text in answer):
            requests[text.rpartition("\n")[2]].add(shown.request_id)
    for sent in written.history.sent:
        if sent.channel != "desk" or sent.conversation_id not in kakao or sent.accepted_s is None:
            continue
        if not requests[sent.text]:
            yield Violation("lost", sent.conversation_id, f"never shown in KakaoTalk: {sent.client_msg_id}")
        elif len(requests[sent.text]) > 1:
            yield Violation("duplicated", sent.conversation_id, f"shown twice in KakaoTalk: {sent.client_msg_id}")
