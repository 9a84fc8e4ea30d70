"""An order as the rest of the product sees it: frozen values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backoffice.orders.tables import OPEN_STATUSES, OrderStatus

_REFUND_DONE = frozenset({"done", "completed", "paid", "refunded"})
UNNAMED = "주문하신 상품"


@dataclass(frozen=True)
class OrderItem:
    """One line of an order; `price_krw` is for one piece, `quantity` what was ordered.

    Of that, `cancelled_count` pieces were cancelled, and `returned_count` are on their way back or were.
    """

    product: str
    option: str | None
    quantity: int
    price_krw: int | None
    item_id: int | None = None
    cancelled_count: int = 0
    returned_count: int = 0

    @property
    def left_count(self) -> int:
        """How many pieces the customer has or still gets."""
        return self.quantity - self.cancelled_count - self.returned_count

    @property
    def label(self) -> str:
        """The product with its option: `텀블러(검정)`."""
        return f"{self.product}({self.option})" if self.option else self.product


@dataclass(frozen=True)
class Refund:
    """Money on its way back."""

    amount_krw: int | None
    state: str | None
    due_date: date | None

    @property
    def is_done(self) -> bool:
        """Whether the money has been paid back."""
        return (self.state or "").lower() in _REFUND_DONE


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What an order system of the shop's own knows of the way; where orders are in Ieum's tables, it is in theirs.

    `delay_reason` is one of the names in `delivery/rules.yml`.
    """

    courier: str | None = None
    tracking_no: str | None = None
    promised_on: date | None = None
    eta_on: date | None = None
    delivered_at: datetime | None = None
    delivered_place: str | None = None
    delay_reason: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    """One order with its items."""

    order_id: str
    ordered_at: datetime
    status: OrderStatus
    items: tuple[OrderItem, ...]
    paid_krw: int | None = None
    discount_krw: int | None = None
    payment_method: str | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    merged_into: str | None = None
    used_points_krw: int | None = None
    used_coupon_id: str | None = None
    refunds: tuple[Refund, ...] = ()
    parcel: Parcel | None = None

    @property
    def refund(self) -> Refund | None:
        """The newest refund that is still under way, else the newest."""
        waiting = [refund for refund in self.refunds if not refund.is_done]
        return next(reversed(waiting or self.refunds), None)

    @property
    def left_items(self) -> tuple[OrderItem, ...]:
        """The items of which something is left."""
        return tuple(item for item in self.items if item.left_count)

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way to the customer."""
        return self.status in OPEN_STATUSES

    @property
    def name(self) -> str:
        """What a customer would call it: `러닝화`, `러닝화 외 1건`."""
        named = self.left_items or self.items
        if not named:
            return UNNAMED
        rest = len(named) - 1
        return f"{named[0].product} 외 {rest}건" if rest else named[0].product
