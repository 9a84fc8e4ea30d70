"""Writes what happens to coupons: issued, used, returned, over. Whether one can be used follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.benefits.errors import CouponNotUsable, CouponUnknown
from backoffice.benefits.policy import Coupon
from backoffice.benefits.tables import CouponEventKind, coupon_events, coupons
from backoffice.benefits.terms import find_lasting_obstacle, load_terms
from backoffice.customers.locking import lock_customer
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Job, schedule
from kernel.database import insert, write

EXPIRY_JOB = "coupon_expiry"
_OF_COUPON = (
    coupon_events.c.customer_id == coupons.c.customer_id,
    coupon_events.c.coupon_id == coupons.c.coupon_id,
)
_EVENTS = coupon_events.alias("of_this_coupon")
_LAST_PLACE = (
    sa.select(sa.func.max(_EVENTS.c.place))
    .where(_EVENTS.c.customer_id == coupons.c.customer_id, _EVENTS.c.coupon_id == coupons.c.coupon_id)
    .correlate(coupons)
    .scalar_subquery()
)
_HELD = (
    sa.select(
        coupons,
        coupon_events.c.kind.label("last_kind"),
        coupon_events.c.at.label("last_at"),
        coupon_events.c.order_id.label("last_order_id"),
        coupon_events.c.place.label("last_place"),
    )
    .select_from(coupons.outerjoin(coupon_events, sa.and_(*_OF_COUPON, coupon_events.c.place == _LAST_PLACE)))
    .where(coupons.c.customer_id == sa.bindparam("customer_id"))
    .order_by(coupons.c.issued_at.desc(), coupons.c.row_id.desc())
)
_COUPONS_READ = 100
_NEWEST = _HELD.limit(_COUPONS_READ)


@dataclass(frozen=True, kw_only=True)
class NewCoupon:
    """A coupon to be given; `coupon_id` is the giver's, and makes it given once."""

    coupon_id: str
    name: str
    rate_percent: float | None = None
    amount_krw: int | None = None
    expires_at: datetime | None = None
    stackable: bool = False
    minimum_krw: int | None = None
    excludes_lowest_price: bool = True


async def list_held(connection: AsyncConnection, customer_id: str) -> Sequence[Coupon]:
    """Return the customer's newest coupons, newest first, each as its events leave it."""
    rows = await connection.execute(_NEWEST, {"customer_id": customer_id})
    return [_read(row) for row in rows]


async def list_all(connection: AsyncConnection, customer_id: str) -> list[dict[str, Any]]:
    """Return everything known of the customer's coupons, as they were written, for a demo file."""
    query = _HELD.order_by(None).order_by(coupons.c.row_id)
    shown = [name for name in coupons.c.keys() if name not in ("row_id", "customer_id")]  # noqa: SIM118 a collection of columns
    return [
        {name: getattr(row, name) for name in shown} | {"used_at": _read(row).used_at}
        for row in await connection.execute(query, {"customer_id": customer_id})
    ]


def _read(row: Any) -> Coupon:
    is_used = row.last_kind == CouponEventKind.USED
    return Coupon(
        coupon_id=row.coupon_id,
        name=row.name,
        rate_percent=row.rate_percent,
        amount_krw=row.amount_krw,
        expires_at=row.expires_at,
        stackable=row.stackable,
        used_at=row.last_at if is_used else None,
        used_for=row.last_order_id if is_used else None,
        minimum_krw=row.minimum_krw,
        excluded_products=tuple(row.excluded_products or ()),
        excludes_lowest_price=row.excludes_lowest_price,
    )


async def issue(connection: AsyncConnection, customer_id: str, coupon: NewCoupon, *, now: datetime) -> None:
    """Give a coupon and see to its end, in the caller's transaction; nothing happens where it was given before."""
    row = {**vars(coupon), "customer_id": customer_id, "issued_at": now}
    done = await connection.execute(insert(connection, coupons).values(**row).on_conflict_do_nothing())
    if not done.rowcount:
        return
    await _note(connection, customer_id, coupon.coupon_id, CouponEventKind.ISSUED, place=0, now=now)
    if coupon.expires_at is not None:
        await schedule(
            connection,
            kind=EXPIRY_JOB,
            key=f"{customer_id}:{coupon.coupon_id}",
            due_at=coupon.expires_at,
            payload={"customer_id": customer_id, "coupon_id": coupon.coupon_id},
        )


