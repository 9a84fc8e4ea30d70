"""Changes of a delivery by the customer: proposed, confirmed, applied once, and only while the parcel is in our hands."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.delivery.changes import apply_latest, list_applied, propose
from backoffice.delivery.errors import AddressIncomplete, ChangeTooLate, ChangeUnknown, DayNotPossible, OrderUnknown
from backoffice.delivery.service import CourierEvent, record_event
from backoffice.delivery.tables import ChangeKind, deliveries, delivery_changes
from backoffice.delivery.wishes import Wish
from kernel.clock import FixedClock
from kernel.database import read

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
ORDER, SENT, FOREIGN = "2026-00001", "2026-00002", "2026-00003"
BUSAN = Wish(kind=ChangeKind.ADDRESS, wanted="부산 해운대구 물결로 7")
JEJU = Wish(kind=ChangeKind.ADDRESS, wanted="제주 제주시 나루터길 5")
FRIDAY = Wish(kind=ChangeKind.DAY, wanted="2026-11-27")
NOTE = Wish(kind=ChangeKind.DOOR_NOTE, wanted="경비실에 맡겨 주세요")


@pytest.fixture
async def filled(shop: AsyncEngine, tmp_path: Path) -> AsyncEngine:
    """A shop with a packed order promised for Thursday, one with the courier, and another customer's."""
    placed = {"ordered_at": "2026-11-20T01:00:00Z", "promised_date": "2026-11-26"}
    own = [{**placed, "order_id": ORDER, "status": "packed"}, {**placed, "order_id": SENT, "status": "shipped"}]
    people = [
        {"customer_id": "c1", "address": "서울 마포구 이음로 1", "orders": own},
        {"customer_id": "c2", "orders": [{**placed, "order_id": FOREIGN, "status": "packed"}]},
    ]
    path = tmp_path / "in.json"
    path.write_text(json.dumps({"customers": people}), encoding="utf-8")
    await demo.import_file(shop, path, clock=FixedClock(NOON))
    return shop


async def delivery(engine: AsyncEngine, order_id: str = ORDER) -> Any:
    async with read(engine) as connection:
        return (await connection.execute(sa.select(deliveries).where(deliveries.c.order_id == order_id))).one()


@pytest.mark.parametrize(
    ("wish", "changed"),
    [
        (BUSAN, {"address": BUSAN.wanted}),
        (JEJU, {"address": JEJU.wanted, "promised_date": date(2026, 11, 27), "eta_date": date(2026, 11, 27)}),
        (FRIDAY, {"promised_date": date(2026, 11, 27), "eta_date": date(2026, 11, 27)}),
        (NOTE, {"door_note": NOTE.wanted}),
    ],
)
async def test_nothing_changes_until_it_is_confirmed_and_then_only_that(
    filled: AsyncEngine, wish: Wish, changed: dict[str, Any]
) -> None:
    before = (await delivery(filled))._asdict()
    await propose(filled, "c1", ORDER, wish, now=NOON)
    assert (await delivery(filled))._asdict() == before
    await apply_latest(filled, "c1", ORDER, now=NOON)
    assert (await delivery(filled))._asdict() == before | changed
    assert [row["kind"] for row in await list_applied(filled, ORDER)] == [wish.kind]


async def test_a_day_that_the_customer_chose_is_not_a_broken_promise(filled: AsyncEngine) -> None:
    await propose(filled, "c1", ORDER, FRIDAY, now=NOON)
    change = await apply_latest(filled, "c1", ORDER, now=NOON)
    assert (change.expected_on, change.moves_day) == (date(2026, 11, 27), True)
    assert (await delivery(filled)).eta_history is None


async def test_confirming_twice_or_many_times_at_once_changes_once(filled: AsyncEngine) -> None:
    await propose(filled, "c1", ORDER, JEJU, now=NOON)
    changes = await asyncio.gather(*(apply_latest(filled, "c1", ORDER, now=NOON) for _ in range(6)))
    assert {change.expected_on for change in changes} == {date(2026, 11, 27)}
    assert (await delivery(filled)).promised_date == date(2026, 11, 27)
    assert len(await list_applied(filled, ORDER)) == 1


async def test_the_last_proposal_counts(filled: AsyncEngine) -> None:
    await propose(filled, "c1", ORDER, JEJU, now=NOON)
    await propose(filled, "c1", ORDER, BUSAN, now=NOON + timedelta(seconds=5))
    await apply_latest(filled, "c1", ORDER, now=NOON + timedelta(seconds=9))
    assert (await delivery(filled)).address == BUSAN.wanted


@pytest.mark.parametrize(
    ("who", "order_id", "wish", "error"),
    [
        ("c1", SENT, BUSAN, ChangeTooLate),
        ("c1", FOREIGN, BUSAN, OrderUnknown),
        ("c1", "2026-77777", BUSAN, OrderUnknown),
        ("c1", ORDER, Wish(kind=ChangeKind.ADDRESS, wanted="부산"), AddressIncomplete),
        ("c1", ORDER, Wish(kind=ChangeKind.DAY, wanted="2026-11-29"), DayNotPossible),
    ],
)
async def test_what_is_not_possible_is_refused_and_not_kept(
    filled: AsyncEngine, who: str, order_id: str, wish: Wish, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await propose(filled, who, order_id, wish, now=NOON)
    async with read(filled) as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(delivery_changes)) == 0


async def test_nothing_proposed_or_long_ago_or_by_another_is_unknown(filled: AsyncEngine) -> None:
    with pytest.raises(ChangeUnknown):
        await apply_latest(filled, "c1", ORDER, now=NOON)
    await propose(filled, "c1", ORDER, BUSAN, now=NOON)
    with pytest.raises(ChangeUnknown):
        await apply_latest(filled, "c2", ORDER, now=NOON)
    with pytest.raises(ChangeUnknown):
        await apply_latest(filled, "c1", ORDER, now=NOON + timedelta(minutes=31))


async def test_a_parcel_that_left_before_the_yes_is_not_changed(filled: AsyncEngine) -> None:
    await propose(filled, "c1", ORDER, BUSAN, now=NOON)
    left = CourierEvent(
        source="courier", event_id="1", order_id=ORDER, code="handed_to_courier", happened_at=NOON, place="서울"
    )
    await record_event(filled, left, now=NOON)
    with pytest.raises(ChangeTooLate):
        await apply_latest(filled, "c1", ORDER, now=NOON)
    assert (await delivery(filled)).address is None


async def test_of_a_yes_and_a_departure_at_once_one_is_first(filled: AsyncEngine) -> None:
    await propose(filled, "c1", ORDER, BUSAN, now=NOON)
    left = CourierEvent(source="courier", event_id="1", order_id=ORDER, code="handed_over", happened_at=NOON)
    changed, _ = await asyncio.gather(
        apply_latest(filled, "c1", ORDER, now=NOON), record_event(filled, left, now=NOON), return_exceptions=True
    )
    is_applied = not isinstance(changed, ChangeTooLate)
    assert ((await delivery(filled)).address == BUSAN.wanted) is is_applied
    assert len(await list_applied(filled, ORDER)) == is_applied
