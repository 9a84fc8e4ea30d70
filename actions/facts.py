"""Short, true answers that need no look into the customer's data: a table of them, and how a row is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from actions import blocks, handing_over, tickets_text
from actions.base import ShopAction, Turn
from actions.phrases import PERSON, vary
from actions.reply import Choice, Reply
from kernel import korean

_PATH = Path(__file__).with_name("facts.yml")


@dataclass(frozen=True)
class ByWord:
    """Facts for messages that hold one of `words`."""

    words: Sequence[str]
    facts: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row of the table; see `facts.yml` for each field."""

    say: Sequence[str]
    facts: Sequence[str]
    choices: Sequence[str] = ()
    person: bool = False
    known_only: bool = False
    what: str = ""
    by_word: Sequence[ByWord] = ()

    def find_facts(self, text: str) -> Sequence[str]:
        """Return the facts that fit what was written."""
        return next((row.facts for row in self.by_word if any(word in text for word in row.words)), self.facts)


@cache
def load_facts() -> Mapping[str, Fact]:
    """Return the table in force, by intent. Raises KeyError or TypeError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {
        intent: Fact(**{**fields, "by_word": tuple(ByWord(**row) for row in fields.get("by_word", ()))})
        for intent, fields in data["topics"].items()
    }


class ActionFacts(ShopAction):
    """Says the facts for the intent, and brings a person where one is needed."""

    action_name: ClassVar[str] = "action_facts"

    async def answer(self, turn: Turn) -> Reply:
        """Return the facts with what can be done next."""
        if turn.intent == "ticket_status" and turn.tickets:
            return tickets_text.tell(turn, self.shop.clock.now())
        if turn.intent == "business_hours" and turn.hours_text:
            return tickets_text.tell_hours(turn, self.shop.clock.now())
        fact, skills = load_facts()[turn.intent], self.shop.skills
        if turn.intent == "account_help" and turn.customer_id and fact.find_facts(turn.text) is fact.facts:
            blocked = await blocks.find_told(self.shop, turn.customer_id)
            if blocked is not None:
                return blocked
        reply = Reply(bubbles=[vary(turn.turn_id, "facts", fact.say), *fact.find_facts(turn.text)])
        reply.slots["last_topic"] = turn.intent
        if fact.known_only and turn.customer_id is None:
            reply.say(f"{korean.josa(fact.what, '을/를')} 도와드리려면 먼저 로그인해 주세요.")
            reply.choices.append(PERSON)
            return reply
        if fact.person:
            return handing_over.connect(reply, turn, skills.find(turn.intent))
        reply.choices += [*(Choice(skills.find(name).name, name) for name in fact.choices), PERSON]
        return reply
