"""What agents see of a customer: masked, and no more than the work needs.

Everything here but `Contact` is already masked and ready for JSON (times as RFC 3339 in UTC), so that
no caller can show more by mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.blocking.desk import REASON_LABELS
from backoffice.blocking.policy import is_active
from backoffice.blocking.tables import blocks
from backoffice.compensation.tables import grants
from backoffice.customers.amends import read_within
from backoffice.customers.tables import Grade, customers
from backoffice.customers.tally import count_within, list_open_privacy_requests
from backoffice.delivery.desk import describe
from backoffice.delivery.intake import list_flags
from backoffice.delivery.rules import load_rules
from backoffice.delivery.service import Delivery, read_deliveries
from backoffice.delivery.tables import FlagKind
from backoffice.errors import CustomerNotFound
from backoffice.orders.history import read_notes
from backoffice.orders.model import Order
from backoffice.orders.policy import STATUS_LABELS
from backoffice.orders.port import Orders, OrdersUnavailable, SqlOrders
from backoffice.orders.tables import OrderStatus
from backoffice.verification.desk import label_cause
from backoffice.verification.rules import load_causes
from backoffice.verification.tables import Result, verification_attempts
from kernel import korean
from kernel.clock import Clock
from kernel.database import read


@dataclass(frozen=True)
class Contact:
    """How a customer is called and reached; not masked, and not for the eyes of agents."""

    name: str | None
    phone: str | None


_PANEL_ORDERS = 5
_RECENT_ENTRIES = 5

_CUSTOMER = sa.select(customers).where(customers.c.customer_id == sa.bindparam("customer_id"))

_GRADE = sa.select(customers.c.grade).where(customers.c.customer_id == sa.bindparam("customer_id"))
_BY_KAKAO_USER = sa.select(customers.c.customer_id).where(customers.c.kakao_user_key == sa.bindparam("user_key"))


_HISTORIES = {"blocks": blocks.c.blocked_at, "verification_attempts": verification_attempts.c.at, "grants": grants.c.at}


def _select_histories() -> sa.CompoundSelect[Any]:
    """Return one query for the latest entries of all histories, newest first, each row marked with its `history`.

    One query instead of three, because each costs about 0.3 ms on its way to SQLite. A row has the
    columns of all histories; those that are not its own are NULL.
    """
    columns = {column.name: column for when in _HISTORIES.values() for column in when.table.c}
    parts = []
    for name, when in _HISTORIES.items():
        table = when.table
        latest = (
            sa.select(table)
            .where(table.c.customer_id == sa.bindparam("customer_id"))
            .order_by(when.desc(), table.c.row_id.desc())
            .limit(_RECENT_ENTRIES)
            .subquery()
        )
        own = [
            latest.c[key] if key in latest.c else sa.cast(sa.null(), columns[key].type).label(key) for key in columns
        ]
        parts.append(sa.select(sa.literal(name).label("history"), latest.c[when.name].label("happened_at"), *own))
    return sa.union_all(*parts).order_by(sa.desc("happened_at"), sa.desc("row_id"))


_HISTORY_ROWS = _select_histories()
_NOT_SHOWN = frozenset({"history", "happened_at", "row_id", "customer_id", "event_id", "decision_id"})


async def get_panel(
    engine: AsyncEngine, customer_id: str, clock: Clock, *, book: Orders | None = None
) -> dict[str, Any]:
    """Return the masked customer with their latest orders for the desk's side panel. Raises CustomerNotFound.

    `is_orders_unavailable` is there where the order system did not answer.
    """
    found = await _list_orders(engine, customer_id, book, with_open=False)
    async with read(engine) as connection:
        person = await _find_masked(connection, customer_id)
        if person is None:
            raise CustomerNotFound(customer_id)
        orders = await _summarise(connection, found or (), clock)
    return person | {"recent_orders": orders} | ({"is_orders_unavailable": True} if found is None else {})


async def handoff_facts(
    engine: AsyncEngine, customer_id: str, clock: Clock, *, book: Orders | None = None
) -> dict[str, Any]:
    """Return what a conversation carries to a person: the masked customer and what may be concerned.

    `orders` holds the newest ones and any older one still open; `blocks`, `verification_attempts`
    and `grants` the latest of each, newest first, a block with `is_active` at the clock's time.
    `amends` holds the newest decisions about amends and the requests that wait for a supervisor; `tally` how often
    the customer tried to verify today and what was granted in a year; `privacy_requests` those still open.
    For an id the shop does not know, `customer` is None, the lists are empty and the counts 0.
    """
    concerned = await _list_orders(engine, customer_id, book, with_open=True)
    now = clock.now()
    async with read(engine) as connection:
        person = await _find_masked(connection, customer_id)
        orders = await _summarise(connection, concerned or (), clock)
        rows = (await connection.execute(_HISTORY_ROWS, {"customer_id": customer_id})).mappings().all()
        given = await read_within(connection, customer_id)
        tally = await count_within(connection, customer_id, now)
        privacy = await list_open_privacy_requests(connection, customer_id)
    histories: dict[str, list[dict[str, Any]]] = {name: [] for name in _HISTORIES}
    causes = load_causes()
    for row in rows:
        entry = {str(key): _plain(value) for key, value in row.items() if value is not None and key not in _NOT_SHOWN}
        if row["history"] == "blocks":
            entry["is_active"] = is_active(row["auto_release_at"], row["released_at"], now)
            entry["reason_label"] = REASON_LABELS[row["reason"]]
        if row["history"] == "verification_attempts" and row["result"] == Result.FAILURE:
            cause = causes.name(row["cause"], row["error_code"])
            entry |= {"cause_label": label_cause(cause), "cause_plain": causes.find(cause).plain}
        histories[row["history"]].append(entry)
    missing = {"is_orders_unavailable": True} if concerned is None else {}
    requests = [{name: _plain(value) for name, value in request.items()} for request in privacy]
    return {
        "customer": person,
        "orders": orders,
        **histories,
        "amends": given,
        "tally": tally,
        "privacy_requests": requests,
    } | missing


async def find_by_kakao_user_key(engine: AsyncEngine, user_key: str) -> str | None:
    """Return the id of the customer who linked this KakaoTalk user to their account, None when nobody did."""
    async with read(engine) as connection:
        found: str | None = await connection.scalar(_BY_KAKAO_USER, {"user_key": user_key})
    return found


async def find_grade(engine: AsyncEngine, customer_id: str) -> Grade | None:
    """Return how the shop ranks the customer, None for an id the shop does not know."""
    async with read(engine) as connection:
        found: str | None = await connection.scalar(_GRADE, {"customer_id": customer_id})
    return Grade(found) if found is not None else None


async def find_contact(engine: AsyncEngine, customer_id: str) -> Contact | None:
    """Return a customer's name and registered number as they are, for the shop's own use; None for an unknown id."""
    async with read(engine) as connection:
        row = (await connection.execute(_CUSTOMER, {"customer_id": customer_id})).first()
    return Contact(row.name, row.phone) if row is not None else None


async def _find_masked(connection: AsyncConnection, customer_id: str) -> dict[str, Any] | None:
    row = (await connection.execute(_CUSTOMER, {"customer_id": customer_id})).first()
    if row is None:
        return None
    return {
        "name": korean.mask_name(row.name) if row.name else None,
        "phone": korean.mask_phone(row.phone) if row.phone else None,
        "address": korean.mask_address(row.address) if row.address else None,
        "grade": row.grade,
        "joined_at": _rfc3339(row.joined_at) if row.joined_at else None,
    }


async def _list_orders(
    engine: AsyncEngine, customer_id: str, book: Orders | None, *, with_open: bool
) -> Sequence[Order] | None:
    """Return the orders to show; None where the order system does not answer: the rest is shown all the same."""
    try:
        return await (book or SqlOrders(engine)).list_orders(customer_id, limit=_PANEL_ORDERS, with_open=with_open)
    except OrdersUnavailable:
        return None


async def _summarise(connection: AsyncConnection, orders: Sequence[Order], clock: Clock) -> list[dict[str, Any]]:
    """Return the orders as agents see them, those on their way or in doubt with a `delivery`."""
    rules = load_rules()
    notes = await read_notes(connection, [order.order_id for order in orders])
    found = await read_deliveries(connection, orders, now=clock.now(), rules=rules)
    flags: defaultdict[str, list[FlagKind]] = defaultdict(list)
    for flag in await list_flags(connection, [order.order_id for order in orders]):
        flags[flag["order_id"]].append(FlagKind(flag["kind"]))
    summaries = []
    for delivery in found:
        kinds = list(dict.fromkeys(flags[delivery.order.order_id]))
        told = describe(delivery, kinds, rules)
        summaries.append(_summary(delivery, notes) | ({"delivery": told} if told else {}))
    return summaries


def _summary(delivery: Delivery, notes: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return an order in short; with `notes` where something happened to it, a return under way first."""
    order, came_at = delivery.order, delivery.facts.delivered_at
    came = {"delivered_at": _rfc3339(came_at)} if came_at and order.status is OrderStatus.DELIVERED else {}
    noted = {"notes": notes[order.order_id]} if order.order_id in notes else {}
    return (
        noted
        | came
        | {
            "order_id": order.order_id,
            "ordered_at": _rfc3339(order.ordered_at),
            "status": order.status.value,
            "status_label": STATUS_LABELS[order.status],
            "summary": order.name,
            "paid_krw": order.paid_krw,
        }
    )


def _plain(value: Any) -> Any:
    return _rfc3339(value) if isinstance(value, datetime) else value


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
