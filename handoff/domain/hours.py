"""When people are there: a team's opening hours, and time counted in them. Pure.

A team opens on weekdays at times of the day in Seoul, rests on Korea's public holidays (with their substitutes) if it
does at all, and on days of its own. What a service level counts is time in which the team is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from backoffice.delivery.calendar import find_holiday
from handoff.errors import Invalid
from kernel.clock import KST

DAY_MINUTES = 24 * 60
OPEN_WEEKLY_MIN = 60  # less is a mistake, and would make a day's work last for years
_DAYS = "월화수목금토일"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED_DAYS_MAX = 60
_COUNTED_DAYS_MAX = 4_000

Span = tuple[int, int]
"""From and until, in minutes since midnight in Seoul."""


@dataclass(frozen=True)
class TeamHours:
    """A team, the skills it answers for, and when it is open: the spans of each day from Monday on, in order.

    `version` counts changes by operators from 1 on.
    """

    team: str
    name: str
    skills: frozenset[str]
    week: tuple[tuple[Span, ...], ...]
    rests_on_holidays: bool = True
    closed_days: frozenset[date] = frozenset()
    version: int = 1

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return when the team is open on a day."""
        if day in self.closed_days or (self.rests_on_holidays and find_holiday(day) is not None):
            return ()
        return self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Tell whether the team is there."""
        return any(opens <= at < closes for opens, closes in self._moments_on(_day_of(at)))

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` itself while the team is open, else when it opens next."""
        for opens, closes in self._from(at, days=_COUNTED_DAYS_MAX):
            if closes > at:
                return max(opens, at)
        raise ValueError(f"the team {self.team} never opens")

    def add(self, at: datetime, open_time: timedelta) -> datetime:
        """Return the first moment by which the team was open for `open_time` since `at`."""
        left = open_time
        if left <= timedelta():
            return at
        for opens, closes in self._from(at, days=_COUNTED_DAYS_MAX):
            start = max(opens, at)
            if closes <= start:
                continue
            if left <= closes - start:
                return start + left
            left -= closes - start
        raise ValueError(f"the team {self.team} is not open for so long in years")

    def between(self, since: datetime, until: datetime) -> timedelta:
        """Return for how long the team is open from `since` until `until`; nothing when that is not after it."""
        total = timedelta()
        if until <= since:
            return total
        for opens, closes in self._from(since, days=(_day_of(until) - _day_of(since)).days + 1):
            total += max(min(closes, until) - max(opens, since), timedelta())
        return total

    def describe(self) -> str:
        """Return when the team is there, as people say it: `평일 오전 9시~오후 6시, 토요일 오전 10시~오후 2시`."""
        runs: list[tuple[int, int]] = []  # the first and the last of days alike
        for day in range(len(WEEKDAYS)):
            if runs and self.week[runs[-1][0]] == self.week[day]:
                runs[-1] = (runs[-1][0], day)
            else:
                runs.append((day, day))
        said = ", ".join(
            f"{_say_days(*run)} {' · '.join(_say_span(span) for span in self.week[run[0]])}"
            for run in runs
            if self.week[run[0]]
        )
        return said + (" (공휴일 휴무)" if self.rests_on_holidays else "")

    def _from(self, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        first = _day_of(at)
        for offset in range(days):
            yield from self._moments_on(first + timedelta(days=offset))

    def _moments_on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        midnight = datetime.combine(day, time(), KST).astimezone(UTC)
        for opens, closes in self.spans_on(day):
            yield midnight + timedelta(minutes=opens), midnight + timedelta(minutes=closes)


def require_sense(hours: TeamHours) -> TeamHours:
    """Return hours that a team can keep. Raises Invalid with code impossible_hours, naming the day."""
    if len(hours.week) != len(WEEKDAYS):
        raise _impossible("일주일의 요일이 모두 있어야 해요.")
    for name, spans in zip(WEEKDAYS, hours.week, strict=True):
        last = -1
        for opens, closes in spans:
            if not 0 <= opens < closes <= DAY_MINUTES:
                raise _impossible(f"{name}: 여는 시각이 닫는 시각보다 빨라야 해요.")
            if opens < last:
                raise _impossible(f"{name}: 시간이 서로 겹치거나 순서가 바뀌었어요.")
            last = closes
    if sum(closes - opens for spans in hours.week for opens, closes in spans) < OPEN_WEEKLY_MIN:
        raise _impossible("일주일에 적어도 한 시간은 열어야 해요.")
    if len(hours.closed_days) > CLOSED_DAYS_MAX:
        raise _impossible(f"쉬는 날은 {CLOSED_DAYS_MAX}일까지 정할 수 있어요.")
    return hours


def read_time(text: str) -> int:
    """Return `09:30` as minutes since midnight; `24:00` is the end of the day. Raises Invalid."""
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) == len(minute) == 2 and (hour + minute).isascii() and (hour + minute).isdecimal()):
        raise _impossible("시각은 09:30처럼 적어 주세요.")
    minutes = int(hour) * 60 + int(minute)
    if int(minute) > 59 or minutes > DAY_MINUTES:
        raise _impossible("시각은 00:00부터 24:00까지예요.")
    return minutes


def write_time(minutes: int) -> str:
    """Return minutes since midnight as `09:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _say_days(first: int, last: int) -> str:
    known = {(0, 4): "평일", (5, 6): "주말", (0, 6): "매일"}
    if (first, last) in known:
        return known[first, last]
    return f"{_DAYS[first]}요일" if first == last else f"{_DAYS[first]}~{_DAYS[last]}요일"


def _say_span(span: Span) -> str:
    if span == (0, DAY_MINUTES):
        return "하루 종일"
    return "~".join(_say_minutes(minutes) for minutes in span)


def _say_minutes(minutes: int) -> str:
    if minutes == DAY_MINUTES:
        return "자정"
    hour, minute = divmod(minutes, 60)
    half = "오전" if hour < 12 else "오후"
    return f"{half} {hour % 12 or 12}시" + (f" {minute}분" if minute else "")


def _day_of(at: datetime) -> date:
    return at.astimezone(KST).date()


def _impossible(detail: str) -> Invalid:
    return Invalid(detail, code="impossible_hours")
