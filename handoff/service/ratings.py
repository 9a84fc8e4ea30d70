"""How content customers were: taken once a conversation has ended; a low rating makes somebody look after it.

In the same commit a ticket is opened for it, with a follow-up that is due at once and that whoever leads the team
takes; the answers of such a conversation are suggested to nobody any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.domain import tickets
from handoff.domain.conversation import Agent, Conversation, Message, Owner
from handoff.domain.promises import OPEN_PROMISES, Promise, PromiseKind, PromiseStatus
from handoff.domain.ratings import SCORES, Rating, require_ended
from handoff.domain.tickets import Ticket, TicketType
from handoff.errors import NotFound
from handoff.service import ticketing
from handoff.service.desk import SEES_ALL
from handoff.service.ports import ALERTS_TOPIC, Hub
from handoff.service.store import Store, Transaction
from kernel.clock import Clock
from kernel.ids import new_id

LISTED_MAX = 200
SYSTEM = "system"


@dataclass(frozen=True)
class Rated:
    """What was stored; `is_new` is False where the customer changed their mind."""

    rating: Rating
    is_new: bool


class Ratings:
    """Ratings, for customers who give them and people who read them."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def rate(self, conversation_id: str, *, score: int, words: str | None) -> Rated:
        """Store how content the customer was. Raises NotFound, and StateConflict unless the conversation has ended.

        Of one end the last word counts; a follow-up is opened for it once.
        """
        assert score in SCORES, "checked at the door"
        now = self._clock.now()
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(conversation_id)
            if conversation is None:
                raise NotFound("상담을 찾을 수 없어요. 새 상담을 시작해 주세요.", code="conversation_not_found")
            require_ended(conversation)
            before = await tx.find_rating(conversation_id)
            known = before if before and before.closed_version == conversation.version else None
            rating = await self._made(tx, conversation, known, score, words, now)
            if rating.is_low:
                await tx.forget_solved(conversation_id)
                if rating.ticket_number is None:
                    rating = replace(rating, ticket_number=await _open_follow_up(tx, conversation, rating, now))
            await tx.save_rating(rating)
        if rating.is_low:
            self._hub.publish(ALERTS_TOPIC)
        return Rated(rating, is_new=known is None)

    async def _made(
        self,
        tx: Transaction,
        conversation: Conversation,
        known: Rating | None,
        score: int,
        words: str | None,
        at: datetime,
    ) -> Rating:
        if known is not None:
            return replace(known, score=score, words=words or known.words, at=at)
        handoffs = await tx.list_handoffs([conversation.conversation_id])
        last = next((handoff for handoff in reversed(handoffs) if handoff.claimed_by), None)
        return Rating(
            conversation_id=conversation.conversation_id,
            closed_version=conversation.version,
            score=score,
            words=words,
            at=at,
            channel=conversation.channel,
            agent_id=last.claimed_by if last else None,
            skill=last.skill if last else None,
        )

    async def list_for(self, agent: Agent, *, most: int) -> Sequence[tuple[Rating, str | None]]:
        """Return the newest ratings with the agent's name: all for whoever leads, else one's own."""
        agent_id = None if agent.role in SEES_ALL else agent.agent_id
        async with self._store.read() as tx:
            found = await tx.list_ratings(most=most, limit=LISTED_MAX, agent_id=agent_id)
            names = {one.agent_id: one.name for one in await tx.list_agents()}
        return [(rating, names.get(rating.agent_id or "")) for rating in found]

    async def find(self, conversation_id: str) -> tuple[Rating | None, bool]:
        """Return the newest rating of a conversation, and whether its customer may give one now."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
            if conversation is None:
                raise NotFound("상담을 찾을 수 없어요.", code="conversation_not_found")
            rating = await tx.find_rating(conversation_id)
            return rating, await _may_rate(tx, conversation, rating)

    async def may_rate_after(self, message: Message) -> bool:
        """Tell whether a message is the end of its conversation, of which the customer has not said yet how it was."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(message.conversation_id)
            if conversation is None or conversation.last_seq != message.seq:
                return False
            return await _may_rate(tx, conversation, await tx.find_rating(message.conversation_id))


async def _may_rate(tx: Transaction, conversation: Conversation, rating: Rating | None) -> bool:
    """Tell whether the conversation has ended, goes on in no other, and was not rated since."""
    is_of_this_end = rating is not None and rating.closed_version == conversation.version
    if conversation.owner is not Owner.CLOSED or is_of_this_end:
        return False
    return await ticketing.find_merged_into(tx, conversation) is None


async def _open_follow_up(tx: Transaction, conversation: Conversation, rating: Rating, at: datetime) -> str:
    """Return the number of the ticket that looks after a low rating, opened unless one is in hand."""
    ticket = await ticketing.find_current(tx, conversation.conversation_id)
    if ticket is None:
        ticket = await _new_ticket(tx, conversation, rating, at)
    if not await tx.list_promises(statuses=OPEN_PROMISES, number=ticket.number):
        promise = Promise(
            promise_id=new_id("p"),
            number=ticket.number,
            conversation_id=conversation.conversation_id,
            kind=PromiseKind.FOLLOW_UP,
            status=PromiseStatus.PLANNED,
            due_at=at,
            note=f"만족도 {rating.score}점: 고객에게 연락해 불편을 듣고 조치해 주세요.",
            agent_id=None,
            skill=ticket.skill,
            version=1,
            created_by=SYSTEM,
            created_at=at,
        )
        await tx.add_promise(promise)
    return ticket.number


async def _new_ticket(tx: Transaction, conversation: Conversation, rating: Rating, at: datetime) -> Ticket:
    skill = rating.skill or ticketing.ANY_SKILL
    ticket = tickets.open_ticket(
        number=tickets.write_number(await tx.take_ticket_number()),
        conversation_id=conversation.conversation_id,
        customer_id=conversation.customer_id,
        type=TicketType.PROBLEM,
        skill=skill,
        at=at,
        rules=await ticketing.find_rules(tx, TicketType.PROBLEM, skill),
    )
    ticket = tickets.set_tags(ticket, ["만족도 낮음"], at=at)
    await tx.add_ticket(ticket)
    detail = {"reason": "low_rating", "score": rating.score}
    await tx.add_ticket_event(ticket.number, ticket.version, "opened", SYSTEM, at, detail)
    return ticket
