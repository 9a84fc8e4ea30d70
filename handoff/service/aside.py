"""What stands beside the owner: conversations that an agent puts aside for a while, and the time after a close."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handoff.domain.conversation import Agent, Conversation
from handoff.domain.ownership import Change, change_owner, require_agent, winner_of
from handoff.errors import Conflict, Invalid
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.desk import Done, locked, naming_the_winner
from handoff.service.passing_on import record
from handoff.service.ports import ROUTING_TOPIC, Hub, agent_topic, topics_of
from handoff.service.store import Store
from kernel.clock import Clock


class Aside:
    """Puts conversations aside and wakes them; ends the time after a close."""

    def __init__(self, store: Store, hub: Hub, clock: Clock, *, policy: RoutingPolicy | None = None) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._policy = policy or load_routing_policy()

    async def snooze(self, conversation_id: str, agent: Agent, *, version: int, until: datetime) -> Done:
        """Put a conversation aside: it stays the agent's but takes none of their places.

        It wakes at `until`, or when the customer writes. Raises Invalid for a time that is past or too far away.
        """
        now = self._clock.now()
        if not now < until <= now + timedelta(days=self._policy.snooze_days_max):
            raise Invalid(f"지금부터 {self._policy.snooze_days_max}일 안의 시각을 골라 주세요.", code="impossible_time")
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_agent(conversation, agent.agent_id)
            snoozed = replace(change_owner(conversation, Change.SNOOZED, at=now), snoozed_until=until)
            detail = {"until": until.isoformat()}
            snoozed = await record(tx, snoozed, Change.SNOOZED, actor=agent.agent_id, at=now, detail=detail)
        return self._done(snoozed)

    async def wake(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """Take up again what was put aside."""
        now = self._clock.now()
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            require_agent(conversation, agent.agent_id)
            if conversation.snoozed_until is None:
                raise Conflict("미뤄 둔 상담이 아니에요.", code="not_snoozed", winner=winner_of(conversation))
            woken = change_owner(conversation, Change.WOKEN, at=now)
            woken = await record(tx, woken, Change.WOKEN, actor=agent.agent_id, at=now)
        return self._done(woken)

    async def end_wrap_up(self, conversation_id: str, agent: Agent, *, version: int) -> Done:
        """Say that the work after a close is done: the agent's place is free again."""
        async with self._store.write() as tx, naming_the_winner(tx, conversation_id):
            conversation = await locked(tx, conversation_id, version)
            if conversation.wrap_up_until is None or conversation.last_agent_id != agent.agent_id:
                raise Conflict("마무리 중인 상담이 아니에요.", code="not_in_wrap_up", winner=winner_of(conversation))
            await tx.save_conversation(replace(conversation, wrap_up_until=None))
        self._hub.publish(ROUTING_TOPIC, agent_topic(agent.agent_id))
        return Done(conversation.version)

    async def sweep(self) -> int:
        """Wake what was put aside until now, end times after a close that are up; return how many there were."""
        now = self._clock.now()
        async with self._store.read() as tx:
            due = await tx.list_snoozed(until=now)
        count = sum([await self._wake_due(conversation_id, now) for conversation_id in due])
        async with self._store.write() as tx:
            agents = await tx.end_wrap_ups(until=now)
        if agents:
            self._hub.publish(ROUTING_TOPIC, *(agent_topic(agent_id) for agent_id in set(agents)))
        return count + len(agents)

    async def _wake_due(self, conversation_id: str, now: datetime) -> bool:
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(conversation_id)
            if conversation is None or conversation.snoozed_until is None or conversation.snoozed_until > now:
                return False
            woken = change_owner(conversation, Change.WOKEN, at=now)
            woken = await record(tx, woken, Change.WOKEN, actor="system", at=now)
        self._done(woken)
        return True

    def _done(self, conversation: Conversation) -> Done:
        self._hub.publish(ROUTING_TOPIC, *topics_of(conversation))
        return Done(conversation.version)
