"""Names from small closed sets: carriers, ways to verify, browsers.

A surface form is mapped to the contract's value. Particles may follow without a blank
("SKT인데요", "패스앱으로"), so a form ends where another word of the language would begin
instead: 패스워드, KTX. Forms with a second meaning count only beside words that decide it
(문자 for a code, 카드 to verify, 카톡 as the place where a page was opened).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.text.entity import Entity


@dataclass(frozen=True)
class Term:
    """A value and how it is written; `about` must be found in the text, `unless` not."""

    entity: str
    value: str
    form: re.Pattern[str]
    about: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None


def _re(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


VERIFYING = r"인증|본인\s?확인|본인\s?여부|신원\s?확인"
_VERIFY = _re(VERIFYING)
_VERIFY_SOMEHOW = _re(rf"{VERIFYING}|패스|페스|\bpass\b|ars|로그인|해제|풀")
# Texts that are no verification code, by the word before 문자 or what is done with it.
_NO_CODE = _re(
    r"(?:광고|배송|홍보|마케팅|선전|스팸|쿠폰|이벤트|세일|할인|알림|안내|상담|접수|소멸|완료|도착|입고|다른|단체|주문|변경|당첨|확인)(?:성|된다는|됐다는|됐다고|한다는)?\s?문자"
    r"|(?:다는|바뀐다는|준다고) 문자|문자로(?:만)?\s?(?:알려|안내|보내\s?[주줘]|주문|주세|주시|답|남)|문자(?:를|만)?\s?(?:그만|보내|싫|거부|남겨|폭탄|설정)"
    r"|수신\s?(?:거부|동의)|무료거부|080|알림|푸시랑|문자 말고 (?:앱|메일|이메일|카톡|푸시)|송장 나오|입고되|마케팅|한밤중|(?:주문|배송)\s?(?:소식|온다)|문자 말고 꼭"
)
_NO_PAGE = _re(r"알림|광고|상담|채널|계정|문자|구독|차단했")
_PAGE = _re(
    r"창|팝업|링크|화면|페이지|브라우저|열[면리어]|안\s?떠|안\s?열|인증|결제|쿠키|접속|하얀|흰|인앱|멈[추춤췄]"
)
_APPLIANCE = (
    r"(?!\s?(?:전자|세탁|냉장|노트북|그램|에어컨|tv|티비|스타일러|건조기|청소기|정수기|생활|화학|모니터|제품|디스플레이"
    r"|워시|오브제|가전|퓨리|트윈스|휘센|텔레비|스마트\s?tv|매직|하이닉스|스토아|브로드|에너지|헬로비전))"
)
_NO_LATIN_BEFORE, _NO_LATIN_AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"

CARRIERS = (
    Term(
        "carrier",
        "알뜰폰",
        _re(
            r"알뜰\s?(?:폰|통신사?|요금제?)|알뜰(?!살뜰|하|한|히|코너|장|쇼핑|구매|상품|배송|세트|족)|mvno"
        ),
    ),
    Term(
        "carrier",
        "알뜰폰",
        _re(
            r"(?:헬로\s?모바일|프리티|[u유]\s?모바일|(?:kt\s?)?엠\s?모바일|(?:sk\s?)?세븐\s?모바일|티플러스|리브\s?(?:엠|모바일)|토스\s?모바일|이야기\s?모바일"
            r"|아이즈\s?모바일|핀다이렉트|스노우맨|여유텔레콤|우체국\s?알뜰폰)(?!\s?알뜰)"
        ),
    ),
    Term(
        "carrier",
        "LGU+",
        _re(
            rf"{_NO_LATIN_BEFORE}(?:lg\s?u\s?\+|lg\s?u\s?플러스|lgu(?![a-z])|lgt(?![a-z])|lg\s?유\s?플러스|lg\s?유플|lg\s?텔레콤|u\s?\+|유\+|lg(?![a-z0-9&]){_APPLIANCE})"
            rf"|엘지\s?유\s?플러스|엘지\s?유플|엘지\s?텔레콤|엘지유|유플러스|유플(?!리)|(?<![가-힣])엘지{_APPLIANCE}"
        ),
    ),
    Term(
        "carrier",
        "SKT",
        _re(
            rf"{_NO_LATIN_BEFORE}(?:skt{_NO_LATIN_AFTER}|sk\s?텔레콤|sk(?![a-z0-9]){_APPLIANCE})|에스케이\s?텔레콤|에스케이티|에스케이{_APPLIANCE}|슼(?=인|은|는|\s|$)"
        ),
    ),
    Term(
        "carrier",
        "KT",
        _re(
            rf"{_NO_LATIN_BEFORE}kt(?![a-z0-9&]|\s?&|위즈|\s위즈)|(?<!마이)케이티(?!엑스|앤)"
        ),
    ),
)

_VERIFY_NEXT = rf"(?=\s?(?:{VERIFYING})|(?:로|으로)\s?(?:도\s?|만\s?)?(?:하는|하고\s?싶|하면|할게|할래|할\s?수|해도|본인|{VERIFYING}|번호|불러|바꿔|바꿀|변경))"
AUTH_METHODS = (
    Term(
        "auth_method",
        "PASS",
        _re(
            rf"{_NO_LATIN_BEFORE}pass(?![a-z0-9])|(?<![이하프원성키데료])(?<!수강 )(?<!인강 )(?<!시즌 )(?<!프리 )(?:패스|페스|패쓰|빠스)(?!워드|트|포트|카드|권|할|합|해|하|츄|탈|티|코드|파|타|룰|오버|추리)"
        ),
    ),
    Term(
        "auth_method",
        "SMS",
        _re(
            rf"(?<!장)(?<!대)(?<!소)(?<!은행 )(?<!기사 )(?<!계좌 )(?<!카드 )(?<!택배 )(?<!폰에 온 )문자(?:\s?메[시세]지)?(?!열|함|메시지 그만|\s앱|\s?상담|\s?알림|\s?끝|\s?폭탄|\s?다른|한테)|{_NO_LATIN_BEFORE}sms(?![a-z0-9])|에스엠에스|(?<=인증 )(?:메시지|메세지)|(?<=인증)(?:메시지|메세지)"
        ),
        about=_re(
            rf"{VERIFYING}|패스|로그인|코드|숫자|여섯\s?자리|문자(?:가|는|도|를|만)?\s?(?:안|못|왜|늦|언제|아직|아예|대신|말고|수신|먹통|재발송|다시)|문자로\s?(?:하는|하면|할|하고|해도|받[을고]|오)|문자\s?메[시세]지(?:가|는)?\s?(?:안|온|오)|문자\s?고르|문자\s?(?:\d|횟수)|ars|다른\s?(?:수단|방법|방식)|확인\s?(?:수단|방식|방법)|sms"
        ),
        unless=_NO_CODE,
    ),
    Term(
        "auth_method",
        "ARS",
        _re(rf"{_NO_LATIN_BEFORE}ars(?![a-z0-9])|에이알에스"),
        unless=_re(r"상담|접수한|국세청"),
    ),
    Term(
        "auth_method",
        "ARS",
        _re(
            rf"(?<!집)(?<!집 )(?<!휴대)(?<!유선)(?:전화|음성(?:\s?(?:통화|전화))?)(?!번호)(?:{_VERIFY_NEXT}|(?=로(?:\s?걸려|$)))"
        ),
        about=_re(rf"{VERIFYING}|수단|방식|패스|인증서|문자"),
        unless=_re(r"상담|접수한|불러\s?[준줬]"),
    ),
    Term(
        "auth_method",
        "신용카드",
        _re(r"(?:신용|체크|법인)\s?카드|카드(?!사|값|번호|뒷)"),
        about=_re(
            rf"카드(?:로|로도|로는|가|는|나|도|만|랑|하고)?\s?(?:{VERIFYING})|카드(?:로|나|는|도).{{0,30}}(?:{VERIFYING}|문자|패스|다른 방법|인증서)|(?:{VERIFYING}|문자|패스|인증서).{{0,24}}카드(?:로|는|나|도|만)|카드로\s?하.{{0,40}}(?:확인|패스|pass)|(?:pass|패스).{{0,30}}카드로\s?하|신용\s?카드\s?말고|카드(?:로|밖에)?.{{0,14}}(?:증명|확인\s?(?:수단|방식|방법)|확인을 대신)|(?:ars|문자|패스)[이랑나하고와]{{1,2}}\s?(?:신용\s?)?카드"
        ),
        unless=_re(
            r"카드(?:로|를|가)?\s?(?:결제|할부|취소|환불|등록|영수증|한도|막|긁)|카드사 인증|뒷면"
        ),
    ),
    Term(
        "auth_method",
        "공동인증서",
        _re(
            r"(?:공동|공인|범용)\s?인증서|(?<!네이버 )(?<!카카오 )(?<!토스 )(?<!은행 )(?<!뱅크 )(?<!페이 )(?<!금융 )(?<!보안 )(?<!정품 )(?<!디지털 )(?<!사설 )(?<!민간 )(?<![가-힣])인증서(?!비스|버|\s?경고)"
        ),
        unless=_re(r"홈택스|정부\s?24|복지로|국세청|민원"),
    ),
    Term(
        "auth_method",
        "방문",
        _re(r"방문(?!\s?(?:자|수령|회수|수거|상담|설치|택배|기사))"),
        about=_re(rf"{VERIFYING}|신분증|확인받|방문\s?확인|차단|해제"),
        unless=_re(r"회수|수거|기사|반품|택배"),
    ),
)

_IN_APP = r"(?=에서|으로|로|\s?안에서|\s?안이|\s?채팅방|에\s?온|\s?인앱|\s?브라우저|\s?앱|\s?(?:공유\s?)?링크|\s?스토리|\s?선물하기|\s?광고|\s?내부|\s?웹|에다|[은는])"
BROWSERS = (
    Term(
        "browser",
        "크롬",
        _re(
            rf"(?:구글\s?)?크롬(?!북|캐스트|하츠|도금)|{_NO_LATIN_BEFORE}chrome(?![a-z])"
        ),
    ),
    Term(
        "browser",
        "사파리",
        _re(
            rf"사파리(?!\s?점퍼|\s?자켓|\s?재킷|\s?월드|\s?투어|\s?여행)|{_NO_LATIN_BEFORE}safari(?![a-z])"
        ),
    ),
    Term(
        "browser",
        "엣지",
        _re(
            rf"(?:마이크로소프트\s?|ms\s?)?(?:엣지|에지)(?!\s?있|남|\d)|{_NO_LATIN_BEFORE}edge(?![a-z])"
        ),
    ),
    Term(
        "browser",
        "파이어폭스",
        _re(rf"파이어\s?폭스|파폭|불여우|{_NO_LATIN_BEFORE}firefox(?![a-z])"),
    ),
    Term("browser", "삼성 인터넷", _re(r"삼성\s?(?:인터넷|브라우저)")),
    Term(
        "browser", "웨일", _re(rf"(?:네이버\s?)?웨일|{_NO_LATIN_BEFORE}whale(?![a-z])")
    ),
    Term(
        "browser",
        "오페라",
        _re(
            rf"오페라\s?(?:브라우저|미니)|오페라(?=로|에서)|{_NO_LATIN_BEFORE}opera(?![a-z])"
        ),
    ),
    Term(
        "browser",
        "익스플로러",
        _re(
            rf"(?:인터넷\s?)?익스플로러|익스(?=로|에서|플)|{_NO_LATIN_BEFORE}(?:internet explorer|ie)(?![a-z0-9])"
        ),
    ),
    Term(
        "browser",
        "카카오톡",
        _re(rf"(?:카카오톡|카톡){_IN_APP}"),
        about=_PAGE,
        unless=_NO_PAGE,
    ),
    Term(
        "browser",
        "네이버 앱",
        _re(r"네이버\s?앱|네이버(?=에서|\s?들어|로\s?(?:들어|접속|열))"),
        about=_PAGE,
    ),
    Term(
        "browser",
        "인스타그램",
        _re(rf"(?:인스타그램|인스타){_IN_APP}"),
        about=_PAGE,
        unless=_re(r"계정|구독"),
    ),
    Term(
        "browser",
        "페이스북",
        _re(rf"(?:페이스북|페북){_IN_APP}"),
        about=_PAGE,
        unless=_re(r"계정|구독"),
    ),
    Term(
        "browser",
        "유튜브",
        _re(rf"유튜브{_IN_APP}"),
        about=_re(r"창|팝업|링크|인증|브라우저"),
        unless=_re(r"잘만|제보|계정|구독|안 나오게"),
    ),
)

TERMS = (*CARRIERS, *AUTH_METHODS, *BROWSERS)


def find_terms(text: str) -> Iterator[Entity]:
    """Find the names of the closed sets; the value is the contract's."""
    for term in TERMS:
        for match in term.form.finditer(text):
            if term.about and not term.about.search(text):
                break
            if term.unless and term.unless.search(text):
                break
            yield Entity(term.entity, match.start(), match.end(), term.value)
