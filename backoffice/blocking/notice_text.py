"""What customers are texted about blocks. Pure."""

from __future__ import annotations

from datetime import datetime

from backoffice.blocking.policy import BlockRule
from kernel import korean
from kernel.clock import KST


def tell_placed(rule: BlockRule, auto_release_at: datetime | None) -> str:
    """Return the notice that somebody is kept out: why, until when, what works meanwhile."""
    parts = [f"[이음] {rule.because}."]
    if auto_release_at is None:
        parts.append("담당자가 본인을 확인한 뒤에 풀어 드려요.")
    else:
        local = auto_release_at.astimezone(KST)
        parts.append(f"{korean.date(local)} {korean.time_of_day(local)}에 저절로 풀려요.")
    return " ".join([*parts, *([rule.meanwhile] if rule.meanwhile else [])])


def tell_released(rule: BlockRule, *, is_our_fault: bool) -> str:
    """Return the notice that nothing keeps them out any more, with how not to be blocked again."""
    parts = ["[이음] 이용 제한이 풀려 지금부터 다시 이용하실 수 있어요."]
    if is_our_fault:
        parts.append("저희 잘못으로 불편을 드려 정말 죄송해요.")
    elif rule.avoid:
        parts.append(rule.avoid)
    return " ".join(parts)
