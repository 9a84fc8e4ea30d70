"""Personal data unmasked: who may, that it is recorded, who was affected, and the monthly review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs
from backoffice.privacy import service
from backoffice.privacy.access import Viewer, load_access_rules
from backoffice.privacy.errors import InvalidPeriod, ReasonMissing, UnmaskingRefused
from backoffice.privacy.handlers import HANDLERS
from backoffice.privacy.purge import want_purge
from backoffice.schema import access_log, customers
from kernel.clock import FixedClock
from kernel.database import read, write

REASON = "배송지 확인 전화"
PERSON = {"name": "홍길동", "phone": "010-0000-1234", "email": "hong@example.com", "address": "서울 마포구 이음로 1"}
# Which role may see which field: the whole table.
MAY_SEE = {
    "agent": "",
    "senior_agent": "phone address",
    "supervisor": "name phone email address",
    "trainer": "",
    "security_reviewer": "name phone",
    "privacy_officer": "name phone email address",
    "administrator": "",
}


def viewer(role: str = "supervisor", number: int = 1) -> Viewer:
    """A member of staff at a machine of the office."""
    return Viewer(viewer_id=f"a{number}", name=f"직원{number}", role=role, source="10.0.0.7")


@pytest.fixture(autouse=True)
async def people(shop: AsyncEngine) -> None:
    """Forty customers."""
    async with write(shop) as connection:
        rows = [{"customer_id": f"c{number}", "grade": "basic", **PERSON} for number in range(40)]
        await connection.execute(customers.insert(), rows)


async def see(shop: AsyncEngine, who: str, at: datetime, by: Viewer | None = None) -> dict[str, str | None]:
    """Look at somebody's number."""
    return await service.unmask(shop, who, fields=["phone"], viewer=by or viewer(), reason=REASON, now=at)


async def logged(shop: AsyncEngine) -> int:
    """How many times anybody's data was seen."""
    async with read(shop) as connection:
        return (await connection.execute(sa.select(sa.func.count()).select_from(access_log))).scalar_one()


@pytest.mark.parametrize("role", MAY_SEE)
async def test_a_role_sees_its_fields_and_no_others(shop: AsyncEngine, clock: FixedClock, role: str) -> None:
    for field in PERSON:
        look = service.unmask(shop, "c1", fields=[field], viewer=viewer(role), reason=REASON, now=clock.now())
        if field in MAY_SEE[role].split():
            assert await look == {field: PERSON[field]}
        else:
            with pytest.raises(UnmaskingRefused):
                await look
    assert await logged(shop) == len(MAY_SEE[role].split())


def test_every_right_is_in_the_table() -> None:
    assert {role: set(fields.split()) for role, fields in MAY_SEE.items() if fields} == {
        role: set(fields) for role, fields in load_access_rules().roles.items()
    }


async def test_who_when_whose_what_from_where_and_why_is_recorded(shop: AsyncEngine, clock: FixedClock) -> None:
    await service.unmask(shop, "c1", fields=["phone", "name"], viewer=viewer(), reason=REASON, now=clock.now())
    (entry,) = await service.list_accesses(shop, "c1")
    assert (entry.viewer_id, entry.viewer_name, entry.viewer_role) == ("a1", "직원1", "supervisor")
    assert (entry.at, entry.subject_id, entry.fields) == (clock.now(), "c1", ["name", "phone"])
    assert (entry.source, entry.reason) == ("10.0.0.7", REASON)


