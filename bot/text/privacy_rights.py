"""The rights over one's personal data that a message claims.

열람 (see), 정정 (correct), 삭제 (erase) and 처리정지 (stop processing), also in everyday
words. Such words are common ("앱 삭제하고 재설치", "주소 고쳐 주세요"), so a right is
heard only where the sentence is about personal data. Leaving the service is no right.

Source: Articles 35-37 of the Personal Information Protection Act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.entity import Entity

ENTITY = "privacy_right"

_DATA = re.compile(
    r"개인\s?정보|(?:내|제|저의|나의|저에 대한|우리|아이|자녀|직원|담당자|계정|본인|회원)\s?(?:꺼\s?|다\s?)?(?:정보|데이터|기록|주민|얼굴|생년월일|신상|위치\s?정보|번호)"
    r"|위치\s?정보|신분증|주민\s?등?록?\s?번호|얼굴\s?사진|녹음|접속\s?기록|상담\s?(?:내용|기록)|채팅(?:한)?\s?(?:내용|기록)|카드\s?정보|정보\s?(?:유출|수집)|수집\s?출처"
    r"|정보(?:를|가|는|도)?\s?(?:[가-힣]+\s)?(?:남|저장|갖고|가지고|모은|넘)|전화번호\s?[\d\-]+|구매\s?기록|프로파일링|이의신청"
    r"|맞춤\s?추천|제\s?(?:동의|이름)|모은\s?정보|생년월일"
)
_NOT_A_CLAIM = re.compile(
    r"(?:주문서?|발주|배송지?|상품|수량|사이즈|계산서|영수증|성적|사업자\s?등록|쿠키|캐시|장바구니|리뷰|후기|어플|앱)(?:을|를|은|는|도)?\s?(?:[가-힣\s]{0,6})(?:정정|열람|삭제|지우|지워|고치|고쳐|보여|확인|조회|수정)"
    r"|파기\s?(?:방식|시점)|(?:보유|보관)\s?기간|기한|며칠이|언제 답|언제 지워|언제까지|안 지우는|처리\s?방침|약관|정정해 주세요 현금|탈퇴되|동의\s?철회|수신|카드\s?지우"
)
# An everyday wish to mend a profile is a right only when personal data is named.
_MEND = re.compile(r"바로\s?잡(?:아|을|고|는)?|고(?:쳐|치|칠|친)|수정")
_CORRECTION = re.compile(r"개인\s?정보|청구|권리")
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "처리정지",
        re.compile(
            r"처리\s?정지|처리\s?중지|(?:이용|사용|분석|처리|추천|활용|제공|쓰는|돌리는|보내는|하는)[가-힣\s]{0,14}?(?P<stop>중단|중지|정지|멈춰|멈추|그만|거부)"
            r"|(?P<dont>(?:분석|이용|사용|활용|쓰|공유|제공|수집)하?지\s?(?:마라|말아|마|말))"
        ),
    ),
    ("열람", re.compile(r"열람")),
    ("정정", re.compile(r"정정")),
    ("정정", _MEND),
    (
        "삭제",
        re.compile(
            r"삭제|파기|폐기|말소|지(?:워|우(?!개)|울|운)|없애|없앨|지아(?=\s?주)"
        ),
    ),
)
_LOOK = re.compile(
    r"보여|조회|확인(?=하고|해|할|을|\s?요청|\s?부탁)|듣(?=고)|들려|알려(?=\s?[주줘]|주)"
)
_LOOK_DATA = re.compile(
    r"(?:내|제)\s?(?:개인\s?)?정보(?:를|가|는)?\s?(?:뭐|뭘|무엇|누구|어디|어떤|누가)|개인\s?정보(?:를)?\s?(?:누구|어디|조회|보여|확인|뭐)|녹음|(?:뭐|무엇|어떤)[가-힣\s]{0,6}(?:저장|갖고|가지고|수집)"
)


def find_privacy_rights(text: str) -> Iterator[Entity]:
    """Find the rights claimed; the value is the right's name."""
    about_data = _DATA.search(text) is not None
    if not about_data and not _LOOK_DATA.search(text):
        about_data = re.search(r"(?:열람|정정)\s?(?:청구|요구)", text) is not None
        if not about_data:
            return
    if _NOT_A_CLAIM.search(text):
        return
    found = False
    for value, form in _FORMS:
        for match in form.finditer(text):
            start, end = match.span()
            for group in ("stop", "dont"):
                if group in form.groupindex and match[group]:
                    start, end = match.span(group)
            if form is _MEND and not _CORRECTION.search(text):
                continue
            found = True
            yield Entity(ENTITY, start, end, value)
    if not found and _LOOK_DATA.search(text):
        for match in list(_LOOK.finditer(text))[-1:]:
            yield Entity(ENTITY, match.start(), match.end(), "열람")
