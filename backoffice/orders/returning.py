"""Takes requests for returns and exchanges, lets them be withdrawn, and settles them once the goods are back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.delivery.tables import deliveries
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.orders import giving_back
from backoffice.orders.changes import Change, list_statuses
from backoffice.orders.errors import (
    ChangedMeanwhile,
    NeedsPerson,
    NothingLeft,
    OrderNotFound,
    ReturnNotPossible,
    ReturnWindowClosed,
    UnknownReason,
)
from backoffice.orders.model import Order
from backoffice.orders.requests import (
    Json,
    Request,
    Requester,
    begin,
    check_allowed,
    finish,
    get_order,
    hold,
    record,
)
from backoffice.orders.rules import ReturnReason, load_return_rules
from backoffice.orders.shares import Piece, pick, share
from backoffice.orders.tables import (
    EventKind,
    OrderStatus,
    ReturnKind,
    ReturnState,
    order_items,
    order_returns,
    orders,
)
from kernel import korean
from kernel.clock import KST
from kernel.database import read, write
from kernel.ids import new_id

Counts = Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Return:
    """One return or exchange; `fee_krw` is what the customer pays for the way."""

    return_id: str
    order_id: str
    kind: ReturnKind
    state: ReturnState
    reason: str
    pieces: tuple[tuple[str, int], ...]
    pickup_date: date
    fee_krw: int
    wanted_option: str | None = None


async def request_return(
    engine: AsyncEngine,
    who: Requester,
    order_id: str,
    kind: ReturnKind,
    reason: str,
    *,
    request_key: str,
    now: datetime,
    items: Counts | None = None,
    wanted_option: str | None = None,
) -> Return:
    """Have what was delivered picked up, all of it or so many pieces (by item id); the same key again does nothing.

    Raises OrderNotFound, ReturnNotPossible, ReturnWindowClosed, NeedsPerson, UnknownReason, ItemNotFound,
    InvalidQuantity, NothingLeft, RequestKeyReused; then nothing is done.
    """
    known = load_return_rules().reasons.get(reason)
    if known is None:
        raise UnknownReason
    asked = f"{kind}:{reason}:{wanted_option}:{sorted((items or {}).items())}"
    request = Request(who=who, order_id=order_id, key=request_key, asked=asked, now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return _read(done)
        order = await hold(connection, request, list_statuses(Change.RETURN, who.actor))
        if order is None:
            order = await get_order(connection, who.customer_id, order_id)
            check_allowed(order, Change.RETURN, who.actor, ReturnNotPossible)
            raise ChangedMeanwhile
        await _check_window(connection, order, known, now)
        wanted = Return(
            return_id=new_id("return"),
            order_id=order_id,
            kind=kind,
            state=ReturnState.REQUESTED,
            reason=reason,
            pieces=tuple((piece.item.label, piece.count) for piece in pick(order, items)),
            pickup_date=pickup_day(now),
            fee_krw=known.fee_krw(kind),
            wanted_option=wanted_option,
        )
        await _store(connection, request, order, wanted, pick(order, items), known)
        await finish(connection, request, _write(wanted))
    return wanted


def pickup_day(now: datetime) -> date:
    """Return when something asked for now is picked up."""
    return giving_back.bank_day_after(now.astimezone(KST).date(), load_return_rules().pickup_after_business_days)


async def find_open_return(engine: AsyncEngine, customer_id: str, order_id: str) -> Return | None:
    """Return the newest return of this customer's order that is still under way; None when there is none."""
    async with read(engine) as connection:
        row = await _find_open(connection, customer_id, order_id)
        order = await get_order(connection, customer_id, order_id) if row is not None else None
    return _from_row(row, order) if row is not None and order is not None else None


