"""The invented customers without a story: hundreds of ordinary histories, with the shares the shop really sees."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from backoffice.blocking.tables import BlockReason
from backoffice.customers.tables import Grade
from backoffice.demo import shape
from backoffice.demo.catalogue import (
    BLOCK_REASONS,
    BROWSERS,
    CARRIERS,
    DISTRICTS,
    FAILURE_CAUSES,
    FAMILY_NAMES,
    GIVEN_NAMES,
    ROADS,
    apportion,
)
from backoffice.demo.journeys import STAGES, STRIKES_AT, Journey
from backoffice.demo.orderbook import OrderBook, ordered_at
from backoffice.orders.tables import OrderStatus
from backoffice.verification.tables import Method, Result
from kernel.clock import KST

CUSTOMER_COUNT = 300
ORDER_COUNT = 2_100
ATTEMPT_COUNT = 1_800
FAILURE_PERCENT = 18
BLOCK_COUNT = 80
MONTHS_DAYS = 548
_VIP_PERCENT = 8
_LATE_FROM_DAYS_AGO = 9


def crowd(book: OrderBook) -> list[shape.Customer]:
    """Return the customers with all their orders, attempts, blocks and benefits."""
    rng = book.rng
    people = [_person(number, rng, book) for number in range(1, CUSTOMER_COUNT + 1)]
    orders: list[list[shape.Order]] = [[] for _ in people]
    eagerness = [rng.paretovariate(1.6) for _ in people]
    for owner in rng.choices(range(len(people)), eagerness, k=ORDER_COUNT):
        orders[owner].extend(_chance_order(book, book.extra_days(people[owner].address)))
    for owner, order in zip(rng.sample(range(len(people)), len(people)), _every_situation(book), strict=False):
        orders[owner].append(order)
    attempts, blocks = _attempts(book, len(people)), _blocks(book, len(people))
    return [
        person.model_copy(
            update={
                "orders": tuple(sorted(orders[place], key=ordered_at)),
                "verification_attempts": tuple(sorted(attempts[place], key=lambda attempt: attempt.at)),
                "blocks": tuple(sorted(blocks[place], key=lambda block: block.blocked_at)),
                **benefits(book, orders[place]),
            }
        )
        for place, person in enumerate(people)
    ]


def _person(number: int, rng: Random, book: OrderBook) -> shape.Customer:
    _, district = rng.choice(DISTRICTS)
    marketing = rng.random() < 0.5
    return shape.Customer(
        customer_id=f"demo-{number:04d}",
        name=rng.choice(FAMILY_NAMES) + rng.choice(GIVEN_NAMES),
        grade=Grade.VIP if rng.randrange(100) < _VIP_PERCENT else Grade.BASIC,
        phone=f"010-0000-{number:04d}",
        email=f"demo{number:04d}@example.com",
        address=f"{district} {rng.choice(ROADS)} {rng.randint(1, 200)}, {rng.randint(101, 120)}동 {rng.randint(1, 20)}01호",
        joined_at=book.moment(MONTHS_DAYS + rng.randint(1, 900)),
        consents=shape.Consents(
            service=True,
            marketing=marketing,
            night_ads=marketing and rng.random() < 0.2,
            third_party=rng.random() < 0.3,
        ),
    )


def _chance_order(book: OrderBook, extra_days: int) -> list[shape.Order]:
    """Return one order of a chance day, or two that travel in one box."""
    rng = book.rng
    placed_at = book.moment(rng.randint(1, MONTHS_DAYS))
    kind = rng.choices(("plain", "late", "cancelled", "merged", "returned"), (79, 9, 6, 3, 3))[0]
    if kind == "cancelled":
        return [
            book.write_cancelled(
                placed_at, by=rng.choices(("customer", "shop", "stock", "payment"), (70, 10, 12, 8))[0]
            )
        ]
    if kind == "late":
        return [
            book.write(
                Journey(
                    ordered_at=placed_at,
                    cause=rng.choice(tuple(STRIKES_AT)),
                    held_days=rng.choice((1, 1, 2, 2, 3, 4, 6, 7, 9)),
                    extra_days=extra_days,
                )
            )
        ]
    order = book.write(Journey(ordered_at=placed_at, extra_days=extra_days, may_slip=True))
    if kind == "merged":
        return [book.write_merged(placed_at - timedelta(minutes=rng.randint(10, 90)), into=order), order]
    if kind == "returned" and order.status is OrderStatus.DELIVERED:
        return [book.return_it(order)]
    return [order]


def _every_situation(book: OrderBook) -> list[shape.Order]:
    """Return open orders at each stage and with each cause of delay, three of a kind, so that none is ever missing."""
    rng = book.rng
    waiting = [
        book.write(Journey(ordered_at=book.moment(days), stop_after=stage))
        for stage in STAGES[:-1]
        for days in (4, 5, 6)
    ]
    late = [
        book.write(
            Journey(ordered_at=book.moment(_LATE_FROM_DAYS_AGO + extra), cause=cause, held_days=rng.randint(9, 11))
        )
        for cause in STRIKES_AT
        for extra in range(3)
    ]
    return waiting + late


def _attempts(book: OrderBook, owner_count: int) -> list[list[shape.Attempt]]:
    rng = book.rng
    failures = apportion(
        ATTEMPT_COUNT * FAILURE_PERCENT // 100, {cause: share for cause, (share, _, _) in FAILURE_CAUSES.items()}
    )
    causes: list[str | None] = [*failures, *[None] * (ATTEMPT_COUNT - len(failures))]
    rng.shuffle(causes)
    found: list[list[shape.Attempt]] = [[] for _ in range(owner_count)]
    for cause in causes:
        found[rng.randrange(owner_count)].append(attempt(book, cause, days_ago=rng.randint(1, MONTHS_DAYS)))
    return found


def attempt(
    book: OrderBook, cause: str | None, *, days_ago: int, hour: int | None = None, minute: int | None = None
) -> shape.Attempt:
    """Return one attempt that failed for `cause`, or succeeded when None."""
    rng = book.rng
    method, code = rng.choices(("SMS", "PASS", "ARS"), (55, 35, 10))[0], None
    if cause is not None:
        _, method, code = FAILURE_CAUSES[cause]
    return shape.Attempt(
        at=book.moment(days_ago, hour, minute),
        method=Method(method),
        result=Result.FAILURE if cause else Result.SUCCESS,
        cause=cause,
        error_code=code,
        carrier=rng.choices(CARRIERS, (38, 25, 20, 17))[0],
        region=rng.choice(DISTRICTS)[0],
        browser=rng.choice(BROWSERS),
    )


def _blocks(book: OrderBook, owner_count: int) -> list[list[shape.Block]]:
    rng = book.rng
    found: list[list[shape.Block]] = [[] for _ in range(owner_count)]
    for reason in apportion(BLOCK_COUNT, {reason: share for reason, (share, _, _) in BLOCK_REASONS.items()}):
        found[rng.randrange(owner_count)].append(block(book, reason, days_ago=rng.randint(4, MONTHS_DAYS), hour=12))
    return found


def block(book: OrderBook, reason: str, *, days_ago: int, hour: int, is_lifted: bool = True) -> shape.Block:
    """Return one block; lifted at its time, or by hand after three days where it never ends by itself."""
    _, hours, detail = BLOCK_REASONS[reason]
    at = book.moment(days_ago, hour)
    ends_at = at + timedelta(hours=hours) if hours is not None else None
    return shape.Block(
        reason=BlockReason(reason),
        blocked_at=at,
        auto_release_at=ends_at,
        released_at=(ends_at or at + timedelta(days=3)) if is_lifted else None,
        detail=detail,
    )


def benefits(book: OrderBook, orders: list[shape.Order]) -> dict[str, object]:
    """Return points, coupons and grants that fit the orders: 1 % back, some of it spent, amends for each late one."""
    rng, points, coupons, grants = book.rng, [], [], []
    came = [(order.delivered_at, order) for order in orders if order.delivered_at is not None]
    for delivered_at, order in sorted(came, key=lambda pair: pair[0]):
        earned = (order.paid_krw or 0) // 100
        points.append(
            shape.Points(
                amount_krw=earned,
                why="구매 적립",
                at=delivered_at,
                expires_at=delivered_at + timedelta(days=365),
            )
        )
        spent_at = delivered_at + timedelta(hours=1)
        held = sum(line.amount_krw for line in points if line.at and line.at <= spent_at)
        if held > 1_000 and rng.random() < 0.25:
            points.append(shape.Points(amount_krw=-1_000, why="주문에 사용", at=spent_at))
        late_days = (delivered_at.astimezone(KST).date() - order.promised_date).days if order.promised_date else 0
        if late_days > 0:
            grant = amends(order, late_days)
            grants.append(grant)
            if grant.kind == "points":
                points.append(shape.Points(amount_krw=grant.amount_krw or 0, why="배송 지연 보상", at=grant.at))
    if rng.random() < 0.6:
        coupons.append(_coupon(book))
    return {"points": tuple(points), "coupons": tuple(coupons), "grants": tuple(grants)}


def amends(order: shape.Order, late_days: int) -> shape.Grant:
    """Return what the shop gives by default for an order that came `late_days` late."""
    assert order.delivered_at is not None, "amends are made once the order has come"
    at = order.delivered_at + timedelta(hours=2)
    if late_days <= 2:
        return shape.Grant(order_id=order.order_id, cause="late", kind="free_shipping_coupon", at=at)
    if late_days <= 6:
        return shape.Grant(
            order_id=order.order_id, cause="late", kind="points", amount_krw=(order.paid_krw or 0) * 5 // 100, at=at
        )
    return shape.Grant(order_id=order.order_id, cause="late", kind="coupon", rate_percent=10.0, amount_krw=3_000, at=at)


def _coupon(book: OrderBook) -> shape.Coupon:
    rng = book.rng
    issued_at = book.moment(rng.randint(1, 60))
    is_used = rng.random() < 0.3
    return shape.Coupon(
        coupon_id=f"demo-coupon-{rng.randrange(10**8):08d}",
        name=rng.choice(("첫 구매 감사 쿠폰", "가을맞이 쿠폰", "무료 배송 쿠폰")),
        rate_percent=10.0,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=30),
        stackable=False,
        used_at=issued_at + timedelta(minutes=30) if is_used else None,
    )
