"""What an agent reads of a failed attempt: the cause in two or three words. Pure."""

from __future__ import annotations

_LABELS = {
    "sms_not_received": "인증번호 미수신",
    "pass_app": "PASS 앱 문제",
    "browser": "브라우저 문제",
    "info_mismatch": "정보 불일치",
    "network": "통신 문제",
}
UNKNOWN = "원인 미상"


def label_cause(name: str | None) -> str:
    """Return the label of a cause of `causes.yml`, the same one for all that are not known."""
    return _LABELS.get(name or "", UNKNOWN)
