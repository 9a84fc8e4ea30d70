"""What customers say about their data, their consents and their notices, read from their own words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from backoffice.privacy.request_tables import RequestKind
from backoffice.privacy.tables import ConsentKind, NoticeChannel

_BY_RIGHT = {
    "열람": RequestKind.ACCESS,
    "정정": RequestKind.CORRECTION,
    "삭제": RequestKind.DELETION,
    "처리정지": RequestKind.STOP,
}
_AUTOMATED = re.compile(
    r"자동(으로|화)?.{0,8}(판단|결정|거절|심사|처리)|(봇|ai|인공지능|기계)\s*(가|이)?.{0,8}(판단|결정|거절|정)", re.I
)
_EXPLAIN = re.compile(r"설명|이유|왜|근거|어떻게")
_LEAVE = re.compile(
    r"탈[퇴티]|탙퇴|(회원|가입|아이디|계정).{0,6}(해지|취소|없애|없앨|삭제|폐쇄|말소|폭파|정리|그만|고만|빼)|빼\s*줘.{0,3}회원|delete my account",
    re.I,
)
_WORDS: tuple[tuple[RequestKind, re.Pattern[str]], ...] = (
    (RequestKind.DELETION, re.compile(r"삭제|지[우워운울]|파기|폐기|없애|말소|잊혀")),
    (RequestKind.CORRECTION, re.compile(r"정정|고[쳐치]|바로잡|수정|틀[리렸린]|잘못")),
    (RequestKind.STOP, re.compile(r"정지|중[단지]|멈[춰추]|거부|쓰지\s*마|하지\s*마|모으지|그만|분석")),
    (RequestKind.ACCESS, re.compile(r"열람|보여|보고|확인|조회|알려|사본|파일|제공|누가|듣고")),
)
_FOR_ANOTHER = re.compile(
    r"대신|위임|대리|(아버지|어머니|아빠|엄마|할머니|할아버지|남편|아내|아이|자녀|딸|아들|동생|직원|담당자|고인).{0,10}(개인정보|정보|계정|아이디|탈퇴)|돌아가"
)
_OF_A_REQUEST = re.compile(
    r"(요청|신청|청구).{0,6}(했|한 거|한거|했는데)|언제\s*(답|처리|되)|진행|이의|거절된"
    r"|(요청|신청|청구|열람|삭제|정정|정지).{0,8}(어떻게\s*[되됐된]|결과|끝났)"
)
_TAKE_BACK = re.compile(r"(탈퇴|삭제|열람|정정|요청|신청|청구).{0,6}(취소|철회|안\s*할|그만둘|없던)|다시\s*쓸래")
_ABOUT_CONSENTS = re.compile(r"동의.{0,6}(내역|현황|상태|이력|목록)|(뭐|무엇|어디|언제|어떤|뭘).{0,10}동의(했|한|하신)")
_WANTS_ADS = re.compile(
    r"(광고|마케팅|혜택|이벤트|소식).{0,14}(받을래|받을게|받고\s*싶|받아\s*볼|동의할|동의합|다시\s*보내)"
    r"|(다시|또).{0,12}(광고|마케팅|혜택|이벤트).{0,6}(받|보내)"
)
_WANTS_NONE = re.compile(
    r"안\s*(받|보내|오)|받지|지\s*(마|말|않|못)|그만|싫|말고|철회|취소|거[부두둘둬]|해제|끊|차단|왜"
)
_NIGHT = re.compile(r"야간|밤|새벽")
_THIRD_PARTY = re.compile(r"제\s*(3|삼)\s*자|제휴|보험|다른\s*회사|다른\s*업체")
_ALL = re.compile(
    r"(전부|모두|모든|싹|다)\s*(철회|취소|거부|해제|빼|꺼)|선택.{0,8}(동의|항목).{0,8}(전부|모두|다\b|철회|해제)"
)
_ONLY_NIGHT = re.compile(r"(야간|밤|새벽).{0,12}만|야간 광고")

_ORDER = re.compile(r"주문|결제|환불|구매")
_DELIVERY = re.compile(r"배송|배달|도착|택배|출발")
_CHANNELS = (
    (NoticeChannel.KAKAO, re.compile(r"카톡|카카오|알림톡")),
    (NoticeChannel.EMAIL, re.compile(r"이?메일")),
    (NoticeChannel.SMS, re.compile(r"문자|sms", re.I)),
)
_NOT_THIS = re.compile(r"\s*(은|는)?\s*(말고|대신|아니)")
_BROKEN = re.compile(r"안\s*(와|오네|왔|옴|뜨|떠)|안오|늦게|왜|두\s*번씩|소식이\s*없")
_OFF = re.compile(r"끄|꺼|껐|끌|안\s*받|받지|안\s*오게|오지|그만|하지\s*마|말아|싫|필요\s*없|차단|해제|무음|빼")
_ON = re.compile(r"켜|켤|받을|받고|받게|보내\s*(줘|주)|알려\s*(줘|주)|오게|울리")
_HOUR = re.compile(r"(오전|오후|아침|저녁|밤|새벽)?\s*(\d{1,2})\s*시")
_UNTIL = re.compile(r"이후|넘어|지나|부터")
_BEFORE = re.compile(r"이전|전에|까지")
_LATE = re.compile(r"밤|야간|새벽|자는\s*시간|낮에만")
# Where only "at night" is said.
NIGHT_FROM_MIN, NIGHT_UNTIL_MIN = 21 * 60, 8 * 60


def find_request(text: str, right: str | None) -> RequestKind | None:
    """Return what is asked for; `right` is what the bot has marked in the message. None where it is unclear."""
    if _AUTOMATED.search(text):
        return RequestKind.AUTOMATED_EXPLANATION if _EXPLAIN.search(text) else RequestKind.AUTOMATED_REFUSAL
    if _LEAVE.search(text):
        return RequestKind.LEAVE
    if right in _BY_RIGHT:
        return _BY_RIGHT[right]
    return next((kind for kind, words in _WORDS if words.search(text)), None)


def is_for_another(text: str) -> bool:
    """Return whether somebody asks in another's name, which needs a mandate and a person."""
    return _FOR_ANOTHER.search(text) is not None


