"""The part of the store's port that concerns tickets, and what is promised of it.

A ticket, its clocks, events and promises are changed only while its conversation is locked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from handoff.domain.alerts import Alert
from handoff.domain.conversation import Json
from handoff.domain.hours import TeamHours
from handoff.domain.promises import Promise, PromiseStatus
from handoff.domain.tickets import Ticket, TicketStatus, TicketType


class TicketTransaction(Protocol):
    """What can be done with tickets within one unit of work."""

    async def take_ticket_number(self) -> int:
        """Return the next count of tickets, from 1. Whoever takes one holds up the next until this unit of work ends."""

    async def add_ticket(self, ticket: Ticket) -> None:
        """Store a new ticket with its clocks."""

    async def save_ticket(self, ticket: Ticket) -> None:
        """Store the changed fields and the clocks of a ticket."""

    async def find_ticket(self, number: str) -> Ticket | None:
        """Return a ticket with its clocks."""

    async def find_tickets(self, numbers: Collection[str]) -> Mapping[str, Ticket]:
        """Return those of these tickets that there are, with their clocks, by number."""

    async def find_newest_ticket(self, conversation_id: str) -> Ticket | None:
        """Return the ticket of a conversation that was opened last, without its clocks."""

    async def list_tickets_of(self, conversation_ids: Sequence[str]) -> Sequence[Ticket]:
        """Return all tickets of these conversations with their clocks, oldest first."""

    async def list_merged_into(self, number: str) -> Sequence[Ticket]:
        """Return the tickets that this one took over, without clocks, oldest first."""

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
        """Return tickets with their clocks, newest first."""

    async def list_ticket_clocks_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        """Return the numbers of tickets a clock of which passes a step by `at`, the longest overdue first."""

    async def add_ticket_event(
        self, number: str, version: int, kind: str, actor: str, at: datetime, detail: Json
    ) -> None:
        """Record a change of a ticket; two changes can never make the same version."""

    async def list_ticket_events(self, number: str) -> Sequence[Json]:
        """Return what happened to a ticket, oldest first: version, kind, actor, at, detail."""

    async def add_alert(self, alert: Alert) -> bool:
        """Store what is to be told; False when it was stored before."""

    async def find_alert(self, alert_id: str) -> Alert | None:
        """Return an alert."""

    async def list_alerts(self, *, since: datetime, limit: int) -> Sequence[Alert]:
        """Return alerts from `since` on, newest first."""

    async def save_alert(self, alert: Alert) -> None:
        """Store who put an alert away."""

    async def add_promise(self, promise: Promise) -> None:
        """Store a new promise."""

    async def save_promise(self, promise: Promise) -> None:
        """Store the changed fields of a promise."""

    async def find_promise(self, promise_id: str) -> Promise | None:
        """Return a promise."""

    async def list_promises(
        self, *, statuses: Collection[PromiseStatus], number: str | None = None, agent_id: str | None = None
    ) -> Sequence[Promise]:
        """Return promises, the one due first at the top; with `agent_id` theirs and nobody's."""

    async def list_promises_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        """Return the ids of planned promises whose time has come by `at`, the longest overdue first."""

    async def list_changed_hours(self) -> Sequence[TeamHours]:
        """Return the newest hours of each team whose hours operators changed."""

    async def add_hours(self, hours: TeamHours, *, by: str, at: datetime) -> bool:
        """Store a new version of a team's hours; False when somebody else stored that version first."""
