"""Consents, wishes about notices and terms, and what they mean for what customers are sent."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs
from backoffice.notices.policy import AD_MARK, AD_WAY_OUT
from backoffice.notices.service import ConsoleNotifier, Sender, tell
from backoffice.notices.tables import NoticeCategory
from backoffice.privacy import service
from backoffice.privacy.errors import NoAdvertisingConsent, NoticeTooShort, TermsExist
from backoffice.privacy.handlers import HANDLERS
from backoffice.privacy.service import TermsVersion
from backoffice.privacy.tables import ConsentKind, Document, NoticeChannel
from backoffice.schema import customers, notices
from kernel.clock import KST, FixedClock
from kernel.database import create_engine, read, write

ADS, ORDER, DELIVERY = NoticeCategory.ADVERTISING, NoticeCategory.ORDER, NoticeCategory.DELIVERY
MARKETING, NIGHT_ADS, SERVICE = ConsentKind.MARKETING, ConsentKind.NIGHT_ADS, ConsentKind.SERVICE


@pytest.fixture(autouse=True)
async def people(shop: AsyncEngine) -> None:
    """Two customers."""
    async with write(shop) as connection:
        rows = [{"customer_id": name, "grade": "basic", "phone": "010-0000-1234"} for name in ("c1", "c2")]
        await connection.execute(customers.insert(), rows)


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def consent(
    shop: AsyncEngine, clock: FixedClock, kind: ConsentKind, granted: bool, key: str | None = None, version: int = 1
) -> None:
    """c1 agrees or takes it back."""
    await service.record_consent(
        shop,
        customer_id="c1",
        kind=kind,
        granted=granted,
        channel="chat",
        now=clock.now(),
        event_key=key,
        terms_version=version,
    )


async def send(shop: AsyncEngine, clock: FixedClock, category: NoticeCategory, key: str = "k") -> bool:
    """Have c1 told something; return whether they will be."""
    async with write(shop) as connection:
        return await tell(connection, customer_id="c1", key=key, category=category, text="소식", now=clock.now())


async def sent(shop: AsyncEngine, clock: FixedClock) -> list[dict[str, str]]:
    """What leaves the shop now."""
    stream = io.StringIO()
    await Sender(shop, clock, ConsoleNotifier(stream)).send_due()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_the_history_only_grows_and_the_newest_line_holds(shop: AsyncEngine, clock: FixedClock) -> None:
    for granted in (True, False, True):
        await consent(shop, clock, MARKETING, granted)
        clock.advance(60)
    history = [line for line in await service.list_consents(shop, "c1") if line.kind is MARKETING]
    assert [line.granted for line in history] == [True, False, True]
    assert (history[-1].channel, history[-1].terms_version) == ("chat", 1)
    assert (await service.find_current(shop, "c1"))[MARKETING].granted
    assert await service.find_current(shop, "c2") == {}


async def test_taking_back_advertising_takes_back_the_night_too(shop: AsyncEngine, clock: FixedClock) -> None:
    await consent(shop, clock, MARKETING, True)
    await consent(shop, clock, NIGHT_ADS, True)
    await consent(shop, clock, MARKETING, False)
    current = await service.find_current(shop, "c1")
    assert not current[MARKETING].granted and not current[NIGHT_ADS].granted


async def test_the_same_turn_run_again_adds_no_line(shop: AsyncEngine, other: AsyncEngine, clock: FixedClock) -> None:
    await asyncio.gather(*(consent(engine, clock, MARKETING, False, "turn-1") for engine in (shop, other, shop)))
    assert len(await service.list_consents(shop, "c1")) == 2
    with pytest.raises(CustomerNotFound):
        await service.record_consent(
            shop, customer_id="nobody", kind=MARKETING, granted=True, channel="chat", now=clock.now()
        )


async def test_advertising_needs_consent(shop: AsyncEngine, clock: FixedClock) -> None:
    for granted in (None, False):
        if granted is not None:
            await consent(shop, clock, MARKETING, granted)
        with pytest.raises(NoAdvertisingConsent):
            await send(shop, clock, ADS)
    await consent(shop, clock, MARKETING, True)
    assert await send(shop, clock, ADS)
    (notice,) = await sent(shop, clock)
    assert notice["text"] == f"{AD_MARK} 소식\n{AD_WAY_OUT}"


async def test_advertising_that_waits_is_not_sent_once_consent_is_taken_back(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    await consent(shop, clock, MARKETING, True)
    await send(shop, clock, ADS)
    await send(shop, clock, ORDER, "order")
    await consent(shop, clock, MARKETING, False)
    await consent(shop, clock, MARKETING, True)
    assert [notice["key"] for notice in await sent(shop, clock)] == ["order"], "nor if they agree anew"


async def test_advertising_waits_for_the_morning_whatever_was_agreed_to(shop: AsyncEngine) -> None:
    clock = FixedClock(datetime(2026, 11, 24, 21, 30, tzinfo=KST))
    for kind in (MARKETING, NIGHT_ADS):
        await consent(shop, clock, kind, True)
    await send(shop, clock, ADS)
    for _ in range(21):
        assert await sent(shop, clock) == []
        clock.advance(1800)
    assert clock.now().astimezone(KST).hour == 8
    assert len(await sent(shop, clock)) == 1


async def test_advertising_that_failed_in_the_evening_is_not_tried_again_at_night(shop: AsyncEngine) -> None:
    clock = FixedClock(datetime(2026, 11, 24, 20, 59, tzinfo=KST))
    await consent(shop, clock, MARKETING, True)
    await send(shop, clock, ADS)
    clock.advance(120)  # the sender comes a moment too late
    assert await sent(shop, clock) == []
    async with read(shop) as connection:
        (at,) = (await connection.execute(sa.select(notices.c.send_at))).scalars()
    assert at.astimezone(KST).hour == 8


async def test_customers_choose_which_notices_come_on_which_way_and_when_not(shop: AsyncEngine) -> None:
    clock = FixedClock(datetime(2026, 11, 24, 23, 0, tzinfo=KST))
    await service.change_settings(shop, customer_id="c1", now=clock.now(), order_notices=False)
    await service.change_settings(
        shop,
        customer_id="c1",
        now=clock.now(),
        channel=NoticeChannel.KAKAO,
        quiet_from_min=22 * 60,
        quiet_until_min=7 * 60,
    )
    found = await service.find_settings(shop, "c1")
    assert (found.order_notices, found.delivery_notices, found.channel) == (False, True, NoticeChannel.KAKAO)
    assert not await send(shop, clock, ORDER, "order")
    assert await send(shop, clock, DELIVERY, "delivery")
    assert await send(shop, clock, NoticeCategory.SECURITY, "security"), "what keeps an account safe always comes"
    assert [notice["key"] for notice in await sent(shop, clock)] == ["security"]
    clock.advance(8 * 3600)
    assert [(notice["key"], notice["channel"]) for notice in await sent(shop, clock)] == [("delivery", "kakao")]
    with pytest.raises(CustomerNotFound):
        await service.change_settings(shop, customer_id="nobody", now=clock.now(), order_notices=False)


async def test_two_changes_at_once_lose_nothing_of_one_another(
    shop: AsyncEngine, other: AsyncEngine, clock: FixedClock
) -> None:
    for is_wanted in (False, True) * 5:
        await asyncio.gather(
            service.change_settings(shop, customer_id="c1", now=clock.now(), order_notices=is_wanted),
            service.change_settings(other, customer_id="c1", now=clock.now(), delivery_notices=is_wanted),
            service.change_settings(shop, customer_id="c1", now=clock.now(), quiet_from_min=int(is_wanted)),
        )
        found = await service.find_settings(shop, "c1")
        assert (found.order_notices, found.delivery_notices) == (is_wanted, is_wanted)
        assert found.quiet_from_min == int(is_wanted)


def terms(version: int, day: date, **more: bool) -> TermsVersion:
    """A version of the service terms."""
    summary = f"{version}번째로 바꿨어요."
    return TermsVersion(document=Document.SERVICE_TERMS, version=version, effective_on=day, summary=summary, **more)


async def test_terms_are_told_seven_days_before_to_everybody_once(shop: AsyncEngine, clock: FixedClock) -> None:
    today = clock.now().astimezone(KST).date()
    with pytest.raises(NoticeTooShort):
        await service.publish_terms(shop, terms(2, today + timedelta(days=7)), now=clock.now())
    new = terms(2, today + timedelta(days=8), needs_agreement=True)
    await service.publish_terms(shop, new, now=clock.now())
    with pytest.raises(TermsExist):
        await service.publish_terms(shop, new, now=clock.now())
    worker = Jobs(shop, clock, HANDLERS)
    await worker.carry_out_due()
    told = await sent(shop, clock)
    assert len(told) == 2
    assert told[0]["text"] == (
        "12월 2일(수)부터 이용약관이 바뀌어요. 2번째로 바꿨어요. 고객님께 불리한 내용이 있어 다시 동의를 받아요."
    )


async def test_a_notice_to_many_customers_goes_on_where_it_stopped(
    shop: AsyncEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backoffice.privacy.terms._CUSTOMERS_AT_ONCE", 1)
    await service.publish_terms(shop, terms(1, clock.now().date()), now=clock.now())
    worker = Jobs(shop, clock, HANDLERS)
    for _ in range(4):
        await worker.carry_out_due()
    assert len(await sent(shop, clock)) == 2


async def test_what_changed_since_a_version_is_listed_in_order(shop: AsyncEngine, clock: FixedClock) -> None:
    day = clock.now().date()
    for version in (1, 2, 3):
        await service.publish_terms(shop, terms(version, day + timedelta(days=30 * version)), now=clock.now())
    changes = await service.list_changes(shop, Document.SERVICE_TERMS, since=1)
    assert [one.version for one in changes] == [2, 3]
    assert await service.list_changes(shop, Document.PRIVACY_POLICY, since=0) == []


async def test_terms_to_a_customers_disadvantage_need_their_agreement_once_they_hold(shop: AsyncEngine) -> None:
    clock = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))
    day = clock.now().date()
    await consent(shop, clock, SERVICE, True, version=1)
    await service.publish_terms(shop, terms(2, day + timedelta(days=10), needs_agreement=True), now=clock.now())
    await service.publish_terms(shop, terms(3, day + timedelta(days=12)), now=clock.now())
    assert await service.find_missing_agreement(shop, "c1", now=clock.now()) is None
    clock.advance(11 * 86_400)
    missing = await service.find_missing_agreement(shop, "c1", now=clock.now())
    assert missing is not None and missing.version == 2
    await consent(shop, clock, SERVICE, True, version=3)
    assert await service.find_missing_agreement(shop, "c1", now=clock.now()) is None
