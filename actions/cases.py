"""Requests that a person carries out: the order is found, what is possible told, the details asked for, then handed over.

Each request is one row of `cases.yml`; what an order's status allows comes from the shop's table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import ClassVar

import yaml

from actions import handing_over, which_order
from actions.base import ShopAction, Turn
from actions.phrases import PERSON, vary
from actions.question import Question
from actions.reply import Choice, Reply
from actions.skills import Skills
from actions.which_order import Wanted
from actions.wording import is_detailed, names_product
from backoffice.orders.changes import Change, find_change
from backoffice.orders.model import Order
from backoffice.orders.policy import tell_ending
from backoffice.orders.tables import OrderStatus

_PATH = Path(__file__).with_name("cases.yml")
_FOUND = Choice("찾았어요", "affirm")
_NOT_FOUND = Choice("없어요", "not_solved")
_TAKEN = (
    "말씀해 주신 내용을 잘 받았어요.",
    "알려 주셔서 고마워요.",
    "네, 그대로 전해 드릴게요.",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One kind of request.

    `fits` lists the statuses of orders it may be about, `change` names the shop's table that says what is
    possible. `first` is said before anything else, `advice` what the customer can try, `details` what a
    person will need to know; without it the request goes to a person at once. `check` asks instead whether
    the advice helped. With `product_says_it` a product's name is detail enough. `instead` is the intent
    offered where the change itself is not possible.
    """

    what: str
    ask: str
    none: str
    fits: frozenset[OrderStatus]
    change: Change | None = None
    first: Sequence[str] = ()
    advice: Sequence[str] = ()
    details: str | None = None
    check: str | None = None
    product_says_it: bool = False
    instead: str | None = None


@cache
def load_cases() -> Mapping[str, Case]:
    """Return all requests by intent. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return {intent: _case(fields, data["statuses"]) for intent, fields in data["cases"].items()}


def _case(fields: dict[str, object], statuses: Mapping[str, Sequence[str]]) -> Case:
    known = {**fields, "fits": frozenset(OrderStatus(name) for name in statuses[str(fields["fits"])])}
    if "change" in fields:
        known["change"] = Change(str(fields["change"]))
    return Case(**known)  # type: ignore[arg-type]  # a field that is missing or unknown raises


class ActionCase(ShopAction):
    """Takes a request about one order as far as the bot can, and hands it over with everything known."""

    action_name: ClassVar[str] = "action_case"

    async def answer(self, turn: Turn) -> Reply:
        """Return the question that is still open, or the handoff."""
        topic = turn.intent
        case = load_cases()[topic]
        wanted = Wanted(
            topic=topic, what=case.what, ask=case.ask, none=case.none, fits=lambda order: order.status in case.fits
        )
        found = await which_order.find(self.shop, turn, wanted)
        if isinstance(found, Reply):
            return found
        reply = await self.about(turn, case, found)
        reply.slots |= {"last_topic": topic, "order_id": found.order_id}
        return reply

    async def accept(self, turn: Turn) -> Reply:
        """Return what was done after a yes; the topic reads the yes itself, with the wish it belongs to."""
        assert turn.question is not None, "a yes answers a question"
        return await self.answer(replace(turn, intent=turn.question.topic))

    def says_what(self, turn: Turn) -> bool:
        """Return whether the message itself says what the agent has to know, so that nothing need be asked."""
        return is_detailed(turn.text)

    async def about(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return what is to be said about the order that was found; topics that carry more out themselves say more."""
        ended = tell_ending(order, today=self.shop.today())
        if ended:
            return Reply(bubbles=ended, choices=[PERSON])
        reply = Reply(bubbles=[vary(turn.turn_id, "case", case.first)] if case.first else [])
        if case.change is not None:
            rule = find_change(order, case.change)
            if rule is not None:
                reply.say(rule.tell(order))
            if rule is not None and not rule.is_possible and case.instead:
                instead = self.shop.skills.find(case.instead)
                reply.choices += [Choice(instead.name, case.instead, {"order_id": order.order_id}), PERSON]
                return reply
        reply.say(*case.advice)
        if case.check is not None:
            reply.choices += [_FOUND, _NOT_FOUND, PERSON]
            return reply.ask(Question("solved", turn.intent), case.check)
        is_said = self.says_what(turn) or (case.product_says_it and names_product(turn.text, order))
        if case.details is not None and not is_said:
            reply.choices.append(PERSON)
            return reply.ask(Question("details", turn.intent), case.details)
        return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail=order.order_id)


def take_details(turn: Turn, skills: Skills) -> Reply:
    """Return the thanks for what the customer wrote, and the handoff of the request it belongs to."""
    assert turn.question is not None, "details answer a question"
    topic = turn.question.topic
    reply = Reply(bubbles=[vary(turn.turn_id, "taken", _TAKEN)], slots={"last_topic": topic, "set_aside": None})
    return handing_over.connect(reply, turn, skills.find(topic), detail=turn.known_order_id)
