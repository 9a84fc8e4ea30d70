"""What one customer was told, made fit to be shown in another's conversation: nothing personal is left in it. Pure.

Whatever names a person, a place, a parcel or a sum is taken out; what this conversation knows too (an order number, a
product, a name) becomes a name in braces and is filled anew. In doubt more is taken out: a suggestion with a gap costs
an agent a second, another's data shown cannot be taken back.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from handoff.domain.conversation import Author, Json, Message
from handoff.domain.placeholders import PAIRS
from kernel.korean import HIDDEN

GAP = "○○"
REPLY_LENGTH_MIN = 15
REPLY_LENGTH_MAX = 500
ASKED_LENGTH_MAX = 200
KEPT_OF_ONE = 4
_MOST_GAPS_RATIO = 0.3

_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구민류나진지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부"
)
_ADDRESSEE = r"(?:고객님|회원님|선생님|손님|님|씨)"
_NO_NAME = "".join(f"(?<!{word})" for word in ("고객", "회원", "선생", "담당자", "상담원", "상담사", "기사"))
_REGION = "서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|충청|전북|전남|전라|경북|경남|경상|제주"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:https?://|www\.)\S+"), GAP),
    (re.compile(r"[\w.+-]{1,64}\s?[@＠]\s?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"), GAP),
    (re.compile(r"(?<!\d)20\d{2}\s?-\s?\d{4,}(?!\d)"), "{주문번호}"),
    # Whoever is spoken to by name; with a space between, only what begins like a surname.
    (re.compile(rf"[가-힣*]{{2,4}}(?={_ADDRESSEE}){_NO_NAME}"), "{이름} "),
    (re.compile(rf"(?<![가-힣])(?!(?:주|하)(?:신|시는)\s)[{_SURNAMES}][가-힣*]{{1,3}}\s(?={_ADDRESSEE})"), "{이름} "),
    (re.compile(r"[A-Za-z][A-Za-z*.' -]{1,30}\s?(?=고객님|회원님|님)"), "{이름} "),
    # Places: a region with all that follows in the same breath, roads, buildings, doors.
    (
        re.compile(
            rf"(?:{_REGION})[가-힣]*(?:\s+[가-힣0-9-]+(?:시|군|구|읍|면|동|리|로|길|가)(?=[\s,.)]|$))*"
            r"(?:\s+\d[\d-]*(?:번지|호|층|동)?)*"
        ),
        GAP,
    ),
    (re.compile(r"[가-힣0-9]{1,12}(?:대로|로|길)\s?\d+(?:-\d+)?(?:번길\s?\d*)?"), GAP),
    (re.compile(r"[가-힣0-9A-Za-z]{1,15}(?:아파트|빌라|오피스텔|빌딩|타워|맨션)"), GAP),
    (re.compile(r"\d+\s?(?:동|호|층)"), GAP),
    # Numbers of phones, parcels, cards and accounts, in digits or spelled out.
    (re.compile(r"\d(?:[\s./~·()-]{0,2}\d){6,}"), GAP),
    (re.compile(r"[공영일이삼사오육칠팔구](?:[\s-]{0,2}[공영일이삼사오육칠팔구]){6,}"), GAP),
    # Days, hours and sums are true of the other's case alone.
    (re.compile(r"\d{4}\s?[.년/-]\s?\d{1,2}\s?[.월/-]\s?\d{1,2}\s?일?"), GAP),
    (re.compile(r"\d{1,2}\s?월\s?\d{1,2}\s?일(?:\s?\([월화수목금토일]\))?"), GAP),
    (re.compile(r"\d{1,2}/\d{1,2}(?!\d)"), GAP),
    (re.compile(r"(?:오전|오후)\s?\d{1,2}\s?시(?:\s?\d{1,2}\s?분)?"), GAP),
    (re.compile(r"\d{1,2}:\d{2}"), GAP),
    (re.compile(r"[\d,]+\s?(?:만\s?)?원"), GAP),
    # Whatever number is left that could be one of somebody's.
    (re.compile(r"[A-Za-z]{0,3}\d(?:[\s./~·()-]{0,2}\d){3,}"), GAP),
    (re.compile(r"[A-Za-z0-9]{0,20}\d[A-Za-z0-9]{5,}"), GAP),
    (re.compile(r"\d{3,}"), GAP),
)
# A particle fitted the other's product; this one's may need the other of the pair.
_PAIR_OF = {particle: pair for pair in PAIRS for particle in pair.split("/")}
_PARTICLE = re.compile(rf"\{{(주문번호|상품)\}}({'|'.join(sorted(_PAIR_OF, key=len, reverse=True))})(?![가-힣])")
_GREETING = re.compile(r"^(?:안녕하세요|반갑습니다|네|감사합니다|잠시만)[^\n]{0,40}$")


@dataclass(frozen=True)
class SolvedReply:
    """What an agent answered in a conversation that ended well, without anything personal, and what it answered to."""

    reply_id: str
    conversation_id: str
    at: datetime
    skill: str
    intents: tuple[str, ...]
    asked: str
    text: str


def borrow(text: str, context: Json) -> str:
    """Return `text` of the conversation that `context` belongs to, with nothing personal left in it."""
    text = unicodedata.normalize("NFC", text).replace("{", "(").replace("}", ")")
    for word, instead in _known_words(context):
        text = re.sub(re.escape(word), instead, text, flags=re.IGNORECASE)
    for pattern in _masked_names(context):
        text = pattern.sub("{이름}", text)
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    text = _PARTICLE.sub(lambda found: f"{{{found[1]}:{_PAIR_OF[found[2]]}}}", text)
    return re.sub(r"[ \t]{2,}", " ", re.sub(rf"(?:{GAP}[\s,-]*){{2,}}", f"{GAP} ", text)).strip()


def harvest(
    messages: list[Message], context: Json, *, conversation_id: str, skill: str, intents: tuple[str, ...], at: datetime
) -> list[SolvedReply]:
    """Return the agents' answers worth showing again, each with what it answered to; the longest ones, a few at most."""
    found: list[SolvedReply] = []
    asked: list[str] = []
    for message in messages:
        if message.author is Author.CUSTOMER:
            asked.append(message.text)
        if message.author is not Author.AGENT or not asked or len(message.text) > REPLY_LENGTH_MAX:
            continue
        text = borrow(message.text, context)
        if _is_worth_it(text):
            question = borrow(" ".join(asked[-3:])[-2 * ASKED_LENGTH_MAX :], context)[:ASKED_LENGTH_MAX]
            reply_id = f"{conversation_id}.{message.seq}"
            found.append(SolvedReply(reply_id, conversation_id, at, skill, intents, question, text))
            asked = asked[-1:]
    return sorted(found, key=lambda reply: len(reply.text), reverse=True)[:KEPT_OF_ONE]


