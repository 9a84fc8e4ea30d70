"""How privacy requests, consents, notices and terms are told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions.phrases import PERSON
from actions.reply import Choice, Reply
from backoffice.benefits.policy import Benefits
from backoffice.orders.policy import noon
from backoffice.privacy.policy import ConsentLine, RequestRules, current_consents
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.retention import RecordKind, Retention
from backoffice.privacy.service import NotificationSettings, PrivacyRequest, TermsVersion
from backoffice.privacy.tables import ConsentKind, Document, NoticeChannel
from backoffice.privacy.terms import DOCUMENT_NAMES
from kernel import korean

CONSENT_NAMES = {
    ConsentKind.MARKETING: "광고",
    ConsentKind.NIGHT_ADS: "야간 광고",
    ConsentKind.THIRD_PARTY: "제3자 제공",
}
NO_REQUEST = "지금 처리 중인 개인정보 요청은 없어요."
NO_HARM = "거두셔도 쇼핑에는 아무 문제가 없어요."
WAY_OUT = "받으신 (광고) 문자에 적힌 무료 수신 거부로도 바로 멈추실 수 있어요."
ADS_AT_NIGHT = "광고 알림은 동의하신 분께만, 밤 9시부터 아침 8시까지는 빼고 보내요."
YES = Choice("네, 그렇게 해 주세요", "affirm")
NO = Choice("아니요", "deny")
_CHANNEL_NAMES = {NoticeChannel.SMS: "문자", NoticeChannel.KAKAO: "카카오톡", NoticeChannel.EMAIL: "이메일"}
_STATES = {
    RequestState.RECEIVED: "본인 확인을 기다리고 있어요",
    RequestState.IDENTITY_CHECKED: "접수되어 담당자를 기다리고 있어요",
    RequestState.IN_WORK: "담당자가 처리하고 있어요",
    RequestState.ANSWERED: "답해 드렸어요",
    RequestState.REFUSED: "들어드리지 못했어요",
    RequestState.WITHDRAWN: "거두셨어요",
}
_RIGHTS = (
    ("내 정보 보기", "열람"),
    ("정보 고치기", "정정"),
    ("정보 지우기", "삭제"),
    ("정보 이용 멈추기", "처리정지"),
)


def list_rights() -> list[Choice]:
    """Return a button for each right."""
    return [Choice(label, "privacy_request", {"privacy_right": right}) for label, right in _RIGHTS]


def tell_opened(request: PrivacyRequest, rules: RequestRules, *, is_new: bool) -> Reply:
    """Return that a request is open: its number, the day of the answer, what is done."""
    label = rules.kinds[request.kind].label
    opened = f"{label} 요청을 접수했어요." if is_new else f"{label} 요청은 이미 접수되어 있어요."
    number = f"접수 번호는 {korean.josa(request.request_id, '이고/고')}, {korean.date(request.due_at)}까지 답해 드려요."
    reply = Reply(bubbles=[opened, number, rules.kinds[request.kind].promise], choices=[PERSON])
    if rules.kinds[request.kind].closes_account:
        reply.say("마음이 바뀌시면 그 전에 ‘요청 취소’라고 말씀해 주세요.")
    return reply


def tell_proof_missing(label: str) -> str:
    """Return that a request which cannot be undone is taken on once it is proved who asks."""
    return f"{label} 요청을 적어 두었어요. 되돌릴 수 없는 일이라, 본인인 것을 한 번 더 확인한 뒤에 시작해요."


def tell_taken_on(request: PrivacyRequest | None, rules: RequestRules) -> Reply:
    """Return that a right code proved who asks, and what becomes of the request it was for."""
    reply = (
        Reply(bubbles=[NO_REQUEST], choices=[PERSON]) if request is None else tell_opened(request, rules, is_new=True)
    )
    reply.bubbles.insert(0, "본인 확인이 끝났어요.")
    return reply


def tell_lost(benefits: Benefits) -> str | None:
    """Return what a customer who leaves loses, None where they hold nothing."""
    points = f"적립금 {korean.won(benefits.balance_krw)}" if benefits.balance_krw else ""
    coupons = f"쿠폰 {len(benefits.usable)}장" if benefits.usable else ""
    held = f"{korean.josa(points, '과/와')} {coupons}" if points and coupons else points or coupons
    return f"탈퇴하면 남은 {korean.josa(held, '이/가')} 사라져요." if held else None


def tell_kept(retention: Retention) -> str:
    """Return what is kept after a deletion."""
    contract = retention.kinds["contract"]
    return (
        f"{korean.josa(contract.label, '은/는')} 법에 따라 {contract.period} 동안 따로 보관하고, 다른 데는 쓰지 않아요."
    )


def tell_requests(requests: Sequence[PrivacyRequest], rules: RequestRules) -> list[str]:
    """Return where each request stands, the newest first."""
    told = []
    for request in requests:
        label = rules.kinds[request.kind].label
        told.append(f"{label} 요청({request.request_id}): {_STATES[request.state]}.")
        if request.is_open:
            told.append(f"{korean.date(request.due_at)}까지 답해 드릴게요.")
        elif request.state is RequestState.REFUSED and (ground := rules.grounds.get(request.refusal_ground or "")):
            told += [f"{ground.because}.", rules.objection]
    return told


def tell_log_in(rules: RequestRules, kind: RequestKind | None) -> Reply:
    """Return what happens with a request, and that its person has to be known."""
    days = rules.kinds[kind or RequestKind.ACCESS].answer_days
    return Reply(
        bubbles=[
            "개인정보 요청은 꼭 본인을 확인하고 처리해 드려요.",
            f"로그인하신 뒤 말씀해 주시면 바로 접수하고 {days}일 안에 답해 드려요.",
        ],
        choices=[PERSON],
    )


def name_consents(kinds: Sequence[ConsentKind]) -> str:
    """Return consents in words: `광고와 야간 광고`."""
    names = [CONSENT_NAMES[kind] for kind in kinds]
    return names[0] if len(names) == 1 else f"{korean.josa(', '.join(names[:-1]), '과/와')} {names[-1]}"


def tell_consents(history: Sequence[ConsentLine]) -> list[str]:
    """Return what holds of each consent that is the customer's choice, and since when."""
    current, told = current_consents(history), []
    agreed_once = {line.kind for line in history if line.granted}
    for kind, name in CONSENT_NAMES.items():
        line = current.get(kind)
        day = f"{korean.date(line.at)}에 " if line and line.at else ""
        if line is None or kind not in agreed_once:
            told.append(f"{name}에는 동의하지 않으셨어요.")
        elif line.granted:
            told.append(f"{name}에는 {day}동의하셨어요.")
        else:
            told.append(f"{name} 동의는 {day}거두셨어요.")
    return told


