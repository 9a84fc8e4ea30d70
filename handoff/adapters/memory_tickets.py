"""The part of the store in memory that concerns tickets: the same promises as the SQL statements."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime

from handoff.domain.alerts import Alert
from handoff.domain.conversation import Json
from handoff.domain.hours import TeamHours
from handoff.domain.promises import Promise, PromiseStatus
from handoff.domain.tickets import Ticket, TicketStatus, TicketType


class Duplicate(Exception):
    """A key is taken: what a database would refuse by a constraint."""


@dataclass
class TicketTables:
    """What is kept of tickets."""

    counted: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    ticket_events: dict[tuple[str, int], Json] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    hours: dict[tuple[str, int], TeamHours] = field(default_factory=dict)


class MemoryTickets:
    """The part of a unit of work that concerns tickets."""

    _t: TicketTables

    async def take_ticket_number(self) -> int:
        self._t.counted["tickets"] = self._t.counted.get("tickets", 0) + 1
        return self._t.counted["tickets"]

    async def add_ticket(self, ticket: Ticket) -> None:
        if ticket.number in self._t.tickets:
            raise Duplicate(ticket.number)
        self._t.tickets[ticket.number] = ticket

    async def save_ticket(self, ticket: Ticket) -> None:
        self._t.tickets[ticket.number] = ticket

    async def find_ticket(self, number: str) -> Ticket | None:
        return self._t.tickets.get(number)

    async def find_tickets(self, numbers: Collection[str]) -> Mapping[str, Ticket]:
        return {number: self._t.tickets[number] for number in numbers if number in self._t.tickets}

    async def find_newest_ticket(self, conversation_id: str) -> Ticket | None:
        found = await self.list_tickets_of([conversation_id])
        return replace(found[-1], clocks=None) if found else None

    async def list_tickets_of(self, conversation_ids: Sequence[str]) -> Sequence[Ticket]:
        return sorted((t for t in self._t.tickets.values() if t.conversation_id in conversation_ids), key=_opened)

    async def list_merged_into(self, number: str) -> Sequence[Ticket]:
        merged = (replace(t, clocks=None) for t in self._t.tickets.values() if t.merged_into == number)
        return sorted(merged, key=_opened)

    async def list_tickets(
        self,
        *,
        statuses: Collection[TicketStatus],
        type: TicketType | None = None,
        agent_id: str | None = None,
        customer_id: str | None = None,
        conversation_id: str | None = None,
        tag: str | None = None,
        limit: int = 200,
    ) -> Sequence[Ticket]:
        found = [
            t
            for t in self._t.tickets.values()
            if t.status in statuses
            and type in (None, t.type)
            and agent_id in (None, t.agent_id)
            and customer_id in (None, t.customer_id)
            and conversation_id in (None, t.conversation_id)
            and (tag is None or tag in t.tags)
        ]
        return sorted(found, key=_opened, reverse=True)[:limit]

    async def list_ticket_clocks_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        due = [
            (clock.next_at, ticket.number)
            for ticket in self._t.tickets.values()
            for clock in (ticket.clocks.all() if ticket.clocks else ())
            if clock.next_at is not None and clock.next_at <= at
        ]
        return list(dict.fromkeys(number for _, number in sorted(due)[:limit]))

    async def add_ticket_event(
        self, number: str, version: int, kind: str, actor: str, at: datetime, detail: Json
    ) -> None:
        if (number, version) in self._t.ticket_events:
            raise Duplicate(number)
        event = {"version": version, "kind": kind, "actor": actor, "at": at, "detail": deepcopy(detail)}
        self._t.ticket_events[number, version] = event

    async def list_ticket_events(self, number: str) -> Sequence[Json]:
        return [deepcopy(event) for key, event in sorted(self._t.ticket_events.items()) if key[0] == number]

    async def add_alert(self, alert: Alert) -> bool:
        if alert.alert_id in self._t.alerts:
            return False
        self._t.alerts[alert.alert_id] = alert
        return True

    async def find_alert(self, alert_id: str) -> Alert | None:
        return self._t.alerts.get(alert_id)

    async def list_alerts(self, *, since: datetime, limit: int) -> Sequence[Alert]:
        recent = sorted((a for a in self._t.alerts.values() if a.at >= since), key=lambda a: a.alert_id)
        return sorted(recent, key=lambda a: a.at, reverse=True)[:limit]

    async def save_alert(self, alert: Alert) -> None:
        self._t.alerts[alert.alert_id] = alert

    async def add_promise(self, promise: Promise) -> None:
        if promise.promise_id in self._t.promises:
            raise Duplicate(promise.promise_id)
        self._t.promises[promise.promise_id] = promise

    async def save_promise(self, promise: Promise) -> None:
        self._t.promises[promise.promise_id] = promise

    async def find_promise(self, promise_id: str) -> Promise | None:
        return self._t.promises.get(promise_id)

    async def list_promises(
        self, *, statuses: Collection[PromiseStatus], number: str | None = None, agent_id: str | None = None
    ) -> Sequence[Promise]:
        found = [
            p
            for p in self._t.promises.values()
            if p.status in statuses
            and number in (None, p.number)
            and (agent_id is None or p.agent_id in (None, agent_id))
        ]
        return sorted(found, key=lambda p: (p.due_at, p.promise_id))

    async def list_promises_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        planned = await self.list_promises(statuses=[PromiseStatus.PLANNED])
        return [p.promise_id for p in planned if p.due_at <= at][:limit]

    async def list_changed_hours(self) -> Sequence[TeamHours]:
        newest: dict[str, TeamHours] = {}
        for (team, _), hours in sorted(self._t.hours.items()):
            newest[team] = hours
        return list(newest.values())

    async def add_hours(self, hours: TeamHours, *, by: str, at: datetime) -> bool:
        if (hours.team, hours.version) in self._t.hours:
            return False
        self._t.hours[hours.team, hours.version] = hours
        return True


def _opened(ticket: Ticket) -> tuple[datetime, str]:
    return (ticket.opened_at, ticket.number)
