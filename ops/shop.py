"""The commands on the demo shop: load customers from a file, show one with all that the stores hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo, schema
from backoffice.demo.scale import load_scale
from backoffice.integration import keys
from backoffice.integration.errors import KeyUnknown
from backoffice.integration.tables import Scope
from backoffice.reconciliation.service import carry_out_wanted, find_last_report, want_run
from backoffice.verification import service as verification
from backoffice.verification.tables import Method
from kernel.clock import ProductClock
from kernel.database import create_engine, write
from kernel.settings import Settings
from kernel.tokens import sign_identity
from kernel.vault import CannotOpen, Vault
from ops.errors import OperationFailed
from ops.histories import list_of_customer
from ops.steps import step


async def import_customers(settings: Settings, file: Path) -> list[dict[str, str]]:
    """Load a demo file; return each customer's id and an identity token. Raises InvalidDemoFile."""
    async with _shop(settings) as engine:
        ids = await demo.import_file(engine, file, clock=ProductClock(settings.clock_offset_s))
    return [{"customer_id": one, "identity_token": sign_identity(one, settings.identity_key)} for one in ids]


def load_demo(settings: Settings, *, customer_count: int | None) -> None:
    """Load the invented shop anew, or add so many customers without stories. Raises OperationFailed when they are there."""
    schema.upgrade(settings.shop_database_url)
    with step("loading customers") as progress:
        asyncio.run(_load(settings, customer_count, lambda ratio: progress.note(f"{ratio:.0%}")))


async def _load(settings: Settings, customer_count: int | None, on_progress: Callable[[float], None]) -> None:
    clock = ProductClock(settings.clock_offset_s)
    async with _shop(settings) as engine:
        if customer_count is None:
            await demo.load(engine, clock)
            return
        try:
            await load_scale(engine, clock, customer_count=customer_count, on_progress=on_progress)
        except IntegrityError as error:
            raise OperationFailed("a large shop is loaded here already: take another folder by --data") from error


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


async def create_key(settings: Settings, name: str, scopes: Sequence[str], per_minute: int) -> str:
    """Return a new key of a shop's system. Raises OperationFailed for a scope that does not exist."""
    unknown = sorted(set(scopes) - set(Scope))
    if unknown:
        raise OperationFailed(f"no such scope: {', '.join(unknown)}; there are {', '.join(Scope)}")
    async with _shop(settings) as engine:
        clock = ProductClock(settings.clock_offset_s)
        chosen = [Scope(scope) for scope in scopes]
        return await keys.create_key(engine, name=name, scopes=chosen, per_minute=per_minute, now=clock.now())


async def list_keys(settings: Settings) -> list[dict[str, Any]]:
    """Return what each key may do and until when it could."""
    async with _shop(settings) as engine:
        found = await keys.list_keys(engine)
    return [
        {
            "key_id": key.key_id,
            "name": key.name,
            "scopes": sorted(key.scopes),
            "per_minute": key.per_minute,
            "created_at": key.created_at.isoformat(),
            "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
        }
        for key in found
    ]


async def revoke_key(settings: Settings, key_id: str) -> None:
    """Make a key worthless. Raises OperationFailed when there is none."""
    async with _shop(settings) as engine:
        try:
            await keys.revoke_key(engine, key_id, now=ProductClock(settings.clock_offset_s).now())
        except KeyUnknown as error:
            raise OperationFailed(f"{error}; `./ieum keys list` shows them") from error


async def reconcile(settings: Settings) -> dict[str, Any]:
    """Run the checks now and return their report."""
    clock = ProductClock(settings.clock_offset_s)
    async with _shop(settings) as engine:
        async with write(engine) as connection:
            await want_run(connection, clock.now())
        while await carry_out_wanted(engine, clock) is not None:
            pass
        report = await find_last_report(engine)
    found = report.found if report else ()
    return {"found": [{"check": one.check, "subject": one.subject, "found": one.found} for one in found]}


async def renew_seals(settings: Settings) -> int:
    """Seal everything of verifications with the newest key; return how many portions that took. Raises OperationFailed."""
    portions, after = 0, ""
    async with _shop(settings) as engine:
        while True:
            try:
                last = await verification.renew_seals(engine, Vault(settings.data_key), after=after)
            except CannotOpen as error:
                told = f"{error}: put the key that it was sealed with behind the new one in IEUM_DATA_KEY"
                raise OperationFailed(told) from error
            if last is None:
                return portions
            portions, after = portions + 1, last


async def begin_outage(settings: Settings, *, carrier: str, method: Method) -> int:
    """Report an hour in which one carrier's method began to fail; return how many attempts. Raises UnknownValue."""
    async with _shop(settings) as engine:
        clock = ProductClock(settings.clock_offset_s)
        return await demo.outage.begin(engine, clock, carrier=carrier, method=method)


@asynccontextmanager
async def _shop(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(settings.shop_database_url)
    try:
        yield engine
    finally:
        await engine.dispose()
