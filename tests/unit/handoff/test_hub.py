"""Hints: wake who listens, cross processes over Redis, outlive its death, and never grow without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from handoff.adapters import redis_hub as hub_module
from handoff.adapters.hub import LocalHub
from handoff.adapters.redis_hub import RedisHub
from tests.unit.handoff.conftest import Server


@pytest.fixture(autouse=True)
def quick_reconnection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "RECONNECT_S", 0.05)


@asynccontextmanager
async def two_hubs(url: str) -> AsyncIterator[tuple[RedisHub, RedisHub]]:
    """Two processes' hubs, both connected."""
    hubs = RedisHub(url), RedisHub(url)
    for hub in hubs:
        await hub.open()
    try:
        await _until(lambda: all(hub.connected for hub in hubs))
        yield hubs
    finally:
        for hub in hubs:
            await hub.close()


async def _until(holds: Callable[[], object], within_s: float = 3.0) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.005)


async def test_a_hint_wakes_who_listens_to_its_topic_and_nobody_else() -> None:
    hub = LocalHub()
    with hub.subscribe("a", "b") as mine, hub.subscribe("c") as other:
        hub.publish("b", "a", "b", "z")
        assert set(await mine.wait(1)) == {"a", "b"}
        assert set(await mine.wait(0.01)) == set() and set(await other.wait(0.01)) == set()


async def test_a_hint_that_came_before_the_wait_is_not_lost() -> None:
    hub = LocalHub()
    with hub.subscribe("a") as listener:
        for _ in range(3):
            hub.publish("a")
            assert set(await listener.wait(0)) in ({"a"}, set())
        hub.publish("a")
        await asyncio.sleep(0)
        assert set(await listener.wait(1)) == {"a"}


async def test_a_hint_between_two_waits_is_seen_by_the_second() -> None:
    hub = LocalHub()
    seen = 0
    with hub.subscribe("a") as listener:

        async def publish() -> None:
            for _ in range(200):
                hub.publish("a")
                await asyncio.sleep(0)

        publishing = asyncio.create_task(publish())
        while not publishing.done():
            seen += bool(await listener.wait(0.1))
        await publishing
        hub.publish("a")
        assert set(await listener.wait(1)) == {"a"}
    assert seen > 0


async def test_a_wait_that_is_cancelled_takes_nothing_with_it() -> None:
    hub = LocalHub()
    with hub.subscribe("a") as listener:
        waiting = asyncio.create_task(listener.wait(10))
        await asyncio.sleep(0)
        hub.publish("a")
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert set(await listener.wait(0.5)) == {"a"}


async def test_listeners_that_left_and_topics_that_piled_up_cost_nothing() -> None:
    hub = LocalHub()
    for number in range(1_000):
        with hub.subscribe(f"conversation:{number}", "queue"):
            hub.publish("queue")
    assert hub._listeners == {}
    with hub.subscribe("a") as listener:
        for _ in range(10_000):
            hub.publish("a", "unknown")
        assert len(listener._changed) == 1
    with pytest.raises(RuntimeError), hub.subscribe("a"):
        raise RuntimeError
    assert hub._listeners == {}


async def test_a_hint_crosses_from_one_process_to_the_other(server: Server) -> None:
    async with two_hubs(server.url) as (one, two):
        with one.subscribe("a") as here, two.subscribe("a") as there, two.subscribe("b") as elsewhere:
            for listener in (here, there, elsewhere):
                await listener.wait(0.05)
            one.publish("a")
            assert set(await here.wait(0.01)) == {"a"}  # within a process at once, Redis or not
            assert set(await there.wait(1)) == {"a"}
            assert set(await here.wait(0.05)) == set()  # and its own hint does not come back
            assert set(await elsewhere.wait(0)) == set()


async def test_changes_in_quick_succession_all_arrive(server: Server) -> None:
    async with two_hubs(server.url) as (one, two):
        with two.subscribe("a") as there:
            await there.wait(0.05)
            for _ in range(50):
                one.publish("a")
                assert set(await there.wait(1)) == {"a"}


async def test_thousands_of_topics_arrive(server: Server) -> None:
    async with two_hubs(server.url) as (one, two):
        topics = {f"conversation:{number}" for number in range(3_000)}
        with two.subscribe(*topics) as there:
            await there.wait(0.05)
            one.publish(*topics)
            seen: set[str] = set()
            async with asyncio.timeout(3):
                while seen != topics:
                    seen |= set(await there.wait(1))


async def test_flushall_and_nonsense_on_the_channel_harm_nobody(server: Server) -> None:
    async with two_hubs(server.url) as (one, two):
        redis = Redis.from_url(server.url)
        await redis.flushall()
        for nonsense in ("", "{", "[]", "null", '{"from":1}', '{"from":1,"topics":[[]]}', '{"from":1,"topics":5}'):
            await redis.publish(RedisHub.CHANNEL, nonsense)
        await redis.publish(RedisHub.CHANNEL, b"\xff\xfe")
        await redis.publish(RedisHub.CHANNEL, json.dumps({"from": "x", "topics": ["a"], "new": 1}))
        await redis.aclose()
        await _until(lambda: one.connected and two.connected)
        with two.subscribe("a") as there:
            await _until(lambda: two.connected)
            await there.wait(0.2)
            one.publish("a")
            assert set(await there.wait(2)) == {"a"}


async def test_a_process_goes_on_without_redis_and_finds_it_again(server: Server) -> None:
    async with two_hubs(server.url) as (one, two):
        with one.subscribe("a") as here, two.subscribe("a") as there:
            await asyncio.gather(here.wait(0.05), there.wait(0.05))
            server.kill()
            await _until(lambda: not one.connected and not two.connected)
            one.publish("a")
            assert set(await here.wait(0.5)) == {"a"}
            server.start()
            assert set(await there.wait(3)) == {"a"}  # everybody looks once when Redis is back
            await _until(lambda: one.connected and two.connected)
            await there.wait(0.2)
            one.publish("a")
            assert set(await there.wait(2)) == {"a"}


async def test_what_cannot_be_sent_is_kept_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "OUTGOING_MAX", 100)
    hub = RedisHub(f"unix://{tmp_path}/nothing.sock")
    await hub.open()
    for number in range(10_000):
        hub.publish(f"conversation:{number}")
    await asyncio.sleep(0.2)
    assert 0 < len(hub._outgoing) <= 100
    await hub.close()


async def test_a_hub_whose_redis_never_was_is_not_connected_and_closes(tmp_path: Path) -> None:
    hub = RedisHub(f"unix://{tmp_path}/nothing.sock")
    await hub.open()
    await asyncio.sleep(0.1)
    assert hub.connected is False
    async with asyncio.timeout(2):
        await hub.close()
    assert [task for task in asyncio.all_tasks() if task.get_name().startswith("hub-")] == []
