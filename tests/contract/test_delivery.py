"""Messages that are sent to a channel: in order, by one process at a time, until taken or put before people."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.adapters.hub import LocalHub
from handoff.adapters.webhook import Webhook
from handoff.domain.conversation import Author, Conversation
from handoff.domain.outbox import LONGEST_PAUSE_S, TRIES_MAX, OutboxEntry, OutboxState, next_try_at
from handoff.errors import NotFound
from handoff.service.delivering import Deliverer
from handoff.service.store import Store
from handoff.service.undelivered import Undelivered
from kernel.clock import FixedClock
from tests import building

SECRET = "s" * 32
Answer = Callable[[int, dict[str, Any]], tuple[int, float]]


@dataclass
class App:
    """A shop's own app: a real HTTP server whose answers the test scripts."""

    url: str = ""
    answer: Answer = lambda number, body: (200, 0.0)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    taken: list[tuple[str, int]] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests on one connection until it ends."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in head[1:] if line)}
                content = await reader.readexactly(int(headers["content-length"]))
                self.requests.append((headers, content))
                body = json.loads(content)
                status, delay_s = self.answer(len(self.requests), body)
                await asyncio.sleep(delay_s)
                if status == 0:  # breaks off, having taken it or not
                    writer.transport.abort()
                    return
                if status < 300:
                    self.taken.append((body["conversation_id"], body["seq"]))
                writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
async def app() -> AsyncIterator[App]:
    made = App()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield made
    server.close()


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


async def _talk(store: Store, now: datetime, count: int, user: str = "u") -> Conversation:
    """A conversation over the app's channel with messages that the app has not got."""
    talk = building.conversation(now, channel="webhook", channel_user=user, last_seq=count)
    seqs = list(range(1, count + 1))
    async with store.write() as tx:
        await tx.add_conversation(talk)
        await tx.add_messages([building.message(talk.conversation_id, seq, now, author=Author.BOT) for seq in seqs])
        await tx.add_to_outbox(talk.conversation_id, seqs, now, is_pushed=True)
    return talk


def _deliverer(store: Store, clock: FixedClock, app: App, **changed: Any) -> Deliverer:
    webhook = Webhook(app.url, SECRET)
    return Deliverer(store, LocalHub(), clock, webhook, **{"chance": lambda: 0.5, **changed})


async def _run(deliverer: Deliverer, clock: FixedClock, rounds: int = 40) -> None:
    """Deliver for as long as something is due, the clock going on to the next try."""
    for _ in range(rounds):
        while await deliverer.deliver_due():
            pass
        clock.advance(seconds=30)


