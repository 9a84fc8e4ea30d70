"""Which changes of a delivery are possible."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.delivery.errors import AddressIncomplete, DayNotPossible
from backoffice.delivery.policy import DeliveryFacts
from backoffice.delivery.rules import load_rules
from backoffice.delivery.wishes import check_address, check_day, check_note, moved_by_address
from backoffice.orders.tables import OrderStatus

RULES = load_rules()
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "address",
    [
        "서울 마포구 이음로 3",
        "경기도 수원시 영통구 새봄길 12, 101동 302호",
        "마포구 이음로 3",
        "전남 신안군 비금면 덕산리 123",
    ],
)
def test_a_district_a_road_and_a_number_make_an_address(address: str) -> None:
    assert check_address(f" {address}  ", RULES.areas) == address


@pytest.mark.parametrize(
    "address", ["", "부산", "이음로 3", "서울 마포구 이음로", "서울 마포구 이음로 3" + " " * 5 + "가" * 300]
)
def test_anything_less_is_refused(address: str) -> None:
    with pytest.raises(AddressIncomplete):
        check_address(address, RULES.areas)


@pytest.mark.parametrize(
    ("day", "stage", "address", "nearest"),
    [
        (date(2026, 11, 26), "packed", "서울 마포구", None),
        (date(2026, 11, 25), "packed", "서울 마포구", date(2026, 11, 26)),  # sooner than it can be there
        (date(2026, 11, 26), "packed", "제주 제주시", date(2026, 11, 27)),  # a day longer to the island
        (date(2026, 11, 20), "packed", "서울 마포구", date(2026, 11, 26)),  # a day that has passed
        (date(2026, 11, 28), "packed", "서울 마포구", date(2026, 11, 30)),  # a Saturday
        (date(2026, 12, 8), "packed", "서울 마포구", None),
        (date(2026, 12, 9), "packed", "서울 마포구", date(2026, 12, 8)),  # no further than two weeks ahead
        (date(9999, 1, 1), "packed", "서울 마포구", date(2026, 12, 8)),
    ],
)
def test_a_day_is_possible_or_the_nearest_one_is_named(
    day: date, stage: str, address: str, nearest: date | None
) -> None:
    facts = DeliveryFacts(status=OrderStatus.PACKED, address=address)
    if nearest is None:
        assert check_day(day, facts, stage=stage, today=TUESDAY, rules=RULES) == day
        return
    with pytest.raises(DayNotPossible) as refused:
        check_day(day, facts, stage=stage, today=TUESDAY, rules=RULES)
    assert (refused.value.nearest, refused.value.code) == (nearest, "day_not_possible")


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("서울 마포구", "부산 해운대구", date(2026, 11, 26)),
        ("서울 마포구", "제주 제주시", date(2026, 11, 27)),
        ("서울 마포구", "경북 울릉군", date(2026, 12, 1)),
        ("경북 울릉군", "서울 마포구", date(2026, 11, 26)),  # never sooner than was told
    ],
)
def test_a_longer_way_moves_the_day(before: str, after: str, moved: date) -> None:
    assert moved_by_address(date(2026, 11, 26), before=before, after=after, rules=RULES) == moved


def test_a_note_is_one_line_that_fits_on_a_label() -> None:
    assert check_note(" 문 앞에\n놔 주세요 ") == "문 앞에 놔 주세요"
    assert len(check_note("가" * 500)) == 100
