"""Passing a conversation to people: the context is gathered, then all is written with the change of owner."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from handoff.domain.context import Known, build_context
from handoff.domain.conversation import Author, Conversation, Event, Handoff, Json, Message
from handoff.domain.language import language_of
from handoff.domain.outbox import FETCHED, PUSHED
from handoff.domain.outcome import describe_previous
from handoff.domain.ownership import Change, change_owner
from handoff.domain.queue import day_of, priority_of, rank
from handoff.policy.next_steps import load_next_steps
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service import ticketing
from handoff.service.ports import HandoffRequest, Shop
from handoff.service.store import Store, Transaction
from handoff.service.topics import load_topics
from kernel.ids import new_id

log = structlog.get_logger()

TRANSCRIPT_FOR_SUMMARY = 50
PREVIOUS_SHOWN = 5
HEARD_FOR_LANGUAGE = 5
SHOP_WITHIN_S = 2.0  # longer than it takes; a customer does not wait for a person because of facts
APOLOGY_SENTENCES = {
    "bot_error": "죄송해요. 지금 자동 응답이 제대로 답을 드리지 못하고 있어요. 상담원이 이어서 도와드릴게요.",
    "action_failed": "죄송해요. 정보를 조회하는 중에 문제가 생겼어요. 상담원이 이어서 확인해 드릴게요.",
}


async def gather_facts(shop: Shop, store: Store, conversation: Conversation) -> Known:
    """Return what is known about the customer, fetched before the unit of work so that it stays short.

    A shop that does not answer must not keep the customer waiting: what is returned then says so.
    """
    if conversation.customer_id is None:
        return Known()
    facts, has_answered = await _ask_shop(shop, conversation)
    async with store.read() as tx:
        previous = await list_previous(tx, conversation)
    return Known(facts, previous, has_answered)


async def _ask_shop(shop: Shop, conversation: Conversation) -> tuple[Json, bool]:
    assert conversation.customer_id is not None, "asked for known customers only"
    try:
        async with asyncio.timeout(SHOP_WITHIN_S):
            return await shop.handoff_facts(conversation.customer_id), True
    except Exception:  # whatever fails on the shop's side, the customer still gets a person
        log.exception("handoff_facts_failed", conversation_id=conversation.conversation_id)
        return {}, False


async def list_previous(tx: Transaction, conversation: Conversation) -> list[Json]:
    """Return the customer's earlier conversations with how they ended, newest first."""
    if conversation.customer_id is None:
        return []
    past = await tx.list_of_customer(conversation.customer_id, limit=PREVIOUS_SHOWN + 1)
    others = [c for c in past if c.conversation_id != conversation.conversation_id][:PREVIOUS_SHOWN]
    handoffs: defaultdict[str, list[Handoff]] = defaultdict(list)
    for handoff in await tx.list_handoffs([c.conversation_id for c in others]):
        handoffs[handoff.conversation_id].append(handoff)
    claimed = any(handoff.claimed_by for found in handoffs.values() for handoff in found)
    names = {agent.agent_id: agent.name for agent in await tx.list_agents()} if claimed else {}
    with_people = list(handoffs)  # before the empty ones are asked for below
    opened = {ticket.conversation_id: ticket for ticket in await tx.list_tickets_of(with_people)}
    return [
        describe_previous(
            c,
            handoffs[c.conversation_id],
            names,
            ticket=opened.get(c.conversation_id),
            rating=await tx.find_rating(c.conversation_id) if c.conversation_id in opened else None,
        )
        for c in others
    ]


async def hand_over(
    tx: Transaction,
    conversation: Conversation,
    request: HandoffRequest,
    *,
    known: Known,
    understanding: Json,
    new_messages: Sequence[Message],
    at: datetime,
    actor: str = "bot",
) -> tuple[Conversation, str]:
    """Write the handoff of a locked conversation with its ticket.

    Return the conversation as it waits now (saved by the caller), and what the customer is told about waiting.
    """
    first = max(0, conversation.last_seq - TRANSCRIPT_FOR_SUMMARY)
    numbered = [replace(new, seq=conversation.last_seq + place) for place, new in enumerate(new_messages, start=1)]
    transcript = [*await tx.list_messages(conversation.conversation_id, after=first), *numbered]
    conversation = replace(conversation, language=_language(transcript) or conversation.language)
    waiting = await _queued(tx, conversation, request, facts=known.facts, mood=understanding.get("mood"), at=at)
    context = build_context(
        waiting,
        reason=request.reason,
        requested_by=request.requested_by,
        skill=request.skill,
        priority=waiting.priority,
        at=at,
        understanding=understanding,
        known=known,
        messages=transcript,
        topics=load_topics(),
        steps=load_next_steps(),
        detail=request.detail,
    )
    await tx.add_handoff(
        Handoff(
            handoff_id=new_id("h"),
            conversation_id=conversation.conversation_id,
            reason=request.reason,
            requested_by=request.requested_by,
            skill=request.skill,
            priority=waiting.priority,
            context=context,
            waiting_since=at,
        )
    )
    await tx.add_event(
        Event(conversation.conversation_id, waiting.version, Change.HANDED_OVER, actor, at, {"reason": request.reason})
    )
    ticket = await ticketing.open_or_go_on(tx, waiting, reason=request.reason, at=at)
    return waiting, await ticketing.say_waiting(tx, ticket, at=at)


async def _queued(
    tx: Transaction,
    conversation: Conversation,
    request: HandoffRequest,
    *,
    facts: Json,
    mood: Json | None,
    at: datetime,
) -> Conversation:
    """Return the conversation as it waits, ranked by the policy."""
    policy = load_routing_policy()
    priority = priority_of(
        policy.priority, reason=request.reason, skill=request.skill, facts=facts, mood=mood, today=day_of(at)
    )
    return change_owner(
        conversation,
        Change.HANDED_OVER,
        at=at,
        skill=request.skill,
        priority=priority,
        ranked_at=rank(policy.priority, at=at, priority=priority),
        preferred_agent_id=await _asked_first(tx, conversation, at, policy),
    )


def _language(transcript: Sequence[Message]) -> str | None:
    said = [message.text for message in transcript if message.author is Author.CUSTOMER]
    return language_of(said[-HEARD_FOR_LANGUAGE:])


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
        await ticketing.hear(tx, conversation, stored, at=at)
        for_customer = [message.seq for message in stored if message.author is not Author.CUSTOMER]
        if conversation.channel in PUSHED | FETCHED and for_customer:
            is_pushed = conversation.channel in PUSHED
            await tx.add_to_outbox(conversation.conversation_id, for_customer, at, is_pushed=is_pushed)
    return replace(conversation, last_seq=conversation.last_seq + len(stored), updated_at=at), stored


def draft(conversation: Conversation, author: Author, text: str, at: datetime) -> Message:
    """Return a message without its seq, for `append`."""
    return Message(conversation_id=conversation.conversation_id, seq=0, author=author, text=text, at=at)