def asks_about_request(text: str) -> bool:
    """Return whether it is about a request made before, not a new one."""
    return _OF_A_REQUEST.search(text) is not None


def takes_back(text: str) -> bool:
    """Return whether a request is to be taken back: `탈퇴 취소할게요`."""
    return _TAKE_BACK.search(text) is not None


def asks_about_consents(text: str) -> bool:
    """Return whether it is asked what was agreed to and when."""
    return _ABOUT_CONSENTS.search(text) is not None and not _WANTS_NONE.search(text)


def wants_ads(text: str) -> bool:
    """Return whether advertising is wished for, clearly."""
    return _WANTS_ADS.search(text) is not None and not _WANTS_NONE.search(text)


def find_consent(text: str) -> tuple[ConsentKind, ...]:
    """Return which consents are to be taken back: advertising where nothing else is named."""
    if _ALL.search(text):
        return (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS, ConsentKind.THIRD_PARTY)
    if _THIRD_PARTY.search(text):
        return (ConsentKind.THIRD_PARTY,)
    if _ONLY_NIGHT.search(text) or (_NIGHT.search(text) and not re.search(r"아예|전부|모두|그만", text)):
        return (ConsentKind.NIGHT_ADS,)
    return (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS)


def find_wishes(text: str) -> Mapping[str, Any]:
    """Return the settings that are clearly wished for, as `change_settings` takes them; empty where it is unclear."""
    if _BROKEN.search(text):
        return {}
    wishes: dict[str, Any] = {}
    channel = next((name for name, words in _CHANNELS if _is_named(words, text)), None)
    quiet = _find_quiet_hours(text)
    if quiet is not None:
        return dict(zip(("quiet_from_min", "quiet_until_min"), quiet, strict=True))
    if channel is not None and not _OFF.search(re.sub(r".*(말고|대신)", "", text)):
        wishes["channel"] = channel
    is_on = _say_on_or_off(text)
    if is_on is not None and "channel" not in wishes:
        wishes |= _which(text, is_on)
    return wishes


def _which(text: str, is_on: bool) -> dict[str, bool]:
    about = {"order_notices": _ORDER.search(text), "delivery_notices": _DELIVERY.search(text)}
    named = {name: is_on for name, found in about.items() if found}
    return named or ({} if is_on else dict.fromkeys(about, False))


def _say_on_or_off(text: str) -> bool | None:
    if _OFF.search(text):
        return False
    return True if _ON.search(text) else None


def _is_named(words: re.Pattern[str], text: str) -> bool:
    return any(not _NOT_THIS.match(text[found.end() :]) for found in words.finditer(text))


def _find_quiet_hours(text: str) -> tuple[int, int] | None:
    """Return from when until when nothing is to come, in minutes of the day."""
    found = _HOUR.search(text)
    hour = _hour(found) if found else None
    if found is None or hour is None:
        return (NIGHT_FROM_MIN, NIGHT_UNTIL_MIN) if _LATE.search(text) else None
    after = text[found.end() :]
    wants_after = _say_on_or_off(after) is not False
    if _BEFORE.match(after.lstrip()) or (_UNTIL.match(after.lstrip()) and wants_after and hour <= 12):
        return (NIGHT_FROM_MIN, hour * 60)  # nothing before this hour
    if _UNTIL.match(after.lstrip()):
        return (hour * 60, NIGHT_UNTIL_MIN)
    return None


def _hour(found: re.Match[str]) -> int | None:
    half, hour = found[1], int(found[2])
    if half in ("오후", "저녁", "밤") and hour < 12:
        hour += 12
    return hour if hour < 24 else None
