"""A conversation in a person's hands changes them: the handoff that ends, the one that follows, the queue again.

Everything here is called with the conversation locked, within the caller's unit of work.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handoff.domain.context import pass_on_context
from handoff.domain.conversation import Author, Conversation, Event, Handoff, Json
from handoff.domain.ownership import Change, change_owner
from handoff.domain.queue import PriorityPolicy, rank
from handoff.policy.next_steps import load_next_steps
from handoff.service import ticketing
from handoff.service.handing_over import append, draft
from handoff.service.store import Transaction
from kernel.ids import new_id

_REASONS = {Change.TRANSFERRED: "transferred", Change.AGENT_GONE: "agent_left"}
_A_MOMENT = timedelta(microseconds=1)


async def put_back(
    tx: Transaction,
    conversation: Conversation,
    change: Change,
    *,
    policy: PriorityPolicy,
    sentence: str,
    actor: str,
    at: datetime,
    skill: str | None = None,
    preferred_agent_id: str | None = None,
) -> Conversation:
    """Put a conversation that an agent holds back into the queue, save it, and return it.

    Transferred it waits anew, for `skill`. When its agent is gone it goes before all others of its priority.
    """
    reason = _REASONS[change]
    priority = max(conversation.priority, policy.reasons.get(reason, 0))
    ranked_at = rank(policy, at=at, priority=priority)
    if change is Change.AGENT_GONE:
        preferred_agent_id = conversation.agent_id
        first = await tx.first_rank(priority)
        ranked_at = min(ranked_at, first - _A_MOMENT) if first else ranked_at
    waiting = change_owner(
        conversation,
        change,
        at=at,
        skill=skill or conversation.skill,
        priority=priority,
        ranked_at=ranked_at,
        preferred_agent_id=preferred_agent_id,
    )
    await _follow_handoff(tx, waiting, reason, at)
    return await record(tx, waiting, change, actor=actor, sentence=sentence, at=at, detail={"skill": waiting.skill})


async def record(
    tx: Transaction,
    conversation: Conversation,
    change: Change,
    *,
    actor: str,
    at: datetime,
    sentence: str | None = None,
    detail: Json | None = None,
) -> Conversation:
    """Write the event of a change, tell the customer, save the conversation, and return it."""
    await tx.add_event(
        Event(conversation.conversation_id, conversation.version, change, actor, at, detail if detail else {})
    )
    if change not in (Change.SNOOZED, Change.WOKEN):
        await tx.remove_participants(conversation.conversation_id)
    ticket = None
    if change is not Change.REOPENED:  # back with the bot because the customer came, not because it is solved
        ticket = await ticketing.follow_owner(tx, conversation, actor=actor, at=at)
    if ticket is not None and change is Change.TRANSFERRED and sentence is not None:
        sentence = await ticketing.say_passed_on(tx, ticket, sentence, at=at)
    if sentence is not None:
        conversation, _ = await append(tx, conversation, [draft(conversation, Author.SYSTEM, sentence, at)], at=at)
    await tx.save_conversation(conversation)
    return conversation


async def take_handoff(tx: Transaction, conversation_id: str, agent_id: str, at: datetime) -> None:
    """Note in the open handoff who took the conversation."""
    if handoff := await tx.find_open_handoff(conversation_id):
        await tx.save_handoff(replace(handoff, claimed_at=handoff.claimed_at or at, claimed_by=agent_id))


async def end_handoff(tx: Transaction, conversation_id: str, at: datetime) -> Handoff | None:
    """End the open handoff and return it."""
    handoff = await tx.find_open_handoff(conversation_id)
    if handoff is not None:
        await tx.save_handoff(replace(handoff, ended_at=at))
    return handoff


async def _follow_handoff(tx: Transaction, waiting: Conversation, reason: str, at: datetime) -> None:
    """End the open handoff and open one that carries on what it knew."""
    ended = await end_handoff(tx, waiting.conversation_id, at)
    skill, requested_by = waiting.skill or "general", "agent" if reason == "transferred" else "system"
    context = pass_on_context(
        ended.context if ended else {},
        reason=reason,
        requested_by=requested_by,
        skill=skill,
        priority=waiting.priority,
        at=at,
        steps=load_next_steps(),
    )
    await tx.add_handoff(
        Handoff(
            handoff_id=new_id("h"),
            conversation_id=waiting.conversation_id,
            reason=reason,
            requested_by=requested_by,
            skill=skill,
            priority=waiting.priority,
            context=context,
            waiting_since=at,
        )
    )
