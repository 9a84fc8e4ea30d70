"""Passing a conversation to people: the context is gathered, then all is written with the change of owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from handoff.domain.context import build_context
from handoff.domain.conversation import Author, Conversation, Event, Handoff, Json, Message
from handoff.domain.ownership import Change, change_owner
from handoff.domain.queue import day_of, priority_of, rank
from handoff.service.ports import HandoffRequest, Shop
from handoff.service.routing_policy import RoutingPolicy, load_routing_policy
from handoff.service.store import Transaction
from kernel.ids import new_id

log = structlog.get_logger()

TRANSCRIPT_FOR_SUMMARY = 50
PREVIOUS_SHOWN = 5
WAITING_SENTENCE = "상담원을 기다리고 있어요. 순서가 되면 바로 이어서 도와드려요."
APOLOGY_SENTENCES = {
    "bot_error": "죄송해요. 지금 자동 응답이 제대로 답을 드리지 못하고 있어요. 상담원이 이어서 도와드릴게요.",
    "action_failed": "죄송해요. 정보를 조회하는 중에 문제가 생겼어요. 상담원이 이어서 확인해 드릴게요.",
}


@dataclass(frozen=True)
class HandoverFacts:
    """What the shop and the store know, fetched before the unit of work so that it stays short."""

    facts: Json
    previous: list[Json]


async def gather_facts(shop: Shop, tx: Transaction, conversation: Conversation) -> HandoverFacts:
    """Return what is known about the customer; a shop that does not answer must not keep the customer waiting."""
    if conversation.customer_id is None:
        return HandoverFacts({}, [])
    try:
        facts = await shop.handoff_facts(conversation.customer_id)
    except Exception:  # whatever fails on the shop's side, the customer still gets a person
        log.exception("handoff_facts_failed", conversation_id=conversation.conversation_id)
        facts = {}
    past = await tx.list_of_customer(conversation.customer_id, limit=PREVIOUS_SHOWN + 1)
    previous = [
        {
            "conversation_id": c.conversation_id,
            "channel": c.channel,
            "owner": c.owner,
            "created_at": c.created_at.isoformat(),
        }
        for c in past
        if c.conversation_id != conversation.conversation_id
    ]
    return HandoverFacts(facts, previous[:PREVIOUS_SHOWN])


async def hand_over(
    tx: Transaction,
    conversation: Conversation,
    request: HandoffRequest,
    *,
    known: HandoverFacts,
    understanding: Json,
    new_messages: Sequence[Message],
    at: datetime,
    actor: str = "bot",
) -> Conversation:
    """Write the handoff of a locked conversation and return it as it waits now (saved by the caller)."""
    policy = load_routing_policy()
    priority = priority_of(
        policy.priority,
        reason=request.reason,
        skill=request.skill,
        facts=known.facts,
        mood=understanding.get("mood"),
        today=day_of(at),
    )
    waiting = change_owner(
        conversation,
        Change.HANDED_OVER,
        at=at,
        skill=request.skill,
        priority=priority,
        ranked_at=rank(policy.priority, at=at, priority=priority),
        preferred_agent_id=await _asked_first(tx, conversation, at, policy),
    )
    first = max(0, conversation.last_seq - TRANSCRIPT_FOR_SUMMARY)
    transcript = [*await tx.list_messages(conversation.conversation_id, after=first), *new_messages]
    context = build_context(
        waiting,
        reason=request.reason,
        requested_by=request.requested_by,
        skill=request.skill,
        priority=priority,
        at=at,
        understanding=understanding,
        facts=known.facts,
        messages=transcript,
        previous=known.previous,
    )
    await tx.add_handoff(
        Handoff(
            handoff_id=new_id("h"),
            conversation_id=conversation.conversation_id,
            reason=request.reason,
            requested_by=request.requested_by,
            skill=request.skill,
            priority=priority,
            context=context,
            waiting_since=at,
        )
    )
    await tx.add_event(
        Event(conversation.conversation_id, waiting.version, Change.HANDED_OVER, actor, at, {"reason": request.reason})
    )
    return waiting


async def _asked_first(tx: Transaction, conversation: Conversation, at: datetime, policy: RoutingPolicy) -> str | None:
    """Return the agent who knows the conversation, or the customer from another one lately."""
    if conversation.last_agent_id is not None or conversation.customer_id is None:
        return conversation.last_agent_id
    return await tx.find_last_agent(conversation.customer_id, since=at - timedelta(days=policy.sticky_days))


async def append(
    tx: Transaction, conversation: Conversation, drafts: Sequence[Message], *, at: datetime
) -> tuple[Conversation, list[Message]]:
    """Give drafts the next seqs of a locked conversation, store them, and return both; the caller saves the first."""
    stored = [replace(draft, seq=conversation.last_seq + number) for number, draft in enumerate(drafts, start=1)]
    if stored:
        await tx.add_messages(stored)
        for_customer = [message.seq for message in stored if message.author is not Author.CUSTOMER]
        if conversation.channel == "kakao" and for_customer:
            await tx.add_to_outbox(conversation.conversation_id, for_customer, at)
    return replace(conversation, last_seq=conversation.last_seq + len(stored), updated_at=at), stored


def draft(conversation: Conversation, author: Author, text: str, at: datetime) -> Message:
    """Return a message without its seq, for `append`."""
    return Message(conversation_id=conversation.conversation_id, seq=0, author=author, text=text, at=at)
