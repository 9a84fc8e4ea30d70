"""The one door to orders: reading, looking for, cancelling, changing, sending back, receipts, the story.

Every question and every write carries the customer's id into its first statement, so that another's order and one
that does not exist cannot be told apart, by the answer or by the time it takes.
"""

from __future__ import annotations

from backoffice.orders.cancelling import Cancellation, cancel_order, preview_cancel
from backoffice.orders.changing import change_order, list_options
from backoffice.orders.merging import merge_orders
from backoffice.orders.reading import (
    find_order,
    list_recent,
    read_order,
)
from backoffice.orders.receipts import Sent, send_receipt
from backoffice.orders.receiving import receive_return
from backoffice.orders.requests import Requester
from backoffice.orders.return_records import Return
from backoffice.orders.returning import find_open_return, request_return, withdraw_return
from backoffice.orders.search import Query, search
from backoffice.orders.state import advance
from backoffice.orders.wanted import Changed, NewItem, NewOption, NewPayment, NewQuantity

__all__ = [
    "Cancellation",
    "Changed",
    "NewItem",
    "NewOption",
    "NewPayment",
    "NewQuantity",
    "Query",
    "Requester",
    "Return",
    "Sent",
    "advance",
    "cancel_order",
    "change_order",
    "find_open_return",
    "find_order",
    "list_options",
    "list_recent",
    "merge_orders",
    "preview_cancel",
    "read_order",
    "receive_return",
    "request_return",
    "search",
    "send_receipt",
    "withdraw_return",
]
