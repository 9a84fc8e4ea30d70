"""Call-backs and follow-ups: promised for a time, due at it for the right agent exactly once, kept or taken back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from handoff.domain import alerts, promises
from handoff.domain.conversation import Agent
from handoff.domain.promises import Promise, PromiseKind, PromiseStatus
from handoff.domain.tickets import Ticket
from handoff.errors import Forbidden, Invalid, NotFound, StateConflict
from handoff.service import ticketing
from handoff.service.ports import ALERTS_TOPIC, QUEUE_TOPIC, Hub
from handoff.service.store import Store, Transaction
from handoff.service.tickets import SEES_ALL
from kernel.clock import Clock
from kernel.ids import new_id

AT_ONCE = 50
_PRESENT = "online"


class Promises:
    """What the desk has promised."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list_for(self, agent: Agent, *, statuses: Collection[PromiseStatus]) -> Sequence[tuple[Promise, Ticket]]:
        """Return the agent's promises and nobody's, of supervisors all; the one due first at the top."""
        agent_id = None if agent.role in SEES_ALL else agent.agent_id
        async with self._store.read() as tx:
            found = await tx.list_promises(statuses=statuses, agent_id=agent_id)
            tickets = await tx.find_tickets({promise.number for promise in found})
        return [(promise, tickets[promise.number]) for promise in found]

    async def plan(
        self, number: str, agent: Agent, *, kind: PromiseKind, due_at: datetime, note: str, keeper_id: str | None
    ) -> Promise:
        """Promise something on a ticket; its keeper is this agent unless another one is named. Raises Invalid for the time."""
        now = self._clock.now()
        async with self._store.write() as tx:
            ticket = await tx.find_ticket(number) if number.isprintable() else None
            if ticket is None:
                raise NotFound("그런 번호의 문의는 없어요.", code="ticket_not_found")
            await tx.lock_conversation(ticket.conversation_id)
            ticket = await tx.find_ticket(number)
            assert ticket is not None
            _require_entitled(ticket.agent_id, agent)
            if not ticket.is_unresolved:
                raise StateConflict(
                    "이미 끝난 문의예요.", code="ticket_resolved", current=ticket.status, asked=PromiseStatus.PLANNED
                )
            keeper = await tx.find_agent(agent_id=keeper_id) if keeper_id and keeper_id.isprintable() else None
            if keeper_id is not None and keeper is None:
                raise Invalid("그런 상담원은 없어요.", code="unknown_agent")
            hours = await ticketing.find_hours(tx, ticket.skill)
            promise = Promise(
                promise_id=new_id("p"),
                number=number,
                conversation_id=ticket.conversation_id,
                kind=kind,
                status=PromiseStatus.PLANNED,
                due_at=promises.require_time(kind, due_at, now=now, hours=hours),
                note=note,
                agent_id=keeper_id or agent.agent_id,
                skill=ticket.skill,
                version=1,
                created_by=agent.agent_id,
                created_at=now,
            )
            await tx.add_promise(promise)
        self._hub.publish(ALERTS_TOPIC)
        return promise

    async def take(self, promise_id: str, agent: Agent, *, version: int) -> Promise:
        """Take over a promise that nobody keeps; of many who try, one gets it."""
        return await self._change(promise_id, agent, version, lambda p, _: promises.take(p, agent.agent_id))

    async def move(self, promise_id: str, agent: Agent, *, version: int, due_at: datetime) -> Promise:
        """Promise it for another time. Raises Invalid for the time."""
        async with self._store.read() as tx:
            found = await tx.find_promise(promise_id) if promise_id.isprintable() else None
            hours = await ticketing.find_hours(tx, found.skill if found else None)

        def moved(promise: Promise, now: datetime) -> Promise:
            return promises.move(promise, promises.require_time(promise.kind, due_at, now=now, hours=hours))

        return await self._change(promise_id, agent, version, moved)

    async def end(self, promise_id: str, agent: Agent, status: PromiseStatus, *, version: int, outcome: str) -> Promise:
        """Say that it was kept (done) or taken back (cancelled), and what came of it."""

        def ended(promise: Promise, now: datetime) -> Promise:
            return promises.end(promise, status, by=agent.agent_id, at=now, outcome=outcome)

        return await self._change(promise_id, agent, version, ended)

    async def _change(
        self, promise_id: str, agent: Agent, version: int, change: Callable[[Promise, datetime], Promise]
    ) -> Promise:
        async with self._store.write() as tx:
            promise = await _locked(tx, promise_id)
            if promise is None:
                raise NotFound("그런 약속은 없어요.", code="promise_not_found")
            _require_entitled(promise.agent_id, agent)
            promises.require_version(promise, version)
            changed = change(promise, self._clock.now())
            await tx.save_promise(changed)
        self._hub.publish(ALERTS_TOPIC)
        return changed

    async def come_due(self) -> int:
        """Put promises whose time has come before whoever keeps them; return how many.

        One whose keeper is not there falls to whoever of the team takes it.
        """
        now = self._clock.now()
        async with self._store.read() as tx:
            due = await tx.list_promises_due(now, limit=AT_ONCE)
        done_count = 0
        for promise_id in due:
            async with self._store.write() as tx:
                promise = await _locked(tx, promise_id)
                came = promises.come_due(promise, now) if promise else None
                if came is None:
                    continue
                keeper = await tx.find_agent(agent_id=came.agent_id) if came.agent_id else None
                if keeper is None or keeper.presence != _PRESENT:
                    came = replace(came, agent_id=None)
                await tx.save_promise(came)
                await tx.add_alert(alerts.of_promise(came, at=now))
            done_count += 1
            self._hub.publish(ALERTS_TOPIC, QUEUE_TOPIC)
        return done_count


async def _locked(tx: Transaction, promise_id: str) -> Promise | None:
    """Return the promise as it is now that its conversation is locked."""
    promise = await tx.find_promise(promise_id) if promise_id.isprintable() else None
    if promise is None:
        return None
    await tx.lock_conversation(promise.conversation_id)
    return await tx.find_promise(promise_id)


def _require_entitled(keeper_id: str | None, agent: Agent) -> None:
    if keeper_id not in (None, agent.agent_id) and agent.role not in SEES_ALL:
        raise Forbidden("다른 상담원이 맡은 일이에요.", code="not_yours")
