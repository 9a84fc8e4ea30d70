"""The archive of a customer's data, and their deletion with what must be kept set apart."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from backoffice.benefits import coupons, points
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs, schedule
from backoffice.notices.service import ConsoleNotifier, Sender
from backoffice.privacy import service
from backoffice.privacy.access import Viewer
from backoffice.privacy.errors import NotErasable
from backoffice.privacy.handlers import HANDLERS, with_conversations
from backoffice.privacy.holdings import list_holdings
from backoffice.privacy.ports import Talk
from backoffice.privacy.purge import want_purge
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.service import NewRequest
from backoffice.privacy.tables import ConsentKind
from backoffice.schema import block_releases, customers, erasures, jobs, kept_records, metadata, verification_attempts
from kernel.clock import FixedClock
from kernel.database import read, write

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
OFFICER = Viewer(viewer_id="a1", name="한지우", role="privacy_officer", source="127.0.0.1")
ALSO = "somebody-else"
FILLED = {
    *("customers", "orders", "order_items", "refunds", "deliveries", "delivery_stages", "points", "coupons", "grants"),
    *("verification_attempts", "blocks", "consents", "notification_settings", "access_log"),
    *("privacy_requests", "privacy_request_steps"),
}


def a_customer(customer_id: str, number: int, name: str, status: str = "delivered") -> dict[str, Any]:
    """A customer with something in every table that a demo file fills."""
    day = "2026-10-0"
    order = {
        "order_id": f"2026-0000{number}",
        "ordered_at": f"{day}1T01:00:00Z",
        "status": status,
        "items": [{"product": f"{name}의 러닝화"}],
        "paid_krw": 1000,
        "courier": "한달음택배",
        "stages": [{"stage": "delivered", "actual_at": f"{day}3T01:00:00Z"}],
        "refund": {"amount_krw": 100, "state": "done"},
    }
    old = {"order_id": f"2019-0000{number}", "ordered_at": "2019-01-01T00:00:00Z", "status": "delivered"}
    return {
        "customer_id": customer_id,
        "name": name,
        "phone": f"010-0000-000{number}",
        "email": f"{customer_id}@example.com",
        "address": f"서울 마포구 이음로 {number}",
        "joined_at": "2018-01-01T00:00:00Z",
        "orders": [order, old],
        "blocks": [{"reason": "other", "blocked_at": f"{day}1T00:00:00Z", "released_at": f"{day}2T00:00:00Z"}],
        "verification_attempts": [
            {"at": f"{day}1T00:00:00Z", "result": "success"},
            {"at": "2020-01-01T00:00:00Z", "result": "success"},
        ],
        "points": [{"amount_krw": 500, "at": f"{day}1T00:00:00Z"}],
        "coupons": [{"coupon_id": f"k{number}", "issued_at": f"{day}1T00:00:00Z"}],
        "grants": [{"kind": "points", "amount_krw": 500, "at": f"{day}1T00:00:00Z"}],
        "consents": {"service": True, "marketing": True},
    }


class Talks:
    """A store of conversations with one complaint and one plain question of c1."""

    def __init__(self) -> None:
        self.forgotten: list[tuple[str, str]] = []
        self.is_away = False
        self.dies_after_forgetting = False

    async def list_of_customer(self, customer_id: str) -> Sequence[Talk]:
        if self.is_away:
            raise OSError("away")
        if customer_id != "c1" or self.forgotten:
            return []
        return [
            Talk("t1", NOW - timedelta(days=30), True, {"messages": [{"text": "화나요"}], "customer_id": "c1"}),
            Talk("t2", NOW - timedelta(days=400), False, {"messages": [{"text": "언제 와요"}], "customer_id": "c1"}),
        ]

    async def forget(self, customer_id: str, pseudonym: str) -> None:
        self.forgotten.append((customer_id, pseudonym))
        if self.dies_after_forgetting:
            self.dies_after_forgetting = False
            raise OSError("died")


class World:
    """The shop with two customers, its jobs and its conversations."""

    def __init__(self, engine: AsyncEngine, clock: FixedClock) -> None:
        self.engine, self.clock, self.talks = engine, clock, Talks()
        self.texts = io.StringIO()
        self.jobs = Jobs(engine, clock, {**HANDLERS, **with_conversations(self.talks)})

    async def fill(self, folder: Path, status: str = "delivered") -> None:
        """Load the customers, and give c1 a row in the tables that no demo file fills."""
        path = folder / "in.json"
        people = [a_customer("c1", 1, "홍길동", status), a_customer(ALSO, 2, "김영희")]
        path.write_text(json.dumps({"customers": people}), encoding="utf-8")
        await demo.import_file(self.engine, path, clock=self.clock)
        now = self.clock.now()
        for who in ("c1", ALSO):
            await service.change_settings(self.engine, customer_id=who, now=now, order_notices=False)
            await service.unmask(self.engine, who, fields=["phone"], viewer=OFFICER, reason="배송 확인 전화", now=now)

    async def ask(self, kind: RequestKind = RequestKind.LEAVE) -> str:
        """Bring a request of c1 into the officer's hands; return its number."""
        new = NewRequest(customer_id="c1", kind=kind, channel="chat", identity="login")
        request, _ = await service.open_request(self.engine, new, now=self.clock.now())
        await service.start_work(self.engine, request.request_id, by="officer", now=self.clock.now())
        return request.request_id

    async def answer(self, request_id: str) -> None:
        """Answer it and tell the customer."""
        await service.answer_request(self.engine, request_id, answer="처리했어요.", by="officer", now=self.clock.now())
        await Sender(self.engine, self.clock, ConsoleNotifier(self.texts)).send_due()

    async def go_on(self, times: int = 3, seconds: float = 660) -> None:
        """Let time pass and jobs be done."""
        for _ in range(times):
            self.clock.advance(seconds)
            await self.jobs.carry_out_due()

    async def erase(self) -> str:
        """Lead a wish to leave to its end; return the pseudonym."""
        await self.answer(await self.ask())
        await self.go_on()
        (row,) = await self.rows(erasures)
        return str(row["pseudonym"])

    async def rows(self, table: sa.Table) -> list[dict[str, Any]]:
        """All rows of a table."""
        async with read(self.engine) as connection:
            return [dict(row) for row in (await connection.execute(sa.select(table))).mappings()]

    async def everything(self, but: Sequence[sa.Table] = ()) -> str:
        """All that the shop's database holds, as one text."""
        tables = [table for table in metadata.sorted_tables if table not in but]
        return "\n".join([str({table.name: await self.rows(table)}) for table in tables])


