"""Changes an order before it is packed: asks which option or how many, says what it costs, asks once, does it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from actions import order_wish
from actions.base import Turn
from actions.cases import ActionCase, Case, take_details
from actions.order_wish import NO, Wish
from actions.phrases import HISTORY, PERSON
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.orders.changes import Change, find_change
from backoffice.orders.errors import InvalidQuantity, NeedsPayment, OrderError
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.policy import noon
from backoffice.orders.rules import load_refund_rules
from backoffice.orders.service import (
    Changed,
    NewOption,
    NewPayment,
    NewQuantity,
    change_order,
    list_options,
    merge_orders,
)
from backoffice.orders.shares import MOST_PIECES
from backoffice.orders.spelling import letters
from backoffice.orders.tables import Actor, OrderStatus
from kernel import korean

_MERGES = re.compile(r"합배송|묶음|묶어|합쳐|한꺼번에|한\s*번에\s*보내|같이\s*보내|함께\s*보내|한\s*상자")
_QUANTITY = re.compile(r"수량|개수|갯수|몇\s*개|개\s*로|개\s*더|하나\s*더")
_MORE = re.compile(r"더|추가")
_LOOKED_AT = 20


class ActionOrderChange(ActionCase):
    """Changes option, quantity or way of paying, or puts two orders into one box; the rest goes to a person."""

    action_name: ClassVar[str] = "action_order_change"

    async def about(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return the confirmation that is still needed, what was done, or why it cannot be."""
        rule = find_change(order, Change.CHANGE)
        if rule is None or not rule.allows(Actor.CUSTOMER) or not self.shop.keeps_orders:
            return await super().about(turn, case, order)
        agreed = order_wish.find_agreed(turn, turn.intent, order)
        try:
            wish = await self._hear(turn, order)
            if agreed is not None and wish in (None, agreed.what):
                return await self._do(turn, order, agreed)
            if wish is not None:
                return self._confirm(turn, order, wish)
            return await self._ask(turn, case, order)
        except NeedsPayment as error:
            return self._tell_payment(turn, order, error)
        except OrderError as error:
            return order_wish.refuse(self.shop, turn, turn.intent, error, HISTORY)

    async def _hear(self, turn: Turn, order: Order) -> dict[str, Any] | None:
        """Return what is wanted, as far as the words or the button say; None where that is still open."""
        if turn.is_pressed:
            kind, _, rest = turn.entities.get("choice", "").partition(":")
            item_id, _, value = rest.partition(":")
            return {"kind": kind, "item": item_id, "value": value} if kind and value else None
        if _MERGES.search(turn.text):
            return await self._hear_merging(turn, order)
        item = order_wish.find_item(turn.text, order)
        if item is None and len(order.left_items) == 1:
            item = order.left_items[0]
        if item is not None:
            option = find_option(turn.text, await list_options(self.shop.engine, item.product), item)
            if option is not None:
                return {"kind": "option", "item": str(item.item_id), "value": option}
            count = order_wish.find_count(turn.text)
            if count is not None:
                more = item.left_count + count if _MORE.search(turn.text) else count
                if not 1 <= more <= MOST_PIECES:
                    raise InvalidQuantity
                return {"kind": "quantity", "item": str(item.item_id), "value": str(more)}
        method = next((name for name in load_refund_rules().list_offered() if name in turn.text), None)
        return {"kind": "payment", "item": "0", "value": method} if method else None

    async def _hear_merging(self, turn: Turn, order: Order) -> dict[str, Any] | None:
        orders = await self.shop.orders.list_orders(turn.customer_id or "", limit=_LOOKED_AT)
        others = [one for one in orders if one.status is OrderStatus.PAID and one.order_id != order.order_id]
        if order.status is not OrderStatus.PAID or len(others) != 1:
            return None
        return {"kind": "merge", "item": "0", "value": others[0].order_id, "name": others[0].name}

    async def _ask(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return the question what to change, with the options as buttons where there is one item to choose for."""
        if turn.asks("details", turn.intent):
            return take_details(turn, self.shop.skills)
        rule = find_change(order, Change.CHANGE)
        reply = Reply(bubbles=[rule.tell(order)] if rule else [])
        item = order_wish.find_item(turn.text, order) or (order.left_items[0] if len(order.left_items) == 1 else None)
        if item is not None:
            options = await list_options(self.shop.engine, item.product)
            wants_count = _QUANTITY.search(turn.text) is not None
            values = [] if wants_count else [name for name in options if name and name != item.option]
            counts = [str(n) for n in range(1, 6) if n != item.left_count] if wants_count else []
            pairs = [(f"{name}", f"option:{item.item_id}:{name}") for name in values[:6]]
            pairs += [(f"{n}개", f"quantity:{item.item_id}:{n}") for n in counts]
            reply.choices += [
                Choice(label, turn.intent, {"order_id": order.order_id, "choice": choice}) for label, choice in pairs
            ]
        reply.choices.append(PERSON)
        ask = "어떤 걸로 바꿔 드릴까요?" if len(reply.choices) > 1 else case.details or "무엇을 바꿀까요?"
        return reply.ask(Question("details", turn.intent), ask)

    def _confirm(self, turn: Turn, order: Order, wish: Mapping[str, Any]) -> Reply:
        item = next((item for item in order.items if str(item.item_id) == wish["item"]), None)
        match wish["kind"]:
            case "option":
                what = f"{item.product if item else ''} 옵션을 {korean.josa(wish['value'], '으로/로')} 바꿀까요?"
            case "quantity":
                what = f"{item.label if item else ''} 수량을 {wish['value']}개로 바꿀까요?"
            case "merge":
                both = f"{korean.josa(order.name, '과/와')} {korean.josa(str(wish['name']), '을/를')}"
                what = f"{both} 한 상자에 담아 보내 드릴까요?"
            case _:
                what = f"결제 방법을 {korean.josa(wish['value'], '으로/로')} 바꿀까요?"
        reply = Reply(choices=[Choice("네, 바꿔 주세요", "affirm"), NO, PERSON])
        reply.slots["wish"] = Wish(order.order_id, wish).write()
        return reply.ask(Question("confirm", turn.intent), what)

    async def _do(self, turn: Turn, order: Order, wish: Wish) -> Reply:
        who, now = order_wish.requester(turn), self.shop.clock.now()
        key = order_wish.request_key(turn, "change", order.order_id, wish.what)
        what = wish.what
        reply = Reply(slots={"wish": None}, choices=[HISTORY, PERSON])
        if what.get("kind") == "merge":
            await merge_orders(self.shop.engine, who, order.order_id, str(what["value"]), request_key=key, now=now)
            return reply.say("두 주문을 한 상자에 담아 보내 드릴게요.")
        wanted = _wanted(what)
        changed = await change_order(self.shop.engine, who, order.order_id, wanted, request_key=key, now=now)
        return reply.say(*tell_changed(changed))

    def _tell_payment(self, turn: Turn, order: Order, error: NeedsPayment) -> Reply:
        reply = Reply(slots={"wish": None, "last_topic": turn.intent}, choices=[PERSON])
        reply.say(
            f"바꾸시려면 {korean.josa(korean.won(error.amount_krw), '을/를')} 더 내셔야 해서 바로 바꾸지 못했어요."
        )
        return reply.say("더 필요한 상품을 새로 주문하시면 한 상자에 담아 드릴 수 있어요.")


def find_option(text: str, options: Mapping[str, int], item: OrderItem) -> str | None:
    """Return the option that a text asks for: the one named last, apart from the one that is ordered."""
    said = letters(text)
    named = [
        (said.rfind(letters(option)), len(option), option) for option in options if option and _stands_in(option, text)
    ]
    found = [one for one in named if one[0] >= 0 and one[2] != item.option]
    return max(found)[2] if found else None


def _stands_in(option: str, text: str) -> bool:
    """Return whether an option in Latin letters or figures stands in the text by itself: no `XL` in `XXXL`."""
    if not option.isascii():
        return True
    beyond = r"\d" if option[-1].isdecimal() else "[a-z]"
    return re.search(rf"(?<![a-z0-9]){re.escape(option.lower())}(?!{beyond})", text.lower()) is not None


def tell_changed(changed: Changed) -> list[str]:
    """Return what was changed, and what follows for the money."""
    if changed.kind == "payment_changed":
        said = [f"결제 방법을 {korean.josa(changed.after, '으로/로')} 바꿨어요."]
    elif changed.kind == "option_changed":
        said = [f"{changed.item} 옵션을 {changed.before}에서 {korean.josa(changed.after, '으로/로')} 바꿨어요."]
    else:
        said = [f"{changed.item} 수량을 {changed.before}개에서 {changed.after}개로 바꿨어요."]
    amount = korean.won(abs(changed.difference_krw))
    if changed.due_date is not None:
        said.append(f"{korean.josa(amount, '을/를')} {korean.date(noon(changed.due_date))}까지 돌려드릴게요.")
    elif changed.difference_krw:
        more = "더해졌어요" if changed.difference_krw > 0 else "줄었어요"
        said.append(f"결제하실 금액은 {korean.josa(amount, '이/가')} {more}.")
    return said


def _wanted(what: Mapping[str, Any]) -> NewOption | NewQuantity | NewPayment:
    item_id = int(what["item"]) if str(what.get("item", "")).isdecimal() else 0
    if what["kind"] == "option":
        return NewOption(item_id, str(what["value"]))
    if what["kind"] == "quantity":
        return NewQuantity(item_id, int(what["value"]) if str(what["value"]).isdecimal() else 0)
    return NewPayment(str(what["value"]))
