"""What an agent could answer now: macros that fit, and what colleagues answered in conversations like this one.

Colleagues' answers are kept when a conversation ends, with nothing personal left in them (`domain/borrowing.py`), so
many for each team; they are looked through in the process, the newest few hundred at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.domain import macros, tickets
from handoff.domain.borrowing import GAP, SolvedReply
from handoff.domain.context import find_in_context
from handoff.domain.conversation import Agent, Author, Json, Message
from handoff.domain.likeness import Likeness, overlap, terms_of
from handoff.domain.macros import Macro
from handoff.domain.placeholders import Filled, fill, values_of
from handoff.service.answers import intents_of
from handoff.service.desk import Desk, DeskView
from handoff.service.store import Store, Transaction
from kernel.clock import Clock

MACROS_SHOWN = 5
SOLVED_SHOWN = 3
LOOKED_THROUGH = 300
ALIKE_FROM = 0.3
_WORDS, _TOPICS = 0.7, 0.3
_LAST_SAID = 3
ANY_SKILL = "general"


@dataclass(frozen=True)
class Suggestion:
    """Words for the reply, and where they come from: a macro, or a conversation and the day it ended.

    `missing` names what is still in braces; `has_gaps` tells that something was taken out and has to be written anew.
    """

    filled: Filled
    score: float
    macro: Macro | None = None
    solved: SolvedReply | None = None

    @property
    def has_gaps(self) -> bool:
        return GAP in self.filled.text


class Suggestions:
    """Suggested replies for one conversation."""

    def __init__(self, store: Store, desk: Desk, clock: Clock) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock

    async def list_for(self, conversation_id: str, agent: Agent) -> list[Suggestion]:
        """Return what fits what the customer said last, the best of each kind first. Raises NotFound, Forbidden."""
        view = await self._desk.view(conversation_id, agent)
        skill = view.conversation.skill or (view.handoff.skill if view.handoff else ANY_SKILL)
        async with self._store.read() as tx:
            prepared = await tx.list_macros()
            solved = await tx.list_solved(skill, limit=LOOKED_THROUGH)
            values = await self._values(tx, view, agent)
        words, intents = _last_words(view.messages), intents_of(_context(view))
        ranked = macros.rank(prepared, skill=skill, intents=intents, words=words)[:MACROS_SHOWN]
        found = [Suggestion(fill(macro.text, values), score, macro=macro) for score, macro in ranked]
        alike = _most_alike(solved, words, intents, besides=conversation_id)
        return found + [Suggestion(fill(reply.text, values), score, solved=reply) for score, reply in alike]

    async def fill(self, conversation_id: str, agent: Agent, macro: Macro) -> Filled:
        """Return a macro's words with what is known of a conversation. Raises NotFound, Forbidden."""
        view = await self._desk.view(conversation_id, agent)
        async with self._store.read() as tx:
            return fill(macro.text, await self._values(tx, view, agent))

    async def _values(self, tx: Transaction, view: DeskView, agent: Agent) -> dict[str, str]:
        context, now = _context(view), self._clock.now()
        ticket = tickets.newest(await tx.list_tickets_of([view.conversation.conversation_id]))
        if ticket is not None:
            context = context | {"ticket": {"number": ticket.number}}
        return values_of(context, find_in_context(context, now), agent_name=agent.name)


def _most_alike(
    solved: Sequence[SolvedReply], words: str, intents: Sequence[str], *, besides: str
) -> list[tuple[float, SolvedReply]]:
    said, asked = terms_of(words), [terms_of(reply.asked) for reply in solved]
    likeness = Likeness(asked)
    best: dict[str, tuple[float, SolvedReply]] = {}
    for reply, terms in zip(solved, asked, strict=True):
        score = _WORDS * likeness.between(said, terms) + _TOPICS * overlap(intents, reply.intents)
        if reply.conversation_id == besides or score < ALIKE_FROM:
            continue
        if reply.text not in best or best[reply.text][0] < score:
            best[reply.text] = (round(score, 3), reply)
    return sorted(best.values(), key=lambda pair: (-pair[0], pair[1].reply_id))[:SOLVED_SHOWN]


def _context(view: DeskView) -> Json:
    return view.handoff.context if view.handoff else {}


def _last_words(messages: Sequence[Message]) -> str:
    said = [message.text for message in messages if message.author is Author.CUSTOMER]
    return " ".join(said[-_LAST_SAID:])
