"""What every write to an order has in common: done once for a key, only for its owner, only while its status allows.

The first statement of a request takes its key, and finds no order where it is another's or nobody's, by the same
statements for both. The second asks for the status and takes the row in one: of two who want it at once, the later
one sees what the earlier one did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.orders.changes import Change, find_change, list_statuses
from backoffice.orders.errors import (
    ChangedMeanwhile,
    InvalidRequestKey,
    NeedsPerson,
    OrderError,
    OrderNotFound,
    RequestKeyReused,
)
from backoffice.orders.model import Order
from backoffice.orders.reading import read_order
from backoffice.orders.tables import Actor, EventKind, OrderStatus, order_events, order_requests, orders
from kernel.database import insert

_LONGEST_KEY = 200
Json = dict[str, Any]

_TAKE = sa.select(
    orders.c.customer_id,
    sa.bindparam("request_key", type_=sa.Text),
    sa.bindparam("asked", type_=sa.Text),
    sa.bindparam("at", type_=order_requests.c.at.type),
).where(orders.c.order_id == sa.bindparam("order_id"), orders.c.customer_id == sa.bindparam("customer_id"))
_TAKEN = sa.select(order_requests).where(
    order_requests.c.customer_id == sa.bindparam("customer_id"),
    order_requests.c.request_key == sa.bindparam("request_key"),
)


@dataclass(frozen=True, kw_only=True)
class Requester:
    """For which customer something is asked, and who asks: the customer, an agent by id, or the shop itself."""

    customer_id: str
    actor: Actor = Actor.CUSTOMER
    actor_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Request:
    """One wish about one order; `key` names it, so that it can be said again without being done again."""

    who: Requester
    order_id: str
    key: str
    asked: str
    now: datetime


async def begin(connection: AsyncConnection, request: Request) -> Json | None:
    """Take the request's key; return what came of it where it was done before, None where it is still to be done.

    Raises OrderNotFound, RequestKeyReused, InvalidRequestKey.
    """
    if not 0 < len(request.key) <= _LONGEST_KEY:
        raise InvalidRequestKey
    values = {
        "customer_id": request.who.customer_id,
        "order_id": request.order_id,
        "request_key": request.key,
        "asked": f"{request.order_id}:{request.asked}",
        "at": request.now,
    }
    statement = (
        insert(connection, order_requests)
        .from_select(["customer_id", "request_key", "asked", "at"], _TAKE)
        .on_conflict_do_nothing()
        .returning(order_requests.c.request_key)
    )
    if (await connection.execute(statement, values)).first() is not None:
        return None
    taken = (
        await connection.execute(_TAKEN, {"customer_id": request.who.customer_id, "request_key": request.key})
    ).first()
    if taken is None:
        raise OrderNotFound
    if taken.asked != values["asked"]:
        raise RequestKeyReused
    return dict(taken.outcome or {})


async def finish(connection: AsyncConnection, request: Request, outcome: Json) -> None:
    """Keep what came of the request, for whoever says it again."""
    await connection.execute(
        order_requests.update()
        .where(
            order_requests.c.customer_id == request.who.customer_id,
            order_requests.c.request_key == request.key,
        )
        .values(outcome=outcome)
    )


async def hold(
    connection: AsyncConnection, request: Request, statuses: Iterable[OrderStatus], **values: Any
) -> Order | None:
    """Set `values` on the order if its status is one of `statuses`, and return it as it is then; None if it is not.

    Until the transaction ends nobody else can change the order.
    """
    taken = await connection.execute(
        orders.update()
        .where(
            orders.c.order_id == request.order_id,
            orders.c.customer_id == request.who.customer_id,
            orders.c.status.in_(list(statuses)),
        )
        .values(**(values or {"status": orders.c.status}))
        .returning(orders.c.order_id)
    )
    if taken.first() is None:
        return None
    return await get_order(connection, request.who.customer_id, request.order_id)


async def get_order(connection: AsyncConnection, customer_id: str, order_id: str) -> Order:
    """Return the customer's order. Raises OrderNotFound."""
    order = await read_order(connection, customer_id, order_id)
    if order is None:
        raise OrderNotFound
    return order


async def hold_for(connection: AsyncConnection, request: Request, change: Change, refusal: type[OrderError]) -> Order:
    """Hold the order for `change`, which its status has to allow.

    Raises OrderNotFound, `refusal` or NeedsPerson where it cannot be, ChangedMeanwhile where it could a moment later.
    """
    order = await hold(connection, request, list_statuses(change, request.who.actor))
    if order is None:
        order = await get_order(connection, request.who.customer_id, request.order_id)
        check_allowed(order, change, request.who.actor, refusal)
        raise ChangedMeanwhile
    return order


def check_allowed(order: Order, change: Change, actor: Actor, refusal: type[OrderError]) -> None:
    """Raise `refusal` where the order's status rules `change` out, NeedsPerson where `actor` cannot do it alone."""
    rule = find_change(order, change)
    if rule is None or not rule.is_possible:
        raise refusal(rule.tell(order) if rule else None)
    if not rule.allows(actor):
        raise NeedsPerson(rule.tell(order))


async def record(
    connection: AsyncConnection,
    request: Request,
    kind: EventKind,
    detail: Json,
    *,
    why: str | None = None,
    rule: tuple[str, int] | None = None,
    inputs: Mapping[str, Any] | None = None,
    order_id: str | None = None,
) -> None:
    """Write down that something happened to the order (or to another one it concerns), who did it, by which rule."""
    name, version = rule or (None, None)
    await connection.execute(
        order_events.insert().values(
            order_id=order_id or request.order_id,
            kind=kind.value,
            at=request.now,
            actor=request.who.actor.value,
            actor_id=request.who.actor_id,
            why=why,
            detail=detail,
            rule=name,
            rules_version=version,
            inputs=dict(inputs) if inputs is not None else None,
        )
    )