async def withdraw_return(
    engine: AsyncEngine, who: Requester, order_id: str, *, request_key: str, now: datetime
) -> Return:
    """Call the newest open return of an order off. Raises OrderNotFound, ReturnNotPossible when there is none."""
    request = Request(who=who, order_id=order_id, key=request_key, asked="withdraw", now=now)
    async with write(engine) as connection:
        done = await begin(connection, request)
        if done is not None:
            return _read(done)
        order = await hold(connection, request, OrderStatus)
        row = await _find_open(connection, who.customer_id, order_id)
        if order is None or row is None:
            raise ReturnNotPossible("접수된 반품이나 교환이 없어요.")
        await _move(connection, row.return_id, ReturnState.WITHDRAWN)
        counts = _counts(order, row.items)
        await _count_returned(connection, {item_id: -count for item_id, count in counts.items()})
        withdrawn = _from_row(row, order, state=ReturnState.WITHDRAWN)
        await record(connection, request, EventKind.RETURN_WITHDRAWN, _write(withdrawn))
        await finish(connection, request, _write(withdrawn))
    return withdrawn


async def receive_return(engine: AsyncEngine, who: Requester, return_id: str, *, now: datetime) -> date | None:
    """Note that the goods are back; for a return the money less the fee is paid back. Return by when, None without money.

    Received twice, nothing happens the second time. Raises OrderNotFound when there is no such return.
    """
    async with write(engine) as connection:
        row = (
            await connection.execute(
                sa.select(order_returns)
                .join(orders)
                .where(order_returns.c.return_id == return_id, orders.c.customer_id == who.customer_id)
            )
        ).first()
        if row is None:
            raise OrderNotFound
        request = Request(who=who, order_id=row.order_id, key=return_id, asked="receive", now=now)
        order = await hold(connection, request, OrderStatus)
        if order is None or not await _move(connection, return_id, ReturnState.RECEIVED):
            return None
        received = _from_row(row, order, state=ReturnState.RECEIVED)
        due = await _pay_back(connection, request, order, row) if received.kind is ReturnKind.RETURN else None
        detail = _write(received) | {"due_date": due.isoformat() if due else None}
        await record(connection, request, EventKind.RETURN_RECEIVED, detail)
        await _tell_customer(connection, request, received, order, due)
    return due


async def _check_window(connection: AsyncConnection, order: Order, reason: ReturnReason, now: datetime) -> None:
    """Raise ReturnWindowClosed when the days are over, NeedsPerson when nobody knows since when they run."""
    delivered_at = await connection.scalar(
        sa.select(deliveries.c.delivered_at).where(deliveries.c.order_id == order.order_id)
    )
    if delivered_at is None:
        raise NeedsPerson("언제 받으셨는지 기록이 없어서 상담원이 확인해 드려야 해요.")
    days = (now.astimezone(KST).date() - delivered_at.astimezone(KST).date()).days
    if days > reason.days:
        raise ReturnWindowClosed(f"받으신 날부터 {reason.days}일이 지나 이 까닭으로는 보내실 수 없어요.")


async def _store(
    connection: AsyncConnection,
    request: Request,
    order: Order,
    wanted: Return,
    pieces: tuple[Piece, ...],
    reason: ReturnReason,
) -> None:
    if not pieces:
        raise NothingLeft
    entries = [{"place": order.items.index(piece.item), "count": piece.count} for piece in pieces]
    await connection.execute(
        order_returns.insert().values(
            return_id=wanted.return_id,
            order_id=wanted.order_id,
            kind=wanted.kind.value,
            state=wanted.state.value,
            reason=wanted.reason,
            items=entries,
            wanted_option=wanted.wanted_option,
            pickup_date=wanted.pickup_date,
            fee_krw=wanted.fee_krw,
            requested_at=request.now,
            rule=reason.name,
        )
    )
    await _count_returned(connection, _counts(order, entries))
    is_return = wanted.kind is ReturnKind.RETURN
    await record(
        connection,
        request,
        EventKind.RETURN_REQUESTED if is_return else EventKind.EXCHANGE_REQUESTED,
        _write(wanted),
        why=reason.reason,
        rule=(f"returns.{reason.reason}", reason.version),
        inputs={"reason": reason.reason, "days": reason.days},
    )


