"""Statements on tickets, their clocks, events, alerts and promises, and on teams' hours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff.adapters.sql import ticket_rows as rows
from handoff.adapters.sql.ticket_tables import (
    team_hours,
    ticket_alerts,
    ticket_clocks,
    ticket_counter,
    ticket_events,
    ticket_promises,
    tickets,
)
from handoff.domain.alerts import Alert
from handoff.domain.conversation import Json
from handoff.domain.hours import TeamHours
from handoff.domain.promises import Promise, PromiseStatus
from handoff.domain.sla import SlaClock
from handoff.domain.tickets import Ticket, TicketStatus, TicketType
from kernel.database import insert

_NEXT_NUMBER = ticket_counter.update().values(last=ticket_counter.c.last + 1).returning(ticket_counter.c.last)
_NEWEST = (
    sa.select(tickets)
    .where(tickets.c.conversation_id == sa.bindparam("conversation_id"))
    .order_by(tickets.c.opened_at.desc(), tickets.c.number.desc())
    .limit(1)
)
_OLDEST_FIRST = (tickets.c.opened_at, tickets.c.number)

# Made once: this is asked with every message, and building a statement costs more than carrying it out.
_OF_CONVERSATIONS = (
    sa.select(tickets)
    .where(tickets.c.conversation_id.in_(sa.bindparam("conversation_ids", expanding=True)))
    .order_by(*_OLDEST_FIRST)
)
_later = ticket_clocks.alias()
_LATEST_CLOCKS = sa.select(ticket_clocks).where(
    ticket_clocks.c.number.in_(sa.bindparam("numbers", expanding=True)),
    ~sa.exists().where(
        _later.c.number == ticket_clocks.c.number,
        _later.c.kind == ticket_clocks.c.kind,
        _later.c.round > ticket_clocks.c.round,
    ),
)


class TicketStatements:
    """The part of a unit of work that concerns tickets."""

    _connection: AsyncConnection
    _postgres: bool

    async def take_ticket_number(self) -> int:
        return int((await self._connection.execute(_NEXT_NUMBER)).scalar_one())

    async def add_ticket(self, ticket: Ticket) -> None:
        await self._connection.execute(tickets.insert(), rows.ticket_values(ticket))
        await self._keep_clocks(ticket)

    async def save_ticket(self, ticket: Ticket) -> None:
        values = rows.ticket_values(ticket)
        key = values.pop("number")
        await self._connection.execute(tickets.update().where(tickets.c.number == key).values(**values))
        await self._keep_clocks(ticket)

    async def _keep_clocks(self, ticket: Ticket) -> None:
        for clock in ticket.clocks.all() if ticket.clocks else ():
            values = rows.clock_values(ticket.number, clock)
            changed = {name: value for name, value in values.items() if name not in ("number", "kind", "round")}
            await self._connection.execute(
                insert(self._connection, ticket_clocks)
                .values(values)
                .on_conflict_do_update(index_elements=["number", "kind", "round"], set_=changed)
            )

    async def find_ticket(self, number: str) -> Ticket | None:
        return (await self.find_tickets([number])).get(number)

    async def find_tickets(self, numbers: Collection[str]) -> Mapping[str, Ticket]:
        wanted = sa.select(tickets).where(tickets.c.number.in_(numbers))
        found = (await self._connection.execute(wanted)).all()
        return {ticket.number: ticket for ticket in await self._with_clocks(found)}

    async def find_newest_ticket(self, conversation_id: str) -> Ticket | None:
        row = (await self._connection.execute(_NEWEST, {"conversation_id": conversation_id})).one_or_none()
        return rows.ticket_of(row) if row else None

    async def list_tickets_of(self, conversation_ids: Sequence[str]) -> Sequence[Ticket]:
        found = await self._connection.execute(_OF_CONVERSATIONS, {"conversation_ids": list(conversation_ids)})
        return await self._with_clocks(found.all())

    async def list_merged_into(self, number: str) -> Sequence[Ticket]:
        merged = sa.select(tickets).where(tickets.c.merged_into == number).order_by(*_OLDEST_FIRST)
        return [rows.ticket_of(row) for row in await self._connection.execute(merged)]

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
        statement = sa.select(tickets).where(tickets.c.status.in_([status.value for status in statuses]))
        wanted = {
            "type": type.value if type else None,
            "agent_id": agent_id,
            "customer_id": customer_id,
            "conversation_id": conversation_id,
        }
        for name, value in wanted.items():
            if value is not None:
                statement = statement.where(tickets.c[name] == value)
        if tag is not None:
            statement = statement.where(self._holds_tag(tag))
        statement = statement.order_by(tickets.c.opened_at.desc(), tickets.c.number.desc()).limit(limit)
        return await self._with_clocks((await self._connection.execute(statement)).all())

    def _holds_tag(self, tag: str) -> sa.ColumnElement[bool]:
        if self._postgres:
            return sa.type_coerce(tickets.c.tags, JSONB).contains([tag])
        each = sa.func.json_each(tickets.c.tags).table_valued("value", name="each_tag")
        return sa.exists(sa.select(sa.literal(1)).select_from(each).where(each.c.value == tag))

    async def _with_clocks(self, found: Sequence[rows.Row]) -> list[Ticket]:
        """Return tickets with their latest clock of each kind; a done round is of no more use than the next."""
        clocks: dict[str, list[SlaClock]] = {}
        if found:
            for row in await self._connection.execute(_LATEST_CLOCKS, {"numbers": [row.number for row in found]}):
                clocks.setdefault(row.number, []).append(rows.clock_of(row))
        return [rows.ticket_of(row, clocks.get(row.number, ())) for row in found]

    async def list_ticket_clocks_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        c = ticket_clocks.c
        due = sa.select(c.number).where(c.next_at <= at).order_by(c.next_at).limit(limit)
        return list(dict.fromkeys((await self._connection.execute(due)).scalars()))

    async def add_ticket_event(
        self, number: str, version: int, kind: str, actor: str, at: datetime, detail: Json
    ) -> None:
        values = {"number": number, "version": version, "kind": kind, "actor": actor, "at": at, "detail": detail}
        await self._connection.execute(ticket_events.insert(), values)

    async def list_ticket_events(self, number: str) -> Sequence[Json]:
        c = ticket_events.c
        found = sa.select(c.version, c.kind, c.actor, c.at, c.detail).where(c.number == number).order_by(c.version)
        return [
            {str(name): value for name, value in row._mapping.items()} for row in await self._connection.execute(found)
        ]

    async def add_alert(self, alert: Alert) -> bool:
        new = insert(self._connection, ticket_alerts).values(rows.alert_values(alert))
        result = await self._connection.execute(new.on_conflict_do_nothing(index_elements=["alert_id"]))
        return result.rowcount == 1

    async def find_alert(self, alert_id: str) -> Alert | None:
        wanted = sa.select(ticket_alerts).where(ticket_alerts.c.alert_id == alert_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return rows.alert_of(row) if row else None

    async def list_alerts(self, *, since: datetime, limit: int) -> Sequence[Alert]:
        c = ticket_alerts.c
        recent = sa.select(ticket_alerts).where(c.at >= since).order_by(c.at.desc(), c.alert_id).limit(limit)
        return [rows.alert_of(row) for row in await self._connection.execute(recent)]

    async def save_alert(self, alert: Alert) -> None:
        changed = ticket_alerts.update().where(ticket_alerts.c.alert_id == alert.alert_id)
        await self._connection.execute(changed.values(seen_by=list(alert.seen_by)))

    async def add_promise(self, promise: Promise) -> None:
        await self._connection.execute(ticket_promises.insert(), rows.promise_values(promise))

    async def save_promise(self, promise: Promise) -> None:
        values = rows.promise_values(promise)
        key = values.pop("promise_id")
        changed = ticket_promises.update().where(ticket_promises.c.promise_id == key)
        await self._connection.execute(changed.values(**values))

    async def find_promise(self, promise_id: str) -> Promise | None:
        wanted = sa.select(ticket_promises).where(ticket_promises.c.promise_id == promise_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return rows.promise_of(row) if row else None

    async def list_promises(
        self, *, statuses: Collection[PromiseStatus], number: str | None = None, agent_id: str | None = None
    ) -> Sequence[Promise]:
        c = ticket_promises.c
        statement = sa.select(ticket_promises).where(c.status.in_([status.value for status in statuses]))
        if number is not None:
            statement = statement.where(c.number == number)
        if agent_id is not None:
            statement = statement.where(sa.or_(c.agent_id == agent_id, c.agent_id.is_(None)))
        result = await self._connection.execute(statement.order_by(c.due_at, c.promise_id))
        return [rows.promise_of(row) for row in result]

    async def list_promises_due(self, at: datetime, *, limit: int) -> Sequence[str]:
        c = ticket_promises.c
        planned = c.status == PromiseStatus.PLANNED.value
        due = sa.select(c.promise_id).where(planned, c.due_at <= at).order_by(c.due_at).limit(limit)
        return list((await self._connection.execute(due)).scalars())

    async def list_changed_hours(self) -> Sequence[TeamHours]:
        newer = team_hours.alias()
        newest = ~sa.exists().where(newer.c.team == team_hours.c.team, newer.c.version > team_hours.c.version)
        found = await self._connection.execute(sa.select(team_hours).where(newest).order_by(team_hours.c.team))
        return [rows.hours_of(row) for row in found]

    async def add_hours(self, hours: TeamHours, *, by: str, at: datetime) -> bool:
        values = {"team": hours.team, "version": hours.version, "hours": rows.hours_values(hours)}
        new = insert(self._connection, team_hours).values(values | {"changed_by": by, "changed_at": at})
        result = await self._connection.execute(new.on_conflict_do_nothing(index_elements=["team", "version"]))
        return result.rowcount == 1
