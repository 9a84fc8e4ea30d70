"""The shape of a demo file, field by field. A field may be absent; one that is not here is an error that names it.

`points.amount_krw` alone may be negative: points are a ledger, and spending is a negative line.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from backoffice.blocking.tables import BlockReason
from backoffice.customers.tables import Grade
from backoffice.orders.tables import Actor, EventKind, OrderStatus, ReturnKind, ReturnState
from backoffice.verification.tables import Method, Result
from backoffice.verification.tables import Stage as VerificationStage
from kernel.clock import KST

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_LARGEST_KRW = 1_000_000_000_000
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def _read_moment(value: Any) -> datetime:
    if isinstance(value, str):
        if not _MOMENT.fullmatch(value):
            raise ValueError("not a time such as 2026-11-24T05:00:00Z")
        value = datetime.fromisoformat(value.upper())
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not a time such as 2026-11-24T05:00:00Z")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return value.astimezone(UTC)


def _read_day(value: Any) -> date:
    read = _read_day_or_moment(value)
    return read.astimezone(KST).date() if isinstance(read, datetime) else read


def _read_day_or_moment(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValueError(f"the year is not between {_FIRST_YEAR} and {_LAST_YEAR}")
        return value
    return _read_moment(value)


def _check_text(value: str) -> str:
    if _NOT_TEXT.search(value):
        raise ValueError("holds a character that no text has")
    return value


def _check_rate(value: float) -> float:
    if round(value, 2) != value:
        raise ValueError("has more than two decimals")
    return value


Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Day = Annotated[date, BeforeValidator(_read_day)]
DayOrMoment = Annotated[date | datetime, BeforeValidator(_read_day_or_moment)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_check_text)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^\S+$"), AfterValidator(_check_text)]
Krw = Annotated[int, Field(ge=0, le=_LARGEST_KRW)]
SignedKrw = Annotated[int, Field(ge=-_LARGEST_KRW, le=_LARGEST_KRW)]
Count = Annotated[int, Field(ge=1, le=10_000)]
Percent = Annotated[float, Field(ge=0, le=100), AfterValidator(_check_rate)]


class Shape(BaseModel):
    """Strict: no unknown field, no number for a text, no text for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Item(Shape):
    """One line of an order."""

    product: Line
    option: Line | None = None
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    price_krw: Krw | None = None
    cancelled_count: Count | None = None
    returned_count: Count | None = None

    @model_validator(mode="after")
    def _check_counts(self) -> Item:
        if (self.cancelled_count or 0) + (self.returned_count or 0) > self.quantity:
            raise ValueError("more pieces cancelled and returned than ordered")
        return self


class Stage(Shape):
    """One stage of a delivery."""

    stage: Line
    planned_at: Moment | None = None
    actual_at: Moment | None = None


class EtaChange(Shape):
    """One earlier expectation, where more than its day is known."""

    eta: DayOrMoment | None = None
    at: Moment | None = None
    reason: Line | None = None


class Refund(Shape):
    """Money on its way back."""

    amount_krw: Krw | None = None
    state: Line | None = None
    due_date: Day | None = None


class OrderEvent(Shape):
    """Something that happened to an order besides its way to the customer."""

    kind: EventKind
    at: Moment | None = None
    actor: Actor = Actor.CUSTOMER
    actor_id: Id | None = None
    why: Line | None = None
    detail: dict[str, Any] | None = None
    rule: Line | None = None
    rules_version: int | None = None
    inputs: dict[str, Any] | None = None


class ReturnItem(Shape):
    """So many pieces of the item at `place` of the order, counted from 0."""

    place: Annotated[int, Field(ge=0)]
    count: Count


class Return(Shape):
    """One return or exchange."""

    kind: ReturnKind = ReturnKind.RETURN
    state: ReturnState = ReturnState.REQUESTED
    reason: Line
    items: tuple[ReturnItem, ...] = ()
    wanted_option: Line | None = None
    pickup_date: Day
    fee_krw: Krw = 0
    requested_at: Moment | None = None
    rule: Line | None = None


