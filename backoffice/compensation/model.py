"""Claims and decisions as the rest of the product sees them: frozen values, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backoffice.compensation.policy import Gift
from backoffice.compensation.tables import Cause, Outcome


@dataclass(frozen=True)
class Actor:
    """Who decides; `role` is one of those the rules know."""

    actor_id: str
    role: str


BOT = Actor("bot", "bot")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A wish for amends for one order and cause.

    `gifts`: what a person chose to give; None: what the table says. `score`: a satisfaction answer, of 5.
    `item`: which of the order's items it is about, where the customer said so.
    """

    customer_id: str
    order_id: str
    cause: Cause
    by: Actor = BOT
    gifts: Sequence[Gift] | None = None
    score: int | None = None
    item: str | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided, by which rule of which version, from what, and how it is told.

    `gifts` were given where it was granted; where it was referred, they are what the table says.
    `is_repeat`: it stood before this claim. `decision_id` is empty for one that was not written down.
    """

    decision_id: str
    customer_id: str
    order_id: str
    cause: str
    outcome: Outcome
    rule: str
    rules_version: int
    inputs: Mapping[str, Any]
    sentence: str
    alternative: str | None
    gifts: Sequence[Gift]
    decided_by: str
    decided_role: str
    decided_at: datetime
    is_repeat: bool = False
