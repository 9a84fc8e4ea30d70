"""A deletion is taken on once a code to the registered number proved who asks: a login alone does not do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.identity.policy import Guess
from backoffice.identity.service import Asking, Typed, send_code
from backoffice.identity.tables import CodePurpose
from backoffice.privacy import service
from backoffice.privacy.errors import WrongState
from backoffice.privacy.proving import PURPOSES, Proof, prove_with_code
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.rules import load_request_rules
from backoffice.privacy.service import NewRequest, PrivacyRequest
from backoffice.schema import customers
from kernel.clock import FixedClock
from kernel.database import create_engine, write
from tests.contract.backoffice.talks import KEY, RULES, Talk, wrong

DELETION, LEAVE = RequestKind.DELETION, RequestKind.LEAVE
RECEIVED, CHECKED = RequestState.RECEIVED, RequestState.IDENTITY_CHECKED
ASKED = "제 개인정보 모두 삭제해 주세요"


@pytest.fixture
async def stocked(shop: AsyncEngine) -> AsyncEngine:
    """A shop with two customers who can be texted and one who cannot."""
    async with write(shop) as connection:
        for who, phone in (("kim", "010-1234-5678"), ("lee", "010-7777-1234"), ("no-phone", None)):
            await connection.execute(customers.insert().values(customer_id=who, grade="basic", phone=phone))
    return shop


@pytest.fixture
def kim(stocked: AsyncEngine, clock: FixedClock) -> Talk:
    return Talk(stocked, clock, "kim")


@pytest.fixture
async def other(stocked: AsyncEngine, database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of another process on the same shop."""
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def request_of(talk: Talk, kind: RequestKind = DELETION, who: str = "kim") -> PrivacyRequest:
    found = await service.find_open(talk.engine, who, kind)
    assert found is not None
    return found


async def send(talk: Talk, purpose: CodePurpose, who: str = "kim", phone: str = "01012345678") -> str:
    """Have a code texted for a purpose, and return it."""
    asking = Asking(phone, purpose, talk.name, f"t-{purpose.value}", who)
    await send_code(talk.engine, asking, now=talk.clock.now(), key=KEY)
    return await talk.code()


async def prove(talk: Talk, code: str, purpose: CodePurpose, who: str = "kim") -> Proof:
    typed = Typed(code, purpose, talk.name, "t-typed")
    return await prove_with_code(talk.engine, typed, who, by="web", now=talk.clock.now(), key=KEY)


def test_every_request_that_closes_an_account_has_a_code_of_its_own() -> None:
    closing = {kind for kind, rule in load_request_rules().kinds.items() if rule.closes_account}
    assert set(PURPOSES) == closing
    assert len(set(PURPOSES.values())) == len(closing)


@pytest.mark.parametrize(("asked", "kind"), [(ASKED, DELETION), ("탈퇴할래요", LEAVE)])
async def test_a_deletion_waits_for_the_code_to_the_registered_number(kim: Talk, asked: str, kind: RequestKind) -> None:
    offered = await kim.say(asked, "privacy_request")
    assert "010-****-5678" in offered.text and "접수 번호" not in offered.text
    assert (await request_of(kim, kind)).state is RECEIVED
    await kim.press("인증번호 받기", offered)
    assert (await request_of(kim, kind)).state is RECEIVED
    done = await kim.say(await kim.code())
    request = await request_of(kim, kind)
    assert "본인 확인이 끝났어요" in done.text and request.request_id in done.text
    assert done.extras == {"conceal": "code"}
    assert (request.state, request.details) == (CHECKED, asked)
    steps = (await service.get_request(kim.engine, request.request_id))[1]
    assert [(step.what, step.note) for step in steps] == [("received", None), ("identity_checked", "code")]


