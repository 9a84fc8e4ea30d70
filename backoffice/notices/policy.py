"""When a notice may be sent and how advertising is marked. Pure.

Source for advertising: Act on Promotion of Information and Communications Network Utilization, Article 50.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.clock import KST

AD_MARK = "(광고)"
AD_WAY_OUT = "무료 수신거부: 이 채팅에 ‘광고 그만’이라고 적어 주세요."
# Minutes after midnight in Seoul between which nobody is sent advertising, whatever they agreed to.
NIGHT_FROM_MIN = 21 * 60
NIGHT_UNTIL_MIN = 8 * 60


def mark_advertising(text: str) -> str:
    """Return `text` marked as advertising, with the free way out; what is marked stays as it is."""
    marked = text if text.startswith(AD_MARK) else f"{AD_MARK} {text}"
    return marked if AD_WAY_OUT in marked else f"{marked}\n{AD_WAY_OUT}"


def is_quiet(at: datetime, from_min: int, until_min: int) -> bool:
    """Return whether `at` is within quiet hours, `until_min` not included; they may go over midnight."""
    local = at.astimezone(KST)
    minute = local.hour * 60 + local.minute
    if from_min <= until_min:
        return from_min <= minute < until_min
    return minute >= from_min or minute < until_min


def move_out_of(at: datetime, from_min: int, until_min: int) -> datetime:
    """Return `at`, or the end of the quiet hours it falls into."""
    if not is_quiet(at, from_min, until_min):
        return at
    local = at.astimezone(KST)
    end = local.replace(hour=until_min // 60, minute=until_min % 60, second=0, microsecond=0)
    if end <= local:
        end += timedelta(days=1)
    return end.astimezone(at.tzinfo)


def move_out_of_the_night(at: datetime) -> datetime:
    """Return `at`, or 08:00 in Seoul after the night it falls into."""
    return move_out_of(at, NIGHT_FROM_MIN, NIGHT_UNTIL_MIN)