class Order(Shape):
    """One order with its delivery and refund; `refund` is the last one, `earlier_refunds` those before it."""

    order_id: Id | None = None
    ordered_at: Moment | None = None
    items: tuple[Item, ...] = ()
    paid_krw: Krw | None = None
    discount_krw: Krw | None = None
    payment_method: Line | None = None
    status: OrderStatus = OrderStatus.RECEIVED
    promised_date: Day | None = None
    eta: DayOrMoment | None = None
    eta_history: tuple[DayOrMoment | EtaChange, ...] = ()
    delivered_at: Moment | None = None
    delivered_place: Line | None = None
    courier: Line | None = None
    tracking_no: Line | None = None
    delay_reason: Line | None = None
    address: Line | None = None
    door_note: Line | None = None
    stages: tuple[Stage, ...] = ()
    cancelled_at: Moment | None = None
    cancelled_by: Line | None = None
    merged_into: Id | None = None
    refund: Refund | None = None
    earlier_refunds: tuple[Refund, ...] | None = None
    used_points_krw: Krw | None = None
    used_coupon_id: Id | None = None
    events: tuple[OrderEvent, ...] | None = None
    returns: tuple[Return, ...] | None = None


class Block(Shape):
    """One time a customer was kept out."""

    reason: BlockReason
    blocked_at: Moment | None = None
    auto_release_at: Moment | None = None
    released_at: Moment | None = None
    detail: Line | None = None


class Attempt(Shape):
    """One attempt at verification."""

    at: Moment | None = None
    stage: VerificationStage | None = None
    method: Method | None = None
    result: Result | None = None
    cause: Line | None = None
    error_code: Line | None = None
    carrier: Line | None = None
    network: Line | None = None
    region: Line | None = None
    browser: Line | None = None
    os: Line | None = None
    retry_number: Annotated[int, Field(ge=0, le=100)] | None = None


class Points(Shape):
    """One line of the points ledger."""

    amount_krw: SignedKrw
    why: Line | None = None
    at: Moment | None = None
    expires_at: Moment | None = None


class Coupon(Shape):
    """One coupon a customer holds or used."""

    coupon_id: Id | None = None
    name: Line | None = None
    rate_percent: Percent | None = None
    amount_krw: Krw | None = None
    issued_at: Moment | None = None
    expires_at: Moment | None = None
    stackable: bool | None = None
    used_at: Moment | None = None
    minimum_krw: Krw | None = None
    excluded_products: Annotated[tuple[Line, ...], Field(min_length=1)] | None = None
    excludes_lowest_price: bool | None = None


class Grant(Shape):
    """One thing given to make up for something."""

    order_id: Id | None = None
    cause: Line | None = None
    kind: Line | None = None
    amount_krw: Krw | None = None
    rate_percent: Percent | None = None
    at: Moment | None = None


class BasketItem(Shape):
    """One line of a basket."""

    product: Line
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    price_krw: Krw = 0
    is_lowest_price: bool = False


class Basket(Shape):
    """What a customer is about to buy, and the coupons they chose for it."""

    items: tuple[BasketItem, ...] = ()
    coupon_ids: tuple[Id, ...] = ()


class Consents(Shape):
    """What the customer agreed to; absent where they were never asked."""

    service: bool | None = None
    marketing: bool | None = None
    night_ads: bool | None = None
    third_party: bool | None = None


class Customer(Shape):
    """One customer with everything about them."""

    customer_id: Id | None = None
    name: Line | None = None
    grade: Grade = Grade.BASIC
    phone: Line | None = None
    email: Line | None = None
    address: Line | None = None
    joined_at: Moment | None = None
    kakao_user_key: Line | None = None
    orders: tuple[Order, ...] = ()
    blocks: tuple[Block, ...] = ()
    verification_attempts: tuple[Attempt, ...] = ()
    points: tuple[Points, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    grants: tuple[Grant, ...] = ()
    basket: Basket | None = None
    consents: Consents | None = None


class DemoFile(Shape):
    """A whole demo file."""

    customers: tuple[Customer, ...]
