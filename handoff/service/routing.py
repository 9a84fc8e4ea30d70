"""The router: offers waiting conversations to free agents, at once when somebody waits, comes online or gets free.

It listens to the same hints as the pages and looks by itself every second (service/clockwork.py), so a hint lost or
a gateway killed in between only delays. Every gateway may run one: they take turns under one lock of the store, and
an offer is written only for a conversation that still waits at the version that was looked at.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from handoff.domain.conversation import Agent, Conversation
from handoff.domain.routing import SKILLS, Offer, Outcome, Seat, is_present, plan_offers
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.ports import QUEUE_TOPIC, ROUTING_TOPIC, Hub, agent_topic, presence_topics
from handoff.service.staff import works_at_desk
from handoff.service.store import Store, Transaction
from kernel.clock import Clock
from kernel.ids import new_id

log = structlog.get_logger()

LOOKED_AT = 200  # of the waiting, from the head of the queue, that a free agent's skills fit
LISTEN_S = 5.0
GATHER_S = 0.01  # what changes within this is looked at once
RETRY_S = 0.05  # when a conversation was in somebody else's hands for a moment
TURNS_COUNT_FOR = timedelta(hours=1)


class Router:
    """Offers waiting conversations until stopped."""

    def __init__(
        self,
        store: Store,
        hub: Hub,
        clock: Clock,
        *,
        policy: RoutingPolicy | None = None,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._policy = policy or load_routing_policy()
        self._real_s = real_s
        self._listener: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._listener = asyncio.create_task(self._listen(), name="router")

    async def stop(self) -> None:
        """Stop listening; a drain under way is finished or rolled back."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)

    async def _listen(self) -> None:
        with self._hub.subscribe(QUEUE_TOPIC, ROUTING_TOPIC) as news:
            while True:
                try:
                    await self.drain()
                except Exception:  # the database may be away for a while; the clockwork looks again
                    log.exception("routing_failed")
                await news.wait(LISTEN_S)
                await asyncio.sleep(GATHER_S)

    async def drain(self) -> int:
        """End what offers are over, offer what can be offered, and return how many were changed or made."""
        async with self._store.read() as tx:
            if not await self._has_work(tx):
                return 0
        count = 0
        for _ in range(3):  # again only when a conversation was in somebody else's hands
            changed, is_whole = await self._drain_once()
            count += changed
            if is_whole:
                break
            await asyncio.sleep(RETRY_S)
        return count

    async def _has_work(self, tx: Transaction) -> bool:
        """Tell whether there is an offer to end or to make; most hints concern neither, and need no writing."""
        now = self._clock.now()
        if await tx.list_stale_offers():
            return True
        agents = {agent.agent_id: agent for agent in await tx.list_agents()}
        is_over = [self._over(offer, agents, now) for offer in await tx.list_open_offers()]
        return any(is_over) or bool(await self._plan(tx, now))

    async def _drain_once(self) -> tuple[int, bool]:
        now = self._clock.now()
        async with self._store.write() as tx:
            await tx.lock_routing()
            agents = {agent.agent_id: agent for agent in await tx.list_agents()}
            concerned, away = await self._end_offers(tx, agents, now)
            made, is_whole = await self._make_offers(tx, now)
        for agent_id in {*concerned, *made}:
            self._hub.publish(agent_topic(agent_id))
        for agent_id in away:
            self._hub.publish(*presence_topics(agent_id))
        return len(concerned) + len(made), is_whole

    async def _end_offers(
        self, tx: Transaction, agents: dict[str, Agent], now: datetime
    ) -> tuple[list[str], list[str]]:
        """End what is void, lapsed, or offered to somebody who is not there.

        Return whose offers they were, and who is taken to be away because of them.
        """
        ended, away = [], []
        for offer, holder_id in await tx.list_stale_offers():
            outcome = Outcome.ACCEPTED if holder_id == offer.agent_id else Outcome.VOID
            await self._end(tx, offer, outcome, now)
            ended.append(offer.agent_id)
        for offer in await tx.list_open_offers():
            if over := self._over(offer, agents, now):
                if await self._end(tx, offer, over, now):
                    away.append(offer.agent_id)
                ended.append(offer.agent_id)
        return ended, away

    def _over(self, offer: Offer, agents: dict[str, Agent], now: datetime) -> Outcome | None:
        """Return how a valid offer ends now; None while its agent is there and has time."""
        agent = agents.get(offer.agent_id)
        if agent is None or not _is_there(agent, self._policy, self._real_s()):
            return Outcome.WITHDRAWN
        return Outcome.LAPSED if offer.due_at <= now else None

    async def _end(self, tx: Transaction, offer: Offer, outcome: Outcome, now: datetime) -> bool:
        """End an offer; return whether its agent missed so many in a row that they are taken to be away."""
        if not await tx.end_offer(offer.offer_id, outcome, now):
            return False
        if outcome is Outcome.ACCEPTED:
            await tx.forget_missed(offer.agent_id)
        elif outcome is Outcome.LAPSED:
            missed = await tx.count_missed(offer.agent_id, offered_at=offer.offered_at, at=now)
            if missed is not None and missed >= self._policy.away_after_missed:
                await tx.save_presence(offer.agent_id, "away")
                await tx.forget_missed(offer.agent_id)
                log.info("agent_taken_for_away", agent_id=offer.agent_id, missed=missed)
                return True
        return False

    async def _make_offers(self, tx: Transaction, now: datetime) -> tuple[list[str], bool]:
        """Write the planned offers; return whom they are for, and whether none had to be left for a moment."""
        made, is_whole = [], True
        for conversation, agent in await self._plan(tx, now):
            if await tx.take_if_waiting(conversation):
                await tx.add_offer(self._offer(conversation, agent, now))
                made.append(agent.agent_id)
            else:
                is_whole = False
        return made, is_whole

    async def _plan(self, tx: Transaction, now: datetime) -> list[tuple[Conversation, Agent]]:
        if not await tx.list_unoffered(skills=None, limit=1):
            return []
        seats = await list_seats(tx, self._policy, now=now, now_s=self._real_s())
        free = [seat for seat in seats if seat.free_count]
        if not free:
            return []
        takes_all = any(seat.agent.skills is None for seat in free)
        skills = None if takes_all else {skill for seat in free for skill in seat.agent.skills or SKILLS}
        waiting = await tx.list_unoffered(skills=skills, limit=LOOKED_AT)
        passes = await tx.list_passes(since=now - timedelta(seconds=self._policy.ask_again_after_s))
        return plan_offers(waiting, seats, passes)

    def _offer(self, conversation: Conversation, agent: Agent, now: datetime) -> Offer:
        return Offer(
            offer_id=new_id("o"),
            conversation_id=conversation.conversation_id,
            version=conversation.version,
            agent_id=agent.agent_id,
            offered_at=now,
            due_at=now + timedelta(seconds=self._policy.answer_within_s),
        )


async def list_seats(tx: Transaction, policy: RoutingPolicy, *, now: datetime, now_s: float) -> list[Seat]:
    """Return the agents who are present, with what takes up their places; `now_s` is real time."""
    loads = await tx.count_loads(now)
    last = await tx.last_offers(since=now - TURNS_COUNT_FOR)
    return [
        Seat(agent, loads.get(agent.agent_id, 0), last.get(agent.agent_id))
        for agent in await tx.list_agents()
        if works_at_desk(agent) and _is_there(agent, policy, now_s)
    ]


def _is_there(agent: Agent, policy: RoutingPolicy, now_s: float) -> bool:
    return is_present(agent, now_s=now_s, within_s=policy.offers_end_after_s)
