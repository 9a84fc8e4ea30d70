"""Who works at the desk, and what each is asked to take."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from handoff.domain.conversation import Agent
from handoff.domain.routing import check_routing, is_present
from handoff.errors import Forbidden, NotFound
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.desk import SEES_ALL
from handoff.service.ports import ROUTING_TOPIC, Hub, agent_topic
from handoff.service.staff import works_at_desk
from handoff.service.store import Store
from kernel.clock import Clock


@dataclass(frozen=True)
class Member:
    """A member of the desk, whether they can be asked to take something, and how many of their places are taken."""

    agent: Agent
    is_present: bool
    load: int


class Team:
    """The desk's staff, as routing sees them."""

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

    async def list_members(self) -> list[Member]:
        """Return everybody who takes conversations, by login."""
        async with self._store.read() as tx:
            loads = await tx.count_loads(self._clock.now())
            found = [agent for agent in await tx.list_agents() if works_at_desk(agent)]
        return [self._member(agent, loads) for agent in found]

    async def change(self, lead: Agent, agent_id: str, changed: Mapping[str, Any]) -> Member:
        """Change skills, languages, capacity or team. Raises Forbidden, NotFound, Invalid (naming what is unknown)."""
        if lead.role not in SEES_ALL:
            raise Forbidden("책임자만 할 수 있는 일이에요.", code="role_not_allowed")
        values = check_routing(changed)
        async with self._store.write() as tx:
            agent = await tx.find_agent(agent_id=agent_id)
            if agent is None:
                raise NotFound("그런 상담원은 없어요.", code="unknown_agent")
            agent = replace(agent, **values)
            await tx.save_agent(agent)
            loads = await tx.count_loads(self._clock.now())
        self._hub.publish(ROUTING_TOPIC, agent_topic(agent_id))
        return self._member(agent, loads)

    def _member(self, agent: Agent, loads: Mapping[str, int]) -> Member:
        is_there = is_present(agent, now_s=self._real_s(), within_s=self._policy.offers_end_after_s)
        return Member(agent, is_there, loads.get(agent.agent_id, 0))
