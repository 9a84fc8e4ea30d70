"""Keys of the shop's systems, and requests that come twice."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.integration import keys, requests
from backoffice.integration.errors import IdempotencyKeyReused, KeyUnknown, ScopeMissing, StillInWork
from backoffice.integration.requests import Answer
from backoffice.integration.tables import Scope
from backoffice.schema import answered_requests, api_keys
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write


@pytest.fixture
async def token(shop: AsyncEngine, clock: FixedClock) -> str:
    """A key that may read orders."""
    return await keys.create_key(shop, name="erp", scopes=[Scope.ORDERS_READ], now=clock.now())


async def test_a_key_opens_what_it_was_made_for_and_nothing_else(shop: AsyncEngine, token: str) -> None:
    key = await keys.find_key(shop, token)
    key.require(Scope.ORDERS_READ)
    with pytest.raises(ScopeMissing, match="blocks:write"):
        key.require(Scope.BLOCKS_WRITE)


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda _: "", lambda t: "x" + t, str.upper])
async def test_what_is_not_the_key_opens_nothing(shop: AsyncEngine, token: str, change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KeyUnknown):
        await keys.find_key(shop, change(token))


async def test_a_revoked_key_opens_nothing(shop: AsyncEngine, token: str, clock: FixedClock) -> None:
    (key,) = await keys.list_keys(shop)
    await keys.revoke_key(shop, key.key_id, now=clock.now())
    with pytest.raises(KeyUnknown):
        await keys.find_key(shop, token)
    first = (await keys.list_keys(shop))[0].revoked_at
    clock.advance(60)
    await keys.revoke_key(shop, key.key_id, now=clock.now())
    assert (await keys.list_keys(shop))[0].revoked_at == first
    with pytest.raises(KeyUnknown):
        await keys.revoke_key(shop, "nobody", now=clock.now())


async def test_the_secret_is_nowhere_in_the_database(shop: AsyncEngine, token: str) -> None:
    async with read(shop) as connection:
        row = (await connection.execute(sa.select(api_keys))).one()
    assert token.split("_", 2)[2] not in str(row._mapping)


@pytest.fixture
async def of(shop: AsyncEngine, token: str) -> dict[str, str]:
    """A request's key and idempotency key."""
    key = await keys.find_key(shop, token)
    return {"key_id": key.key_id, "idempotency_key": "one"}


async def test_a_repeat_gets_the_first_answer(shop: AsyncEngine, clock: FixedClock, of: dict[str, str]) -> None:
    assert await requests.begin(shop, **of, request_hash="h", now=clock.now()) is None
    with pytest.raises(StillInWork):
        await requests.begin(shop, **of, request_hash="h", now=clock.now())
    await requests.finish(shop, **of, answer=Answer(201, {"block_id": "b1"}))
    assert await requests.begin(shop, **of, request_hash="h", now=clock.now()) == Answer(201, {"block_id": "b1"})


async def test_the_same_key_with_another_request_is_refused(
    shop: AsyncEngine, clock: FixedClock, of: dict[str, str]
) -> None:
    await requests.begin(shop, **of, request_hash="h", now=clock.now())
    with pytest.raises(IdempotencyKeyReused):
        await requests.begin(shop, **of, request_hash="another", now=clock.now())


async def test_of_many_at_once_one_is_carried_out(
    shop: AsyncEngine, database_url: str, clock: FixedClock, of: dict[str, str]
) -> None:
    other = create_engine(database_url)
    tries = [requests.begin(engine, **of, request_hash="h", now=clock.now()) for engine in (shop, other) * 10]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    await other.dispose()
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, StillInWork) for outcome in outcomes) == 19


async def test_a_request_whose_process_died_may_be_made_again(
    shop: AsyncEngine, clock: FixedClock, of: dict[str, str]
) -> None:
    await requests.begin(shop, **of, request_hash="h", now=clock.now())
    clock.advance(61)
    assert await requests.begin(shop, **of, request_hash="h", now=clock.now()) is None
    with pytest.raises(StillInWork):
        await requests.begin(shop, **of, request_hash="h", now=clock.now())


async def test_answers_are_forgotten_after_two_days(shop: AsyncEngine, clock: FixedClock, of: dict[str, str]) -> None:
    await requests.begin(shop, **of, request_hash="h", now=clock.now())
    clock.advance(48 * 3600)
    async with write(shop) as connection:
        await requests.forget_old(connection, clock.now())
        assert (await connection.execute(sa.select(answered_requests))).all() == []