def tell_settings(settings: NotificationSettings) -> list[str]:
    """Return how notices come now."""
    channel = korean.josa(_CHANNEL_NAMES[settings.channel], "으로/로")
    wanted = [("주문", settings.order_notices), ("배송", settings.delivery_notices)]
    coming = [name for name, is_wanted in wanted if is_wanted]
    missing = [name for name, is_wanted in wanted if not is_wanted]
    told = [f"{korean.josa('·'.join(coming) + ' 알림', '은/는')} {channel} 보내 드려요."] if coming else []
    if missing:
        told.append(f"{korean.josa('·'.join(missing) + ' 알림', '은/는')} 보내지 않아요.")
    if coming and settings.quiet_from_min is not None and settings.quiet_until_min is not None:
        start, end = _clock(settings.quiet_from_min), _clock(settings.quiet_until_min)
        told.append(f"{start}부터 {end} 사이의 알림은 {end}에 모아서 보내 드려요.")
    return told


def _clock(minutes: int) -> str:
    return korean.time_of_day(noon(date(2026, 1, 1)).replace(hour=minutes // 60, minute=minutes % 60))


def tell_retention(retention: Retention, text: str) -> list[str]:
    """Return how long records are kept: those that the text names, else all, the longest first."""
    kinds = [kind for kind in retention.kinds.values() if kind.words]
    named = [kind for kind in kinds if any(word in text for word in kind.words)]
    by_period: dict[int, list[RecordKind]] = {}
    for kind in sorted(named or kinds, key=lambda kind: -kind.total_months):
        by_period.setdefault(kind.total_months, []).append(kind)
    return [
        f"{korean.josa(', '.join(kind.label for kind in same), '은/는')} {same[0].period} 동안 보관해요."
        for same in by_period.values()
    ]


def tell_change(terms: TermsVersion, *, today: date) -> list[str]:
    """Return what a version changed, and since when or from when on."""
    name = DOCUMENT_NAMES[terms.document]
    day = korean.date(noon(terms.effective_on))
    when = f"{day}부터 바뀌어요" if terms.effective_on > today else f"{day}에 바뀌었어요"
    year = f"{terms.effective_on.year}년 " if terms.effective_on.year != today.year else ""
    return [f"{korean.josa(name, '은/는')} {year}{when}({terms.version}번째 판).", terms.summary]


def name_document(text: str) -> Document:
    """Return the document that a question is about."""
    return Document.PRIVACY_POLICY if "처리방침" in text or "개인정보" in text else Document.SERVICE_TERMS
