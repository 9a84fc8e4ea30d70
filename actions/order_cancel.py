"""Cancels an order or part of it: says what will happen, asks once, does it and says so."""

from __future__ import annotations

import re
from typing import ClassVar

from actions import handing_over, order_wish
from actions.base import Turn
from actions.cases import ActionCase, Case
from actions.order_wish import NO, Wish
from actions.phrases import HISTORY, PERSON, REFUND, vary
from actions.question import Question
from actions.reply import Choice, Reply
from backoffice.orders.changes import Change, find_change
from backoffice.orders.errors import OrderError, TooLateToCancel
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.policy import noon
from backoffice.orders.port import Cancelling, OrdersUnavailable
from backoffice.orders.service import Cancellation
from backoffice.orders.tables import Actor
from kernel import korean

_PART = re.compile(r"일부|하나만|한\s*개만|\d+\s*개만|[가-힣]\s*만\s*(취소|빼|뺄|없애)|빼\s*(주|줘|고)|뺄|줄(여|일|이)")
_KEEPS = re.compile(r"취소\s*(?:는|를|은)?\s*(?:하지\s*(?:마|말|않)|안\s*(?:할|하|해요?$))|안\s*취소")
_ALL = re.compile(r"전부|모두|다\s*취소|전체|싹")
_DONE = ("네, 취소했어요.", "말씀하신 대로 취소했어요.")


class ActionOrderCancel(ActionCase):
    """Cancels what can be cancelled at once; the rest is told, or goes to a person."""

    action_name: ClassVar[str] = "action_order_cancel"

    async def answer(self, turn: Turn) -> Reply:
        """Return what is still open or was done; that nothing was changed to somebody who takes the wish back."""
        if turn.question and turn.question.topic == turn.intent and _KEEPS.search(turn.text):
            return Reply(
                bubbles=["네, 취소하지 않을게요. 바뀐 것은 없어요."], choices=[HISTORY, PERSON], slots={"wish": None}
            )
        return await super().answer(turn)

    async def about(self, turn: Turn, case: Case, order: Order) -> Reply:
        """Return the confirmation that is still needed, what was done, or why it cannot be."""
        rule = find_change(order, Change.CANCEL)
        book = self.shop.orders
        if rule is None or not rule.allows(Actor.CUSTOMER) or not isinstance(book, Cancelling):
            return await super().about(turn, case, order)
        agreed = order_wish.find_agreed(turn, turn.intent, order)
        try:
            if agreed is not None:
                return await self._do(turn, order, agreed, book)
            return await self._ask(turn, order)
        except OrdersUnavailable as error:
            if not error.is_in_doubt:
                raise
            return self._pass_on_in_doubt(turn, order)
        except OrderError as error:
            instead = [Choice("반품·교환", "return_exchange", {"order_id": order.order_id})]
            choices = instead if isinstance(error, TooLateToCancel) else [HISTORY]
            return order_wish.refuse(self.shop, turn, turn.intent, error, *choices)

    async def _ask(self, turn: Turn, order: Order) -> Reply:
        chosen = turn.entities.get("choice", "") if turn.is_pressed else ""
        kind, _, rest = chosen.partition(":")
        if kind == "item":
            return await self._ask_for_item(turn, order, rest)
        gone = order_wish.find_gone_item(turn.text, order) if not turn.is_pressed else None
        if gone is not None:
            told = f"{korean.josa(gone.label, '은/는')} 이미 취소하셨거나 반품하신 상품이에요."
            return Reply(bubbles=[told], choices=[REFUND, HISTORY, PERSON])
        item = _find_item(turn, order)
        count = None if turn.is_pressed else order_wish.find_count(turn.text)
        left_count = sum(one.left_count for one in order.left_items)
        is_part = _PART.search(turn.text) is not None or turn.asks("items") or count not in (None, left_count)
        if kind == "all" or _ALL.search(turn.text) or (left_count == 1 and count in (None, 1)):
            return await self._confirm(turn, order, None)
        if item is not None and (len(order.left_items) > 1 or is_part):
            return await self._ask_how_many(turn, order, item)
        if kind == "part" or is_part:
            return _ask_which_item(turn, order)
        return await self._confirm(turn, order, None)

    async def _ask_for_item(self, turn: Turn, order: Order, chosen: str) -> Reply:
        item_id, _, count = chosen.partition(":")
        item = next((item for item in order.left_items if str(item.item_id) == item_id), None)
        if item is None:
            return _ask_which_item(turn, order)
        if count.isdecimal():
            return await self._confirm(turn, order, {item.item_id or 0: int(count)})
        return await self._ask_how_many(turn, order, item)

    async def _ask_how_many(self, turn: Turn, order: Order, item: OrderItem) -> Reply:
        count = order_wish.find_count(turn.text) if not turn.is_pressed else None
        if count is None and item.left_count == 1:
            count = 1
        if count is not None and 1 <= count <= item.left_count:
            return await self._confirm(turn, order, {item.item_id or 0: count})
        reply = Reply(slots={"wish": Wish(order.order_id, {"item": str(item.item_id)}).write()})
        if count is not None:
            reply.say(f"{korean.josa(item.label, '은/는')} 1개부터 {item.left_count}개까지 취소하실 수 있어요.")
        reply.choices += [
            Choice(f"{n}개", turn.intent, {"order_id": order.order_id, "choice": f"item:{item.item_id}:{n}"})
            for n in range(1, min(item.left_count, 5) + 1)
        ]
        return reply.ask(Question("items", turn.intent), f"{item.label} {item.left_count}개 가운데 몇 개를 취소할까요?")

    async def _confirm(self, turn: Turn, order: Order, items: dict[int, int] | None) -> Reply:
        now = self.shop.clock.now()
        assert isinstance(self.shop.orders, Cancelling), "asked only where it can be done"
        told = await self.shop.orders.preview_cancel(order_wish.requester(turn), order.order_id, now=now, items=items)
        wish = Wish(order.order_id, {"items": items, "refund_krw": told.refund_krw})
        rule = find_change(order, Change.CANCEL)
        reply = Reply(bubbles=[rule.tell(order)] if rule and not told.is_unpaid else [], slots={"wish": wish.write()})
        reply.say(*tell_cost(order, told, is_done=False))
        reply.choices.append(Choice("네, 취소할게요", "affirm"))
        if items is None and sum(item.left_count for item in order.left_items) > 1:
            reply.choices.append(Choice("일부만 취소", turn.intent, {"order_id": order.order_id, "choice": "part"}))
        reply.choices += [NO, PERSON]
        what = order.name if items is None else _list_pieces(told)
        return reply.ask(Question("confirm", turn.intent), f"{korean.josa(what, '을/를')} 취소할까요?")

    def _pass_on_in_doubt(self, turn: Turn, order: Order) -> Reply:
        told = ["취소가 됐는지 지금 바로 확인하지 못했어요. 상담원이 확인하고 알려 드릴게요."]
        reply = Reply(bubbles=told, slots={"wish": None})
        detail = f"{order.order_id} · 취소됐는지 확인 필요"
        return handing_over.connect(reply, turn, self.shop.skills.find(turn.intent), detail=detail)

    async def _do(self, turn: Turn, order: Order, wish: Wish, book: Cancelling) -> Reply:
        items = wish.what.get("items")
        done = await book.cancel_order(
            order_wish.requester(turn),
            order.order_id,
            request_key=order_wish.request_key(turn, "cancel", order.order_id, wish.what),
            now=self.shop.clock.now(),
            items={int(item_id): count for item_id, count in items.items()} if items else None,
            agreed_refund_krw=wish.what.get("refund_krw"),
        )
        reply = Reply(bubbles=[vary(turn.turn_id, "cancelled", _DONE)], slots={"wish": None})
        if not done.is_whole:
            reply.bubbles = [f"{korean.josa(_list_pieces(done), '을/를')} 취소했어요."]
        reply.say(*tell_cost(order, done, is_done=True))
        reply.choices += [*([REFUND] if done.due_date else []), HISTORY, PERSON]
        return reply


