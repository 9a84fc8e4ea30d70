"""An agent gives a conversation back: what was agreed is said first, and the bot goes on at once.

In one commit the conversation is the bot's again, the bot's first words are stored, and what the agent learned is
kept. Where the handoff had interrupted a question, or the agent learned something or names a topic, a turn is queued
that no customer said, in which the bot goes on; a customer who writes first is answered instead. What was
learned is a hint to the bot, never an identity; an order number counts only where it is the customer's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import structlog

from handoff.domain.conversation import (
    HANDED_BACK,
    Agent,
    Author,
    Conversation,
    Json,
    Memory,
    Turn,
    TurnStatus,
)
from handoff.domain.ownership import Change, change_owner, require_agent
from handoff.errors import Invalid
from handoff.service.desk import Done, locked, naming_the_winner
from handoff.service.handing_over import append, draft
from handoff.service.passing_on import end_handoff, record
from handoff.service.ports import Hub, Shop, agent_topic, topics_of
from handoff.service.store import Store, Transaction
from handoff.service.turns import TurnRunner
from kernel.clock import Clock
from kernel.ids import new_id

log = structlog.get_logger()

AGREED_LENGTH_MAX = 300
NOTE_LENGTH_MAX = 500
KEPT = 5  # of the times that a conversation was given back
NOTHING = "nothing"
_SENTENCE = "상담원 상담을 마치고, 다시 자동 응답이 도와드려요."
_AGREED = "상담원과 이렇게 정했어요: {agreed}"


@dataclass(frozen=True)
class GivenBack:
    """What the agent gives along: what was agreed (the customer reads it), a note (they do not), an order, a topic.

    `resumes` is False where no question is to be taken up; `topic` is an intent to go on with instead of the one
    that was interrupted.
    """

    agreed: str | None = None
    note: str | None = None
    order_id: str | None = None
    topic: str | None = None
    resumes: bool = True


class HandingBack:
    """The way from a person to the bot."""

    def __init__(self, store: Store, runner: TurnRunner, shop: Shop, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._runner = runner
        self._shop = shop
        self._hub = hub
        self._clock = clock

    async def return_to_bot(
        self, conversation_id: str, agent: Agent, *, version: int, given: GivenBack | None = None
    ) -> Done:
        """Let the bot go on. Raises Conflict, and Invalid for an order that is not the customer's."""
        given = given or GivenBack()
        await self._check_order(conversation_id, given.order_id)
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_agent(conversation, agent.agent_id)
            conversation = change_owner(conversation, Change.RETURNED, at=now)
            await end_handoff(tx, conversation_id, now)
            detail: Json = {"resumes": given.resumes, "learned": ["order_id"] if given.order_id else []}
            conversation = await record(
                tx, conversation, Change.RETURNED, actor=agent.agent_id, sentence=_SENTENCE, at=now, detail=detail
            )
            done = Done(conversation.version, conversation.last_seq)
            if given.agreed:
                words = draft(conversation, Author.BOT, _AGREED.format(agreed=given.agreed), now)
                conversation, _ = await append(tx, conversation, [words], at=now)
            understanding = await self._keep(tx, conversation_id, agent, given)
            work = None
            if given.order_id or (given.resumes and (given.topic or was_interrupted(understanding))):
                topic = given.topic if given.resumes else NOTHING
                await tx.add_turn(turn_to_go_on(conversation, at=now, order_id=given.order_id, choice=topic))
                work = await self._runner.take(tx, conversation)
            await tx.save_conversation(work.conversation if work else conversation)
        self._hub.publish(agent_topic(agent.agent_id), *topics_of(conversation, queue_changed=True))
        if work is not None:
            self._runner.carry_out(work)
        return done

    async def _check_order(self, conversation_id: str, order_id: str | None) -> None:
        """Refuse another's order at once; the action checks it again where it is used."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
        if order_id is None or conversation is None or conversation.customer_id is None:
            return
        try:
            is_own = await self._shop.owns_order(conversation.customer_id, order_id)
        except Exception:  # the shop may be away: the bot's action asks it again
            log.exception("order_not_checked", conversation_id=conversation_id)
            return
        if not is_own:
            raise Invalid("이 고객의 주문번호가 아니에요. 다시 확인해 주세요.", code="order_unknown")

    async def _keep(self, tx: Transaction, conversation_id: str, agent: Agent, given: GivenBack) -> Json:
        """Keep what was given along for whoever takes the conversation next; return all that is understood so far."""
        memory = await tx.load_memory(conversation_id)
        told = {
            "at": self._clock.now().isoformat(),
            "agent_name": agent.name,
            "agreed": given.agreed,
            "note": given.note,
            "order_id": given.order_id,
            "topic": given.topic,
        }
        before = memory.understanding.get("handed_back", [])
        understanding = memory.understanding | {"handed_back": [*before, told][-KEPT:]}
        await tx.save_memory(conversation_id, Memory(memory.state, understanding))
        return understanding


def turn_to_go_on(conversation: Conversation, *, at: datetime, **hints: str | None) -> Turn:
    """Return the turn, which no customer said, in which the bot takes over; hints are entities that it knows."""
    known = {name: value for name, value in hints.items() if value}
    return Turn(
        turn_id=new_id("t"),
        conversation_id=conversation.conversation_id,
        seq=conversation.last_seq,
        text="",
        payload=HANDED_BACK + (json.dumps(known, ensure_ascii=False) if known else ""),
        status=TurnStatus.QUEUED,
        created_at=at,
    )


def was_interrupted(understanding: Json) -> bool:
    """Tell whether the bot left a question open when it asked for a person."""
    return bool((understanding.get("slots") or {}).get("interrupted"))
