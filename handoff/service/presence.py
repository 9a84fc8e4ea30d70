"""Who of the staff is there: what they say, and whether their page still gives signs of life.

Online without a sign of life for a while gets no offers (service/routing.py looks at `seen_at_s`). After the longer
grace time the agent counts as gone: their conversations go back to the head of the queue, and the customer is told.
Signs of life are in real time: they are about a page and a machine, not about the shop's day.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import structlog

from handoff.domain.conversation import Agent, Owner
from handoff.domain.ownership import Change
from handoff.errors import Invalid
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.passing_on import put_back
from handoff.service.ports import ROUTING_TOPIC, Hub, presence_topics, topics_of
from handoff.service.store import Store, Transaction
from kernel.clock import Clock

log = structlog.get_logger()

PRESENCES = ("online", "away", "offline")
TOUCH_EVERY_S = 5.0  # a sign of life is stored at most so often
BLIND_AFTER_S = 10.0  # between two looks: signs of life may have been missed, absence is counted from anew
GONE_SENTENCE = "상담원과 연결이 끊어졌어요. 기다리신 순서를 앞으로 옮겨 다른 상담원에게 바로 이어 드릴게요."


class Presence:
    """Keeps who is there, and clears up after those who are not."""

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
        self._touched: dict[str, float] = {}
        self._watching_since_s = real_s()
        self._looked_at_s = real_s()

    async def say(self, agent: Agent, presence: str) -> Agent:
        """Store what an agent says about being there; routing follows at once. Raises Invalid."""
        if presence not in PRESENCES:
            raise Invalid("상태는 online, away, offline 중 하나예요.", code="unknown_presence")
        seen_at_s = self._real_s()
        async with self._store.write() as tx:
            await tx.save_presence(agent.agent_id, presence)
            await tx.touch_agent(agent.agent_id, seen_at_s=seen_at_s)
            await tx.forget_missed(agent.agent_id)
        self._touched[agent.agent_id] = seen_at_s
        self._hub.publish(ROUTING_TOPIC, *presence_topics(agent.agent_id))
        return replace(agent, presence=presence, seen_at_s=seen_at_s, missed_offers=0)

    async def touch(self, agent_id: str) -> None:
        """Note a sign of life; stored at most every few seconds. Who had been silent too long is routed to again."""
        now_s, last_s = self._real_s(), self._touched.get(agent_id, 0.0)
        if 0 <= now_s - last_s < TOUCH_EVERY_S:
            return
        self._touched[agent_id] = now_s
        async with self._store.write() as tx:
            await tx.touch_agent(agent_id, seen_at_s=now_s)
        if now_s - last_s > self._policy.offers_end_after_s:
            self._hub.publish(ROUTING_TOPIC)

    @asynccontextmanager
    async def kept(self, agent_id: str) -> AsyncIterator[None]:
        """Give signs of life for as long as the block lasts: an agent's open socket."""
        task = asyncio.create_task(self._keep(agent_id), name=f"presence-{agent_id}")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep(self, agent_id: str) -> None:
        while True:
            try:
                await self.touch(agent_id)
            except Exception:  # the database may be away for a while
                self._touched.pop(agent_id, None)
                log.exception("presence_not_kept", agent_id=agent_id)
            await asyncio.sleep(TOUCH_EVERY_S + 0.1)

    async def sweep(self) -> int:
        """Put back the conversations of agents who are gone; return how many were put back.

        Absence counts only while somebody could have seen the agent: from this process's start, and anew after it
        could not look for a while (stopped, no database, a step of the machine's clock).
        """
        now_s = self._real_s()
        if not 0 <= now_s - self._looked_at_s <= BLIND_AFTER_S:
            self._watching_since_s = now_s
        grace_s = self._policy.conversations_return_after_s
        count = 0
        if now_s - self._watching_since_s >= grace_s:
            async with self._store.read() as tx:
                gone = await tx.list_gone(seen_before_s=now_s - grace_s)
            for agent in gone:
                count += await self._clear_up(agent, seen_before_s=now_s - grace_s)
        self._looked_at_s = self._real_s()
        return count

    async def _clear_up(self, agent: Agent, *, seen_before_s: float) -> int:
        """Put back what one agent holds, the last taken first: each goes to the head of the queue before the last."""
        async with self._store.read() as tx:
            held = await tx.list_held(agent.agent_id)
        count = 0
        for conversation in reversed(held):
            count += await self._put_back(conversation.conversation_id, agent, seen_before_s)
        async with self._store.write() as tx:
            if await _is_gone(tx, agent.agent_id, seen_before_s):
                await tx.save_presence(agent.agent_id, "offline")
        log.info("agent_gone", agent_id=agent.agent_id, conversations_count=count)
        self._hub.publish(ROUTING_TOPIC, *presence_topics(agent.agent_id))
        return count

    async def _put_back(self, conversation_id: str, agent: Agent, seen_before_s: float) -> bool:
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(conversation_id)
            is_theirs = conversation is not None and (conversation.owner, conversation.agent_id) == (
                Owner.HUMAN,
                agent.agent_id,
            )
            if conversation is None or not is_theirs or not await _is_gone(tx, agent.agent_id, seen_before_s):
                return False
            conversation = await put_back(
                tx,
                conversation,
                Change.AGENT_GONE,
                policy=self._policy.priority,
                sentence=GONE_SENTENCE,
                actor="system",
                at=self._clock.now(),
            )
        self._hub.publish(*topics_of(conversation, queue_changed=True))
        return True


async def _is_gone(tx: Transaction, agent_id: str, seen_before_s: float) -> bool:
    agent = await tx.find_agent(agent_id=agent_id)
    return agent is not None and (agent.seen_at_s is None or agent.seen_at_s < seen_before_s)
