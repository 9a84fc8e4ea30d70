"""What an agent reads of a block: the reason as the shop's staff call it. Pure."""

from __future__ import annotations

from backoffice.blocking.tables import BlockReason

REASON_LABELS = {
    BlockReason.INFO_MISMATCH: "정보 불일치",
    BlockReason.SMS_FAILURES: "인증번호 반복 오류",
    BlockReason.ABNORMAL_ACCESS: "비정상 접속",
    BlockReason.IDENTITY_MISUSE: "명의 도용 의심",
    BlockReason.OTHER: "기타 사유",
}
