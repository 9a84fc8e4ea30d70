"""Days and periods: where they stand and which days they are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.dates import find_dates
from bot.text.holidays import CHUSEOK, SEOLLAL, find_holiday

SUNDAY = date(2026, 11, 22)


def find(text, today=SUNDAY):
    return [(text[each.start : each.end], each.value) for each in find_dates(text, today)]


def days(first, last=None):
    return f"{first}/{last or first}"


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        # days beside today
        ("오늘 오나요", "오늘", days("2026-11-22")),
        ("어제 산 거", "어제", days("2026-11-21")),
        ("어저께산거", "어저께", days("2026-11-21")),
        ("어젯밤부터 안 돼요", "어젯밤", days("2026-11-21")),
        ("그저께 밤에", "그저께", days("2026-11-20")),
        ("그제 시켰어요", "그제", days("2026-11-20")),
        ("엊그제 주문했는데", "엊그제", days("2026-11-20")),
        ("내일모레까지", "내일모레", days("2026-11-24")),
        ("낼까지 와요?", "낼", days("2026-11-23")),
        ("낼 옴?", "낼", days("2026-11-23")),
        ("금일 수령 예정", "금일", days("2026-11-22")),
        # counted from today
        ("보름 전에 샀는데", "보름 전", days("2026-11-07")),
        ("사흘 전 주문", "사흘 전", days("2026-11-19")),
        ("3일 전에 시킨 거", "3일 전", days("2026-11-19")),
        ("2주 뒤에 받을게요", "2주 뒤", days("2026-12-06")),
        ("두 달 전에", "두 달 전", days("2026-09-01", "2026-09-30")),
        ("3개월 전 주문", "3개월 전", days("2026-08-01", "2026-08-31")),
        ("1년 전에 산", "1년 전", days("2025-01-01", "2025-12-31")),
        # weeks and weekdays; a week begins on Monday
        ("이번 주에 오나요", "이번 주", days("2026-11-16", "2026-11-22")),
        ("통관 끝난 게 지난주인데", "지난주", days("2026-11-09", "2026-11-15")),
        ("저번 주는 84,000원이었어요", "저번 주", days("2026-11-09", "2026-11-15")),
        ("전년도 발주 이력", "전년도", days("2025-01-01", "2025-12-31")),
        ("새해 들어 첫 주문이 뭐였죠", "새해", days("2026-01-01", "2026-02-28")),
        ("지난주 금요일에 주문", "지난주 금요일", days("2026-11-13")),
        ("다음주 월욜에 와요", "다음주 월욜", days("2026-11-23")),
        ("저번 주 수요일", "저번 주 수요일", days("2026-11-11")),
        ("이번 주말", "이번 주말", days("2026-11-21", "2026-11-22")),
        ("지난 주말에", "지난 주말", days("2026-11-14", "2026-11-15")),
        ("토요일에 온다더니", "토요일", days("2026-11-21")),
        ("금요일까지 받을 수 있을까요", "금요일", days("2026-11-27")),
        ("수욜까지", "수욜", days("2026-11-25")),
        ("금요일까지 온다더니", "금요일", days("2026-11-20")),
        ("지난 금요일까지 준다고", "지난 금요일", days("2026-11-20")),
        # months
        ("저번 달에 산 거", "저번 달", days("2026-10-01", "2026-10-31")),
        ("지난달 28일에 결제한 건", "지난달 28일", days("2026-10-28")),
        ("다음 달 1일에 이사", "다음 달 1일", days("2026-12-01")),
        ("전월 실적", "전월", days("2026-10-01", "2026-10-31")),
        ("2월달에 산거", "2월달", days("2026-02-01", "2026-02-28")),
        ("6월 말로 발행", "6월 말", days("2026-06-21", "2026-06-30")),
        ("1월부터 3월까지 구매한 거", "1월부터 3월까지", days("2026-01-01", "2026-03-31")),
        ("구월에 산 이불", "구월", days("2026-09-01", "2026-09-30")),
        # days of the year, the year from the tense or nearness
        ("4월 15일에 주문한 게", "4월 15일", days("2026-04-15")),
        ("4월15일에산거", "4월15일", days("2026-04-15")),
        ("4/15 주문", "4/15", days("2026-04-15")),
        ("사월 십오일에 산 거", "사월 십오일", days("2026-04-15")),
        ("12월 25일에도 상담 되나요", "12월 25일", days("2026-12-25")),
        ("12월 1일에 결제했는데", "12월 1일", days("2025-12-01")),
        ("12월 5일", "12월 5일", days("2026-12-05")),
        ("2월 5일", "2월 5일", days("2026-02-05")),
        ("작년 12월 3일", "작년 12월 3일", days("2025-12-03")),
        ("2026년 3월 주문 내역", "2026년 3월", days("2026-03-01", "2026-03-31")),
        ("24년 3월에", "24년 3월", days("2024-03-01", "2024-03-31")),
        ("2026-04-15에 주문", "2026-04-15", days("2026-04-15")),
        ("1958년 3월 2일생", "1958년 3월 2일", days("1958-03-02")),
        ("3월 1일~3월 5일 주문", "3월 1일~3월 5일", days("2026-03-01", "2026-03-05")),
        ("25일에 결제했는데", "25일", days("2026-10-25")),
        ("28일로 지정하고 싶은데요", "28일", days("2026-11-28")),
        # periods
        ("최근 3개월 주문", "최근 3개월", days("2026-08-22", "2026-11-22")),
        ("최근 한 달", "최근 한 달", days("2026-10-22", "2026-11-22")),
        ("작년에 산 거", "작년", days("2025-01-01", "2025-12-31")),
        ("재작년 주문", "재작년", days("2024-01-01", "2024-12-31")),
        ("작년 하반기 구매", "작년 하반기", days("2025-07-01", "2025-12-31")),
        ("지난 분기 내역", "지난 분기", days("2026-07-01", "2026-09-30")),
        ("1분기 주문 내역", "1분기", days("2026-01-01", "2026-03-31")),
        ("작년 겨울에 산 패딩", "작년 겨울", days("2025-12-01", "2026-02-28")),
        ("지난 여름에 산 거", "지난 여름", days("2026-06-01", "2026-08-31")),
        # days with a name
        ("추석 때 보낸 거", "추석", days("2026-09-25")),
        ("작년 추석에", "작년 추석", days("2025-10-06")),
        ("추석 연휴에 산", "추석 연휴", days("2026-09-24", "2026-09-26")),
        ("설날 선물", "설날", days("2026-02-17")),
        ("설에 받은 거", "설", days("2026-02-17")),
        ("크리스마스까지 오나요", "크리스마스", days("2026-12-25")),
        ("블랙프라이데이 때 산 거", "블랙프라이데이", days("2025-11-28")),
    ],
)
def test_a_day_or_period_is_found_and_resolved(text, surface, value):
    assert find(text) == [(surface, value)]


@pytest.mark.parametrize(
    "text",
    [
        # durations, the vague past, times of day
        "나흘째 안 와요", "3일째 그대로예요", "7일 이내 반품", "이틀 걸렸어요", "저번에 산 거", "예전에 물어봤는데",
        "며칠 전에 뭘 샀는데", "오후 3시까지", "10년 됐어요", "30년 단골인데", "한 달 동안",
        # counted from another day than today
        "식이 끝나고 이틀 뒤에 왔어요", "소멸되기 일주일 전에 알려 주세요", "쿠폰 만료 하루 전에 알림",
        # words that only look like one
        "활동지원사입니다", "이번 주는 거 뭐예요",
        "이번 주문 취소해줘", "다음 주세요", "이번 주소로", "이월 상품", "보낼 수 있나요", "서류 낼 테니", "설치 안 했어요",
        "설명서", "그제야 왔어요", "한 달 전화", "2026-10234", "영구정지예요?", "안내일 뿐", "월요금", "01/2345", "24/7",
        # no such day
        "2월 30일", "13월 1일", "2026-02-30",
    ],
)  # fmt: skip
def test_what_is_no_day_is_left_alone(text):
    assert find(text) == []


def test_two_days_in_one_sentence_are_two():
    assert find("3일 도착이라더니 10일에 왔잖아요") == [
        ("3일", days("2026-11-03")),
        ("10일", days("2026-11-10")),
    ]


def test_yesterday_of_new_year_is_in_the_old_one():
    assert find("어제", date(2027, 1, 1)) == [("어제", days("2026-12-31"))]
    assert find("지난달", date(2027, 1, 1)) == [("지난달", days("2026-12-01", "2026-12-31"))]


def test_a_month_before_the_31st_ends_where_february_does():
    assert find("최근 한 달", date(2026, 3, 31)) == [("최근 한 달", days("2026-02-28", "2026-03-31"))]


def test_lunar_holidays_stand_fifteenth_and_first_of_their_months():
    for year in range(2020, 2036):
        between = find_holiday("추석", year) - find_holiday("설날", year)
        assert 220 <= between.days <= 252
    assert SEOLLAL.keys() == CHUSEOK.keys() == set(range(2020, 2036))


words = st.sampled_from(
    [
        "지난",
        "이번",
        "다음",
        "작년",
        "올해",
        "최근",
        "주",
        "달",
        "월",
        "일",
        "년",
        "개월",
        "전",
        "뒤",
        "까지",
        "부터",
        "금요일",
        "추석",
        "연휴",
        "설",
        "말",
        "초",
        "분기",
        "겨울",
        "어제",
        "낼",
        "1",
        "3",
        "31",
        "12",
        "99",
        "2026",
        "2월",
        "30일",
        "/",
        "-",
        ".",
        "~",
    ]
)


@given(
    st.lists(words, max_size=8).map("".join) | st.lists(words, max_size=8).map(" ".join),
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
)
def test_any_mixture_gives_periods_that_begin_before_they_end(text, today):
    for found in find_dates(text, today):
        first, last = map(date.fromisoformat, found.value.split("/"))
        assert 0 <= found.start < found.end <= len(text)
        assert first <= last
        assert abs((first - today).days) < 366 * 1000


@given(st.text(max_size=80), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_any_text_on_any_day_is_accepted(text, today):
    list(find_dates(text, today))


@given(st.integers(-40, 40))
def test_a_named_weekday_of_last_week_is_between_one_and_thirteen_days_ago(shift):
    today = SUNDAY + timedelta(days=shift)
    for name in "월화수목금토일":
        ((_, value),) = find(f"지난주 {name}요일", today)
        there = date.fromisoformat(value.split("/")[0])
        assert 1 <= (today - there).days <= 13
        assert there.weekday() == "월화수목금토일".index(name)
