"""Advice on verification that hears what customers say of their phone, and blocks told to whoever cannot get in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from tests.contract.backoffice.orders import CLOCK
from tests.contract.backoffice.talks import Talk

FAILED = {"at": "2026-11-23T12:00:00Z", "method": "PASS", "result": "failure", "cause": "pass_app", "carrier": "SKT"}
BLOCK = {"reason": "info_mismatch", "blocked_at": "2026-11-24T00:00:00Z", "auto_release_at": "2026-11-25T00:00:00Z"}
LIFTED = "내일(11월 25일) 오전 9시에 저절로 풀려요."


async def talk(shop: AsyncEngine, folder: Path, **fields: Any) -> Talk:
    path = folder / "in.json"
    customer = {"customer_id": "one", "phone": "010-0000-1234", **fields}
    await asyncio.to_thread(path.write_text, json.dumps({"customers": [customer]}), encoding="utf-8")
    await demo.import_file(shop, path, clock=CLOCK)
    return Talk(shop, CLOCK, "one")


@pytest.mark.parametrize(
    ("text", "intent", "carrier", "told"),
    [
        ("케이티 쓰는데요", "deny", "KT", "‘PASS by KT’"),
        ("유플인데", "missing_item", "LGU+", "‘PASS by U+’"),
        ("알뜰폰이에요", "affirm", "알뜰폰", "어느 통신망을 쓰시나요?"),
    ],
)
async def test_a_carrier_told_after_the_first_step_changes_the_advice(
    shop: AsyncEngine, tmp_path: Path, text: str, intent: str, carrier: str, told: str
) -> None:
    mine = await talk(shop, tmp_path, verification_attempts=[FAILED])
    assert "‘PASS by SKT’" in (await mine.say("패스 앱이 안 돼요", "verify_pass_app")).text
    said = await mine.say(text, intent, carrier=carrier)
    assert told in said.text
    assert mine.slots["question"].startswith("solved:verify_pass_app")


async def test_a_phone_told_later_adds_what_is_for_it_and_goes_on_where_the_advice_was(
    shop: AsyncEngine, tmp_path: Path
) -> None:
    mine = await talk(shop, tmp_path)
    await mine.say("인증창이 안 떠요", "verify_browser")
    second = (await mine.say("아직 안 돼요", "not_solved")).text
    again = (await mine.say("카톡에서 열었고 아이폰이에요", "deny")).text
    assert "‘Safari로 열기’" in again
    third = (await mine.say("아직 안 돼요", "not_solved")).text
    assert "최신으로 업데이트" in third
    assert "팝업과 쿠키" in second
    assert "팝업과 쿠키" not in third


async def test_what_is_known_of_the_phone_already_brings_the_next_step(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, verification_attempts=[FAILED])
    await mine.say("패스 앱이 안 돼요", "verify_pass_app")
    assert "앱 알림을 켜 주세요" in (await mine.say("SKT인데요", "affirm", carrier="SKT")).text


@pytest.mark.parametrize(
    ("text", "intent"), [("왜 접속이 안 되죠", "account_help"), ("본인인증이 안 돼요", "verify_failed_reason")]
)
@pytest.mark.parametrize("attempts", [[], [FAILED]])
async def test_whoever_is_blocked_hears_of_it_however_they_ask(
    shop: AsyncEngine, tmp_path: Path, text: str, intent: str, attempts: list[dict[str, str]]
) -> None:
    mine = await talk(shop, tmp_path, blocks=[BLOCK], verification_attempts=attempts)
    assert LIFTED in (await mine.say(text, intent)).text


async def test_questions_about_the_account_that_a_block_has_nothing_to_do_with_are_answered(
    shop: AsyncEngine, tmp_path: Path
) -> None:
    mine = await talk(shop, tmp_path, blocks=[BLOCK])
    assert LIFTED not in (await mine.say("제 회원 등급이 뭐예요", "account_help")).text


async def test_a_block_that_ended_is_not_told_of(shop: AsyncEngine, tmp_path: Path) -> None:
    mine = await talk(shop, tmp_path, blocks=[BLOCK | {"released_at": "2026-11-24T01:00:00Z"}])
    assert "저절로 풀려요" not in (await mine.say("왜 접속이 안 되죠", "account_help")).text