async def use(engine: AsyncEngine, customer_id: str, coupon_id: str, *, order_id: str, now: datetime) -> None:
    """Use a coupon for an order; using it for the same order again changes nothing.

    Raises CouponUnknown, CouponNotUsable (used for another order, over, or the order has its coupons) and
    CustomerNotFound.
    """
    terms = load_terms()
    async with write(engine) as connection:
        await lock_customer(connection, customer_id)
        held = (await connection.execute(_HELD, {"customer_id": customer_id})).all()
        row = next((row for row in held if row.coupon_id == coupon_id), None)
        if row is None:
            raise CouponUnknown(coupon_id)
        coupon = _read(row)
        if coupon.used_for == order_id:
            return
        obstacle = find_lasting_obstacle(coupon, now=now, terms=terms)
        if obstacle is None and sum(_read(other).used_for == order_id for other in held) >= terms.coupons_per_order:
            obstacle = terms.tell("one_per_order")
        if obstacle is not None:
            raise CouponNotUsable(obstacle.rule, obstacle.sentence)
        place = _next_place(row)
        await _note(connection, customer_id, coupon_id, CouponEventKind.USED, place=place, now=now, order_id=order_id)


async def give_back(engine: AsyncEngine, customer_id: str, coupon_id: str, *, order_id: str, now: datetime) -> None:
    """Return a coupon whose order was cancelled; once is enough. Raises CouponUnknown and CouponNotUsable."""
    async with write(engine) as connection:
        await give_back_within(connection, customer_id, coupon_id, order_id=order_id, now=now)


async def give_back_within(
    connection: AsyncConnection, customer_id: str, coupon_id: str, *, order_id: str, now: datetime
) -> None:
    """Like `give_back`, within a transaction of the caller's. A use that names no order may be this one's."""
    await lock_customer(connection, customer_id)
    held = await connection.execute(_HELD.where(coupons.c.coupon_id == coupon_id), {"customer_id": customer_id})
    row = held.first()
    if row is None:
        raise CouponUnknown(coupon_id)
    if row.last_order_id == order_id and row.last_kind == CouponEventKind.RETURNED:
        return
    if row.last_kind != CouponEventKind.USED or row.last_order_id not in (order_id, None):
        raise CouponNotUsable("not_used", "이 주문에 쓰신 쿠폰이 아니에요.")
    kind = CouponEventKind.RETURNED
    await _note(connection, customer_id, coupon_id, kind, place=_next_place(row), now=now, order_id=order_id)


async def expire(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Write down that a coupon is over: the job of `issue`. A used one stays used."""
    customer_id, coupon_id = job.payload["customer_id"], job.payload["coupon_id"]
    try:
        await lock_customer(connection, customer_id)
    except CustomerNotFound:
        return
    held = await connection.execute(_HELD.where(coupons.c.coupon_id == coupon_id), {"customer_id": customer_id})
    row = held.first()
    if row is None or row.last_kind in (CouponEventKind.USED, CouponEventKind.EXPIRED):
        return
    await _note(connection, customer_id, coupon_id, CouponEventKind.EXPIRED, place=_next_place(row), now=now)


def _next_place(row: Any) -> int:
    return 0 if row.last_place is None else int(row.last_place) + 1


async def _note(
    connection: AsyncConnection,
    customer_id: str,
    coupon_id: str,
    kind: CouponEventKind,
    *,
    place: int,
    now: datetime,
    order_id: str | None = None,
) -> None:
    event = {"customer_id": customer_id, "coupon_id": coupon_id, "kind": kind.value, "place": place}
    await connection.execute(coupon_events.insert().values(**event, at=now, order_id=order_id))
