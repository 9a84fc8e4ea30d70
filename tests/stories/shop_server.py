"""The action server over the invented shop, for conversations with the bot's model: run by the service side's Python.

`python -m tests.stories.shop_server DIR` writes one line, {"url", "token", "contexts": {customer id: signed
context}}, serves until its standard input closes, and leaves nothing behind but DIR. The clock stands still, so that
the invented shop is the same on any day.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sanic import Sanic

from actions.serve import create_app
from backoffice import demo, schema
from backoffice.customers.tables import customers
from kernel.clock import FixedClock
from kernel.database import create_engine
from kernel.settings import load_settings
from kernel.tokens import TurnContext, sign_turn_context

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
KEY = "k" * 40
NOBODY = ""


async def serve(folder: Path, url: str) -> None:
    """Serve until standard input closes."""
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    secrets = {f"IEUM_{name}": KEY for name in names}
    settings = load_settings({"IEUM_DATA_DIR": str(folder), "IEUM_SHOP_DATABASE_URL": url, **secrets})
    Sanic.test_mode = True
    app = create_app(settings, clock=FixedClock(NOON), name="story-actions")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        running = await app.create_server(sock=listener, return_asyncio_server=True)
        await running.startup()
        await running.before_start()
        await running.start_serving()
        told = {
            "url": f"http://127.0.0.1:{listener.getsockname()[1]}/webhook",
            "token": KEY,
            "contexts": await sign_contexts(url),
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await running.before_stop()
        running.close()


async def sign_contexts(url: str) -> dict[str, str]:
    """Load the shop, and return a signed context for each story's customer and for nobody."""
    engine = create_engine(url)
    await demo.load(engine, FixedClock(NOON))
    async with engine.connect() as connection:
        found = await connection.execute(
            sa.select(customers.c.customer_id).where(customers.c.customer_id.like("demo-story-%"))
        )
        who: list[str | None] = [row.customer_id for row in found]
    await engine.dispose()
    return {one or NOBODY: sign_turn_context(TurnContext("t", "c1", one, "web"), KEY) for one in [*who, None]}


def main() -> None:
    """Make an empty shop in the folder named and serve it."""
    folder = Path(sys.argv[1])
    url = f"sqlite+aiosqlite:///{folder / 'shop.db'}"
    schema.upgrade(url)
    asyncio.run(serve(folder, url))


if __name__ == "__main__":
    main()