async def test_nobody_can_work_on_a_deletion_whose_code_was_not_typed(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    request, now = await request_of(kim), kim.clock.now()
    with pytest.raises(WrongState):
        await service.start_work(kim.engine, request.request_id, by="officer", now=now)
    with pytest.raises(WrongState):
        await service.answer_request(kim.engine, request.request_id, answer="지웠어요", by="officer", now=now)


async def test_a_wrong_code_takes_nothing_on(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    await kim.say("네", "affirm")
    code = await kim.code()
    for _ in range(RULES.tries):
        assert "접수" not in (await kim.say(wrong(code))).text
    assert "더 쓸 수 없어요" in (await kim.say(code)).text
    assert (await request_of(kim)).state is RECEIVED


async def test_a_new_code_for_an_expired_one_is_still_for_the_deletion(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    await kim.say("네", "affirm")
    first = await kim.code()
    kim.clock.advance(RULES.lifetime_s)
    await kim.press("인증번호 다시 받기", await kim.say(first))
    assert "접수했어요" in (await kim.say(await kim.code())).text


async def test_a_code_typed_after_something_else_was_asked_still_counts_for_what_it_was_sent_for(kim: Talk) -> None:
    await kim.say("탈퇴할래요", "privacy_request")
    await kim.say("네", "affirm")
    await kim.say("적립금 얼마 있어요", "benefits_balance")
    assert "회원 탈퇴 요청을 접수했어요" in (await kim.say(await kim.code())).text
    assert await service.find_open(kim.engine, "kim", DELETION) is None


async def test_asking_again_offers_the_code_again_and_afterwards_tells_the_number(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    assert "인증번호를 보내 드릴까요" in (await kim.say(ASKED, "privacy_request")).text
    await kim.say("네", "affirm")
    await kim.say(await kim.code())
    assert "이미 접수되어 있어요" in (await kim.say(ASKED, "privacy_request")).text


async def test_the_turn_with_the_code_run_again_says_the_same(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    await kim.say("네", "affirm")
    code, slots = await kim.code(), dict(kim.slots)
    first = await kim.say(code)
    kim.slots = slots
    assert (await kim.say(code, again=True)).text == first.text


async def test_whoever_has_no_number_is_checked_by_a_person(stocked: AsyncEngine, clock: FixedClock) -> None:
    talk = Talk(stocked, clock, "no-phone")
    said = await talk.say(ASKED, "privacy_request")
    assert said.extras["handoff"]["skill"] == "privacy"
    assert (await request_of(talk, who="no-phone")).state is RECEIVED


async def test_other_requests_need_no_code(kim: Talk) -> None:
    assert "접수 번호" in (await kim.say("제 개인정보 열람할래요", "privacy_request")).text
    assert (await request_of(kim, RequestKind.ACCESS)).state is CHECKED


@pytest.mark.parametrize("sent_for", [purpose for purpose in CodePurpose if purpose is not CodePurpose.DELETE_DATA])
async def test_a_code_for_anything_else_deletes_nothing(kim: Talk, sent_for: CodePurpose) -> None:
    await kim.say(ASKED, "privacy_request")
    code = await send(kim, sent_for)
    assert (await prove(kim, code, CodePurpose.DELETE_DATA)).checked.guess is Guess.NONE
    assert (await request_of(kim)).state is RECEIVED


async def test_a_code_that_proved_somebody_else_deletes_nothing(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    code = await send(kim, CodePurpose.DELETE_DATA, "lee", "01077771234")
    proof = await prove(kim, code, CodePurpose.DELETE_DATA)
    assert (proof.checked.guess, proof.request) == (Guess.NONE, None)
    assert (await request_of(kim)).state is RECEIVED


async def test_a_code_takes_on_no_other_request_of_the_customer(kim: Talk) -> None:
    new = NewRequest(customer_id="kim", kind=LEAVE, channel="letter")
    await service.open_request(kim.engine, new, now=kim.clock.now())
    proof = await prove(kim, await send(kim, CodePurpose.DELETE_DATA), CodePurpose.DELETE_DATA)
    assert (proof.checked.guess, proof.request) == (Guess.RIGHT, None)
    assert (await request_of(kim, LEAVE)).state is RECEIVED


async def test_a_request_taken_back_meanwhile_stays_taken_back(kim: Talk) -> None:
    await kim.say(ASKED, "privacy_request")
    await kim.say("네", "affirm")
    request = await request_of(kim)
    await service.withdraw_request(kim.engine, request.request_id, by="web", now=kim.clock.now())
    assert "요청은 없어요" in (await kim.say(await kim.code())).text
    assert (await service.get_request(kim.engine, request.request_id))[0].state is RequestState.WITHDRAWN


async def test_the_code_and_an_officer_at_the_same_time_check_the_identity_once(kim: Talk, other: AsyncEngine) -> None:
    await kim.say(ASKED, "privacy_request")
    request, code = await request_of(kim), await send(kim, CodePurpose.DELETE_DATA)
    checking = service.confirm_identity(other, request.request_id, how="신분증", by="officer", now=kim.clock.now())
    proof, _ = await asyncio.gather(prove(kim, code, CodePurpose.DELETE_DATA), checking, return_exceptions=True)
    assert isinstance(proof, Proof) and proof.request is not None and proof.request.state is CHECKED
    steps = (await service.get_request(kim.engine, request.request_id))[1]
    assert [step.what for step in steps] == ["received", "identity_checked"]
