"""Changes an order before it is packed: option, quantity, a further item, the way of paying.

Nothing here takes money: what would cost more is refused with the amount, once the order is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.orders import giving_back
from backoffice.orders.cancelling import carry_out
from backoffice.orders.changes import Change, load_changes
from backoffice.orders.errors import (
    InvalidQuantity,
    ItemNotFound,
    NeedsPayment,
    NeedsPerson,
    NothingLeft,
    TooLateToChange,
    UnknownOption,
    UnknownPayment,
)
from backoffice.orders.model import Order, OrderItem
from backoffice.orders.requests import (
    Json,
    Request,
    Requester,
    begin,
    finish,
    hold_for,
    record,
)
from backoffice.orders.rules import load_refund_rules
from backoffice.orders.shares import check_count, share
from backoffice.orders.tables import EventKind, OrderStatus, order_items, orders, product_options
from backoffice.orders.wanted import Changed, ChangeWanted, NewItem, NewOption, NewPayment, NewQuantity
from kernel.database import read, write


async def list_options(engine: AsyncEngine, product: str) -> Mapping[str, int]:
    """Return what the product is sold with now, and the price of each; empty where the catalogue does not know it."""
    async with read(engine) as connection:
        return await _options(connection, product)


async def change_order(
    engine: AsyncEngine, who: Requester, order_id: str, wanted: ChangeWanted, *, request_key: str, now: datetime
) -> Changed:
    """Change one thing about an order; the same key again does nothing.

    Raises OrderNotFound, TooLateToChange, NeedsPerson, NeedsPayment, ItemNotFound, NothingLeft, InvalidQuantity,
    UnknownOption, UnknownPayment, RequestKeyReused; then nothing is done.
    """
    request = Request(who=who, order_id=order_id, key=request_key, asked=f"change:{wanted}", now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            due = date.fromisoformat(done["due_date"]) if done["due_date"] else None
            return Changed(**{**done, "due_date": due})
        order = await hold_for(connection, request, Change.CHANGE, TooLateToChange)
        match wanted:
            case NewOption():
                changed = await _change_option(connection, request, order, wanted)
            case NewQuantity():
                changed = await _change_quantity(connection, request, order, wanted)
            case NewItem():
                changed = await _add_item(connection, request, order, wanted)
            case NewPayment():
                changed = await _change_payment(connection, request, order, wanted)
        due_text = changed.due_date.isoformat() if changed.due_date else None
        await finish(connection, request, {**vars(changed), "due_date": due_text})
    return changed


async def _change_option(connection: AsyncConnection, request: Request, order: Order, wanted: NewOption) -> Changed:
    item = _find_item(order, wanted.item_id)
    options = await _options(connection, item.product)
    if not options or item.price_krw is None:
        raise NeedsPerson
    if wanted.option not in options or wanted.option == item.option:
        raise UnknownOption([option for option in options if option and option != item.option])
    if item.left_count != item.quantity:
        raise NeedsPerson
    step = options[wanted.option] - options.get(item.option or "", item.price_krw)
    difference, due = await _settle(connection, request, order, step * item.quantity)
    await connection.execute(
        order_items.update()
        .where(order_items.c.row_id == item.item_id)
        .values(option=wanted.option, price_krw=max(0, item.price_krw + step))
    )
    changed = Changed(
        order_id=order.order_id,
        kind=EventKind.OPTION_CHANGED.value,
        item=item.product,
        before=item.option or "옵션 없음",
        after=wanted.option,
        difference_krw=difference,
        due_date=due,
    )
    await record_change(connection, request, order.status, EventKind.OPTION_CHANGED, _describe(changed))
    return changed


async def _change_quantity(connection: AsyncConnection, request: Request, order: Order, wanted: NewQuantity) -> Changed:
    item = _find_item(order, wanted.item_id)
    before, after = item.left_count, check_count(wanted.quantity)
    if before == after:
        raise InvalidQuantity("지금 수량과 같아요.")
    difference, due = 0, None
    if after < before:
        found = share(order, {wanted.item_id: before - after})
        cancelled = await carry_out(connection, request, order, found)
        difference, due = -(cancelled.refund_krw or 0), cancelled.due_date
    else:
        if item.price_krw is None:
            raise NeedsPerson
        difference, due = await _settle(connection, request, order, item.price_krw * (after - before))
        await connection.execute(
            order_items.update()
            .where(order_items.c.row_id == item.item_id)
            .values(quantity=item.quantity + after - before)
        )
    changed = Changed(
        order_id=order.order_id,
        kind=EventKind.QUANTITY_CHANGED.value,
        item=item.label,
        before=str(before),
        after=str(after),
        difference_krw=difference,
        due_date=due,
    )
    if after > before:
        await record_change(connection, request, order.status, EventKind.QUANTITY_CHANGED, _describe(changed))
    return changed


async def _add_item(connection: AsyncConnection, request: Request, order: Order, wanted: NewItem) -> Changed:
    count = check_count(wanted.quantity)
    options = await _options(connection, wanted.product)
    if not options:
        raise ItemNotFound("말씀하신 상품을 찾지 못했어요.")
    if (wanted.option or "") not in options:
        raise UnknownOption([option for option in options if option])
    price = options[wanted.option or ""]
    difference, due = await _settle(connection, request, order, price * count)
    row = {"product": wanted.product, "option": wanted.option, "quantity": count, "price_krw": price}
    await connection.execute(order_items.insert().values(order_id=order.order_id, **row))
    added = OrderItem(wanted.product, wanted.option, count, price)
    changed = Changed(
        order_id=order.order_id,
        kind=EventKind.ITEM_ADDED.value,
        item=added.label,
        before="0",
        after=str(count),
        difference_krw=difference,
        due_date=due,
    )
    await record_change(connection, request, order.status, EventKind.ITEM_ADDED, _describe(changed))
    return changed


async def _change_payment(connection: AsyncConnection, request: Request, order: Order, wanted: NewPayment) -> Changed:
    offered = load_refund_rules().list_offered()
    if wanted.method not in offered or wanted.method == order.payment_method:
        raise UnknownPayment
    if order.status is not OrderStatus.RECEIVED:
        raise NeedsPerson("이미 결제하신 주문이라, 결제 방법은 상담원이 확인하고 바꿔 드려야 해요.")
    await connection.execute(
        orders.update().where(orders.c.order_id == order.order_id).values(payment_method=wanted.method)
    )
    changed = Changed(
        order_id=order.order_id,
        kind=EventKind.PAYMENT_CHANGED.value,
        item=None,
        before=order.payment_method or "알 수 없음",
        after=wanted.method,
        difference_krw=0,
    )
    await record_change(connection, request, order.status, EventKind.PAYMENT_CHANGED, _describe(changed))
    return changed


async def _settle(
    connection: AsyncConnection, request: Request, order: Order, difference_krw: int
) -> tuple[int, date | None]:
    """Have the order cost so much more or less, and return what really follows. Raises NeedsPayment, NeedsPerson."""
    if difference_krw == 0:
        return 0, None
    if order.paid_krw is None:
        raise NeedsPerson
    is_paid = order.status is not OrderStatus.RECEIVED
    if difference_krw > 0 and is_paid:
        raise NeedsPayment(difference_krw)
    less = max(difference_krw, -order.paid_krw)
    await connection.execute(
        orders.update().where(orders.c.order_id == order.order_id).values(paid_krw=order.paid_krw + less)
    )
    if not is_paid or less == 0:
        return less, None
    due = await giving_back.refund(
        connection, order_id=order.order_id, amount_krw=-less, method=order.payment_method, now=request.now
    )
    return less, due


def _find_item(order: Order, item_id: int) -> OrderItem:
    item = next((item for item in order.items if item.item_id == item_id), None)
    if item is None:
        raise ItemNotFound
    if not item.left_count:
        raise NothingLeft
    return item


async def _options(connection: AsyncConnection, product: str) -> dict[str, int]:
    query = (
        sa.select(product_options.c.option, product_options.c.price_krw)
        .where(product_options.c.product == product, product_options.c.is_sold)
        .order_by(product_options.c.option)
    )
    return {row.option: row.price_krw for row in await connection.execute(query)}


async def record_change(
    connection: AsyncConnection, request: Request, status: OrderStatus, kind: EventKind, detail: Json
) -> None:
    """Write down what was changed, with the rule that allowed it at `status`."""
    rule = load_changes()[Change.CHANGE][status]
    await record(connection, request, kind, detail, rule=(rule.rule, rule.version), inputs={"status": status.value})


def _describe(changed: Changed) -> Json:
    due = changed.due_date.isoformat() if changed.due_date else None
    return {**vars(changed), "due_date": due}
