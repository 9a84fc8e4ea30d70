"""Takes returns and exchanges: asks for what is not said yet, makes the request, and says what follows."""

from __future__ import annotations

import re
from typing import ClassVar

from actions import order_wish
from actions.base import Turn
from actions.cases import ActionCase, Case
from actions.order_change import find_option
from actions.phrases import HISTORY, PERSON, near_date, vary
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.orders.changes import Change, find_change
from backoffice.orders.errors import OrderError
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.rules import load_return_rules
from backoffice.orders.service import Return, find_open_return, list_options, request_return, withdraw_return
from backoffice.orders.tables import Actor, ReturnKind
from kernel import korean

_SAME = "same"
_SAYS_SAME = re.compile(r"같은|똑같|그대로|새\s*(걸|것|거|상품|제품)|동일")
_GIVES_UP = re.compile(r"안\s*[할해]|그만|아니|아뇨|됐|취소|나중")
_MOST_OPTIONS = 7
_KIND_LABELS = {ReturnKind.RETURN: "반품", ReturnKind.EXCHANGE: "교환"}


class ActionReturn(ActionCase):
    """Has what was delivered picked up; what has not arrived yet goes to a person."""

    action_name: ClassVar[str] = "action_return"

    async def about(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return the question that is still open, or the request made."""
        rule = find_change(order, Change.RETURN)
        if rule is None or not rule.allows(Actor.CUSTOMER) or not self.shop.keeps_orders:
            return await super().about(turn, case, order)
        chosen = turn.entities.get("choice", "") if turn.is_pressed else ""
        try:
            if chosen == "withdraw":
                return await self._withdraw(turn, order)
            return await self._ask_or_do(turn, case, order, chosen)
        except OrderError as error:
            return order_wish.refuse(self.shop, turn, turn.intent, error, HISTORY)

    async def _ask_or_do(self, turn: Turn, case: Case, order: Order, chosen: str) -> Reply:
        known = await find_open_return(self.shop.engine, turn.customer_id or "", order.order_id)
        if known is not None and not order.left_items:
            return self._tell_known(turn, order, known)
        wish = order_wish.Wish.read(turn.wish) if turn.question and turn.question.topic == turn.intent else None
        known_parts = dict(wish.what) if wish is not None and wish.order_id == order.order_id else {}
        parts = known_parts | _hear(turn, order) | dict(_read(chosen))
        if len(order.left_items) == 1:
            parts.setdefault("item", str(order.left_items[0].item_id))
        for name, ask in (("item", self._ask_item), ("kind", self._ask_kind), ("reason", self._ask_reason)):
            if name not in parts:
                reply = ask(turn, order, parts)
                if not known_parts and case.first:
                    reply.bubbles.insert(0, vary(turn.turn_id, "case", case.first))
                reply.slots["wish"] = order_wish.Wish(order.order_id, parts).write()
                return reply
        asked = await self._ask_option(turn, order, parts)
        if asked is not None:
            if {"kind", "reason"} <= known_parts.keys():
                asked.say("말씀하신 것은 지금 고르실 수 없어요. 아래에서 골라 주세요.")
            asked.slots["wish"] = order_wish.Wish(order.order_id, parts).write()
            return asked
        return await self._do(turn, order, parts)

    def _ask_item(self, turn: Turn, order: Order, parts: dict[str, str]) -> Reply:
        choices = order_wish.item_choices(order, turn.intent)
        everything = Choice("전부", turn.intent, {"order_id": order.order_id, "choice": "item:all"})
        return Reply(choices=[*choices, everything]).ask(Question("items", turn.intent), "어떤 상품을 보내시겠어요?")

    def _ask_kind(self, turn: Turn, order: Order, parts: dict[str, str]) -> Reply:
        choices = [
            Choice(f"{label}할래요", turn.intent, {"order_id": order.order_id, "choice": f"kind:{kind}"})
            for kind, label in _KIND_LABELS.items()
        ]
        return Reply(choices=choices).ask(Question("items", turn.intent), "반품과 교환 가운데 어느 쪽이 좋으세요?")

    def _ask_reason(self, turn: Turn, order: Order, parts: dict[str, str]) -> Reply:
        kind = ReturnKind(parts["kind"])
        choices = [
            Choice(reason.label, turn.intent, {"order_id": order.order_id, "choice": f"reason:{name}"})
            for name, reason in load_return_rules().reasons.items()
        ]
        reply = Reply(choices=[*choices, PERSON])
        label = korean.josa(_KIND_LABELS[kind], "을/를")
        days = min(reason.days for reason in load_return_rules().reasons.values())
        reply.tips.append(f"받으신 날부터 {days}일 안에는 마음이 바뀌어도 보내실 수 있어요.")
        return reply.ask(Question("items", turn.intent), f"{label} 도와드릴게요. 까닭을 알려 주시겠어요?")

    async def _ask_option(self, turn: Turn, order: Order, parts: dict[str, str]) -> Reply | None:
        """Fill in which option is wanted instead; return the question where that is open and there is a choice."""
        item = _find_item(order, parts)
        if parts["kind"] != ReturnKind.EXCHANGE or item is None:
            return None
        options = await list_options(self.shop.engine, item.product)
        others = [name for name in options if name and name != item.option]
        if not others or parts.get("option") in (_SAME, *others):
            return None
        heard = None if turn.is_pressed else find_option(turn.text, options, item)
        if heard is None and not turn.is_pressed and _SAYS_SAME.search(turn.text):
            heard = _SAME
        if heard is not None:
            parts["option"] = heard
            return None
        pairs = [("같은 것으로", _SAME), *((name, name) for name in others[:_MOST_OPTIONS])]
        choices = [
            Choice(label, turn.intent, {"order_id": order.order_id, "choice": f"option:{value}"})
            for label, value in pairs
        ]
        ask = f"{korean.josa(item.product, '을/를')} 어떤 것으로 바꿔 드릴까요?"
        return Reply(choices=[*choices, PERSON]).ask(Question("items", turn.intent), ask)

    async def _do(self, turn: Turn, order: Order, parts: dict[str, str]) -> Reply:
        item = _find_item(order, parts)
        option = parts.get("option")
        made = await request_return(
            self.shop.engine,
            order_wish.requester(turn),
            order.order_id,
            ReturnKind(parts["kind"]),
            parts["reason"],
            request_key=order_wish.request_key(turn, "return", order.order_id, parts),
            now=self.shop.clock.now(),
            items={item.item_id or 0: item.left_count} if item is not None else None,
            wanted_option=option if option != _SAME else None,
        )
        reason = load_return_rules().reasons[made.reason]
        reply = Reply(bubbles=[reason.say.format(fee=korean.won(made.fee_krw))], slots={"wish": None})
        reply.say(f"{korean.josa(_KIND_LABELS[made.kind], '을/를')} 접수했어요. {self._tell_pickup(made)}")
        if made.kind is ReturnKind.RETURN:
            reply.say("상품이 저희에게 오면 확인하고 바로 환불을 시작할게요.")
        elif made.wanted_option:
            wanted = korean.josa(made.wanted_option, "으로/로")
            reply.say(f"상품이 저희에게 오면 확인하고 {wanted} 바꿔 보내 드릴게요.")
        else:
            reply.say("상품이 저희에게 오면 확인하고 새 상품을 보내 드릴게요.")
        reply.choices += [_withdrawing(order), HISTORY, PERSON]
        return reply

    async def _withdraw(self, turn: Turn, order: Order) -> Reply:
        done = await withdraw_return(
            self.shop.engine,
            order_wish.requester(turn),
            order.order_id,
            request_key=order_wish.request_key(turn, "withdraw", order.order_id),
            now=self.shop.clock.now(),
        )
        told = f"{_KIND_LABELS[done.kind]} 접수를 취소했어요. 상품은 그대로 쓰시면 돼요."
        return Reply(bubbles=[told], choices=[HISTORY, PERSON], slots={"wish": None})

    def _tell_known(self, turn: Turn, order: Order, known: Return) -> Reply:
        told = f"이 주문은 {korean.josa(_KIND_LABELS[known.kind], '이/가')} 이미 접수돼 있어요."
        return Reply(bubbles=[told, self._tell_pickup(known)], choices=[_withdrawing(order), PERSON])

    def _tell_pickup(self, made: Return) -> str:
        return f"택배 기사님이 {near_date(made.pickup_date, self.shop.today())}에 가지러 가요."


def gives_reason(turn: Turn) -> bool:
    """Return whether an answer that sounds like a no says why something is sent back: `마음이 바뀌었어요`."""
    if turn.intent != "deny" or not turn.asks("items", "return_exchange") or _GIVES_UP.search(turn.text):
        return False
    return load_return_rules().hear(turn.text) is not None


def _withdrawing(order: Order) -> Choice:
    return Choice("접수 취소", "return_exchange", {"order_id": order.order_id, "choice": "withdraw"})


def _read(chosen: str) -> list[tuple[str, str]]:
    name, _, value = chosen.partition(":")
    return [(name, value)] if name in ("item", "kind", "reason", "option") and value else []


def _find_item(order: Order, parts: dict[str, str]) -> OrderItem | None:
    """Return the one item that is to go, None for all of them."""
    return next((item for item in order.left_items if str(item.item_id) == parts["item"]), None)


def _hear(turn: Turn, order: Order) -> dict[str, str]:
    """Return what the customer's own words already say of item, kind and reason."""
    if turn.is_pressed or turn.text.startswith("/"):
        return {}
    heard: dict[str, str] = {}
    item = order_wish.find_item(turn.text, order)
    if item is not None:
        heard["item"] = str(item.item_id)
    elif any(word in turn.text for word in ("전부", "모두", "다 보내", "다 반품")):
        heard["item"] = "all"
    kinds = [kind for kind, label in _KIND_LABELS.items() if label in turn.text]
    if len(kinds) == 1:
        heard["kind"] = kinds[0].value
    elif not kinds and "환불" in turn.text:
        heard["kind"] = ReturnKind.RETURN.value
    reason = load_return_rules().hear(turn.text)
    return heard | ({"reason": reason} if reason else {})
