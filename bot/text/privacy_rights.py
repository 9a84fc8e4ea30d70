"""The rights over one's personal data that a message claims.

열람 (see), 정정 (correct), 삭제 (erase) and 처리정지 (stop processing), where they stand as
nouns, also before -하다. Such words are common ("앱 삭제하고 재설치"), so a right is heard
only where the message is about personal data. Leaving the service is no right, and everyday
words ("지워 주세요") are left to the intent.

Source: Articles 35-37 of the Personal Information Protection Act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.entity import Entity

ENTITY = "privacy_right"

_DATA = re.compile(
    r"개인\s?정보|(?:내|제|저의|나의|저에 대한|우리|아이|자녀|직원|담당자|계정|본인|회원)\s?(?:꺼\s?|다\s?)?(?:정보|데이터|기록|주민|얼굴|생년월일|신상|위치\s?정보|번호)"
    r"|위치\s?정보|신분증|주민\s?등?록?\s?번호|얼굴\s?사진|녹음|녹취|접속\s?기록|상담\s?(?:내용|기록)|채팅(?:한)?\s?(?:내용|기록)|카드\s?정보|정보\s?(?:유출|수집)|수집\s?출처"
    r"|정보(?:를|가|는|도)?\s?(?:[가-힣]+\s)?(?:남|저장|갖고|가지고|모은|넘)|전화번호\s?[\d\-]+|구매\s?기록|프로파일링|이의신청"
    r"|맞춤\s?추천|제\s?(?:동의|이름|전화번호)|모은\s?정보|생년월일|(?:열람|정정|삭제|처리\s?정지)\s?(?:청구|요구)"
)
_NOT_A_CLAIM = re.compile(
    r"(?:주문서?|발주|배송지?|상품|수량|사이즈|계산서|영수증|성적|사업자\s?등록|쿠키|캐시|장바구니|리뷰|후기|어플|앱|주민번호\s?오류로)(?:을|를|은|는|도)?\s?(?:[가-힣\s]{0,6})(?:정정|열람|삭제)"
    r"|파기\s?(?:방식|시점)|며칠이|언제 답|언제까지|안 지우는|처리\s?방침|약관|탈퇴되|동의\s?철회|수신"
    r"|열람\s?(?:한\s?)?(?:사람|이력|기록)|누가\s?열람"
)
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("처리정지", re.compile(r"처리\s?정지")),
    ("열람", re.compile(r"열람")),
    ("정정", re.compile(r"정정")),
    ("삭제", re.compile(r"삭[제재]")),
)


def find_privacy_rights(text: str) -> Iterator[Entity]:
    """Find the rights claimed; the value is the right's name."""
    found = [
        Entity(ENTITY, match.start(), match.end(), value)
        for value, form in _FORMS
        for match in form.finditer(text)
    ]
    if found and _DATA.search(text) and not _NOT_A_CLAIM.search(text):
        yield from found