async def _count_returned(connection: AsyncConnection, counts: Counts) -> None:
    """Count pieces as on their way back (negative: no longer); the database refuses more than there are."""
    for item_id, count in counts.items():
        await connection.execute(
            order_items.update()
            .where(order_items.c.row_id == item_id)
            .values(returned_count=order_items.c.returned_count + count)
        )


def _counts(order: Order, entries: list[Json]) -> dict[int, int]:
    """Return how many of which item (by id) the entries of a return mean."""
    return {order.items[entry["place"]].item_id or 0: entry["count"] for entry in entries}


async def _move(connection: AsyncConnection, return_id: str, to: ReturnState) -> bool:
    moved = await connection.execute(
        order_returns.update()
        .where(order_returns.c.return_id == return_id, order_returns.c.state == ReturnState.REQUESTED.value)
        .values(state=to.value)
        .returning(order_returns.c.return_id)
    )
    return moved.first() is not None


async def _pay_back(connection: AsyncConnection, request: Request, order: Order, row: Any) -> date | None:
    """Pay back what the pieces were worth, less the fee; end the order when nothing of it is left."""
    counts = _counts(order, row.items)
    await _count_returned(connection, {item_id: -count for item_id, count in counts.items()})
    before = await get_order(connection, order_id=order.order_id, customer_id=request.who.customer_id)
    found = share(before, counts)
    await _count_returned(connection, counts)
    if found.is_whole:
        ended = orders.update().where(orders.c.order_id == order.order_id)
        await connection.execute(ended.values(status=OrderStatus.RETURNED.value))
    await giving_back.give_benefits_back(
        connection,
        customer_id=request.who.customer_id,
        order_id=order.order_id,
        points_krw=found.points_krw,
        coupon_id=found.coupon_id,
        key=request.key,
        now=request.now,
    )
    amount = max(0, found.refund_krw - row.fee_krw) if found.refund_krw is not None else None
    if amount == 0:
        return None
    return await giving_back.refund(
        connection, order_id=order.order_id, amount_krw=amount, method=order.payment_method, now=request.now
    )


async def _tell_customer(
    connection: AsyncConnection, request: Request, received: Return, order: Order, due: date | None
) -> None:
    text = f"[이음] 보내 주신 {korean.josa(order.name, '을/를')} 잘 받았어요."
    if due is not None:
        text += f" {due.month}월 {due.day}일까지 환불해 드려요."
    await tell(
        connection,
        customer_id=request.who.customer_id,
        key=f"return_received:{received.return_id}",
        category=NoticeCategory.ORDER,
        text=text,
        now=request.now,
    )


async def _find_open(connection: AsyncConnection, customer_id: str, order_id: str) -> Any:
    query = (
        sa.select(order_returns)
        .join(orders)
        .where(
            order_returns.c.order_id == order_id,
            orders.c.customer_id == customer_id,
            order_returns.c.state == ReturnState.REQUESTED.value,
        )
        .order_by(order_returns.c.requested_at.desc())
        .limit(1)
    )
    return (await connection.execute(query)).first()


def _from_row(row: Any, order: Order, *, state: ReturnState | None = None) -> Return:
    return Return(
        return_id=row.return_id,
        order_id=row.order_id,
        kind=ReturnKind(row.kind),
        state=state or ReturnState(row.state),
        reason=row.reason,
        pieces=tuple((order.items[entry["place"]].label, entry["count"]) for entry in row.items),
        pickup_date=row.pickup_date,
        fee_krw=row.fee_krw,
        wanted_option=row.wanted_option,
    )


def _write(wanted: Return) -> Json:
    pieces = [{"item": label, "count": count} for label, count in wanted.pieces]
    plain = {"kind": wanted.kind.value, "state": wanted.state.value, "pickup_date": wanted.pickup_date.isoformat()}
    return {**vars(wanted), **plain, "pieces": pieces}


def _read(kept: Json) -> Return:
    return Return(
        **{
            **kept,
            "kind": ReturnKind(kept["kind"]),
            "state": ReturnState(kept["state"]),
            "pieces": tuple((piece["item"], piece["count"]) for piece in kept["pieces"]),
            "pickup_date": date.fromisoformat(kept["pickup_date"]),
        }
    )
