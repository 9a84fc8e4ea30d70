"""The action server over the invented shop, for conversations with the bot's model: run by the service side's Python.

`python -m tests.stories.shop_server DIR` writes one line, {"url", "story_url", "token"}, serves until its standard
input closes, and leaves nothing behind but DIR. The clock stands still, so that the invented shop is the same on any
day. Under `story_url` a story is told what it cannot know: a signed context for its next turn, whom a claim names,
and the one-time code that was texted last; and says what is the matter with the shop during that turn.
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_response

from actions.base import Shop
from actions.serve import create_app, create_executor
from backoffice import demo, schema
from backoffice.announcements.tables import Topic, announcements
from backoffice.backstage import HANDLERS
from backoffice.delivery.service import DeliveryService
from backoffice.jobs.service import Jobs
from backoffice.notices.service import ConsoleNotifier, Sender
from backoffice.orders.port import OrdersUnavailable
from backoffice.verification.tables import Dimension, verification_alerts
from kernel.clock import FixedClock
from kernel.database import create_engine, write
from kernel.settings import load_settings
from kernel.tokens import TurnContext, read_identity_claim, sign_turn_context

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
KEY = "k" * 40
STRIKE = {
    "announcement_id": "n1",
    "request_id": "r1",
    "topic": Topic.DELIVERY.value,
    "text": "택배 파업으로 배송이 2~3일 늦어요.",
    "begins_at": NOON - timedelta(hours=1),
    "ends_at": NOON + timedelta(days=3),
    "entered_at": NOON,
    "entered_by": "lead",
}
OUTAGE = {
    "alert_id": "a1",
    "dimension": Dimension.CARRIER_METHOD.value,
    "value": "SKT|SMS",
    "opened_at": NOON,
    "quiet_looks": 0,
    "is_told": True,
    "attempts": 30,
    "failures": 25,
    "usual_ratio": 0.15,
    "p_value": 0.0001,
    "rules_version": 1,
    "seen_at": NOON,
}


async def serve(folder: Path, url: str) -> None:
    """Serve until standard input closes."""
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    secrets = {f"IEUM_{name}": KEY for name in names}
    settings = load_settings({"IEUM_DATA_DIR": str(folder), "IEUM_SHOP_DATABASE_URL": url, **secrets})
    Sanic.test_mode = True
    await _load(url)
    app = create_app(settings, clock=FixedClock(NOON), name="story-actions")
    app.ctx.texts = io.StringIO()
    app.add_route(help_story, "/story", methods=["POST"])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = await app.create_server(sock=listener, return_asyncio_server=True)
        await running.startup()
        await running.before_start()
        app.ctx.executors = {None: app.ctx.executor, "orders_down": create_executor(_without_orders(app.ctx.shop))}
        await running.start_serving()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        told = {"url": f"{base}/webhook", "story_url": f"{base}/story", "token": KEY}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await running.before_stop()
        running.close()


async def _load(url: str) -> None:
    engine = create_engine(url)
    await demo.load(engine, FixedClock(NOON))
    await engine.dispose()


class OutOfReach:
    """A shop's own order system that does not answer."""

    async def find_order(self, *_asked: Any) -> NoReturn:
        """Answer nothing."""
        raise OrdersUnavailable

    async def list_orders(self, *_asked: Any, **_more: Any) -> NoReturn:
        """Answer nothing."""
        raise OrdersUnavailable

    async def close(self) -> None:
        """Let go of nothing."""


def _without_orders(shop: Shop) -> Shop:
    orders = OutOfReach()
    return replace(shop, orders=orders, deliveries=DeliveryService(shop.engine, shop.clock, orders))


async def _let_happen(app: Any, what: str | None) -> None:
    app.ctx.executor = app.ctx.executors.get(what, app.ctx.executors[None])
    async with write(app.ctx.engine) as connection:
        await connection.execute(verification_alerts.delete())
        await connection.execute(announcements.delete())
        if what == "strike":
            await connection.execute(announcements.insert().values(STRIKE))
        if what == "outage":
            await connection.execute(verification_alerts.insert().values(OUTAGE))


async def help_story(request: Request) -> HTTPResponse:
    """Answer {"turn": [turn id, conversation id, customer id or null], "happening": …}, {"claim": token}, {"code": true}."""
    asked = request.json
    if "turn" in asked:
        await _let_happen(request.app, asked.get("happening"))
        return json_response({"context": sign_turn_context(TurnContext(*asked["turn"], "web"), KEY)})
    if "claim" in asked:
        return json_response({"customer_id": read_identity_claim(asked["claim"], KEY).customer_id})
    clock, texts = FixedClock(NOON), request.app.ctx.texts
    await Jobs(request.app.ctx.engine, clock, HANDLERS).carry_out_due()
    await Sender(request.app.ctx.engine, clock, ConsoleNotifier(texts)).send_due()
    codes = [line.split("인증번호는 ")[1][:6] for line in texts.getvalue().splitlines() if "인증번호는 " in line]
    return json_response({"code": codes[-1]})


def main() -> None:
    """Make an empty shop in the folder named and serve it."""
    folder = Path(sys.argv[1])
    url = f"sqlite+aiosqlite:///{folder / 'shop.db'}"
    schema.upgrade(url)
    asyncio.run(serve(folder, url))


if __name__ == "__main__":
    main()