@pytest.mark.parametrize("reason", ["", "     ", "확인", "....!!!!....", "ㅇ ㅇ ㅇ ㅇ", "가" * 501])
async def test_nothing_is_shown_without_a_reason(shop: AsyncEngine, clock: FixedClock, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        await service.unmask(shop, "c1", fields=["phone"], viewer=viewer(), reason=reason, now=clock.now())
    assert await logged(shop) == 0


async def test_nothing_is_asked_of_nobody_or_about_nothing(shop: AsyncEngine, clock: FixedClock) -> None:
    with pytest.raises(CustomerNotFound):
        await see(shop, "nobody", clock.now())
    for fields in ([], ["password"], ["grade"]):
        with pytest.raises(UnmaskingRefused):
            await service.unmask(shop, "c1", fields=fields, viewer=viewer(), reason=REASON, now=clock.now())
    assert await logged(shop) == 0


async def test_who_was_affected_in_a_period_is_listed(shop: AsyncEngine, clock: FixedClock) -> None:
    start = clock.now()
    for hours, who, by in ((0, "c1", 1), (1, "c2", 1), (2, "c1", 2), (30, "c3", 1)):
        await see(shop, who, start + timedelta(hours=hours), viewer(number=by))
    affected = await service.list_affected(shop, since=start, until=start + timedelta(hours=24))
    assert [(one.subject_id, one.times) for one in affected] == [("c1", 2), ("c2", 1)]
    assert (affected[0].first_at, affected[0].last_at) == (start, start + timedelta(hours=2))
    by_second = await service.list_affected(shop, since=start, until=start + timedelta(days=9), viewer_id="a2")
    assert [one.subject_id for one in by_second] == ["c1"]
    assert await service.list_affected(shop, since=start - timedelta(days=1), until=start) == []
    with pytest.raises(InvalidPeriod):
        await service.list_affected(shop, since=start, until=start)


async def test_the_monthly_review_points_out_what_is_unusual(shop: AsyncEngine) -> None:
    day = datetime(2026, 11, 24, 3, tzinfo=UTC)
    for number in range(31):
        await see(shop, f"c{number}", day + timedelta(minutes=number))
    await see(shop, "c1", datetime(2026, 11, 24, 17, tzinfo=UTC), viewer(number=2))  # two at night in Seoul
    await see(shop, "c1", day, viewer(number=3))
    await see(shop, "c1", datetime(2026, 12, 1, tzinfo=UTC), viewer(number=4))
    found, made = await service.review(shop, "2026-11")
    assert made is None
    assert {one.viewer_id: (one.times, one.people) for one in found} == {"a1": (31, 31), "a2": (1, 1), "a3": (1, 1)}
    assert {one.viewer_id: list(one.remarks) for one in found} == {
        "a1": ["하루에 31명의 정보를 열어 봤어요."],
        "a2": ["근무 시간이 아닌 때에 1번 열어 봤어요."],
        "a3": [],
    }
    assert found[-1].viewer_id == "a3", "the unusual comes first"


async def test_a_full_days_work_from_its_first_to_its_last_minute_is_not_unusual(shop: AsyncEngine) -> None:
    first, last = datetime(2026, 11, 23, 23, tzinfo=UTC), datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
    for number in range(30):
        await see(shop, f"c{number}", first if number else last)
    await see(shop, "c1", last + timedelta(minutes=1), viewer(number=2))
    found, _ = await service.review(shop, "2026-11")
    assert {one.viewer_id: len(one.remarks) for one in found} == {"a1": 0, "a2": 1}


async def test_a_review_is_noted_once_and_only_when_the_month_is_over(shop: AsyncEngine, clock: FixedClock) -> None:
    with pytest.raises(InvalidPeriod):
        await service.note_review(shop, "2026-11", by="officer", note="이상 없음", now=clock.now())
    for by in ("officer", "another"):
        await service.note_review(shop, "2026-10", by=by, note=f"{by}: 이상 없음", now=clock.now())
    _, made = await service.review(shop, "2026-10")
    assert made is not None and (made["reviewed_by"], made["note"]) == ("officer", "officer: 이상 없음")


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "26-11", "nonsense", "9999-01", ""])
async def test_what_is_no_month_is_refused(shop: AsyncEngine, month: str) -> None:
    with pytest.raises(InvalidPeriod):
        await service.review(shop, month)


@pytest.mark.parametrize(("is_large", "left"), [(False, 1), (True, 2)])
async def test_records_are_kept_a_year_and_two_where_many_people_are_concerned(
    shop: AsyncEngine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, is_large: bool, left: int
) -> None:
    from backoffice.privacy import purge
    from backoffice.privacy.retention import RecordKind, load_retention

    rule = load_retention().kinds["access_record"]
    few = RecordKind(**{**rule.__dict__, "many_people": 39 if is_large else 40})
    monkeypatch.setitem(load_retention().kinds, "access_record", few)
    for days in (800, 400, 300):
        await see(shop, "c1", clock.now() - timedelta(days=days))
    async with write(shop) as connection:
        await want_purge(connection, clock.now())
    await Jobs(shop, clock, {**HANDLERS, purge.PURGE_JOB: purge.purge}).carry_out_due()
    assert await logged(shop) == left
