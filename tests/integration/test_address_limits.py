"""How much one address may open: too many conversations or sockets are refused with a code, and others go on as before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copytree

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.conftest import Customer, FakeWorker, GatewayUnderTest, free_port, serving, settings_for
from tests.integration.test_live import Frames, customer_socket

CONVERSATIONS, SOCKETS = 5, 3


@pytest.fixture
async def gateway(tmp_path: Path, filled: Path) -> AsyncIterator[GatewayUnderTest]:
    """A gateway behind a proxy, with limits that a test reaches."""
    copytree(filled, tmp_path, dirs_exist_ok=True)
    limits = {"IEUM_CONVERSATIONS_A_MINUTE": str(CONVERSATIONS), "IEUM_SOCKETS_AN_ADDRESS": str(SOCKETS)}
    settings = settings_for(tmp_path, free_port(), IEUM_PROXY_COUNT="1", **limits)
    async with serving(settings, FakeWorker()) as running:
        yield running


async def _open(gateway: GatewayUnderTest, address: str, *, claimed: str = "") -> int:
    """Open a conversation as the proxy passes it on, with what the caller says of themselves before it."""
    forwarded = f"{claimed}, {address}" if claimed else address
    answer = await gateway.http.post("/api/chat/conversations", json={}, headers={"X-Forwarded-For": forwarded})
    assert answer.status_code == 201 or answer.json()["code"] == "too_many_conversations"
    return answer.status_code


async def test_who_begins_too_many_conversations_waits_and_other_addresses_do_not(gateway: GatewayUnderTest) -> None:
    statuses = [await _open(gateway, "10.0.0.1") for _ in range(CONVERSATIONS + 2)]
    assert statuses == [201] * CONVERSATIONS + [429] * 2
    assert await _open(gateway, "10.0.0.2") == 201


async def test_an_address_that_a_caller_makes_up_counts_for_nothing(gateway: GatewayUnderTest) -> None:
    statuses = [await _open(gateway, "10.0.0.1", claimed=f"10.9.9.{n}") for n in range(CONVERSATIONS + 1)]
    assert statuses == [201] * CONVERSATIONS + [429]


async def _refused(gateway: GatewayUnderTest, customer: Customer) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        async with customer_socket(gateway, customer) as page:
            await page.until(lambda _: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


async def _left(open_count: int) -> None:
    """Wait until the gateway has noticed that all but so many sockets have been closed."""
    async with asyncio.timeout(3):
        while sum(task.get_name().startswith("socket-") for task in asyncio.all_tasks()) > open_count:
            await asyncio.sleep(0.01)


async def _opened(page: Frames) -> None:
    await page.until(lambda frame: frame["type"] == "messages")


async def test_one_socket_too_many_is_closed_and_the_others_stay_until_one_leaves(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    async with customer_socket(gateway, customer) as one, customer_socket(gateway, customer) as two:
        for page in (one, two):
            await _opened(page)
        async with customer_socket(gateway, customer) as three:
            await _opened(three)
            assert await _refused(gateway, customer) == (4429, "too_many_sockets")
        await _left(2)
        async with customer_socket(gateway, customer) as again:
            await _opened(again)
            await customer.say("다들 들려요?")
            for page in (one, two, again):
                await page.until(lambda frame: frame["type"] == "messages" and frame["messages"])
