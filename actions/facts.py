"""Short, true answers that need no look into the customer's data: a table of them, and how a row is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from actions import handing_over
from actions.base import ShopAction, Turn
from actions.phrases import PERSON, vary
from actions.reply import Choice, Reply
from kernel import korean

_PATH = Path(__file__).with_name("facts.yml")

# In the order of their weight: who wants both, to see and to erase, wants to erase.
_RIGHTS = {
    "삭제": re.compile(r"삭제|파기|폐기|말소|지(?:워|우|울)|없애"),
    "처리정지": re.compile(r"지\s?(?:마|말)|중단|중지|정지|멈춰|그만"),
    "정정": re.compile(r"정정|고(?:쳐|치|칠)|바로잡|수정"),
    "열람": re.compile(r"열람|보여|조회|뭘?\s?(?:갖고|가지고)|어디까지"),
}


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


def find_right(turn: Turn) -> str | None:
    """Return the right over personal data that everyday words claim ("지워 주세요"); None for another topic."""
    if turn.intent != "privacy_request":
        return None
    return next((right for right, words in _RIGHTS.items() if words.search(turn.text)), None)


class ActionFacts(ShopAction):
    """Says the facts for the intent, and brings a person where one is needed."""

    action_name: ClassVar[str] = "action_facts"

    async def answer(self, turn: Turn) -> Reply:
        """Return the facts with what can be done next."""
        fact, skills = load_facts()[turn.intent], self.shop.skills
        reply = Reply(bubbles=[vary(turn.turn_id, "facts", fact.say), *fact.find_facts(turn.text)])
        reply.slots["last_topic"] = turn.intent
        if fact.known_only and turn.customer_id is None:
            reply.say(f"{korean.josa(fact.what, '을/를')} 도와드리려면 먼저 로그인해 주세요.")
            reply.choices.append(PERSON)
            return reply
        if fact.person:
            right = turn.entities.get("privacy_right") or find_right(turn)
            return handing_over.connect(reply, turn, skills.find(turn.intent), detail=right)
        reply.choices += [*(Choice(skills.find(name).name, name) for name in fact.choices), PERSON]
        return reply
