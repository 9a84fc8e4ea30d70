"""An order as the rest of the product sees it: frozen values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backoffice.orders.tables import OPEN_STATUSES, OrderStatus

_REFUND_DONE = frozenset({"done", "completed", "paid", "refunded"})
UNNAMED = "주문하신 상품"


@dataclass(frozen=True)
class OrderItem:
    """One line of an order; `price_krw` is for one piece."""

    product: str
    option: str | None
    quantity: int
    price_krw: int | None


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
    refund: Refund | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way to the customer."""
        return self.status in OPEN_STATUSES

    @property
    def name(self) -> str:
        """What a customer would call it: `러닝화`, `러닝화 외 1건`."""
        if not self.items:
            return UNNAMED
        rest = len(self.items) - 1
        return f"{self.items[0].product} 외 {rest}건" if rest else self.items[0].product
