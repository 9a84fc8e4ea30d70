"""What the shop refuses to do with an order.

OrderError
├── OrderNotFound        no such order of this customer; another's is as unknown
├── ItemNotFound         the order holds no such item
├── TooLateToCancel      it has left, or has ended another way
├── TooLateToChange      likewise
├── ReturnNotPossible    not delivered yet, or ended another way
├── ReturnWindowClosed   the days for sending back are over
├── NothingLeft          all of it was cancelled or is on its way back already
├── NeedsPerson          possible, but only a person can do it
├── NeedsPayment         possible once `amount_krw` more is paid
├── NotMergeable         the two orders cannot travel in one box
├── UnknownOption        the product is not sold with this option; `options` are those it is
├── UnknownPayment       no way of paying that the shop offers
├── UnknownReason        no reason the shop knows
├── ReceiptNotPossible   no such proof for what was paid this way
├── InvalidQuantity      not a whole number of pieces within reason
├── InvalidAmount        not a whole number of won within reason
├── InvalidPeriod        no period of days: it ends before it begins
├── InvalidRequestKey    empty or too long
├── RequestKeyReused     the key was used for another request
└── ChangedMeanwhile     what was agreed to no longer holds; nothing was done
"""

from __future__ import annotations

from collections.abc import Sequence

from backoffice.errors import BackofficeError


class OrderError(BackofficeError):
    """The root. `detail` is what a customer is told, in Korean; `is_for_person` whether a person can still help."""

    code = "order_error"
    detail = "요청하신 일을 처리하지 못했어요."
    is_for_person = True

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(self.code)
        if detail is not None:
            self.detail = detail


class OrderNotFound(OrderError):
    """No such order of this customer's."""

    code = "order_not_found"
    detail = "말씀하신 주문번호로는 고객님의 주문을 찾지 못했어요."


class ItemNotFound(OrderError):
    """The order holds no such item."""

    code = "item_not_found"
    detail = "말씀하신 상품을 이 주문에서 찾지 못했어요."


class TooLateToCancel(OrderError):
    """It has left, or has ended another way."""

    code = "too_late_to_cancel"
    detail = "지금은 취소할 수 없는 주문이에요."


class TooLateToChange(OrderError):
    """It has left, or has ended another way."""

    code = "too_late_to_change"
    detail = "지금은 바꿀 수 없는 주문이에요."


class ReturnNotPossible(OrderError):
    """Not delivered yet, or ended another way."""

    code = "return_not_possible"
    detail = "지금은 반품이나 교환을 할 수 없는 주문이에요."


class ReturnWindowClosed(OrderError):
    """The days for sending back are over."""

    code = "return_window_closed"
    detail = "보내실 수 있는 날이 지났어요."


class NothingLeft(OrderError):
    """All of it was cancelled or is on its way back already."""

    code = "nothing_left"
    detail = "이미 모두 취소했거나 반품을 접수한 상품이에요."


class NeedsPerson(OrderError):
    """Possible, but only a person can do it."""

    code = "needs_person"
    detail = "이 일은 상담원이 확인하고 처리해 드려야 해요."


class NeedsPayment(OrderError):
    """Possible once so much more is paid."""

    code = "needs_payment"
    detail = "더 내셔야 할 금액이 있어요."

    def __init__(self, amount_krw: int) -> None:
        super().__init__()
        self.amount_krw = amount_krw


class NotMergeable(OrderError):
    """The two orders cannot travel in one box."""

    code = "not_mergeable"
    detail = "두 주문을 합쳐서 보내 드릴 수 없어요."


class UnknownOption(OrderError):
    """The product is not sold with this option."""

    code = "unknown_option"
    detail = "고르신 옵션은 지금 판매하지 않아요."

    def __init__(self, options: Sequence[str] = ()) -> None:
        super().__init__()
        self.options = tuple(options)


class UnknownPayment(OrderError):
    """No way of paying that the shop offers."""

    code = "unknown_payment_method"
    detail = "쓸 수 없는 결제 방법이에요."


class UnknownReason(OrderError):
    """No reason the shop knows."""

    code = "unknown_reason"
    detail = "반품하시는 까닭을 알 수 없었어요."


class ReceiptNotPossible(OrderError):
    """No such proof for what was paid this way."""

    code = "receipt_not_possible"
    detail = "이 결제로는 받으실 수 없는 증빙이에요."


class InvalidQuantity(OrderError):
    """Not a whole number of pieces within reason."""

    code = "invalid_quantity"
    detail = "수량은 1개부터 999개까지 바꿀 수 있어요."


class InvalidAmount(OrderError):
    """Not a whole number of won within reason."""

    code = "invalid_amount"
    detail = "찾으시는 금액을 알 수 없었어요."


class InvalidPeriod(OrderError):
    """It ends before it begins, or lies outside the calendar."""

    code = "invalid_period"
    detail = "찾으시는 날짜를 알 수 없었어요."


class InvalidRequestKey(OrderError):
    """Empty or too long."""

    code = "invalid_request_key"


class RequestKeyReused(OrderError):
    """The key was used for another request."""

    code = "request_key_reused"


class ChangedMeanwhile(OrderError):
    """What was agreed to no longer holds; nothing was done."""

    code = "changed_meanwhile"
    detail = "그사이 주문 내용이 달라져서 아무것도 바꾸지 않았어요."
