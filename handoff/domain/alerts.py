"""What people at the desk are told without having asked: a level about to be missed, a promise that came due. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from handoff.domain.conversation import Agent, Json
from handoff.domain.promises import Promise
from handoff.domain.sla import SlaClock, Step
from handoff.domain.tickets import Ticket

EVERYBODY = frozenset({"agent", "senior_agent", "supervisor", "administrator"})


class AlertKind(StrEnum):
    """What it is about."""

    WARNING = "sla_warning"
    BREACH = "sla_breach"
    ESCALATION = "sla_escalation"
    PROMISE = "promise_due"


@dataclass(frozen=True)
class Alert:
    """One thing to be told. It is for `agent_id` and for whoever has one of `roles`; `seen_by` have put it away.

    The id follows from what it is about, so that the same thing is never told twice.
    """

    alert_id: str
    kind: AlertKind
    number: str
    conversation_id: str
    at: datetime
    agent_id: str | None
    roles: tuple[str, ...]
    detail: Json
    seen_by: tuple[str, ...] = field(default=())

    def is_for(self, agent: Agent) -> bool:
        """Tell whether this member of staff should see it and has not put it away."""
        return agent.agent_id not in self.seen_by and (agent.agent_id == self.agent_id or agent.role in self.roles)


def of_step(ticket: Ticket, clock: SlaClock, step: Step, *, at: datetime) -> Alert:
    """Return the word that a clock of a ticket passed a step."""
    roles = set(step.tell - {"agent"})
    if "agent" in step.tell and ticket.agent_id is None:
        roles |= EVERYBODY
    return Alert(
        alert_id=f"{ticket.number}:{clock.kind}:{clock.round}:{step.percent}",
        kind=AlertKind(f"sla_{step.level}"),
        number=ticket.number,
        conversation_id=ticket.conversation_id,
        at=at,
        agent_id=ticket.agent_id,
        roles=tuple(sorted(roles)),
        detail={"clock": clock.kind, "percent": step.percent, "due_at": clock.due_at and clock.due_at.isoformat()},
    )


def of_promise(promise: Promise, *, at: datetime) -> Alert:
    """Return the word that a promise is to be kept now: to its agent, or to everybody where it has none."""
    return Alert(
        alert_id=f"{promise.promise_id}:{promise.version}",
        kind=AlertKind.PROMISE,
        number=promise.number,
        conversation_id=promise.conversation_id,
        at=at,
        agent_id=promise.agent_id,
        roles=("supervisor",) if promise.agent_id else tuple(sorted(EVERYBODY)),
        detail={"promise_id": promise.promise_id, "kind": promise.kind, "due_at": promise.due_at.isoformat()},
    )
