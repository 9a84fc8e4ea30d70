"""What staff announce is told with greetings and deliveries while it lasts, and not before or after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.conversation import ActionSmallTalk
from backoffice.announcements.errors import AnnouncementEnded, AnnouncementNotFound, InvalidPeriod
from backoffice.announcements.service import NewAnnouncement, announce, list_lasting, list_told, withdraw
from backoffice.announcements.tables import Topic
from kernel.clock import FixedClock
from kernel.database import create_engine
from tests.contract.backoffice import talks
from tests.contract.backoffice.talks import Talk

STRIKE = "택배 파업으로 배송이 2~3일 늦어요."
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def greetings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(talks.ANSWERS, "greet", ActionSmallTalk)


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


def new(now: datetime, **fields: Any) -> NewAnnouncement:
    values = {"request_id": "r1", "topic": Topic.DELIVERY, "text": STRIKE, "begins_at": now, "ends_at": now + HOUR}
    return NewAnnouncement(**values | fields)


async def told(engine: AsyncEngine, now: datetime, topic: Topic | None = None) -> list[str]:
    return [one.text for one in await list_told(engine, now=now, topic=topic)]


async def test_it_is_told_from_its_beginning_until_its_end(shop: AsyncEngine, clock: FixedClock) -> None:
    now = clock.now()
    await announce(shop, new(now, begins_at=now + HOUR, ends_at=now + 2 * HOUR), by="lead", now=now)
    second = timedelta(seconds=1)
    for at, is_told in ((now, 0), (now + HOUR - second, 0), (now + HOUR, 1), (now + 2 * HOUR - second, 1)):
        assert await told(shop, at) == [STRIKE] * is_told, at
    assert await told(shop, now + 2 * HOUR) == []
    assert len(await list_lasting(shop, now=now)) == 1 and await list_lasting(shop, now=now + 2 * HOUR) == []


async def test_only_the_two_newest_are_told_and_a_topic_hears_its_own(shop: AsyncEngine, clock: FixedClock) -> None:
    now = clock.now()
    for number in (1, 2, 3):
        at, topic = now - number * HOUR, Topic.GENERAL if number == 2 else Topic.DELIVERY
        await announce(
            shop, new(now, request_id=f"r{number}", topic=topic, text=f"{number}", begins_at=at), by="l", now=now
        )
    assert await told(shop, now) == ["1", "2"]
    assert await told(shop, now, Topic.DELIVERY) == ["1"]


@pytest.mark.parametrize(
    ("begins_in", "ends_in"),
    [(HOUR, HOUR), (2 * HOUR, HOUR), (-2 * HOUR, -HOUR), (-HOUR, timedelta(0)), (HOUR, timedelta(days=60, seconds=1))],
)
async def test_a_period_that_cannot_be_leaves_no_trace(
    shop: AsyncEngine, clock: FixedClock, begins_in: timedelta, ends_in: timedelta
) -> None:
    now = clock.now()
    with pytest.raises(InvalidPeriod):
        await announce(shop, new(now, begins_at=now + begins_in, ends_at=now + ends_in), by="lead", now=now)
    assert await list_lasting(shop, now=now - 3 * HOUR) == []


async def test_the_same_wish_at_the_same_time_is_one_announcement(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    now = clock.now()
    entered = await asyncio.gather(*(announce(one, new(now), by="lead", now=now) for one in (shop, other) * 4))
    assert len({one.announcement_id for one in entered}) == 1
    assert await told(shop, now) == [STRIKE]


async def test_what_was_withdrawn_is_told_no_more_and_withdrawn_once(shop: AsyncEngine, clock: FixedClock) -> None:
    now = clock.now()
    entered = await announce(shop, new(now), by="lead", now=now)
    await withdraw(shop, entered.announcement_id, by="lead", now=now)
    assert await told(shop, now) == []
    with pytest.raises(AnnouncementEnded):
        await withdraw(shop, entered.announcement_id, by="lead", now=now)
    with pytest.raises(AnnouncementNotFound):
        await withdraw(shop, "n_none", by="lead", now=now)
    over = await announce(shop, new(now, request_id="r2"), by="lead", now=now)
    with pytest.raises(AnnouncementEnded):
        await withdraw(shop, over.announcement_id, by="lead", now=now + HOUR)


async def test_a_greeting_and_the_first_answer_about_deliveries_tell_it_and_others_do_not(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    talk, now = Talk(shop, clock, None), clock.now()
    assert STRIKE not in (await talk.say("배송 언제 와요", "delivery_status")).text
    await announce(shop, new(now), by="lead", now=now)
    talk = Talk(shop, clock, None, "c2")
    greeted = await talk.say("안녕하세요", "greet")
    assert STRIKE in greeted.text and "배송 조회" in greeted.labels
    assert (await talk.say("배송 언제 와요", "delivery_status")).text.startswith(STRIKE)
    assert STRIKE not in (await talk.say("배송 언제 와요", "delivery_status")).text
    assert STRIKE not in (await talk.say("적립금 얼마 있어요", "benefits_balance")).text
    clock.advance(3600)
    assert (await talk.say("배송 언제 와요", "delivery_status")).text.startswith("배송 상황")
