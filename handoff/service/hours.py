"""Teams' opening hours: seen by all staff, changed by supervisors, each change a version of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from handoff.domain import sla
from handoff.domain.conversation import Agent
from handoff.domain.hours import Span, TeamHours, require_sense
from handoff.domain.tickets import UNRESOLVED
from handoff.errors import NotFound, StateConflict
from handoff.policy.service_levels import load_service_levels
from handoff.service import ticketing
from handoff.service.store import Store
from kernel.clock import Clock

_ALL = 100_000


class OpeningHours:
    """When teams are there."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def list(self) -> Sequence[TeamHours]:
        """Return the hours in force, one entry a team."""
        async with self._store.read() as tx:
            return await ticketing.list_hours(tx)

    async def change(
        self,
        team: str,
        agent: Agent,
        *,
        version: int,
        week: tuple[tuple[Span, ...], ...],
        rests_on_holidays: bool,
        closed_days: frozenset[date],
    ) -> TeamHours:
        """Give a team other hours from now on. Raises NotFound, Invalid (impossible_hours), StateConflict.

        Clocks that run keep what they have counted and go on in the new hours.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            known = next((hours for hours in await ticketing.list_hours(tx) if hours.team == team), None)
            if known is None:
                raise NotFound("그런 팀은 없어요.", code="unknown_team")
            if known.version != version:
                raise _stale(known.version, version)
            changed = require_sense(
                replace(
                    known,
                    week=week,
                    rests_on_holidays=rests_on_holidays,
                    closed_days=closed_days,
                    version=version + 1,
                )
            )
            if not await tx.add_hours(changed, by=agent.agent_id, at=now):
                raise _stale(changed.version, version)
        await self._move_clocks(known, changed)
        return changed

    async def _move_clocks(self, old: TeamHours, new: TeamHours) -> None:
        """Let the clocks of the team's tickets go on in its new hours; each ticket is a unit of work of its own."""
        policy = load_service_levels()
        async with self._store.read() as tx:
            open_tickets = await tx.list_tickets(statuses=UNRESOLVED, limit=_ALL)
        for number in (t.number for t in open_tickets if t.skill in new.skills):
            async with self._store.write() as tx:
                ticket = await tx.find_ticket(number)
                if ticket is None:
                    continue
                await tx.lock_conversation(ticket.conversation_id)
                ticket = await tx.find_ticket(number)
                if ticket is None or ticket.clocks is None or not ticket.is_unresolved:
                    continue
                targets = policy.targets[ticket.type]
                before, after = (sla.Rules(hours, targets, policy.ladder) for hours in (old, new))
                moved = sla.change_rules(ticket.clocks, self._clock.now(), before, after)
                await tx.save_ticket(replace(ticket, clocks=moved))


def _stale(current: int, asked: int) -> StateConflict:
    return StateConflict(
        "그 사이 상담 시간이 바뀌었어요. 새로 고친 내용을 확인해 주세요.",
        code="version_conflict",
        current=f"@{current}",
        asked=f"@{asked}",
    )
