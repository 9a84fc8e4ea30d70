"""Attempts are taken in once, sealed where they must be, counted as they come, and watched by a job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.demo.outage import invent_hour
from backoffice.errors import CustomerNotFound
from backoffice.jobs.service import Jobs
from backoffice.schema import (
    customers,
    jobs,
    verification_alerts,
    verification_attempts,
    verification_counts,
    verification_secrets,
)
from backoffice.verification.errors import InvalidAttempt
from backoffice.verification.intake import NewAttempt
from backoffice.verification.rates import list_rates, recount
from backoffice.verification.rules import load_watch
from backoffice.verification.service import list_attempts, record_attempt, renew_seals
from backoffice.verification.tables import Dimension, Method
from backoffice.verification.watch import WATCH, find_concerning, list_alerts, list_told, look, schedule_look
from backoffice.verification.watching import Cell
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write
from kernel.vault import Vault

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
VAULT = Vault("k" * 40)
KINDS = (("SKT", "SMS"), ("KT", "SMS"), ("SKT", "PASS"))


@pytest.fixture
async def one(shop: AsyncEngine) -> AsyncEngine:
    """A shop with one customer."""
    async with write(shop) as connection:
        await connection.execute(customers.insert(), {"customer_id": "one", "grade": "basic"})
    return shop


@pytest.fixture
async def other(one: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


def new(**fields: Any) -> NewAttempt:
    values = {"at": NOON, "method": "SMS", "stage": "channel", "result": "failure", "carrier": "SKT"}
    return NewAttempt(**values | {"customer_id": "one", "error_code": "SMS-408"} | fields)


def ok(**fields: Any) -> NewAttempt:
    return new(**{"stage": "matched", "result": "success", "error_code": None} | fields)


async def record(engine: AsyncEngine, attempt: NewAttempt, *, now: datetime = NOON) -> str:
    return await record_attempt(engine, attempt, now=now, vault=VAULT)


async def count_rows(engine: AsyncEngine, table: sa.Table) -> int:
    async with read(engine) as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


async def test_an_attempt_is_kept_with_everything_but_its_secrets_in_the_log(one: AsyncEngine) -> None:
    await record(one, new(region="서울", browser="Chrome", os="Android 14", retry_number=2, network="KT"))
    (kept,) = await list_attempts(one, "one", limit=9)
    assert (kept.stage, kept.method, kept.result, kept.cause) == ("channel", "SMS", "failure", "sms_not_received")
    assert (kept.carrier, kept.network, kept.region) == ("SKT", "KT", "서울")
    assert (kept.browser, kept.os, kept.retry_number) == ("Chrome", "Android", 2)


async def test_the_agencys_ids_are_sealed_and_can_be_opened(one: AsyncEngine) -> None:
    await record(one, new(transaction_id="agency-tx-1", ci="ci-of-a-person", di="di-of-a-person"))
    async with read(one) as connection:
        tables = (verification_attempts, verification_secrets)
        rows = [(await connection.execute(sa.select(table))).mappings().one() for table in tables]
    assert not [value for row in rows for value in row.values() if "person" in str(value) or "agency" in str(value)]
    sealed = rows[1]
    opened = [VAULT.open(sealed[f"{name}_sealed"]) for name in ("transaction", "ci", "di")]
    assert opened == ["agency-tx-1", "ci-of-a-person", "di-of-a-person"]


async def test_a_transaction_reported_again_is_there_once(one: AsyncEngine) -> None:
    first = await record(one, new(transaction_id="agency-tx-1"))
    assert await record(one, new(transaction_id="agency-tx-1", retry_number=3)) == first
    assert await record(one, new(transaction_id="agency-tx-2")) != first
    assert await count_rows(one, verification_attempts) == 2
    whole = next(rate for rate in await list_rates(one, now=NOON) if rate.cell.dimension is Dimension.ALL)
    assert (whole.counts.attempts, whole.counts.failures) == (2, 2)


async def test_reports_at_the_same_time_from_two_processes_count_once(one: AsyncEngine, other: AsyncEngine) -> None:
    reports = [record(engine, new(transaction_id="agency-tx-1")) for engine in (one, other) * 4]
    assert len(set(await asyncio.gather(*reports))) == 1
    assert await count_rows(one, verification_attempts) == 1


async def test_many_attempts_at_once_lose_no_count(one: AsyncEngine, other: AsyncEngine) -> None:
    kinds = [new(carrier=carrier, method=method) for carrier in ("SKT", "KT") for method in ("SMS", "PASS", "ARS")]
    await asyncio.gather(*(record(engine, kind) for engine in (one, other) for kind in kinds * 2))
    counted = {rate.cell: rate.counts for rate in await list_rates(one, now=NOON)}
    assert counted[Cell(Dimension.ALL, "")].attempts == 24
    assert counted[Cell(Dimension.CARRIER_METHOD, "KT|PASS")].attempts == 4


async def test_a_key_is_changed_without_losing_a_transaction(one: AsyncEngine) -> None:
    first = await record(one, new(transaction_id="agency-tx-1", ci="ci-of-a-person"))
    both = Vault(f"{'n' * 40},{'k' * 40}")
    assert await record_attempt(one, new(transaction_id="agency-tx-1"), now=NOON, vault=both) == first
    last: str | None = ""
    while last is not None:
        last = await renew_seals(one, both, after=last, at_once=1)
    newest = Vault("n" * 40)
    assert await record_attempt(one, new(transaction_id="agency-tx-1"), now=NOON, vault=newest) == first
    async with read(one) as connection:
        sealed = await connection.scalar(sa.select(verification_secrets.c.ci_sealed))
    assert newest.open(sealed or "") == "ci-of-a-person"


async def test_what_is_refused_leaves_nothing_behind(one: AsyncEngine) -> None:
    for attempt in (new(error_code="ZZZ"), new(method="FAX"), new(at=NOON + timedelta(hours=1)), new(cause="123456")):
        with pytest.raises(InvalidAttempt):
            await record(one, attempt)
    with pytest.raises(CustomerNotFound):
        await record(one, new(customer_id="nobody", transaction_id="agency-tx-1"))
    for table in (verification_attempts, verification_secrets, verification_counts, jobs):
        assert await count_rows(one, table) == 0


async def test_somebody_not_logged_in_counts_too(one: AsyncEngine) -> None:
    await record(one, new(customer_id=None))
    assert await count_rows(one, verification_attempts) == 1
    assert await list_attempts(one, "one", limit=9) == []


async def test_counts_made_anew_from_the_log_are_those_that_grew(one: AsyncEngine) -> None:
    for minutes in (0, 4, 61, 60 * 30):
        await record(one, new(at=NOON - timedelta(minutes=minutes), region="부산", browser="Safari"))
        await record(one, ok(at=NOON - timedelta(minutes=minutes), method="PASS"))

    async def counts() -> set[tuple[Any, ...]]:
        async with read(one) as connection:
            return {tuple(row) for row in await connection.execute(sa.select(verification_counts))}

    grown = await counts()
    async with write(one) as connection:
        await recount(connection, now=NOON)
    assert await counts() == grown


async def test_rates_are_listed_by_hour_with_causes_as_a_part_of_all(one: AsyncEngine) -> None:
    await record(one, new(at=NOON - timedelta(hours=1)))
    await record(one, new())
    await record(one, ok())
    listed = {(rate.cell, rate.start_at): rate.counts for rate in await list_rates(one, now=NOON, hours=2)}
    cause = Cell(Dimension.CAUSE, "sms_not_received")
    assert [(listed[cause, at].attempts, listed[cause, at].failures) for at in (NOON - timedelta(hours=1), NOON)] == [
        (1, 1),
        (2, 1),
    ]
    assert Cell(Dimension.HOUR, "12") in {cell for cell, at in listed if at == NOON}


async def live_through(engine: AsyncEngine, clock: FixedClock, *, minutes: int, bad: bool, per_look: int = 12) -> None:
    """Let attempts come for so many minutes, every fifth of them failing, and all of SKT's SMS where it is bad."""
    worker = Jobs(engine, clock, {WATCH: look})
    for _ in range(minutes // 5):
        for number in range(per_look):
            carrier, method = KINDS[number % 3]
            fails = (bad and number % 3 == 0) or number % 12 in (0, 4)
            kind = new(error_code=f"{method}-1") if fails else ok()
            await record(engine, replace(kind, at=clock.now(), carrier=carrier, method=method), now=clock.now())
        clock.advance(300)
        await worker.carry_out_due()


@pytest.fixture
async def watched(one: AsyncEngine) -> AsyncEngine:
    """A shop with four usual weeks behind it: one attempt in six fails."""
    rows = [
        {"customer_id": "one", "at": NOON - timedelta(days=day, hours=hour), "method": method, "carrier": carrier}
        | {"result": "failure" if (number + hour + day) % 6 == 5 else "success"}
        for day in range(1, 29)
        for hour in range(-6, 6)
        for number, (carrier, method) in enumerate(KINDS)
    ]
    async with write(one) as connection:
        await connection.execute(verification_attempts.insert(), rows)
        await recount(connection, now=NOON)
    return one


async def test_usual_hours_raise_no_alert(watched: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await live_through(watched, clock, minutes=60, bad=False)
    assert await list_alerts(watched, since=NOON) == []


async def test_one_carriers_sms_alone_is_told_while_it_lasts(watched: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await live_through(watched, clock, minutes=20, bad=True)
    told = await list_told(watched, now=clock.now())
    assert [alert.cell for alert in told] == [Cell(Dimension.CARRIER_METHOD, "SKT|SMS")]
    assert find_concerning(told, carrier="SKT", method="SMS") == told[0]
    assert find_concerning(told, carrier="KT", method="SMS") is None
    assert find_concerning(told, carrier="SKT", method="PASS") is None

    await live_through(watched, clock, minutes=10, bad=False)
    assert len(await list_told(watched, now=clock.now())) == 1  # not over with the first good minutes
    await live_through(watched, clock, minutes=90, bad=False)
    assert await list_told(watched, now=clock.now()) == []
    (ended,) = [a for a in await list_alerts(watched, since=NOON) if a.cell.dimension is Dimension.CARRIER_METHOD]
    assert ended.closed_at is not None and ended.opened_at < ended.closed_at


async def test_an_alert_ends_when_nobody_tries_any_more(watched: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await live_through(watched, clock, minutes=20, bad=True)
    await live_through(watched, clock, minutes=150, bad=False, per_look=0)
    assert await list_told(watched, now=clock.now()) == []
    async with read(watched) as connection:
        open_count = await connection.scalar(
            sa.select(sa.func.count()).where(verification_alerts.c.closed_at.is_(None))
        )
    assert open_count == 0
    assert await count_rows(watched, jobs) == 0


async def test_an_alert_that_nobody_looks_at_is_not_told_for_ever(watched: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    await live_through(watched, clock, minutes=20, bad=True)
    assert await list_told(watched, now=clock.now() + timedelta(hours=1)) == []


async def test_two_processes_that_look_at_once_open_one_alert(watched: AsyncEngine, other: AsyncEngine) -> None:
    clock = FixedClock(NOON)
    for _ in range(12):
        await record(watched, new(at=clock.now()))
    clock.advance(300)
    await asyncio.gather(*(Jobs(engine, clock, {WATCH: look}).carry_out_due() for engine in (watched, other)))
    cells = [alert.cell for alert in await list_alerts(watched, since=NOON)]
    assert Cell(Dimension.CARRIER_METHOD, "SKT|SMS") in cells
    assert len(cells) == len(set(cells))


async def test_an_invented_usual_hour_fails_as_often_as_real_ones_and_alarms_nobody(watched: AsyncEngine) -> None:
    hour = list(invent_hour(Random(5), now=NOON))
    assert 0.15 <= sum(attempt.result == "failure" for attempt in hour) / len(hour) <= 0.20
    for attempt in hour:
        await record(watched, attempt)
    await Jobs(watched, FixedClock(NOON + timedelta(minutes=5)), {WATCH: look}).carry_out_due()
    assert await list_alerts(watched, since=NOON) == []


@pytest.mark.parametrize("carrier", ["SKT", "KT", "LGU+", "알뜰폰"])
async def test_an_invented_outage_is_seen_at_the_next_look(one: AsyncEngine, carrier: str) -> None:
    for attempt in invent_hour(Random(5), now=NOON, trouble=(carrier, Method.SMS)):
        await record(one, attempt)
    await Jobs(one, FixedClock(NOON + timedelta(minutes=5)), {WATCH: look}).carry_out_due()
    told = await list_told(one, now=NOON + timedelta(minutes=5))
    assert [alert.cell for alert in told] == [Cell(Dimension.CARRIER_METHOD, f"{carrier}|SMS")]


async def test_only_several_quiet_looks_in_a_row_end_an_alert(one: AsyncEngine) -> None:
    alert = {"alert_id": "a1", "dimension": "method", "value": "ARS", "quiet_looks": 0, "is_told": True}
    alert |= {"attempts": 20, "failures": 18, "usual_ratio": 0.18, "p_value": 1e-9, "rules_version": 1}
    async with write(one) as connection:
        await connection.execute(verification_alerts.insert(), alert | {"opened_at": NOON, "seen_at": NOON})
        await schedule_look(connection, at=NOON)
    clock, open_after = FixedClock(NOON), []
    for _ in range(load_watch().closing_looks):
        clock.advance(300)
        await Jobs(one, clock, {WATCH: look}).carry_out_due()
        open_after.append(len(await list_told(one, now=clock.now())))
    assert open_after == [1] * (load_watch().closing_looks - 1) + [0]
