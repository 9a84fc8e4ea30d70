"""Two gateways with one Redis between them, which dies and comes back: everything goes through, at worst more slowly."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.integration.conftest import FakeWorker, GatewayUnderTest, _fill, free_port, serving, settings_for
from tests.integration.test_live import _held, _is, customer_socket, desk_socket
from tests.unit.handoff.conftest import Server

Two = tuple[GatewayUnderTest, GatewayUnderTest, Server]


@pytest.fixture
async def two(tmp_path: Path, postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    redis = Server(tmp_path_factory.mktemp("r"))
    redis.start()
    first = settings_for(tmp_path, free_port(), IEUM_DATABASE_URL=postgres_url, IEUM_REDIS_URL=redis.url)
    await _fill(first)
    worker = FakeWorker()
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(serving(first, worker))
        other = await stack.enter_async_context(serving(dataclasses.replace(first, port=free_port()), worker))
        yield one, other, redis
    redis.kill()


async def test_what_is_said_at_one_gateway_reaches_the_pages_of_the_other_with_and_without_redis(two: Two) -> None:
    one, other, redis = two
    agent = await other.agent()
    customer, _ = await _held(other, agent)
    here = dataclasses.replace(customer, http=one.http)
    async with desk_socket(other, agent) as desk, customer_socket(one, here, after=4) as page:
        await desk.say(type="watch", conversation_id=customer.conversation_id, after=4)
        await desk.until(_is("messages"))
        await page.until(_is("messages"))
        for number, (is_there, within_s) in enumerate([(True, 3.0), (False, 6.0), (False, 6.0), (True, 8.0)]):
            redis.kill()
            if is_there:
                redis.start()
            began = time.monotonic()
            assert (await here.say(f"{number}번째")).status_code == 202
            told = await desk.until(
                lambda f, n=number: f["type"] == "messages" and f"{n}번째" in [m["text"] for m in f["messages"]],  # type: ignore[misc]
                within_s,
            )
            assert told["conversation_id"] == customer.conversation_id
            assert time.monotonic() - began < within_s
        version = told["version"]
        body = {"version": version, "client_msg_id": "7f1c1e0e-3a52-4b83-9b4a-6e6f3f3b5c11", "text": "네, 보고 있어요"}
        assert (await agent.do(customer.conversation_id, "messages", **body)).status_code == 200
        await page.until(lambda f: any(m["author"] == "agent" for m in f.get("messages", ())), 8.0)
    seqs = [m["seq"] for f in desk.seen if f["type"] == "messages" for m in f["messages"]]
    assert seqs == sorted(set(seqs))  # nothing twice


async def test_without_redis_a_new_page_can_be_opened_and_a_conversation_handed_over(two: Two) -> None:
    one, other, redis = two
    redis.kill()
    agent = await other.agent()
    async with desk_socket(other, agent) as desk:
        customer = await one.customer()
        async with customer_socket(one, customer) as page:
            await customer.say("상담원")
            await desk.until(
                lambda f: f["type"] == "queue_changes" and customer.conversation_id in f["order"], within_s=6.0
            )
            await page.until(lambda f: f["type"] == "messages" and f["owner"] == "waiting", 6.0)
    await asyncio.sleep(0)
