"""What customers mean when they speak of their data, their consents and their notices."""

from __future__ import annotations

from typing import Any

import pytest

from actions import privacy_wording as wording
from backoffice.privacy.request_tables import RequestKind
from backoffice.privacy.tables import ConsentKind, NoticeChannel

ADS = (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS)
NIGHT = {"quiet_from_min": 21 * 60, "quiet_until_min": 8 * 60}


@pytest.mark.parametrize(
    ("text", "right", "kind"),
    [
        ("제 개인정보 열람하고 싶어요", "열람", "access"),
        ("내 정보 뭐 갖고 있는지 보여줘요", None, "access"),
        ("누가 내 정보를 조회했는지 알려주세요", None, "access"),
        ("생년월일이 틀려요 고쳐 주세요", None, "correction"),
        ("내 정보 다 지워 주세요", None, "deletion"),
        ("보여 주시고 나서 없애 주세요", None, "deletion"),
        ("제 기록으로 분석하지 마세요", None, "stop"),
        ("개인정보 처리정지 신청하려고요", "처리정지", "stop"),
        ("탈퇴할게요", None, "leave"),
        ("회원에서 빼주세요", None, "leave"),
        ("아이디 영구 삭제해주세요", "삭제", "leave"),
        ("delete my account", None, "leave"),
        ("자동으로 판단해서 거절한 거 설명해 주세요", None, "automated_explanation"),
        ("봇이 정한 보상 결정은 받아들일 수 없어요", None, "automated_refusal"),
        ("개인정보 권리 행사하려고 합니다", None, None),
    ],
)
def test_a_right_is_heard_in_everyday_words(text: str, right: str | None, kind: str | None) -> None:
    assert wording.find_request(text, right) == (RequestKind(kind) if kind else None)


@pytest.mark.parametrize(
    ("text", "is_another"),
    [
        ("위임받은 가족이 대신 개인정보 열람 신청할 수 있나요", True),
        ("아버지가 돌아가셔서 아버지 계정 정보를 삭제하고 싶습니다", True),
        ("아이 정보를 지워 주세요", True),
        ("제 개인정보 삭제해 주세요", False),
        ("내 계정 지워줘", False),
    ],
)
def test_who_asks_for_another_is_heard(text: str, is_another: bool) -> None:
    assert wording.is_for_another(text) is is_another


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("광고 문자 그만 보내세요", ADS),
        ("마케팅 수신 거부", ADS),
        ("새벽에 광고 보내지 마세요 아예 안 받을래요", ADS),
        ("야간 광고 수신 동의만 취소할게요", (ConsentKind.NIGHT_ADS,)),
        ("밤에는 광고 보내지 마세요", (ConsentKind.NIGHT_ADS,)),
        ("제3자 제공 동의 철회합니다", (ConsentKind.THIRD_PARTY,)),
        ("보험회사에 제 번호 준 거 동의 취소할래요", (ConsentKind.THIRD_PARTY,)),
        ("필수 말고 선택으로 동의한 건 전부 철회해 주세요", (*ADS, ConsentKind.THIRD_PARTY)),
    ],
)
def test_it_is_heard_which_consent_is_taken_back(text: str, kinds: tuple[ConsentKind, ...]) -> None:
    assert wording.find_consent(text) == kinds


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("다시 광고 받을래요", True),
        ("이벤트 소식 받고 싶어요", True),
        ("혜택 알림 다시 보내 주세요", True),
        ("광고 수신 동의할게요", True),
        ("다시는 광고 받고 싶지 않아요", False),
        ("광고 안 받을래요", False),
        ("왜 광고를 보내 주시는 거예요", False),
        ("광고 수신 동의 철회할게요", False),
        ("광고 문자 그만 보내주세요", False),
    ],
)
def test_a_wish_for_advertising_is_not_taken_for_its_opposite(text: str, wants: bool) -> None:
    assert wording.wants_ads(text) is wants


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("동의 내역 보여줘", True),
        ("제가 어떤 거에 동의했는지 알려 주세요", True),
        ("마케팅 동의 상태 확인", True),
        ("선택 동의 내역 전부 철회해 주세요", False),
        ("약관 뭐가 바뀌었어요?", False),
    ],
)
def test_a_question_about_consents_is_heard(text: str, asks: bool) -> None:
    assert wording.asks_about_consents(text) is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("개인정보 요청 어떻게 됐어요?", True),
        ("열람 결과 나왔나요", True),
        ("지난주에 신청했는데 언제 답이 와요", True),
        ("개인정보 삭제해 주세요", False),
        ("개인정보를 어떻게 처리하는지 보여 주세요", False),
    ],
)
def test_a_question_about_a_request_is_not_a_new_one(text: str, asks: bool) -> None:
    assert wording.asks_about_request(text) is asks


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("배송 알림 꺼주세요", {"delivery_notices": False}),
        ("배송 문자 안 오게 해 줘", {"delivery_notices": False}),
        ("주문 알림은 안 받을래요", {"order_notices": False}),
        ("알림 끄기", {"order_notices": False, "delivery_notices": False}),
        ("배달 다 됐을 때 울리는 알림 켜 줘", {"delivery_notices": True}),
        ("배송 알림 카톡 말고 문자로 받고 싶어요", {"channel": NoticeChannel.SMS}),
        ("문자 알림을 카톡으로 바꿔주세요", {"channel": NoticeChannel.KAKAO}),
        ("이메일 말고 문자로 주문 확인 받기", {"channel": NoticeChannel.SMS}),
        ("카톡으로 받을래요", {"channel": NoticeChannel.KAKAO}),
        ("밤에는 알림 안 오게 해 주세요", NIGHT),
        ("아기가 자는 시간에 자꾸 울려서요 낮에만 오게요", NIGHT),
        ("알림 시간대를 오전 9시 이후로 설정할 수 있을까요", {"quiet_from_min": 21 * 60, "quiet_until_min": 9 * 60}),
        ("오후 6시 이후엔 알림 꺼 주세요", {"quiet_from_min": 18 * 60, "quiet_until_min": 8 * 60}),
        ("저녁 8시 넘어서는 배송 문자 보내지 말아 주세요", {"quiet_from_min": 20 * 60, "quiet_until_min": 8 * 60}),
        ("알림 설정 변경", {}),
        ("알림이 하나도 안 오는데 왜죠", {}),
        ("알림톡이 안오는데요", {}),
        ("", {}),
    ],
)
def test_a_clear_wish_about_notices_is_heard_and_an_unclear_one_is_not_guessed(
    text: str, wishes: dict[str, Any]
) -> None:
    assert dict(wording.find_wishes(text)) == wishes