async def test_messages_of_a_conversation_arrive_in_order_and_signed(
    store: Store, clock: FixedClock, now: datetime, app: App
) -> None:
    talks = [await _talk(store, now, 3, user) for user in ("u", "v")]
    await _run(_deliverer(store, clock, app), clock, rounds=1)
    for talk in talks:
        assert [seq for key, seq in app.taken if key == talk.conversation_id] == [1, 2, 3]
    headers, body = app.requests[0]
    at, mark = headers["x-ieum-signature"].removeprefix("t=").split(",v1=")
    assert mark == hmac.new(SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["idempotency-key"] == f"{json.loads(body)['conversation_id']}:{json.loads(body)['seq']}"


@pytest.mark.parametrize("trouble", [500, 503, 429, 0])
async def test_an_app_that_fails_for_a_while_gets_everything_in_order(
    store: Store, clock: FixedClock, now: datetime, app: App, trouble: int
) -> None:
    talk = await _talk(store, now, 4)
    app.answer = lambda number, body: (trouble if number % 3 else 200, 0.0)
    await _run(_deliverer(store, clock, app), clock)
    assert app.taken == [(talk.conversation_id, seq) for seq in (1, 2, 3, 4)]


async def test_two_processes_send_nothing_twice(store: Store, clock: FixedClock, now: datetime, app: App) -> None:
    talks = [await _talk(store, now, 5, f"u{number}") for number in range(4)]
    app.answer = lambda number, body: (200, 0.005)
    processes = [_deliverer(store, clock, app) for _ in range(3)]
    for _ in range(12):
        await asyncio.gather(*(one.deliver_due() for one in processes))
    assert sorted(app.taken) == sorted((talk.conversation_id, seq) for talk in talks for seq in range(1, 6))
    for talk in talks:
        assert [seq for key, seq in app.taken if key == talk.conversation_id] == [1, 2, 3, 4, 5]


async def test_a_process_that_died_while_it_delivered_is_followed_under_the_same_key(
    store: Store, clock: FixedClock, now: datetime, app: App
) -> None:
    await _talk(store, now, 1)
    real_s = 1_000.0
    async with store.write() as tx:
        (entry,) = await tx.list_due_deliveries(now=now, now_s=real_s, limit=5)
        assert await tx.lease_delivery(entry, token="dead", until_s=real_s + 30, now_s=real_s)
    follower = _deliverer(store, clock, app, real_s=lambda: real_s)
    assert await follower.deliver_due() == 0
    real_s += 31
    assert await follower.deliver_due() == 1
    async with store.write() as tx:  # the dead one comes back after all
        assert not await tx.finish_delivery(entry, token="dead", at=now)
    assert len(app.taken) == 1


async def test_what_the_app_refuses_is_put_before_people_and_goes_again_when_they_say_so(
    store: Store, clock: FixedClock, now: datetime, app: App
) -> None:
    talk = await _talk(store, now, 3)
    app.answer = lambda number, body: (422 if body["seq"] == 2 and number < 5 else 200, 0.0)
    deliverer, people = _deliverer(store, clock, app), Undelivered(store, LocalHub(), clock)
    await _run(deliverer, clock, rounds=2)
    assert [seq for _, seq in app.taken] == [1, 3]  # the conversation goes on without it
    (failed,) = await people.list_all()
    assert (failed.seq, failed.state, failed.error) == (2, OutboxState.FAILED, "HTTP 422")
    await people.resend(talk.conversation_id, 2)
    await _run(deliverer, clock, rounds=1)
    assert len(app.requests) == 4 and list(await people.list_all()) != []  # refused once more
    await people.resend(talk.conversation_id, 2)
    await _run(deliverer, clock, rounds=1)
    assert [seq for _, seq in app.taken] == [1, 3, 2] and list(await people.list_all()) == []
    with pytest.raises(NotFound):
        await people.resend(talk.conversation_id, 2)


async def test_an_app_that_is_gone_for_good_is_given_up_after_the_last_try(
    store: Store, clock: FixedClock, now: datetime, app: App
) -> None:
    talk = await _talk(store, now, 1)
    app.answer = lambda number, body: (500, 0.0)
    await _run(_deliverer(store, clock, app), clock, rounds=TRIES_MAX * 12)
    assert len(app.requests) == TRIES_MAX
    async with store.read() as tx:
        (left,) = await tx.list_undelivered_of(talk.conversation_id)
    assert (left.state, left.tries, left.error) == (OutboxState.FAILED, TRIES_MAX, "HTTP 500")


async def test_a_slow_app_is_tried_again(store: Store, clock: FixedClock, now: datetime, app: App) -> None:
    await _talk(store, now, 1)
    app.answer = lambda number, body: (200, 0.3 if number == 1 else 0.0)
    webhook = Webhook(app.url, SECRET)
    webhook._http.timeout = httpx.Timeout(0.1)
    await _run(Deliverer(store, LocalHub(), clock, webhook), clock, rounds=3)
    keys = {headers["idempotency-key"] for headers, _ in app.requests}
    assert len(app.requests) == 2 and len(keys) == 1  # sent twice, under one key


async def test_what_kakao_has_not_fetched_for_long_is_shown(store: Store, clock: FixedClock, now: datetime) -> None:
    talk = building.conversation(now, channel="kakao", channel_user="u", last_seq=1)
    async with store.write() as tx:
        await tx.add_conversation(talk)
        await tx.add_messages([building.message(talk.conversation_id, 1, now, author=Author.AGENT)])
        await tx.add_to_outbox(talk.conversation_id, [1], now)
    people = Undelivered(store, LocalHub(), clock)
    assert list(await people.list_all()) == []
    clock.advance(seconds=601)
    (untaken,) = await people.list_all()
    assert (untaken.channel, untaken.state, untaken.due_at) == ("kakao", OutboxState.WAITING, None)
    async with store.write() as tx:
        await tx.take_from_outbox(talk.conversation_id, [1], clock.now(), by="r")
    assert list(await people.list_all()) == []


@given(tries=st.integers(0, TRIES_MAX), random=st.floats(0, 1, exclude_max=True), asked_s=st.none() | st.floats(0, 1e9))
def test_the_next_try_is_later_but_not_for_ever(tries: int, random: float, asked_s: float | None) -> None:
    now = datetime.fromisoformat("2026-11-24T03:00:00+00:00")
    entry = OutboxEntry("c_1", 1, "webhook", now, now, tries)
    at = next_try_at(entry, now=now, random=random, wait_s=asked_s)
    if tries + 1 >= TRIES_MAX:
        assert at is None
    else:
        assert at is not None and now < at <= now + timedelta(seconds=LONGEST_PAUSE_S)
