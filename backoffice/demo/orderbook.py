"""Writes the invented shop's orders: numbered by day, priced from the catalogue, ended in every way there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from backoffice.delivery.policy import add_business_days, count_business_days
from backoffice.delivery.rulebook import DeliveryRules
from backoffice.demo import shape
from backoffice.demo.catalogue import PAYMENT_METHODS, PRODUCTS, Product
from backoffice.demo.journeys import Journey, plan, travel
from backoffice.orders.tables import OrderStatus
from kernel.clock import KST

# Numbers of the invented shop start here, so that they keep clear of those a demo file would think of.
_FIRST_NUMBER = 30_000
_NUMBERS_A_DAY = 60
_REFUND_DAYS = 5


class OrderBook:
    """Makes orders as of `today`; every choice comes from `rng`, so that the same seed writes the same book."""

    def __init__(self, *, today: date, rules: DeliveryRules, rng: Random) -> None:
        self.today = today
        self.rng = rng
        self._rules = rules
        self._count_of_day: Counter[date] = Counter()

    def moment(self, days_ago: int, hour: int | None = None, minute: int | None = None) -> datetime:
        """Return a moment of an earlier day in Seoul, by day between 8 and 22 o'clock where no hour is given."""
        at = time(
            self.rng.randint(8, 21) if hour is None else hour, self.rng.randint(0, 59) if minute is None else minute
        )
        return datetime.combine(self.today - timedelta(days=days_ago), at, KST)

    def planned_arrival(self, ordered_at: datetime) -> date:
        """Return the day a parcel ordered then would come, were it not held up."""
        return plan(ordered_at, self._rules)["delivered"].date()

    def extra_days(self, address: str | None) -> int:
        """Return the business days that parcels to an address take longer."""
        return self._rules.areas.find(address).extra_business_days

    def days_to_hold(self, ordered_at: datetime) -> int:
        """Return the business days to hold up a parcel ordered then, for it to come two business days from today."""
        coming = add_business_days(self.today, 2, self._rules)
        return count_business_days(self.planned_arrival(ordered_at), coming, self._rules)

    def write(self, journey: Journey, *, products: Sequence[Product] = ()) -> shape.Order:
        """Return an order that took `journey`, of the given products or of one to three chance ones."""
        return self._order(journey.ordered_at, products).model_copy(
            update=travel(journey, today=self.today, rules=self._rules, rng=self.rng)
        )

    def write_cancelled(self, ordered_at: datetime, *, by: str, products: Sequence[Product] = ()) -> shape.Order:
        """Return an order cancelled some hours after it was paid; the money is back or on its way."""
        order = self._order(ordered_at, products)
        cancelled_at = ordered_at + timedelta(hours=self.rng.randint(1, 2), minutes=self.rng.randint(0, 30))
        stages = tuple(
            shape.Stage(stage=stage, planned_at=ordered_at, actual_at=ordered_at) for stage in ("received", "paid")
        )
        return order.model_copy(
            update={
                "status": OrderStatus.CANCELLED,
                "stages": stages,
                "cancelled_at": cancelled_at,
                "cancelled_by": by,
                "refund": self._refund(order, cancelled_at.date()),
            }
        )

    def write_merged(self, ordered_at: datetime, *, into: shape.Order, products: Sequence[Product] = ()) -> shape.Order:
        """Return an order that travels in another order's box."""
        order = self._order(ordered_at, products)
        stages = tuple(
            shape.Stage(stage=stage, planned_at=ordered_at, actual_at=ordered_at) for stage in ("received", "paid")
        )
        return order.model_copy(update={"status": OrderStatus.MERGED, "merged_into": into.order_id, "stages": stages})

    def return_it(self, order: shape.Order) -> shape.Order:
        """Return a delivered order as sent back, with its refund."""
        assert order.delivered_at is not None, "only what was delivered can be sent back"
        back_on = order.delivered_at.astimezone(KST).date() + timedelta(days=4)
        return order.model_copy(update={"status": OrderStatus.RETURNED, "refund": self._refund(order, back_on)})

    def _refund(self, order: shape.Order, decided_on: date) -> shape.Refund:
        due = decided_on + timedelta(days=_REFUND_DAYS)
        return shape.Refund(amount_krw=order.paid_krw, state="done" if due < self.today else "processing", due_date=due)

    def _order(self, ordered_at: datetime, products: Sequence[Product]) -> shape.Order:
        chosen = products or self.rng.sample(PRODUCTS, self.rng.choices((1, 2, 3), (60, 28, 12))[0])
        items = tuple(
            shape.Item(
                product=product.name,
                option=self.rng.choice(product.options) if product.options else None,
                quantity=self.rng.choices((1, 2, 3), (80, 15, 5))[0],
                price_krw=product.price_krw,
            )
            for product in chosen
        )
        total = sum((item.price_krw or 0) * item.quantity for item in items)
        discount = total * self.rng.choices((0, 5, 10, 15), (60, 20, 15, 5))[0] // 100 // 10 * 10
        return shape.Order(
            order_id=self._number(ordered_at.astimezone(KST).date()),
            ordered_at=ordered_at,
            items=items,
            paid_krw=total - discount,
            discount_krw=discount,
            payment_method=self.rng.choice(PAYMENT_METHODS),
        )

    def _number(self, day: date) -> str:
        place = self._count_of_day[day]
        self._count_of_day[day] += 1
        assert place < _NUMBERS_A_DAY, "more orders on one day than there are numbers for it"
        return f"{day.year}-{_FIRST_NUMBER + (day.timetuple().tm_yday - 1) * _NUMBERS_A_DAY + place}"


def ordered_at(order: shape.Order) -> datetime:
    """Return when an order of the book was placed; each has a time."""
    assert order.ordered_at is not None, "the book dates every order"
    return order.ordered_at
