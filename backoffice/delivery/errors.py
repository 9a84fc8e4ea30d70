"""What can go wrong with deliveries. All of them leave everything as it was.

BackofficeError
└── DeliveryError
    ├── OrderUnknown          no order has this number
    ├── EventInvalid          a report lacks a name, a code or a time, or holds what cannot be
    ├── EventFromTheFuture    a report tells of a time that has not come
    ├── EventIdReused         another report had this id
    ├── ChangeTooLate         the parcel is with the courier, or the order has ended
    ├── ChangeUnknown         no such change was proposed to this customer
    ├── DayNotPossible        nobody delivers on that day; `nearest` is the next one possible
    └── AddressIncomplete     an address without a road and a number
"""

from __future__ import annotations

from datetime import date

from backoffice.errors import BackofficeError


class DeliveryError(BackofficeError):
    """The root of what can go wrong with deliveries."""

    code = "delivery_error"


class OrderUnknown(DeliveryError):
    """No order has this number, or not for this customer."""

    code = "order_unknown"


class EventInvalid(DeliveryError):
    """A report lacks something or holds what cannot be; `field` names it."""

    code = "event_invalid"

    def __init__(self, field: str) -> None:
        super().__init__(f"the report's {field} cannot be")
        self.field = field


class EventFromTheFuture(DeliveryError):
    """A report tells of a time further ahead than clocks may differ."""

    code = "event_from_the_future"


class EventIdReused(DeliveryError):
    """The source gave this id to another report before."""

    code = "event_id_reused"


class ChangeTooLate(DeliveryError):
    """The parcel is with the courier, or the order has ended: nothing can be changed here any more."""

    code = "change_too_late"


class ChangeUnknown(DeliveryError):
    """No such change was proposed to this customer."""

    code = "change_unknown"


class DayNotPossible(DeliveryError):
    """Nobody delivers on that day, it is too near or too far; `nearest` is the next possible one."""

    code = "day_not_possible"

    def __init__(self, nearest: date) -> None:
        super().__init__(f"the nearest possible day is {nearest.isoformat()}")
        self.nearest = nearest


class AddressIncomplete(DeliveryError):
    """An address without a road, or village, and a number."""

    code = "address_incomplete"
