"""Who is asked to take a waiting conversation: present, with the skill, with a free place, least busy first.

An offer asks, it does not lock: it lapses after its time and the next agent is asked; whoever claims the conversation
meanwhile gets it. An offer is for one version of a conversation; whatever changes hands makes it void.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from handoff.domain.conversation import CAPACITY, Agent, Conversation
from handoff.errors import Invalid

SKILLS = (
    "verification",
    "security_review",
    "delivery",
    "orders",
    "compensation",
    "privacy",
    "complaint",
    "general",
)
LANGUAGES = ("ko", "en", "ja", "zh")
SPOKEN = ("ko",)
CAPACITY_MAX = 50


class Outcome(StrEnum):
    """How an offer ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"  # not answered in time
    WITHDRAWN = "withdrawn"  # the agent was not there any more
    VOID = "void"  # the conversation went elsewhere: another agent, the bot, closed


PASSED = (Outcome.DECLINED, Outcome.LAPSED)


@dataclass(frozen=True)
class Offer:
    """A waiting conversation that one agent is asked to take until `due_at`."""

    offer_id: str
    conversation_id: str
    version: int
    agent_id: str
    offered_at: datetime
    due_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class Seat:
    """A present agent and what takes up their places: conversations in hand, time after a close, open offers."""

    agent: Agent
    load: int
    last_offered_at: datetime | None = None

    @property
    def free_count(self) -> int:
        """Return how many more conversations the agent can take."""
        return max(0, self.agent.capacity - self.load)


@dataclass(frozen=True)
class Passes:
    """Who let which conversation pass lately, and is not asked for it again yet: pairs of conversation and agent."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    def hold(self, conversation_id: str, agent_id: str) -> bool:
        """Tell whether the agent let this conversation pass."""
        return (conversation_id, agent_id) in self.pairs


def has_skill(agent: Agent, skill: str | None) -> bool:
    """Tell whether an agent may take a conversation that needs `skill`."""
    return skill is None or agent.skills is None or skill in agent.skills


def speaks(agent: Agent, language: str | None) -> bool:
    """Tell whether an agent speaks the customer's language; a language not known is the shop's own."""
    return language is None or language in (agent.languages or SPOKEN)


def is_present(agent: Agent, *, now_s: float, within_s: float) -> bool:
    """Tell whether an agent said to be online and gave a sign of life lately. `now_s` is real time."""
    return agent.presence == "online" and agent.seen_at_s is not None and now_s - agent.seen_at_s <= within_s


def plan_offers(
    waiting: Iterable[Conversation], seats: Sequence[Seat], passes: Passes = Passes()
) -> list[tuple[Conversation, Agent]]:
    """Return which conversations to offer to whom; `waiting` in the order of the queue, none of them on offer.

    Each goes to the agent it should go to (who held it last), else to one who speaks the customer's language, else
    to the least busy for their places; of equally busy ones to the one whose last offer is longest ago. Who does
    not speak the language is asked only when nobody present does. What nobody free can take is passed over.
    """
    by_id = {seat.agent.agent_id: seat for seat in seats}
    planned = []
    for conversation in waiting:
        if not any(seat.free_count for seat in by_id.values()):
            break
        seat = _choose(conversation, list(by_id.values()), passes)
        if seat is None:
            continue
        planned.append((conversation, seat.agent))
        by_id[seat.agent.agent_id] = replace(seat, load=seat.load + 1)
    return planned


def _choose(conversation: Conversation, seats: list[Seat], passes: Passes) -> Seat | None:
    able = [
        seat
        for seat in seats
        if has_skill(seat.agent, conversation.skill)
        and not passes.hold(conversation.conversation_id, seat.agent.agent_id)
    ]
    speakers = [seat for seat in able if speaks(seat.agent, conversation.language)]
    free = [seat for seat in speakers or able if seat.free_count]
    if not free:
        return None
    return min(free, key=lambda seat: _order_of(seat, conversation))


def _order_of(seat: Seat, conversation: Conversation) -> tuple[bool, float, float, str]:
    return (
        seat.agent.agent_id != conversation.preferred_agent_id,
        seat.load / seat.agent.capacity,
        seat.last_offered_at.timestamp() if seat.last_offered_at else 0.0,
        seat.agent.agent_id,
    )


def places_by_skill(seats: Iterable[Seat]) -> Mapping[str, int]:
    """Return how many conversations all present agents with each skill can hold at once."""
    places = dict.fromkeys(SKILLS, 0)
    for seat in seats:
        for skill in seat.agent.skills or SKILLS:
            if skill in places:
                places[skill] += seat.agent.capacity
    return places


def check_routing(changed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be stored of skills, languages, capacity and team. Raises Invalid for unknown names."""
    values = dict(changed)
    for field, known, code in (("skills", SKILLS, "unknown_skill"), ("languages", LANGUAGES, "unknown_language")):
        names = values.get(field)
        if names is None:
            continue
        if not names or (unknown := [name for name in names if name not in known]):
            what = ", ".join(unknown) if names else "빈 목록"
            raise Invalid(f"{field}에 쓸 수 없어요: {what}. 고를 수 있는 값: {', '.join(known)}", code=code)
        values[field] = tuple(dict.fromkeys(names))
    if "capacity" in values and values["capacity"] is None:
        values["capacity"] = CAPACITY
    return values
