"""A return as it is kept: its row, how many pieces it takes, its way through the states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from backoffice.orders.model import Order
from backoffice.orders.requests import Json
from backoffice.orders.tables import ReturnKind, ReturnState, order_items, order_returns

Counts = Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Return:
    """One return or exchange; `fee_krw` is what the customer pays for the way."""

    return_id: str
    order_id: str
    kind: ReturnKind
    state: ReturnState
    reason: str
    pieces: tuple[tuple[str, int], ...]
    pickup_date: date
    fee_krw: int
    wanted_option: str | None = None


async def count_returned(connection: AsyncConnection, counts: Counts) -> None:
    """Count pieces as on their way back (negative: no longer); the database refuses more than there are."""
    for item_id, count in counts.items():
        await connection.execute(
            order_items.update()
            .where(order_items.c.row_id == item_id)
            .values(returned_count=order_items.c.returned_count + count)
        )


def count_pieces(order: Order, entries: list[Json]) -> dict[int, int]:
    """Return how many of which item (by id) the entries of a return mean."""
    return {order.items[entry["place"]].item_id or 0: entry["count"] for entry in entries}


async def move(connection: AsyncConnection, return_id: str, to: ReturnState) -> bool:
    """Move a return that is under way on; return whether it was."""
    moved = await connection.execute(
        order_returns.update()
        .where(order_returns.c.return_id == return_id, order_returns.c.state == ReturnState.REQUESTED.value)
        .values(state=to.value)
        .returning(order_returns.c.return_id)
    )
    return moved.first() is not None


def from_row(row: Any, order: Order, *, state: ReturnState | None = None) -> Return:
    """Return what a row says, in another state where one is given."""
    return Return(
        return_id=row.return_id,
        order_id=row.order_id,
        kind=ReturnKind(row.kind),
        state=state or ReturnState(row.state),
        reason=row.reason,
        pieces=tuple((order.items[entry["place"]].label, entry["count"]) for entry in row.items),
        pickup_date=row.pickup_date,
        fee_krw=row.fee_krw,
        wanted_option=row.wanted_option,
    )


def as_json(wanted: Return) -> Json:
    """Return it as events and answered requests keep it."""
    pieces = [{"item": label, "count": count} for label, count in wanted.pieces]
    plain = {"kind": wanted.kind.value, "state": wanted.state.value, "pickup_date": wanted.pickup_date.isoformat()}
    return {**vars(wanted), **plain, "pieces": pieces}


def from_json(kept: Json) -> Return:
    """Return what `as_json` kept."""
    return Return(
        **{
            **kept,
            "kind": ReturnKind(kept["kind"]),
            "state": ReturnState(kept["state"]),
            "pieces": tuple((piece["item"], piece["count"]) for piece in kept["pieces"]),
            "pickup_date": date.fromisoformat(kept["pickup_date"]),
        }
    )
