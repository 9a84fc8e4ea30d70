"""What an agent reads of a block: the reason as the shop's staff call it, whether they may lift it. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backoffice.blocking.policy import is_active, may_lift, set_terms
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.service import PastBlock
from backoffice.blocking.tables import BlockReason

REASON_LABELS = {
    BlockReason.INFO_MISMATCH: "정보 불일치",
    BlockReason.SMS_FAILURES: "인증번호 반복 오류",
    BlockReason.ABNORMAL_ACCESS: "비정상 접속",
    BlockReason.IDENTITY_MISUSE: "명의 도용 의심",
    BlockReason.OTHER: "기타 사유",
}


def show_block(past: PastBlock, *, role: str, now: datetime) -> dict[str, Any]:
    """Return a block as agents read it; `may_lift` is whether this role may lift it now."""
    block, rules = past.block, load_block_rules()
    is_held = is_active(block.auto_release_at, block.released_at, now)
    times = {name: getattr(block, name) for name in ("blocked_at", "auto_release_at", "released_at")}
    shown = {
        "block_id": block.block_id,
        "reason": block.reason.value,
        "reason_label": REASON_LABELS[block.reason],
        "is_active": is_held,
        "may_lift": is_held and may_lift(rules, set_terms(rules, block.reason, block.signals), role),
        "ended_by": past.ending.kind.value if past.ending else None,
        "justification": past.ending.justification if past.ending else None,
    }
    return shown | {
        name: at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None for name, at in times.items()
    }
