"""In which order waiting conversations are served."""

from __future__ import annotations

PRIORITY_BY_REASON = {
    "complaint": 3,
    "bot_error": 2,
    "action_failed": 2,
    "customer_request": 1,
    "not_understood": 1,
    "topic_unsupported": 1,
}
VIP_BONUS = 1


def priority_of(reason: str, grade: str | None) -> int:
    """Return how urgent a handoff is: 0 (can wait) to 4; higher is served first, then who waited longest."""
    return PRIORITY_BY_REASON.get(reason, 0) + (VIP_BONUS if grade == "vip" else 0)