@pytest.fixture
async def world(shop: AsyncEngine, tmp_path: Path) -> World:
    """The shop on 24 November 2026."""
    made = World(shop, FixedClock(NOW))
    await made.fill(tmp_path)
    return made


def unpack(archive: bytes) -> dict[str, str]:
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


async def test_the_archive_holds_every_table_of_the_customer_and_nobody_elses_rows(world: World) -> None:
    await world.ask(RequestKind.ACCESS)
    packed = await service.export_customer(world.engine, "c1", conversations=world.talks, now=NOW)
    files = unpack(packed)
    assert set(files) == {"요약.txt", "data/conversations.json"} | {f"data/{name}.json" for name in list_holdings()}
    filled = {name.removeprefix("data/").removesuffix(".json") for name, text in files.items() if text != "[]"}
    assert filled >= FILLED
    whole = "\n".join(files.values())
    assert "홍길동의 러닝화" in whole and "화나요" in whole
    for foreign in (ALSO, "김영희", "2026-00002", "010-0000-0002", "k2"):
        assert foreign not in whole, foreign
    assert "한지우" not in whole, "nor who of the staff looked"
    assert packed == await service.export_customer(world.engine, "c1", conversations=world.talks, now=NOW)


async def test_the_summary_can_be_read_by_the_customer(world: World) -> None:
    files = unpack(await service.export_customer(world.engine, "c1", conversations=world.talks, now=NOW))
    told = files["요약.txt"]
    for line in (
        "홍길동님의 개인정보",
        "- 휴대폰: 010-0000-0001",
        "- 주문: 2건 (data/orders.json)",
        "- 상담 대화: 2건 (data/conversations.json)",
        "- 계약과 청약철회 기록: 5년",
    ):
        assert line in told
    with pytest.raises(CustomerNotFound):
        await service.export_customer(world.engine, "nobody", now=NOW)


async def test_deletion_leaves_nothing_of_the_customer_but_what_is_set_apart(world: World) -> None:
    others = await service.export_customer(world.engine, ALSO, now=NOW)
    pseudonym = await world.erase()
    left = await world.everything(but=[kept_records])
    for secret in ("c1", "홍길동", "010-0000-0001", "c1@example.com", "이음로 1", "2026-00001", "2019-00001", "k1"):
        assert f"'{secret}'" not in left, secret
    assert pseudonym in left, "requests and records of access go on under the pseudonym"
    assert await service.export_customer(world.engine, ALSO, now=NOW) == others, "nobody else is touched"


