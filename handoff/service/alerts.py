"""Looks after service levels: warns before they are missed, climbs the ladder after, and shows people their alerts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from handoff.domain import alerts, sla
from handoff.domain.alerts import Alert
from handoff.domain.conversation import Agent, Conversation, Owner
from handoff.domain.queue import PriorityPolicy
from handoff.domain.sla import CaseClocks, SlaClock, Step
from handoff.domain.tickets import Ticket
from handoff.errors import NotFound
from handoff.policy.routing import load_routing_policy
from handoff.service import ticketing
from handoff.service.ports import ALERTS_TOPIC, QUEUE_TOPIC, Hub
from handoff.service.store import Store, Transaction
from kernel.clock import Clock

AT_ONCE = 50
SHOWN_FOR = timedelta(days=7)
SHOWN_MAX = 500


class ServiceLevelWatch:
    """Finds clocks that passed a step, in every gateway; the lock on the conversation lets one of them act on it."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock
        self._policy = load_routing_policy().priority

    async def check(self) -> int:
        """Do what is due by now; return for how many tickets something was."""
        now = self._clock.now()
        async with self._store.read() as tx:
            due = await tx.list_ticket_clocks_due(now, limit=AT_ONCE)
        done_count = 0
        for number in due:
            async with self._store.write() as tx:
                topics = await self._look_at(tx, number, now)
            if topics:
                done_count += 1
                self._hub.publish(*topics)
        return done_count

    async def _look_at(self, tx: Transaction, number: str, now: datetime) -> Sequence[str]:
        """Let a ticket's clocks pass their steps; return whom to tell that something changed."""
        found = await tx.find_ticket(number)
        conversation = await tx.lock_conversation(found.conversation_id) if found else None
        ticket = await tx.find_ticket(number)
        if ticket is None or ticket.clocks is None or conversation is None:
            return ()
        ticked, passed = _tick(ticket.clocks, now, await ticketing.rules_of(tx, ticket))
        if ticked == ticket.clocks:
            return ()
        await tx.save_ticket(replace(ticket, clocks=ticked))
        for clock, step in passed:
            await tx.add_alert(alerts.of_step(ticket, clock, step, at=now))
        raised = sum(step.raise_priority for _, step in passed)
        raised = min(raised, self._policy.most_points - conversation.priority)
        if raised > 0 and conversation.owner is Owner.WAITING:
            await tx.save_conversation(_raised(conversation, raised, self._policy))
            return (ALERTS_TOPIC, QUEUE_TOPIC)
        return (ALERTS_TOPIC,)


def _tick(case: CaseClocks, at: datetime, rules: sla.Rules) -> tuple[CaseClocks, list[tuple[SlaClock, Step]]]:
    passed: list[tuple[SlaClock, Step]] = []

    def ticked(clock: SlaClock) -> SlaClock:
        after, steps = sla.tick(clock, at=at, hours=rules.hours, ladder=rules.ladder)
        passed.extend((after, step) for step in steps)
        return after

    first, resolution = ticked(case.first), ticked(case.resolution)
    return replace(case, first=first, resolution=resolution, next=ticked(case.next) if case.next else None), passed


def _raised(conversation: Conversation, points: int, policy: PriorityPolicy) -> Conversation:
    """Return a waiting conversation with so many points more."""
    earlier = timedelta(seconds=points * policy.point_is_worth_s)
    ranked_at = conversation.ranked_at - earlier if conversation.ranked_at else None
    return replace(conversation, priority=conversation.priority + points, ranked_at=ranked_at)


class Alerts:
    """What each member of staff is told."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list_for(self, agent: Agent) -> Sequence[tuple[Alert, Ticket]]:
        """Return what the agent has not put away of the last days, newest first; nothing about what is done since."""
        since = self._clock.now() - SHOWN_FOR
        async with self._store.read() as tx:
            found = [a for a in await tx.list_alerts(since=since, limit=SHOWN_MAX) if a.is_for(agent)]
            tickets = await tx.find_tickets({alert.number for alert in found})
        return [(alert, tickets[alert.number]) for alert in found if tickets[alert.number].is_unresolved]

    async def put_away(self, alert_id: str, agent: Agent) -> None:
        """Show an alert to this agent no more; again changes nothing. Raises NotFound, also for what is not theirs."""
        async with self._store.write() as tx:
            found = await tx.find_alert(alert_id) if alert_id.isprintable() else None
            if found is not None:
                await tx.lock_conversation(found.conversation_id)
                found = await tx.find_alert(alert_id)
            if found is None or not (found.is_for(agent) or agent.agent_id in found.seen_by):
                raise NotFound("그런 알림은 없어요.", code="alert_not_found")
            if agent.agent_id not in found.seen_by:
                await tx.save_alert(replace(found, seen_by=(*found.seen_by, agent.agent_id)))