def _is_worth_it(text: str) -> bool:
    if not REPLY_LENGTH_MIN <= len(text) <= REPLY_LENGTH_MAX or _GREETING.match(text):
        return False
    return len(GAP) * text.count(GAP) <= len(text) * _MOST_GAPS_RATIO


def _known_words(context: Json) -> list[tuple[str, str]]:
    """Return what the context itself knows to be personal, longest first."""
    words: list[tuple[str, str]] = []
    for order in context.get("orders") or []:
        name = str(order.get("summary") or "")
        words += [(str(order.get("order_id") or ""), "{주문번호}"), (name, "{상품}")]
        words.append((re.sub(r" 외 \d+건$", "", name), "{상품}"))
    for entity in context.get("entities") or []:
        instead = {"product": "{상품}", "order_id": "{주문번호}"}.get(str(entity.get("entity")))
        if instead or entity.get("entity") in ("phone", "tracking_no"):
            words += [(str(entity.get(name) or ""), instead or GAP) for name in ("text", "value")]
    customer = context.get("customer") or {}
    words += [(part, GAP) for part in str(customer.get("address") or "").split()]
    return sorted(((w, i) for w, i in words if len(w) > 1 and HIDDEN not in w), key=lambda pair: -len(pair[0]))


def _masked_names(context: Json) -> list[re.Pattern[str]]:
    """Return what finds the customer's name although only its mask is known: `김*늘` finds 김하늘, and 하늘 after it."""
    masked = str((context.get("customer") or {}).get("name") or "")
    if len(masked) < 2 or HIDDEN not in masked:
        return []
    letter = "[가-힣A-Za-z]"
    whole = "".join(letter if part == HIDDEN else re.escape(part) for part in masked)
    found = [re.compile(whole), re.compile(re.escape(masked))]
    given = "".join(letter if part == HIDDEN else re.escape(part) for part in masked[1:])
    if len(masked) == 3:
        found.append(re.compile(rf"(?<![가-힣]){given}(?=\s?{_ADDRESSEE}|[이가은는도야])"))
    return found