def tell_cost(order: Order, told: Cancellation, *, is_done: bool) -> list[str]:
    """Return what comes back and by when, one idea a sentence."""
    said = []
    if told.is_unpaid:
        said.append("아직 결제 전이라 돌려드릴 금액은 없어요.")
    elif told.due_date is not None:
        amount = korean.josa(korean.won(told.refund_krw), "을/를") if told.refund_krw is not None else "결제하신 금액을"
        way = korean.josa(order.payment_method, "으로/로") + " " if order.payment_method else ""
        when = korean.date(noon(told.due_date))
        said.append(f"{amount} {way}{when}까지 {'돌려드릴게요' if is_done else '돌려드려요'}.")
    back = [f"적립금 {korean.won(told.points_krw)}"] if told.points_krw else []
    back += ["쿠폰"] if told.is_coupon_back else []
    if back:
        said.append(f"쓰신 {korean.josa(back[0], '과/와')} {back[1]}도 " if len(back) == 2 else f"쓰신 {back[0]}도 ")
        said[-1] += "돌려드렸어요." if is_done else "돌려드려요."
    return said


def _find_item(turn: Turn, order: Order) -> OrderItem | None:
    """Return the item that the text names, the one asked about just now, or the only one left."""
    if turn.is_pressed:
        return None
    named = order_wish.find_item(turn.text, order)
    asked = Wish.read(turn.wish) if turn.asks("items", turn.intent) else None
    wanted = asked.what.get("item") if asked is not None and asked.order_id == order.order_id else None
    known = next((item for item in order.left_items if str(item.item_id) == wanted), None)
    return named or known or (order.left_items[0] if len(order.left_items) == 1 else None)


def _ask_which_item(turn: Turn, order: Order) -> Reply:
    reply = Reply(choices=order_wish.item_choices(order, turn.intent))
    return reply.ask(Question("items", turn.intent), "어떤 상품을 취소할까요?")


def _list_pieces(told: Cancellation) -> str:
    return ", ".join(f"{label} {count}개" for label, count in told.pieces)
