"""Whatever is done in whatever order, a one-time code keeps its promises: a model of them beside the database."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from backoffice import schema
from backoffice.identity.policy import Guess, Sending
from backoffice.identity.rules import load_code_rules
from backoffice.identity.service import Asking, Typed, check_code, send_code
from backoffice.identity.tables import CodePurpose
from backoffice.schema import customers, jobs
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write

KEY, RULES, IDENTIFY = "k" * 40, load_code_rules(), CodePurpose.IDENTIFY
PHONES = {"01012345678": "one", "01099990000": None}
TALKS = ("c1", "c2")


@pytest.fixture(scope="module")
def empty() -> Iterator[Path]:
    """A migrated database to copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.db"
        schema.upgrade(f"sqlite+aiosqlite:///{path}")
        yield path


def make_machine(empty: Path) -> type[RuleBasedStateMachine]:
    """Return the machine over copies of the database `empty`."""

    class Codes(RuleBasedStateMachine):
        """`live` is what the promises say of each conversation's code; `sent` when each number got one."""

        def __init__(self) -> None:
            super().__init__()
            self.loop, self.folder = asyncio.new_event_loop(), tempfile.mkdtemp()
            shutil.copy(empty, self.folder)
            self.engine = create_engine(f"sqlite+aiosqlite:///{self.folder}/shop.db")
            self.clock = FixedClock(datetime(2026, 11, 24, 3, tzinfo=UTC))
            self.live: dict[str, dict[str, Any]] = {}
            self.sent: dict[str, list[datetime]] = {phone: [] for phone in PHONES}
            self.asked: dict[str, list[datetime]] = {talk: [] for talk in TALKS}
            self.turns = 0
            self.run(self.add_customer())

        def run(self, what: Awaitable[Any]) -> Any:
            return self.loop.run_until_complete(what)

        async def add_customer(self) -> None:
            async with write(self.engine) as connection:
                row = {"customer_id": "one", "grade": "basic", "phone": "010-1234-5678"}
                await connection.execute(customers.insert().values(row))

        async def newest_code(self) -> str:
            async with read(self.engine) as connection:
                newest = sa.select(jobs.c.payload).order_by(jobs.c.row_id.desc()).limit(1)
                return (await connection.scalar(newest))["code"]

        def next_turn(self) -> str:
            self.turns += 1
            return f"t{self.turns}"

        def within_day(self, times: list[datetime]) -> int:
            """How many of these fall into the day that began with the first of the present window."""
            began, count = None, 0
            for at in times:
                if began is None or (at - began).total_seconds() >= 86_400:
                    began, count = at, 0
                count += 1
            over = began is None or (self.clock.now() - began).total_seconds() >= 86_400
            return 0 if over else count

        @rule(phone=st.sampled_from(sorted(PHONES)), talk=st.sampled_from(TALKS))
        def ask(self, phone: str, talk: str) -> None:
            now = self.clock.now()
            asking = Asking(phone, IDENTIFY, talk, self.next_turn())
            sending = self.run(send_code(self.engine, asking, now=now, key=KEY))
            too_many = (
                self.within_day(self.sent[phone]) >= RULES.per_day
                or self.within_day(self.asked[talk]) >= RULES.per_talk
            )
            earlier = self.sent[phone][-1:]
            too_soon = bool(earlier) and (now - earlier[0]).total_seconds() < RULES.pause_s
            assert (sending is Sending.SENT) == (not too_many and not too_soon)
            if sending is not Sending.SENT:
                return
            self.sent[phone].append(now)
            self.asked[talk].append(now)
            self.live = {other: code for other, code in self.live.items() if code["phone"] != phone}
            self.live[talk] = {"phone": phone, "code": self.run(self.newest_code()), "tries": RULES.tries, "at": now}

        @rule(talk=st.sampled_from(TALKS), is_right=st.booleans())
        def guess(self, talk: str, is_right: bool) -> None:
            known = self.live.get(talk)
            code = known["code"] if known and is_right else "------"
            typed = Typed(code, IDENTIFY, talk, self.next_turn())
            checked = self.run(check_code(self.engine, typed, now=self.clock.now(), key=KEY))
            is_good = (
                known is not None
                and known["tries"] > 0
                and (self.clock.now() - known["at"]).total_seconds() < RULES.lifetime_s
            )
            owner = PHONES[known["phone"]] if known else None
            assert (checked.guess is Guess.RIGHT) == (is_good and is_right and owner is not None)
            assert checked.customer_id == (owner if checked.guess is Guess.RIGHT else None)
            if checked.guess is Guess.RIGHT:
                del self.live[talk]
            elif known and is_good:
                known["tries"] -= 1
                assert checked.tries_left == known["tries"]

        @rule(seconds=st.sampled_from([1, 59, 60, 179, 180, 3600, 86_399, 86_400]))
        def wait(self, seconds: int) -> None:
            self.clock.advance(seconds)

        def teardown(self) -> None:
            self.run(self.engine.dispose())
            self.loop.close()
            shutil.rmtree(self.folder)

    return Codes


def test_a_code_keeps_its_promises(empty: Path) -> None:
    run_state_machine_as_test(
        make_machine(empty),
        settings=settings(
            max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
