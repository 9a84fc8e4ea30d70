"""Cancels an order, or part of it, while its status allows: money, points and coupon go back in the same commit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.orders import giving_back
from backoffice.orders.changes import Change, find_change
from backoffice.orders.errors import ChangedMeanwhile, TooLateToCancel
from backoffice.orders.model import Order
from backoffice.orders.requests import (
    Json,
    Request,
    Requester,
    begin,
    check_allowed,
    finish,
    get_order,
    hold_for,
    record,
)
from backoffice.orders.shares import Piece, Share, share
from backoffice.orders.tables import Actor, EventKind, OrderStatus, order_items, orders
from kernel import korean
from kernel.database import read, write

Counts = Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """What a cancellation does or did; `due_date` is None where no money goes back."""

    order_id: str
    is_whole: bool
    pieces: tuple[tuple[str, int], ...]
    refund_krw: int | None
    due_date: date | None
    points_krw: int
    is_coupon_back: bool
    is_unpaid: bool


async def preview_cancel(
    engine: AsyncEngine, who: Requester, order_id: str, *, now: datetime, items: Counts | None = None
) -> Cancellation:
    """Return what cancelling would do now, and do nothing. Raises as `cancel_order`."""
    async with read(engine) as connection:
        order = await get_order(connection, who.customer_id, order_id)
    check_allowed(order, Change.CANCEL, who.actor, TooLateToCancel)
    found = share(order, items)
    due = giving_back.set_due(order.payment_method, now=now)[0] if _pays_back(found) else None
    return _tell_share(order, found, due)


async def cancel_order(
    engine: AsyncEngine,
    who: Requester,
    order_id: str,
    *,
    request_key: str,
    now: datetime,
    items: Counts | None = None,
    why: str | None = None,
    agreed_refund_krw: int | None = None,
) -> Cancellation:
    """Cancel all that is left of an order, or so many pieces of its items (by item id); the same key again does nothing.

    `agreed_refund_krw` is what the customer was told would come back. Raises OrderNotFound, TooLateToCancel,
    NeedsPerson, ItemNotFound, InvalidQuantity, NothingLeft, ChangedMeanwhile, RequestKeyReused; then nothing is done.
    """
    asked = f"cancel:{sorted((items or {}).items())}"
    request = Request(who=who, order_id=order_id, key=request_key, asked=asked, now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return _read(done)
        order = await hold_for(connection, request, Change.CANCEL, TooLateToCancel)
        found = share(order, items)
        if agreed_refund_krw is not None and found.refund_krw != agreed_refund_krw:
            raise ChangedMeanwhile
        cancellation = await carry_out(connection, request, order, found, why=why)
        await finish(connection, request, _write(cancellation))
    return cancellation


async def carry_out(
    connection: AsyncConnection,
    request: Request,
    order: Order,
    found: Share,
    *,
    why: str | None = None,
) -> Cancellation:
    """Take the pieces of `found` off an order that is held, give back what is due for them, and write it down."""
    due = None
    if found.is_whole:
        await _end(connection, request, is_unpaid=found.is_unpaid)
    if found.is_unpaid and not found.is_whole:
        await _ask_for_less(connection, order, found)
    else:
        await take_off(connection, found.pieces)
    if _pays_back(found):
        due = await giving_back.refund(
            connection,
            order_id=order.order_id,
            amount_krw=found.refund_krw,
            method=order.payment_method,
            now=request.now,
        )
    await giving_back.give_benefits_back(
        connection,
        customer_id=request.who.customer_id,
        order_id=order.order_id,
        points_krw=found.points_krw,
        coupon_id=found.coupon_id,
        key=request.key,
        now=request.now,
    )
    cancellation = _tell_share(order, found, due)
    await _record(connection, request, order, cancellation, why=why)
    await _tell_customer(connection, request, order, cancellation)
    return cancellation


async def take_off(connection: AsyncConnection, pieces: tuple[Piece, ...]) -> None:
    """Count the pieces as cancelled; the database itself refuses more than were ordered."""
    for piece in pieces:
        await connection.execute(
            order_items.update()
            .where(order_items.c.row_id == piece.item.item_id)
            .values(cancelled_count=order_items.c.cancelled_count + piece.count)
        )


async def _end(connection: AsyncConnection, request: Request, *, is_unpaid: bool) -> None:
    """Set the order cancelled; what nobody has paid is no longer called paid."""
    by = _cancelled_by(request.who.actor)
    values = {"status": OrderStatus.CANCELLED.value, "cancelled_at": request.now, "cancelled_by": by}
    ended = orders.update().where(orders.c.order_id == request.order_id)
    await connection.execute(ended.values(**values, **({"paid_krw": None} if is_unpaid else {})))


async def _ask_for_less(connection: AsyncConnection, order: Order, found: Share) -> None:
    """Shrink an order that nobody has paid yet, as if the pieces had never been in it."""
    for piece in found.pieces:
        this = order_items.c.row_id == piece.item.item_id
        if piece.count == piece.item.quantity:
            await connection.execute(order_items.delete().where(this))
        else:
            await connection.execute(
                order_items.update().where(this).values(quantity=order_items.c.quantity - piece.count)
            )
    worth = sum((piece.item.price_krw or 0) * piece.count for piece in found.pieces)
    values = {
        "paid_krw": order.paid_krw - (found.refund_krw or 0) if order.paid_krw is not None else None,
        "discount_krw": max(0, (order.discount_krw or 0) - max(0, worth - (found.refund_krw or 0) - found.points_krw)),
        "used_points_krw": (order.used_points_krw or 0) - found.points_krw or None,
    }
    await connection.execute(orders.update().where(orders.c.order_id == order.order_id).values(**values))


async def _record(
    connection: AsyncConnection,
    request: Request,
    order: Order,
    cancellation: Cancellation,
    *,
    why: str | None,
) -> None:
    rule = find_change(order, Change.CANCEL)
    await record(
        connection,
        request,
        EventKind.CANCELLED if cancellation.is_whole else EventKind.ITEMS_CANCELLED,
        _write(cancellation),
        why=why,
        rule=(rule.rule, rule.version) if rule else None,
        inputs={"status": order.status.value, "paid_krw": order.paid_krw, "method": order.payment_method},
    )


async def _tell_customer(
    connection: AsyncConnection, request: Request, order: Order, cancellation: Cancellation
) -> None:
    """Tell a customer who did not ask for it themselves."""
    if request.who.actor is Actor.CUSTOMER:
        return
    what = "주문이" if cancellation.is_whole else "주문 가운데 일부가"
    text = f"[이음] {order.name} {what} 취소됐어요."
    if cancellation.due_date is not None and cancellation.refund_krw is not None:
        text += f" {korean.josa(korean.won(cancellation.refund_krw), '을/를')} 돌려드려요."
    await tell(
        connection,
        customer_id=request.who.customer_id,
        key=f"order_cancelled:{request.order_id}:{request.key}",
        category=NoticeCategory.ORDER,
        text=text,
        now=request.now,
    )


def _pays_back(found: Share) -> bool:
    return not found.is_unpaid and found.refund_krw != 0


def _cancelled_by(actor: Actor) -> str:
    return "shop" if actor is Actor.SHOP else "customer"


def _tell_share(order: Order, found: Share, due: date | None) -> Cancellation:
    return Cancellation(
        order_id=order.order_id,
        is_whole=found.is_whole,
        pieces=tuple((piece.item.label, piece.count) for piece in found.pieces),
        refund_krw=found.refund_krw,
        due_date=due,
        points_krw=found.points_krw,
        is_coupon_back=found.coupon_id is not None,
        is_unpaid=found.is_unpaid,
    )


def _write(cancellation: Cancellation) -> Json:
    due = cancellation.due_date.isoformat() if cancellation.due_date else None
    pieces = [{"item": label, "count": count} for label, count in cancellation.pieces]
    return {**vars(cancellation), "pieces": pieces, "due_date": due}


def _read(kept: Json) -> Cancellation:
    pieces = tuple((piece["item"], piece["count"]) for piece in kept["pieces"])
    due = date.fromisoformat(kept["due_date"]) if kept["due_date"] else None
    return Cancellation(**{**kept, "pieces": pieces, "due_date": due})
