"""A small order system of a shop's own, over real HTTP on the loopback; it can be made slow or broken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from backoffice.orders.tables import OrderStatus
from kernel.clock import KST
from tests.contract.example_adapter import STATUSES
from tests.contract.order_systems import ORDERS

NAMES = {ours: theirs for theirs, ours in STATUSES.items()}
_OPEN = ("PAID", "SENT", "ON_THE_WAY")


class OrderSystem:
    """Orders in memory. `delay_s` holds every answer back, `fails_with` answers with that status instead."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.fails_with: int | None = None
        self.hangs_up = False
        self.asked: list[str] = []
        self.orders = {order_id: _make(who, order_id, at, status) for who, order_id, at, status in ORDERS}
        self._answers: dict[str, tuple[int, Any]] = {}

    async def ship(self, order_id: str) -> None:
        """Have an order leave."""
        self.orders[order_id]["state"] = "SENT"

    def answer(self, method: str, target: str, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """Return status and body."""
        split = urlsplit(target)
        _, _, who, _, *rest = [unquote(part) for part in split.path.split("/")]
        mine = [one for one in self.orders.values() if one["who"] == who]
        if not rest:
            return 200, {"orders": _choose(mine, {name: found[0] for name, found in parse_qs(split.query).items()})}
        order = next((one for one in mine if one["id"] == rest[0]), None)
        if order is None:
            return 404, {"code": "NO_ORDER"}
        if method == "GET":
            return 200, order
        key = headers.get("idempotency-key")
        if key is None or key not in self._answers:
            answer = _cancel(order, body)
            if key is None:
                return answer
            self._answers[key] = answer
        return self._answers[key]


def _make(who: str, order_id: str, at: Any, status: OrderStatus) -> dict[str, Any]:
    lines = [("텀블러", 2, 24_000), ("만년필", 1, 45_000)]
    return {
        "who": who,
        "id": order_id,
        "at": at.astimezone(KST).isoformat(),
        "state": NAMES[status],
        "paid": 93_000,
        "pay_by": "신용카드",
        "lines": [{"name": name, "count": count, "price": price, "void_count": 0} for name, count, price in lines],
        "parcel": {"by": "바로택배", "no": "6012", "promised": "2026-11-20"}
        if status is OrderStatus.IN_TRANSIT
        else None,
    }


def _choose(mine: list[dict[str, Any]], asked: dict[str, str]) -> list[dict[str, Any]]:
    newest = sorted(mine, key=lambda one: str(one["at"]), reverse=True)
    days = [one for one in newest if asked.get("from", "") <= one["at"][:10] <= asked.get("to", "9")]
    limit = int(asked["limit"])
    chosen = days[:limit]
    if asked["with_open"] == "true":
        chosen += [one for one in [one for one in days if one["state"] in _OPEN][:limit] if one not in chosen]
    return chosen


def _cancel(order: dict[str, Any], body: dict[str, Any]) -> tuple[int, Any]:
    if order["state"] != "PAID":
        return 409, {"code": "LEFT"}
    left = {str(place): line for place, line in enumerate(order["lines"], start=1)}
    counts = body["items"] or {place: line["count"] - line["void_count"] for place, line in left.items()}
    if any(place not in left for place in counts):
        return 409, {"code": "NO_ITEM"}
    refund = sum(left[place]["price"] * count for place, count in counts.items())
    if body.get("agreed") not in (None, refund):
        return 409, {"code": "OTHER_AMOUNT"}
    pieces = [{"name": left[place]["name"], "count": count} for place, count in counts.items()]
    whole = body["items"] is None
    if not body.get("dry_run"):
        for place, count in counts.items():
            left[place]["void_count"] += count
        order["state"] = "VOID" if whole else order["state"]
    by = (date(2026, 11, 24) + timedelta(days=7)).isoformat()
    return 200, {"whole": whole, "pieces": pieces, "refund": refund, "by": by}


@asynccontextmanager
async def serving(system: OrderSystem) -> AsyncIterator[str]:
    """Serve `system`; yield its address."""

    open_writers: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_writers.add(writer)
        try:
            while await _answer_one(system, reader, writer):
                pass
        except ConnectionError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in open_writers:
            writer.close()


async def _answer_one(system: OrderSystem, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    head = await reader.readline()
    if not head:
        return False
    method, target, _ = head.decode().split()
    headers: dict[str, str] = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    system.asked.append(f"{method} {target}")
    await asyncio.sleep(system.delay_s)
    if system.hangs_up:
        return False
    status, told = system.answer(method, target, headers, json.loads(body) if body else None)
    if system.fails_with:
        status, told = system.fails_with, {"code": "BROKEN"}
    content = json.dumps(told).encode()
    writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(content)}\r\n\r\n".encode() + content)
    await writer.drain()
    return True
