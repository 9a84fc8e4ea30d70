"""The commands on the demo shop: load customers from a file, show one with all that the stores hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from kernel.clock import ProductClock
from kernel.database import create_engine
from kernel.settings import Settings
from kernel.tokens import sign_identity
from ops.histories import list_of_customer


async def import_customers(settings: Settings, file: Path) -> list[dict[str, str]]:
    """Load a demo file; return each customer's id and an identity token. Raises InvalidDemoFile."""
    async with _shop(settings) as engine:
        ids = await demo.import_file(engine, file, clock=ProductClock(settings.clock_offset_s))
    return [{"customer_id": one, "identity_token": sign_identity(one, settings.identity_key)} for one in ids]


async def show_customer(settings: Settings, customer_id: str) -> dict[str, Any]:
    """Return a customer in the shape of a demo file's entry, with "tickets" and "conversations". Raises CustomerNotFound."""
    async with _shop(settings) as engine:
        found = await demo.show(engine, customer_id)
    return found | await list_of_customer(settings, customer_id)


async def list_named_customers(settings: Settings) -> list[dict[str, str]]:
    """Return the demo customers that tell a story, with fresh identity tokens."""
    async with _shop(settings) as engine:
        named = await demo.stories(engine)
    return [
        {
            "customer_id": one.customer_id,
            "name": one.name,
            "identity_token": sign_identity(one.customer_id, settings.identity_key),
        }
        for one in named
    ]


@asynccontextmanager
async def _shop(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings.shop_database_url)
    try:
        yield engine
    finally:
        await engine.dispose()
