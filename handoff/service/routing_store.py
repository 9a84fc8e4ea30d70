"""The part of a unit of work that concerns routing: agents' signs of life and loads, offers, who takes part.

The whole port is in `store.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from handoff.domain.conversation import Agent, Conversation
from handoff.domain.routing import Offer, Outcome, Passes
from handoff.domain.waiting import Served


class RoutingTransaction(Protocol):
    """What routing does within one unit of work."""

    async def lock_routing(self) -> None:
        """Hold everybody else who routes until the unit of work ends: one at a time looks for free agents."""

    async def take_if_waiting(self, conversation: Conversation) -> bool:
        """Hold a conversation if it still waits at this version and nobody else holds it right now."""

    async def list_unoffered(self, *, skills: Collection[str] | None, limit: int) -> Sequence[Conversation]:
        """Return waiting conversations that nobody is asked to take, in serving order; those of these skills alone."""

    async def first_rank(self, priority: int) -> datetime | None:
        """Return the earliest rank of those who wait with this priority."""

    async def save_presence(self, agent_id: str, presence: str) -> None:
        """Store whether a member of staff is there, and nothing else: role or password may change meanwhile."""

    async def touch_agent(self, agent_id: str, *, seen_at_s: float) -> None:
        """Store a sign of life, in real time."""

    async def count_missed(self, agent_id: str, *, offered_at: datetime, at: datetime) -> int | None:
        """Count that what was offered passed once more in a row, at `at`; return the count.

        None, and nothing is counted, for what had been offered before the last time: offers that pass together are
        one absence.
        """

    async def forget_missed(self, agent_id: str) -> None:
        """Begin to count offers let pass anew."""

    async def count_loads(self, now: datetime) -> Mapping[str, int]:
        """Return how many places of each agent are taken: conversations in hand and not put aside, time after a
        close, valid offers; agents without any are absent."""

    async def list_held(self, agent_id: str) -> Sequence[Conversation]:
        """Return the conversations an agent holds, put aside or not, oldest change first."""

    async def list_gone(self, *, seen_before_s: float) -> Sequence[Agent]:
        """Return agents not seen since then who hold conversations or are not said to be offline."""

    async def add_offer(self, offer: Offer) -> None:
        """Store an open offer; its conversation has no other."""

    async def find_offer(self, offer_id: str) -> Offer | None:
        """Return an offer, ended or not."""

    async def end_offer(self, offer_id: str, outcome: Outcome, at: datetime) -> bool:
        """End an open offer; False when it had ended."""

    async def list_open_offers(self, *, agent_id: str | None = None) -> Sequence[Offer]:
        """Return open offers whose conversation still waits as it was offered, oldest first."""

    async def list_stale_offers(self) -> Sequence[tuple[Offer, str | None]]:
        """Return open offers whose conversation has changed hands, each with the agent who holds it now."""

    async def last_offers(self, *, since: datetime) -> Mapping[str, datetime]:
        """Return when each agent was last asked, of those who were since then."""

    async def list_passes(self, *, since: datetime) -> Passes:
        """Return who let which conversation pass since then."""

    async def list_accepted_after_s(self, *, limit: int) -> Sequence[float]:
        """Return how many seconds agents took to take what they were asked to, the last ones."""

    async def list_served(self, *, limit: int) -> Sequence[Served]:
        """Return the waits that ended last, newest first: of handoffs that ended."""

    async def list_snoozed(self, *, until: datetime) -> Sequence[str]:
        """Return the conversations put aside until then or earlier."""

    async def end_wrap_ups(self, *, until: datetime) -> Sequence[str]:
        """End times after a close that are up by then; return whose they were."""

    async def find_last_agent(self, customer_id: str, *, since: datetime) -> str | None:
        """Return the agent who last held a conversation of this customer that changed since then."""

    async def add_participant(self, conversation_id: str, agent_id: str, at: datetime) -> bool:
        """Let a member of staff take part beside the one who holds it; False when they did already."""

    async def remove_participants(self, conversation_id: str, agent_id: str | None = None) -> int:
        """Remove one or all who take part; return how many there were."""

    async def list_participants(self, conversation_id: str) -> Sequence[str]:
        """Return who takes part, in the order they joined."""
