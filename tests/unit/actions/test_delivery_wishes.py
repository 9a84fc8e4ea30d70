"""What customers write when they want a delivery changed."""

from __future__ import annotations

from datetime import date

import pytest

from actions.delivery_wishes import hints_at_address, read_wish
from actions.turn import Turn
from backoffice.delivery.tables import ChangeKind

TODAY = date(2026, 11, 24)


def wish(text: str, day: str | None = None) -> tuple[ChangeKind, str] | None:
    entities = {"date": day} if day else {}
    found = read_wish(
        Turn(turn_id="t", customer_id="c", intent="delivery_change", text=text, entities=entities), today=TODAY
    )
    return (found.kind, found.wanted) if found else None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("서울 마포구 이음로 3으로 바꿔주세요", "서울 마포구 이음로 3"),
        ("부산 해운대구 물결로 7이요", "부산 해운대구 물결로 7"),
        ("배송지를 경기도 수원시 영통구 새봄길 12, 101동 302호로 변경해 주세요", "경기도 수원시 영통구 새봄길 12, 101동 302호"),
        ("제주특별자치도 제주시 나루터길 5-1로 보내주세요", "제주특별자치도 제주시 나루터길 5-1"),
        ("서울 강남구 테헤란로 152번길 10 이음빌딩 5층이요", "서울 강남구 테헤란로 152번길 10 이음빌딩 5층"),
        ("전남 신안군 비금면 덕산리 123", "전남 신안군 비금면 덕산리 123"),
        ("이음로 3으로요", "이음로 3"),
    ],
)  # fmt: skip
def test_an_address_is_read_without_what_is_said_around_it(text: str, address: str) -> None:
    assert wish(text) == (ChangeKind.ADDRESS, address)


@pytest.mark.parametrize(
    ("text", "day", "wanted"),
    [
        ("금요일에 받고 싶어요", "2026-11-27/2026-11-27", (ChangeKind.DAY, "2026-11-27")),
        ("다음 주에 받을게요", "2026-11-30/2026-12-06", None),
        ("어제 시킨 거 바꿔 주세요", "2026-11-23/2026-11-23", None),
        ("내일 오는 거 배송지 바꿔 주세요", "2026-11-25/2026-11-25", None),
        ("내일 받을래요", "내일", None),
    ],
)
def test_a_single_day_to_come_is_a_wish(text: str, day: str, wanted: object) -> None:
    assert wish(text, day) == wanted


@pytest.mark.parametrize("text", ["문 앞에 놔 주세요", "경비실에 맡겨주세요", "벨 누르지 말고 두고 가 주세요"])
def test_a_word_to_the_driver_is_kept_as_it_is(text: str) -> None:
    assert wish(text) == (ChangeKind.DOOR_NOTE, text)


@pytest.mark.parametrize(
    "text", ["배송지 바꾸고 싶어요", "이어폰 배송지 변경할게요", "2026-30023 주소 바꿔줘", "됐어요"]
)
def test_a_request_alone_holds_no_wish(text: str) -> None:
    assert wish(text) is None


@pytest.mark.parametrize(
    ("text", "hints"), [("부산으로요", True), ("마포구로 바꿔 주세요", True), ("아무 데나요", False)]
)
def test_half_an_address_is_noticed(text: str, hints: bool) -> None:
    assert hints_at_address(text) is hints
