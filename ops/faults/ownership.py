"""Whether ever two held a conversation at once: the changes that agents made, beside the events that were kept. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from ops.faults.history import Changed, History, Sent, Stored, StoredConversation, StoredEvent

Found = tuple[str, str, str]  # kind, conversation, what

# From whom each change takes a conversation, and to whom it goes. What is not here changes no owner.
MOVES = {
    "handed_over": ({"bot"}, "waiting"),
    "claimed": ({"waiting"}, "human"),
    "transferred": ({"human"}, "waiting"),
    "returned_to_bot": ({"human"}, "bot"),
    "closed": ({"bot", "waiting", "human"}, "closed"),
    "reopened": ({"closed"}, "bot"),
    "left_queue": ({"waiting"}, "bot"),
    "pulled": ({"waiting", "human"}, "human"),
    "pushed": ({"waiting", "human"}, "human"),
    "agent_gone": ({"human"}, "waiting"),
}
_BY_THE_ACTOR = {"claimed", "pulled"}  # whoever does it has the conversation afterwards


def check_changes(history: History, stored: Stored) -> Iterator[Found]:
    """What an agent was told is done has its event, made by this agent; of many who asked for one version one won."""
    events = {(event.conversation_id, event.version): event for of_one in stored.events.values() for event in of_one}
    winners: dict[tuple[str, int], list[Changed]] = defaultdict(list)
    for change in history.changed:
        if change.outcome != "done":
            continue
        winners[change.conversation_id, change.version].append(change)
        event = events.get((change.conversation_id, change.new_version or 0))
        if event is None or (event.kind, event.actor) != (change.what, change.agent_id):
            yield "lost", change.conversation_id, f"{change.what} at version {change.version} left no event of its own"
    for (conversation_id, version), won in winners.items():
        if len(won) > 1:
            names = ", ".join(sorted({change.agent_id for change in won}))
            yield "double_owner", conversation_id, f"{len(won)} were told that they won version {version}: {names}"


def check_ownership(history: History, stored: Stored) -> Iterator[Found]:
    """The events lead from owner to owner without a jump, and nobody speaks who does not hold the conversation."""
    sent_by_agents: dict[str, list[Sent]] = defaultdict(list)
    for sent in history.sent:
        if sent.channel == "desk" and sent.accepted_s is not None:
            sent_by_agents[sent.conversation_id].append(sent)
    ends = _acknowledged_seqs(history)
    for conversation_id, conversation in stored.conversations.items():
        events = stored.events.get(conversation_id, [])
        yield from _check_path(conversation, events)
        yield from _check_agents(conversation_id, events, sent_by_agents.get(conversation_id, []))
        yield from _check_voices(stored, conversation_id, events, ends)


def _check_path(conversation: StoredConversation, events: list[StoredEvent]) -> Iterator[Found]:
    owner, last = "bot", None
    for event in (event for event in events if event.kind in MOVES):
        sources, target = MOVES[event.kind]
        if owner not in sources:
            what = f"{event.kind} at version {event.version}, when {owner} had it"
            yield "double_owner", conversation.conversation_id, what
        owner, last = target, event
    if owner != conversation.owner:
        what = f"its events say {owner}, the conversation {conversation.owner}"
        yield "double_owner", conversation.conversation_id, what
    elif last is not None and last.kind in _BY_THE_ACTOR and last.actor != conversation.agent_id:
        what = f"{last.kind} by {last.actor}, held by {conversation.agent_id}"
        yield "double_owner", conversation.conversation_id, what


def _acknowledged_seqs(history: History) -> dict[tuple[str, int], int]:
    """Return the seq of the sentence that each change wrote, by conversation and version, where it was told."""
    return {
        (change.conversation_id, change.new_version): change.seq
        for change in history.changed
        if change.outcome == "done" and change.new_version is not None and change.seq is not None
    }


def _check_agents(conversation_id: str, events: list[StoredEvent], sent: list[Sent]) -> Iterator[Found]:
    changes = [event for event in events if event.kind in MOVES]
    versions = [event.version for event in changes]
    for message in sent:
        place = bisect_right(versions, message.version or 0) - 1
        last = changes[place] if place >= 0 else None
        if last is None or MOVES[last.kind][1] != "human" or last.actor != message.agent_id:
            what = f"{message.agent_id} wrote at version {message.version}, held by {last.actor if last else 'the bot'}"
            yield "double_owner", conversation_id, what


def _check_voices(
    stored: Stored, conversation_id: str, events: list[StoredEvent], seqs: dict[tuple[str, int], int]
) -> Iterator[Found]:
    """Between an agent's claim and what ended it nobody else speaks, where both told their seq."""
    changes = [event for event in events if event.kind in MOVES]
    for claim, following in zip_longest(changes, changes[1:]):
        first = seqs.get((conversation_id, claim.version)) if claim.kind == "claimed" else None
        if first is None:
            continue
        messages = stored.messages[conversation_id]
        last = seqs.get((conversation_id, following.version)) if following else len(messages)
        for message in messages[first : last or first]:
            if message.author == "bot" or (message.author == "agent" and message.author_id != claim.actor):
                yield (
                    "double_owner",
                    conversation_id,
                    f"the {message.author} spoke at {message.seq}, held by {claim.actor}",
                )