async def test_what_is_kept_is_kept_as_the_table_says_under_one_pseudonym_with_its_end(world: World) -> None:
    pseudonym = await world.erase()
    kept = await world.rows(kept_records)
    assert {row["pseudonym"] for row in kept} == {pseudonym}
    ends = {(row["source"], row["record_kind"], row["kept_until"].date().isoformat()) for row in kept}
    assert ends == {
        ("customers", "contract", "2031-10-01"),
        ("orders", "contract", "2031-10-01"),
        ("order_items", "contract", "2031-10-01"),
        ("refunds", "payment", "2031-10-01"),
        ("deliveries", "payment", "2031-10-01"),
        ("delivery_stages", "payment", "2031-10-01"),
        ("points", "payment", "2031-10-01"),
        ("grants", "complaint", "2029-10-01"),
        ("verification_attempts", "verification", "2029-10-01"),
        ("blocks", "block_release", "2031-10-01"),
        ("conversations", "consultation_complaint", "2029-10-25"),
    }
    assert len(kept) == len(ends), "what was over long ago is gone at once"
    (person,) = (row["content"] for row in kept if row["source"] == "customers")
    assert person == {"name": "홍길동", "phone": "010-0000-0001", "address": "서울 마포구 이음로 1"}
    (order,) = (row["content"] for row in kept if row["source"] == "orders")
    assert (order["customer_id"], order["order_id"]) == (pseudonym, "2026-00001")
    (row,) = await world.rows(erasures)
    assert row["counts"]["orders"] == {"erased": 1, "kept": 1}
    assert row["counts"]["coupons"] == {"erased": 1, "kept": 0}
    assert row["subject_id"] is None and row["done_at"] is not None


async def test_consents_of_the_last_half_year_are_kept_as_proof(world: World) -> None:
    await service.record_consent(
        world.engine, customer_id="c1", kind=ConsentKind.MARKETING, granted=False, channel="chat", now=NOW
    )
    await world.erase()
    kept = [row for row in await world.rows(kept_records) if row["source"] == "consents"]
    assert {row["kept_until"].date().isoformat() for row in kept} == {"2027-05-24"}
    assert len(kept) == 2, "marketing and the night; the ones of 2018 are gone"


async def test_the_customer_is_told_before_their_number_is_erased(world: World) -> None:
    request_id = await world.ask()
    await service.answer_request(world.engine, request_id, answer="처리했어요.", by="officer", now=world.clock.now())
    await world.go_on()
    assert "홍길동" in await world.everything(but=[kept_records]), "the notice has not gone out yet"
    await Sender(world.engine, world.clock, ConsoleNotifier(world.texts)).send_due()
    assert "010-****-0001" in world.texts.getvalue()
    await world.go_on()
    assert "홍길동" not in await world.everything(but=[kept_records])


async def test_a_notice_that_never_goes_out_holds_up_deletion_for_a_day_at_most(world: World) -> None:
    request_id = await world.ask()
    await service.answer_request(world.engine, request_id, answer="처리했어요.", by="officer", now=world.clock.now())
    await world.go_on(times=3, seconds=12 * 3600)
    assert "홍길동" not in await world.everything(but=[kept_records])


async def test_deletion_goes_on_where_it_was_interrupted(world: World) -> None:
    world.talks.is_away = True
    pseudonym = await world.erase()
    (row,) = await world.rows(erasures)
    assert (row["subject_id"], row["done_at"], row["shop_done_at"] is not None) == ("c1", None, True)
    kept_before = len(await world.rows(kept_records))
    world.talks.is_away = False
    await world.go_on(times=3, seconds=3600)
    (row,) = await world.rows(erasures)
    assert (row["subject_id"], row["pseudonym"]) == (None, pseudonym)
    assert world.talks.forgotten == [("c1", pseudonym)]
    assert len(await world.rows(kept_records)) == kept_before + 1


async def test_what_was_said_is_kept_though_the_process_dies_once_it_is_taken_out(world: World) -> None:
    world.talks.dies_after_forgetting = True
    pseudonym = await world.erase()
    await world.go_on()
    assert world.talks.forgotten == [("c1", pseudonym)] * 2, "and it was done again"
    kept = [row for row in await world.rows(kept_records) if row["source"] == "conversations"]
    assert [row["content"]["messages"] for row in kept] == [[{"text": "화나요"}]]
    (row,) = await world.rows(erasures)
    assert row["done_at"] is not None


