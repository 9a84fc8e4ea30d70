"""What a waiting customer is told: their place in the queue, and how long it will probably take."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from handoff.domain.conversation import Conversation
from handoff.domain.waiting import Pace, Place, estimate_wait_s, measure
from handoff.policy.routing import RoutingPolicy, load_routing_policy
from handoff.service.routing import list_seats
from handoff.service.store import Transaction
from kernel.clock import Clock

KEPT_S = 1.0  # who is there and how fast it goes, for all who wait
MEASURED_COUNT = 200  # waits that ended last


Estimate = Callable[[str | None, Mapping[str, int]], int | None]


@dataclass(frozen=True)
class Wait:
    """The place in the queue, from 1, and the expected seconds; None while nobody who can is there."""

    position: int
    estimated_s: int | None


@dataclass(frozen=True)
class _Picture:
    at_s: float
    places: list[Place]
    pace: Pace


class Waits:
    """Tells waits; what it measures is kept for a moment, so that a full queue does not ask for it again and again."""

    def __init__(
        self,
        clock: Clock,
        *,
        policy: RoutingPolicy | None = None,
        real_s: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._policy = policy or load_routing_policy()
        self._real_s = real_s
        self._picture: _Picture | None = None

    async def tell(self, tx: Transaction, conversation: Conversation) -> Wait:
        """Return what the customer of a waiting conversation is told."""
        ahead = await tx.count_ahead(conversation)
        picture = await self._look(tx)
        estimated_s = estimate_wait_s(conversation.skill, ahead, picture.places, picture.pace)
        return Wait(sum(ahead.values()) + 1, estimated_s)

    async def estimate(self, tx: Transaction) -> Estimate:
        """Return how to tell expected waits by skill and who is ahead, as things stand now."""
        picture = await self._look(tx)
        return lambda skill, ahead: estimate_wait_s(skill, ahead, picture.places, picture.pace)

    async def _look(self, tx: Transaction) -> _Picture:
        now_s = self._real_s()
        if self._picture is None or not 0 <= now_s - self._picture.at_s < KEPT_S:
            self._picture = _Picture(now_s, await self._places(tx, self._clock.now(), now_s), await self._pace(tx))
        return self._picture

    async def _places(self, tx: Transaction, now: datetime, now_s: float) -> list[Place]:
        """Return present agents with their free places; what they are asked to take waits, and is counted there."""
        asked = [offer.agent_id for offer in await tx.list_open_offers()]
        return [
            Place(seat.agent, max(0, seat.agent.capacity - seat.load + asked.count(seat.agent.agent_id)))
            for seat in await list_seats(tx, self._policy, now=now, now_s=now_s)
        ]

    async def _pace(self, tx: Transaction) -> Pace:
        return measure(
            await tx.list_served(limit=MEASURED_COUNT),
            assumed_s=self._policy.assumed_handling_s,
            accept_s=self._policy.assumed_accept_s,
            after_close_s=self._policy.wrap_up_s,
            accepted_after_s=await tx.list_accepted_after_s(limit=MEASURED_COUNT),
        )
