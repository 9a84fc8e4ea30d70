"""One-time codes: sent to the registered number, good once, for three minutes and five tries, and telling nothing."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.backstage import HANDLERS
from backoffice.blocking.early_release import lift_with_code
from backoffice.blocking.service import list_history, place_block
from backoffice.blocking.tables import BlockReason, BlockSignal, ReleaseKind
from backoffice.identity.policy import Guess, Sending
from backoffice.identity.rules import load_code_rules
from backoffice.identity.service import Asking, Checked, Typed, check_code, find_waiting, send_code
from backoffice.identity.tables import CodePurpose
from backoffice.jobs.service import Jobs
from backoffice.notices.service import ConsoleNotifier, Sender
from backoffice.schema import code_limits, customers, jobs, notices, one_time_codes
from kernel.clock import FixedClock
from kernel.database import create_engine, read, write

KEY = "k" * 40
PHONE, SHARED, NOBODYS = "01012345678", "01022223333", "01099990000"
IDENTIFY, LIFT = CodePurpose.IDENTIFY, CodePurpose.LIFT_BLOCK
RULES = load_code_rules()
NEVER_RIGHT = "not a code"


class Texts:
    """A shop whose customers can read their text messages."""

    def __init__(self, engine: AsyncEngine, clock: FixedClock) -> None:
        self.engine, self.clock, self.stream = engine, clock, io.StringIO()
        self._turns = 0

    def next_turn(self) -> str:
        self._turns += 1
        return f"t{self._turns}"

    async def ask(self, phone: str = PHONE, talk: str = "c1", **more: Any) -> Sending:
        values = {"phone": phone, "purpose": IDENTIFY, "conversation_id": talk, "turn_id": self.next_turn()}
        return await send_code(self.engine, Asking(**values | more), now=self.clock.now(), key=KEY)

    async def guess(self, code: str, talk: str = "c1", **more: Any) -> Checked:
        values = {"code": code, "purpose": IDENTIFY, "conversation_id": talk, "turn_id": self.next_turn()}
        return await check_code(self.engine, Typed(**values | more), now=self.clock.now(), key=KEY)

    async def deliver(self) -> list[str]:
        """Send what is due and return the codes that arrived so far."""
        await Jobs(self.engine, self.clock, HANDLERS).carry_out_due()
        await Sender(self.engine, self.clock, ConsoleNotifier(self.stream)).send_due()
        arrived = [json.loads(line) for line in self.stream.getvalue().splitlines()]
        return [line["text"].split("인증번호는 ")[1][:6] for line in arrived if "인증번호는 " in line["text"]]

    async def receive(self, phone: str = PHONE, talk: str = "c1", **more: Any) -> str:
        """Ask for a code and return it as it arrives."""
        assert await self.ask(phone, talk, **more) is Sending.SENT
        return (await self.deliver())[-1]


@pytest.fixture
async def texts(shop: AsyncEngine, clock: FixedClock) -> Texts:
    """A shop in which one number is one customer's, and one two customers'."""
    async with write(shop) as connection:
        for who, phone in (("one", "010-1234-5678"), ("mum", "010-2222-3333"), ("dad", "010 2222 3333")):
            await connection.execute(customers.insert().values(customer_id=who, grade="basic", phone=phone))
    return Texts(shop, clock)


@pytest.fixture
async def other(shop: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_the_code_that_arrives_proves_whose_number_it_is_once(texts: Texts) -> None:
    code = await texts.receive()
    assert await texts.guess(code) == Checked(Guess.RIGHT, RULES.tries - 1, "one")
    assert (await texts.guess(code)).guess is Guess.NONE, "it is used up"


async def test_the_same_turn_run_again_sends_nothing_more_and_is_right_again(texts: Texts) -> None:
    for _ in range(3):
        assert await texts.ask(turn_id="t-ask") is Sending.SENT
    (code,) = await texts.deliver()
    for _ in range(2):
        checked = await texts.guess(code, turn_id="t-code")
        assert (checked.guess, checked.customer_id) == (Guess.RIGHT, "one")
    assert (await texts.guess(wrong(code), turn_id="t-code")).guess is Guess.NONE


async def test_it_is_good_for_three_minutes(texts: Texts, clock: FixedClock) -> None:
    code = await texts.receive()
    clock.advance(RULES.lifetime_s - 1)
    assert await find_waiting(texts.engine, "c1", [IDENTIFY], now=clock.now()) is IDENTIFY
    clock.advance(1)
    assert await find_waiting(texts.engine, "c1", [IDENTIFY], now=clock.now()) is None
    assert (await texts.guess(code)).guess is Guess.EXPIRED
    clock.advance(-1)
    assert (await texts.guess(code)).guess is Guess.RIGHT


async def test_after_five_wrong_tries_even_the_right_one_is_none(texts: Texts) -> None:
    code = await texts.receive()
    found = [await texts.guess(wrong(code)) for _ in range(RULES.tries + 1)]
    assert [checked.tries_left for checked in found] == [4, 3, 2, 1, 0, 0]
    assert [checked.guess for checked in found] == [Guess.WRONG] * 4 + [Guess.SPENT] * 2
    assert (await texts.guess(code)).guess is Guess.SPENT


async def test_a_code_that_was_used_or_spent_waits_no_more_and_of_two_the_newest_waits(
    texts: Texts, clock: FixedClock
) -> None:
    async def waiting(*among: CodePurpose) -> CodePurpose | None:
        return await find_waiting(texts.engine, "c1", among, now=clock.now())

    code = await texts.receive()
    clock.advance(RULES.pause_s)
    lifting = await texts.receive(purpose=LIFT, customer_id="one")
    assert await waiting(IDENTIFY, LIFT) is LIFT
    assert await waiting(IDENTIFY) is IDENTIFY
    await texts.guess(lifting, purpose=LIFT)
    assert await waiting(IDENTIFY, LIFT) is IDENTIFY
    for _ in range(RULES.tries):
        await texts.guess(wrong(code))
    assert await waiting(IDENTIFY, LIFT) is None


async def test_guesses_at_the_same_time_never_exceed_the_tries(texts: Texts, other: AsyncEngine) -> None:
    code = await texts.receive()
    mirror = Texts(other, texts.clock)
    mirror._turns = 1_000
    found = await asyncio.gather(*((texts, mirror)[n % 2].guess(wrong(code)) for n in range(24)))
    assert sum(checked.guess is Guess.WRONG for checked in found) == RULES.tries - 1
    assert (await texts.guess(code)).guess is Guess.SPENT


async def test_the_right_code_typed_twice_at_once_is_right_once(texts: Texts, other: AsyncEngine) -> None:
    code = await texts.receive()
    mirror = Texts(other, texts.clock)
    mirror._turns = 1_000
    found = await asyncio.gather(*(one.guess(code) for one in (texts, mirror) * 4))
    assert [checked.guess for checked in found].count(Guess.RIGHT) == 1


async def test_a_code_is_good_in_its_conversation_and_for_its_purpose_alone(texts: Texts) -> None:
    code = await texts.receive()
    assert (await texts.guess(code, talk="c2")).guess is Guess.NONE
    assert (await texts.guess(code, purpose=LIFT)).guess is Guess.NONE
    assert (await texts.guess(code)).guess is Guess.RIGHT


async def test_a_newer_code_voids_the_one_before_wherever_it_was_asked_for(texts: Texts, clock: FixedClock) -> None:
    first = await texts.receive()
    clock.advance(RULES.pause_s)
    second = await texts.receive(talk="c2")
    assert (await texts.guess(first)).guess is Guess.NONE
    assert (await texts.guess(second, talk="c2")).guess is Guess.RIGHT


async def test_another_number_in_the_same_conversation_takes_the_place_of_the_first(texts: Texts) -> None:
    first = await texts.receive()
    assert await texts.ask(NOBODYS) is Sending.SENT
    assert (await texts.guess(first)).guess is Guess.WRONG


async def test_codes_to_a_number_come_one_a_minute_and_five_a_day(texts: Texts, clock: FixedClock) -> None:
    for number in range(RULES.per_day):
        assert await texts.ask(talk=f"c{number}") is Sending.SENT
        assert await texts.ask(talk=f"c{number}") is (
            Sending.TOO_SOON if number < RULES.per_day - 1 else Sending.TOO_MANY
        )
        clock.advance(RULES.pause_s)
    assert await texts.ask(talk="c9") is Sending.TOO_MANY
    assert await texts.ask(talk="c9", purpose=LIFT) is Sending.TOO_MANY, "whatever for"
    clock.advance(24 * 3600 - RULES.per_day * RULES.pause_s)
    assert await texts.ask(talk="c9") is Sending.SENT
    assert len(await texts.deliver()) == 1, "what was not sent in time is not sent at all"


async def test_wishes_at_the_same_time_send_one_code(texts: Texts, other: AsyncEngine) -> None:
    mirror = Texts(other, texts.clock)
    mirror._turns = 1_000
    found = await asyncio.gather(*((texts, mirror)[n % 2].ask(talk=f"c{n}") for n in range(12)))
    assert found.count(Sending.SENT) == 1
    assert len(await texts.deliver()) == 1


async def test_a_conversation_cannot_go_through_numbers(texts: Texts) -> None:
    asked = [await texts.ask(f"0105555{number:04d}") for number in range(RULES.per_talk + 2)]
    assert asked == [Sending.SENT] * RULES.per_talk + [Sending.TOO_MANY] * 2


async def test_a_refused_wish_counts_for_nothing(texts: Texts, clock: FixedClock) -> None:
    code = await texts.receive()
    for _ in range(20):
        assert await texts.ask() is Sending.TOO_SOON
    assert (await texts.guess(code)).guess is Guess.RIGHT, "and leaves the code that is there"
    clock.advance(RULES.pause_s)
    assert await texts.ask() is Sending.SENT


@pytest.mark.parametrize("phone", [NOBODYS, SHARED])
async def test_a_number_of_nobody_in_particular_is_treated_alike_statement_by_statement(
    texts: Texts, clock: FixedClock, phone: str
) -> None:
    said: list[str] = []

    @sa.event.listens_for(texts.engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    async def run(number: str, talk: str) -> tuple[list[Any], list[str]]:
        said.clear()
        outcomes: list[Any] = [await texts.ask(number, talk), await texts.ask(number, talk)]
        outcomes += [await texts.guess(NEVER_RIGHT, talk) for _ in range(RULES.tries + 1)]
        return outcomes, list(said)

    assert await run(PHONE, "c1") == await run(phone, "c2")
    assert await texts.deliver() == (await texts.deliver())[:1], "but only the customer hears of it"


async def test_the_code_of_a_number_that_is_nobodys_is_never_right(texts: Texts) -> None:
    await texts.ask(NOBODYS)
    async with read(texts.engine) as connection:
        code = (await connection.scalar(sa.select(jobs.c.payload)))["code"]
    assert (await texts.guess(code)).guess is Guess.WRONG


async def test_nothing_at_rest_holds_a_code_or_a_number(texts: Texts) -> None:
    code = await texts.receive()
    async with read(texts.engine) as connection:
        for table in (one_time_codes, code_limits, jobs, notices):
            for row in (await connection.execute(sa.select(table))).all():
                held = " ".join(str(value) for value in row)
                assert code not in held and PHONE not in held and "010-1234-5678" not in held, table.name


async def test_what_can_matter_no_more_is_forgotten(texts: Texts, clock: FixedClock) -> None:
    await texts.receive()
    clock.advance(3 * 24 * 3600)
    await texts.receive(talk="c2")
    async with read(texts.engine) as connection:
        counts = [len((await connection.execute(sa.select(table))).all()) for table in (one_time_codes, code_limits)]
    assert counts == [1, 2]


async def test_the_right_code_lifts_what_keeps_the_customer_out(texts: Texts, clock: FixedClock) -> None:
    for reason in (BlockReason.SMS_FAILURES, BlockReason.INFO_MISMATCH):
        await place_block(texts.engine, "one", reason, now=clock.now())
    code = await texts.receive(purpose=LIFT, customer_id="one")

    async def lift(typed: str) -> tuple[Guess, int]:
        asked = Typed(typed, LIFT, "c1", "t-lift")
        done = await lift_with_code(texts.engine, asked, now=clock.now(), key=KEY)
        return done.checked.guess, done.lifted_count

    assert await lift(wrong(code)) == (Guess.WRONG, 0)
    assert all(past.ending is None for past in await list_history(texts.engine, "one"))
    assert await lift(code) == (Guess.RIGHT, 2)
    assert await lift(code) == (Guess.RIGHT, 0), "the same turn run again lifts nothing more"
    history = await list_history(texts.engine, "one")
    assert {past.ending.kind for past in history if past.ending} == {ReleaseKind.CODE}
    assert {past.block.released_at for past in history} == {clock.now()}
    async with read(texts.engine) as connection:
        keys = list((await connection.execute(sa.select(notices.c.notice_key))).scalars())
    assert sum(key.startswith("released:one") for key in keys) == 1


async def test_no_code_lifts_anything_where_one_block_is_for_the_security_team(texts: Texts, clock: FixedClock) -> None:
    await place_block(texts.engine, "one", BlockReason.SMS_FAILURES, now=clock.now())
    await place_block(
        texts.engine, "one", BlockReason.SMS_FAILURES, now=clock.now(), signals=[BlockSignal.MASS_ATTEMPTS]
    )
    code = await texts.receive(purpose=LIFT, customer_id="one")
    done = await lift_with_code(texts.engine, Typed(code, LIFT, "c1", "t9"), now=clock.now(), key=KEY)
    assert (done.checked.guess, done.lifted_count) == (Guess.RIGHT, 0)
    assert done.in_the_way is not None and done.in_the_way.skill == "security_review"
    assert all(past.ending is None for past in await list_history(texts.engine, "one"))
