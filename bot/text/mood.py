"""How angry and how pressed a message sounds, 0 to 1 each.

Heard from words, endings and signs only: never from who writes, how well they spell or
which dialect they speak. It changes the tone of an answer and who is asked first; it is no
judgement of a person and decides nothing about what they are entitled to.

Source: the weights are set by hand, so that one clear sign of anger (an insult, a threat
to report) is at least `CLEAR`, a complaint in plain words stays below it, and several
weak signs add up to it; checked against the complaints and the other examples in data/nlu.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

# From here on a person would say that the customer is angry, or in a hurry.
CLEAR = 0.6


@dataclass(frozen=True)
class Mood:
    """Two impressions, each from 0 (none) to 1 (as strong as can be)."""

    anger: float
    urgency: float


Signs = tuple[tuple[float, re.Pattern[str]], ...]


def _re(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


# Each weight is the share of calm that a sign takes away; one kind of sign counts once.
# Insults; a short list, since an insult is no intent and need not be named exactly.
_INSULTS = (
    r"[시씨씹](?:이)?[1!]?[발벌팔빨](?!점|표|령|행|송|견|급)|병신|지랄|개새|새끼|꺼져|닥쳐|[좆졷]|존나|엿\s?먹|염병|개판|개빡|개같"
    r"|뒤(?:져라|질래|졌으면)|놈들|자슥|멍청|바보(?:냐|야|로|같|들)|퉤|망해라|망할"
)
_THREATS = (
    r"사기(?:꾼|치|쳐|죠|잖|냐|네|예|야|입|인|당했|업체|\s?아니)|고소|고발|신고(?:할|하겠|한다|합니다|하려|넣)|소비자\s?(?:보호|고발|단체)?원|언론|제보"
    r"|(?<!대)기자(?:한테|에게|들)|금감원|소보원|공정위|신문고|변호사|법적|법대로|소송|민원|항의합|클레임|가만\s?(?:안|두지|있지|히 안)|별점\s?1|(?:인터넷|카페|커뮤니티|리뷰|유튜브|SNS)에\s?(?:다\s?|전부\s?)?(?:써|쓸|올)"
)
_RAGE = (
    r"미[쳤친](?!는\s?영향)|빡[치친쳐침]|열\s?[받뻗]|(?<![가-힣])화(?:가\s?|만\s?)?(?:[나난났납남치]|머리)|짜증|어이\s?(?:가\s?)?없|어처구니|기가\s?[막차]|황당|열불|분통|뚜껑|환장|뒷목"
    r"|속\s?터|혈압|폭발|성질\s?나|욕\s?나|못\s?참|정\s?(?:떨어|내미)|배신감|치가\s?떨|부글|짱나|참는\s?데|할\s?말을\s?잃|할말하않|스트레스"
)
_SCORN = (
    r"장난\s?(?:하|해|치|쳐|이|질|합)|우롱|농락|무책임|성의\s?없|뻔뻔|거지\s?같|쓰레기\s?(?:같|네|야|회사|업체|서비스|들)|최악|한심|형편\s?없|엉터리|엉망|개떡|양심|정신\s?(?:차|나간|이\s?있)"
    r"|우습게|호구|봉인\s?줄|말이\s?(?:돼|되|됩)|말이라고|무시(?:하|당|해)|거짓말|유감|노답|이따위|그따위|무례|불친절|기분\s?(?:나[쁘빴쁜]|더[러럽])|살다\s?살다|가지고\s?노|골탕"
    r"|이래도\s?되|뭐\s?이런|뭘로\s?보|뭘로\s?아|이런\s?식|불만|으름장|비꼬|소리\s?질|반말|갑질|사람을\s?(?:뭐|뭘|바보|우습)|이런\s?걸\s?서비스|장사\s?접|돈만\s?밝|돈\s?받고|돈을\s?받"
)
_REPROACH = (
    r"도대체|(?<![가-힣])대체\s(?:왜|뭐|뭘|어떻|언제|누|어디|무슨|몇)|도무지|이게\s?(?:뭡|뭐[야냐니예에]|무슨)|뭐\s?하자는|뭐\s?하는\s?(?:짓|겁)|몇\s?번(?:째|을\s?(?:말|해|물))|한두\s?번|맨날"
    r"|벌써\s?[가-힣\d]+\s?(?:번|째)|(?<![가-힣])또\s?(?:이래|안|이러|그러)|불쾌|실망|너무하|너무한|지긋|지겨|질[렸린려]|(?<!상담사 )답답|억울|이\s?모양|나\s?마나|처음\s?(?:봅|보네|봐|이야|이네)"
)
_PRESSING = (
    r"아니\s?(?:왜|무슨|그게|이게)|왜\s?(?:이렇게|이리|자꾸|맨날|안\s?[가-힣]+(?:냐|는데))|냐고|잖아|라니까|다니까|라고요|다고요|하냐|거냐|되냐|있냐|없냐|책임\s?[지져질]|사과\s?(?:하[세시라]|해|한마디|도)"
    r"|보상하|어쩌라|어떡하라|못\s?믿|다시는|다신|두\s?번\s?다시"
)

# Each weight is the share of calm that a sign takes away; one kind of sign counts once.
ANGER: Signs = (
    (0.9, _re(_INSULTS)),
    (0.75, _re(_THREATS)),
    (0.7, _re(_RAGE)),
    (0.6, _re(_SCORN)),
    (0.6, _re(r"[😡🤬😠👿💢🖕]|👎")),
    (0.45, _re(_REPROACH)),
    (0.35, _re(_PRESSING)),
    (0.3, _re(r"ㅡ\s?ㅡ|-_-|;;|^[?!]{2,}$|\?!|!\?")),
    (
        0.2,
        _re(
            r"!!|든지\s?말든지|하든가|하세요!|쯧|ㅉㅉ|에휴|하\s진짜|아\s진짜|진짜\s?(?:너무|왜|뭐)|적당히"
        ),
    ),
)

_NOW = r"(?<![가-힣])급(?:해|하|함|합|히|한\s)|긴급|시급|다급|응급|(?<![가-힣])당장|지금\s?바로|바로\s?지금|즉시|큰일\s?(?:났|나|이)|촉박|분초|한시가|발등에"
_SOON = r"빨리(?!\s?(?:주시는|주셔|와서\s?좋|왔))|빨랑|얼른|(?<![가-힣])어서(?!\s?오)|서둘|냉큼|후딱|퍼뜩|언능|최대한\s?빠|asap|(?:빠른|신속한|조속한)\s?(?:처리|답변|답|조치|해결|확인|회신)(?!변|에|\s?감사|\s?고)|(?:속히|신속히|신속하게|조속히)(?!\s?[가-힣]+해\s?주셔)"
_DEADLINE = (
    r"(?:오늘|내일|모레|낼|자정|\d+\s?시|열두\s?시)[가-힣\s]{0,4}?(?:까지(?!\s?(?:만\s?해|해도|쓸|였|예|인가|전화|상담|안녕)|\s*$)|전에|안에)|마감|시간이?\s?없(?!어서)"
    r"|(?:출발|비행기|행사|결혼식|생일|이사|여행|출장|제사|잔치|돌잔치)[가-힣\s]{0,3}?(?:까지|전에|안에|이라)"
)
_MUST = (
    r"(?:오늘|지금|이따|곧)\s?(?:꼭|안에|중으로|중에|써야|필요|입어야|가야|나가야|해야|풀어야|결제해야|받아야)|(?:해야|받아야|써야|풀어야|가야|입어야|먹어야|보내야|나가야)\s?(?:되는데|된다|됩니다|하는데|한다|하거든)"
    r"|못\s?기다|기다릴\s?(?:수|시간)"
)
URGENCY: Signs = (
    (0.75, _re(_NOW)),
    (0.55, _re(_SOON)),
    (0.5, _re(_DEADLINE)),
    (0.4, _re(_MUST)),
    (
        0.25,
        _re(
            r"바로\s?(?:좀|해|처리|연결|풀|취소|답)|지금\s?(?:좀|풀|해|취소|연결)|제발|부탁.{0,6}!|아직도|여태|꼭\s?좀"
        ),
    ),
    (0.15, _re(r"!!|ㅠㅠ|[😭😱🙏⏰🆘]")),
)


def assess_mood(text: str) -> Mood:
    """How a message sounds, from its text as it was read; calm when it is empty."""
    shout = 0.15 if _is_stretched(text) else 0.0
    return Mood(
        anger=_add_up(_weigh(text, ANGER), shout if _weigh(text, ANGER) else 0.0),
        urgency=_add_up(_weigh(text, URGENCY), 0.0),
    )


def _weigh(text: str, signs: Signs) -> list[float]:
    return [weight for weight, sign in signs if sign.search(text)]


def _add_up(weights: Iterable[float], extra: float) -> float:
    """Independent signs: each takes its share of the calm that is left."""
    calm = math.prod(1.0 - weight for weight in weights) * (1.0 - extra)
    return round(1.0 - calm, 2)


def _is_stretched(text: str) -> bool:
    """Whether signs are doubled at the end, which makes what was said louder."""
    return text.rstrip(" .")[-2:] in ("!!", "??", "?!", "!?")