async def test_what_was_to_be_done_at_the_end_of_points_and_coupons_is_forgotten(world: World) -> None:
    now = world.clock.now()
    for who in ("c1", "c10", ALSO):
        async with write(world.engine) as connection:
            if who == "c10":
                await connection.execute(customers.insert().values(customer_id=who, grade="basic"))
            ends = now + timedelta(days=90)
            await points.earn(connection, who, 100, why="적립", key="k", now=now, expires_at=ends)
            await coupons.issue(
                connection, who, coupons.NewCoupon(coupon_id="k", name="쿠폰", expires_at=ends), now=now
            )
    await world.erase()
    left = {row["key"] for row in await world.rows(jobs) if row["kind"].endswith("_expiry")}
    assert left == {"c10:k", f"{ALSO}:k"}


async def test_deletion_done_again_changes_nothing(world: World) -> None:
    await world.erase()
    before = await world.everything()
    (row,) = await world.rows(erasures)
    async with write(world.engine) as connection:
        for kind in ("privacy_erase", "privacy_forget_conversations", "privacy_wipe_conversations"):
            await schedule(connection, kind=kind, key=row["request_id"], due_at=world.clock.now())
    await world.go_on(times=1)
    assert await world.everything() == before


async def test_nobody_is_erased_while_an_order_is_under_way(shop: AsyncEngine, tmp_path: Path) -> None:
    world = World(shop, FixedClock(NOW))
    await world.fill(tmp_path, status="in_transit")
    request_id = await world.ask(RequestKind.DELETION)
    with pytest.raises(NotErasable):
        await world.answer(request_id)
    request, _ = await service.get_request(shop, request_id)
    assert request.state is RequestState.IN_WORK, "and the answer was not given"
    assert await world.rows(erasures) == []


async def test_other_open_requests_end_with_the_customer(world: World) -> None:
    waiting = await world.ask(RequestKind.ACCESS)
    await world.erase()
    request, steps = await service.get_request(world.engine, waiting)
    assert request.state is RequestState.WITHDRAWN
    assert steps[-1].note == "the person was erased"


async def test_what_is_kept_is_erased_on_its_day_and_not_before(world: World) -> None:
    await world.erase()
    for day, left in (("2029-09-30", 11), ("2029-10-02", 9), ("2029-10-26", 8), ("2031-09-30", 8), ("2031-10-03", 0)):
        world.clock.advance((datetime.fromisoformat(f"{day}T12:00:00Z") - world.clock.now()).total_seconds())
        async with write(world.engine) as connection:
            await want_purge(connection, world.clock.now())
        await world.jobs.carry_out_due()
        assert len(await world.rows(kept_records)) == left, day


async def test_a_purge_of_more_than_a_batch_goes_on_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backoffice.privacy.purge._ROWS_AT_ONCE", 3)
    await world.erase()
    world.clock.advance(10 * 366 * 86_400)
    async with write(world.engine) as connection:
        await want_purge(connection, world.clock.now())
    for _ in range(5):
        await world.jobs.carry_out_due()
    assert await world.rows(kept_records) == []


async def test_records_of_ended_blocks_and_old_attempts_of_customers_who_stay_go_on_their_day(
    shop: AsyncEngine, clock: FixedClock
) -> None:
    now = clock.now()
    async with write(shop) as connection:
        await connection.execute(customers.insert().values(customer_id="stays", grade="basic"))
        for name, kept_until in (("b-over", now), ("b-not-yet", now + timedelta(seconds=1))):
            ended = {"blocked_at": now, "released_at": now, "kind": "time", "released_by": "shop"}
            kept = {"justification": "시간이 지남", "is_our_fault": False, "kept_until": kept_until}
            row = {"block_id": name, "customer_id": "stays", "reason": "sms_failures", **ended, **kept}
            await connection.execute(block_releases.insert().values(**row))
        for days in (3 * 366 + 1, 3 * 365 - 1):
            tried = {"customer_id": "stays", "at": now - timedelta(days=days), "method": "SMS", "result": "success"}
            await connection.execute(verification_attempts.insert().values(**tried))
        await want_purge(connection, now)
    await Jobs(shop, clock, HANDLERS).carry_out_due()
    async with read(shop) as connection:
        left = (await connection.execute(sa.select(block_releases.c.block_id))).scalars().all()
        tried_at = (await connection.execute(sa.select(verification_attempts.c.at))).scalars().all()
    assert left == ["b-not-yet"]
    assert tried_at == [now - timedelta(days=3 * 365 - 1)]
