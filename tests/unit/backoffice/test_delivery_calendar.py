"""Business days, areas and couriers as the tables say."""

from __future__ import annotations

from datetime import date

import pytest

from backoffice.delivery.calendar import find_holiday
from backoffice.delivery.rules import load_rules

RULES = load_rules()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "신정연휴"),
        (date(2026, 2, 17), "설날"),
        (date(2026, 3, 2), "삼일절 대체 휴일"),
        (date(2026, 5, 25), "부처님오신날 대체 휴일"),
        (date(2026, 6, 3), "지방선거일"),
        (date(2026, 9, 25), "추석"),
        (date(2026, 10, 5), "개천절 대체 휴일"),
        (date(2027, 2, 9), "설날 대체 휴일"),
        (date(2025, 1, 27), "임시공휴일"),
        (date(2026, 11, 24), None),
    ],
)
def test_public_holidays_move_with_the_moon_and_have_substitutes(day: date, name: str | None) -> None:
    assert find_holiday(day) == name
    assert RULES.calendar.is_business_day(day) is (name is None)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 23), 1, date(2026, 9, 28)),  # over Chuseok and the weekend behind it
        (date(2026, 10, 2), 1, date(2026, 10, 6)),  # the substitute for National Foundation Day
        (date(2027, 2, 5), 1, date(2027, 2, 10)),  # over the New Year and its substitute
        (
            date(2026, 8, 13),
            1,
            date(2026, 8, 18),
        ),  # the couriers' own day of rest, then the substitute for Liberation Day
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
    ],
)
def test_business_days_pass_over_holidays(start: date, count: int, end: date) -> None:
    assert RULES.calendar.add(start, count) == end


@pytest.mark.parametrize(
    ("address", "area", "extra_days"),
    [
        ("서울 마포구 이음로 1", "elsewhere", 0),
        ("제주 제주시 이음로 1", "jeju", 1),
        ("제주특별자치도 서귀포시 대정읍 가파리 1", "jeju_islets", 2),
        ("제주도 제주시 우도면 물결로 2", "jeju_islets", 2),
        ("경상북도 울릉군 울릉읍 3", "ulleung", 3),
        ("인천광역시 옹진군 백령면 4", "west_islands", 2),
        ("인천 연수구 새봄길 4", "elsewhere", 0),
        ("전라남도 신안군, 비금면 5", "west_islands", 2),
        ("경남 통영시 욕지면 6", "south_islands", 2),
        ("경남 통영시 무전동 6", "elsewhere", 0),
        ("강원특별자치도 인제군 인제읍 7", "mountains", 1),
        ("", "elsewhere", 0),
        (None, "elsewhere", 0),
    ],
)
def test_remote_areas_are_known_by_the_beginning_of_an_address(address: str | None, area: str, extra_days: int) -> None:
    found = RULES.areas.find(address)
    assert (found.name, found.extra_business_days, found.is_remote) == (area, extra_days, extra_days > 0)


def test_couriers_have_their_own_cut_off_and_days_of_rest() -> None:
    cut_offs = {
        name: RULES.courier(name).cut_off.hour for name in ("한달음택배", "바로택배", "이웃택배", "처음 보는 택배")
    }
    assert cut_offs == {"한달음택배": 19, "바로택배": 18, "이웃택배": 17, "처음 보는 택배": 18}
    day = date(2026, 8, 13)
    assert [RULES.courier(name).calendar.is_business_day(day) for name in ("바로택배", "이웃택배")] == [True, False]
