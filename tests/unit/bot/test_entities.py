"""Entities that have a form or a name; days and money have tests of their own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.components.kiwi_analyser import analyse, load_kiwi
from bot.text.entities import find_entities
from bot.text.entity import Entity, without_overlaps
from bot.text.reading import read

TODAY = date(2026, 11, 22)


def find(raw, products=frozenset()):
    """Entity, surface in the raw text and value, of each find."""
    reading = read(raw)
    morphemes = analyse(load_kiwi(()), reading.text)
    found = find_entities(reading.text, morphemes, today=TODAY, products=products)
    return [(each.entity, raw[slice(*reading.locate(each.start, each.end))], each.value) for each in found]


@pytest.mark.parametrize(
    ("text", "entity", "surface", "value"),
    [
        # order numbers
        ("2026-10234 언제 와요", "order_id", "2026-10234", "2026-10234"),
        ("주문번호 2026 10234요", "order_id", "2026 10234", "2026-10234"),
        ("주문번호2026-10234인데요", "order_id", "2026-10234", "2026-10234"),
        ("주문번호 202610234", "order_id", "202610234", "2026-10234"),
        ("2026 다시 10234예요", "order_id", "2026 다시 10234", "2026-10234"),
        ("２０２６－１０２３４ 취소", "order_id", "２０２６－１０２３４", "2026-10234"),
        # parcels and phones
        ("송장번호 623100421187 조회", "tracking_no", "623100421187", "623100421187"),
        ("운송장 4412-0098-3321 어디", "tracking_no", "4412-0098-3321", "441200983321"),
        ("010-0000-1234로 전화 주세요", "phone", "010-0000-1234", "010-0000-1234"),
        ("01000001234인데", "phone", "01000001234", "010-0000-1234"),
        ("010 0000 1234", "phone", "010 0000 1234", "010-0000-1234"),
        ("+82 10-0000-1234", "phone", "+82 10-0000-1234", "010-0000-1234"),
        ("공일공 공공공공 일이삼사예요", "phone", "공일공 공공공공 일이삼사", "010-0000-1234"),
        # carriers
        ("SKT인데요", "carrier", "SKT", "SKT"),
        ("skt 써요", "carrier", "skt", "SKT"),
        ("에스케이 쓰는데", "carrier", "에스케이", "SKT"),
        ("kt예요", "carrier", "kt", "KT"),
        ("케이티로 옮겼어요", "carrier", "케이티", "KT"),
        ("유플인데 안 와요", "carrier", "유플", "LGU+"),
        ("엘지 쓰는데요", "carrier", "엘지", "LGU+"),
        ("LG유플러스예요", "carrier", "LG유플러스", "LGU+"),
        ("U+인데", "carrier", "U+", "LGU+"),
        ("LGU+입니다", "carrier", "LGU+", "LGU+"),
        ("알뜰폰이라서", "carrier", "알뜰폰", "알뜰폰"),
        ("알뜰인데요", "carrier", "알뜰", "알뜰폰"),
        ("헬로모바일 쓰는데", "carrier", "헬로모바일", "알뜰폰"),
        # ways to verify
        ("패스앱으로 했는데", "auth_method", "패스", "PASS"),
        ("PASS가 안 열려요", "auth_method", "PASS", "PASS"),
        ("인증문자가 안 와요", "auth_method", "문자", "SMS"),
        ("문자가 안 와요", "auth_method", "문자", "SMS"),
        ("전화 인증으로 할게요", "auth_method", "전화", "ARS"),
        ("ARS로 되나요", "auth_method", "ARS", "ARS"),
        ("문자메시지 온다고 해서 기다려요", "auth_method", "문자메시지", "SMS"),
        ("인증 메시지가 늦어요", "auth_method", "메시지", "SMS"),
        ("인증수단 바꿔주세요 전화로", "auth_method", "전화", "ARS"),
        ("법인카드로 담당자 확인을 대신할 수 있나요", "auth_method", "법인카드", "신용카드"),
        ("만료된 인증서로는 안 되나요", "auth_method", "인증서", "공동인증서"),
        ("카드로 인증할래요", "auth_method", "카드", "신용카드"),
        ("신용카드로 본인확인 되나요", "auth_method", "신용카드", "신용카드"),
        ("공인인증서로 할래요", "auth_method", "공인인증서", "공동인증서"),
        ("방문해서 본인확인 하면 되나요", "auth_method", "방문", "방문"),
        # browsers
        ("크롬인데 팝업이 막혀요", "browser", "크롬", "크롬"),
        ("사파리에서 안 열려요", "browser", "사파리", "사파리"),
        ("삼성인터넷 써요", "browser", "삼성인터넷", "삼성 인터넷"),
        ("카톡에서 링크 눌렀더니 창이 하얘요", "browser", "카톡", "카카오톡"),
        ("네이버 앱에서 결제창이 닫혀요", "browser", "네이버 앱", "네이버 앱"),
        ("인스타에서 들어왔는데 화면이 하얘요", "browser", "인스타", "인스타그램"),
        ("카톡 공유 링크로 열면 창이 하얘요", "browser", "카톡", "카카오톡"),
        # error codes
        ("E1002 떠요", "error_code", "E1002", "E1002"),
        ("오류코드 5004", "error_code", "5004", "5004"),
        ("ERR-12 나와요", "error_code", "ERR-12", "ERR-12"),
        ("코드 8000이라고 떠요", "error_code", "8000", "8000"),
        ("err_timeout 오류", "error_code", "err_timeout", "ERR_TIMEOUT"),
        ("500 에러 나요", "error_code", "500", "500"),
        ("AUTH-302 적혀 있어요", "error_code", "AUTH-302", "AUTH-302"),
        ("TX0019 이거 뜬 사람 있어요?", "error_code", "TX0019", "TX0019"),
        ("상태 코드만 408로 남았어요", "error_code", "408", "408"),
        ("인증 요청이 504로 응답돼요", "error_code", "504", "504"),
        ("504 뜸 인증 안 됨", "error_code", "504", "504"),
        ("E3301", "error_code", "E3301", "E3301"),
        ("ERR-9 무슨 뜻", "error_code", "ERR-9", "ERR-9"),
        ("0047 뭐임", "error_code", "0047", "0047"),
        # rights over one's data
        ("개인정보 열람 청구합니다", "privacy_right", "열람", "열람"),
        ("내 정보 다 삭제해주세요", "privacy_right", "삭제", "삭제"),
        ("정정청구 하려고요", "privacy_right", "정정", "정정"),
        ("녹취 열람", "privacy_right", "열람", "열람"),
        ("개인정보 처리 정지 요구해요", "privacy_right", "처리 정지", "처리정지"),
        # goods
        ("운동화 환불이요", "product", "운동화", "운동화"),
        ("무선 이어폰 샀는데 안 와요", "product", "무선 이어폰", "무선 이어폰"),
        ("로봇청소기가 고장", "product", "로봇청소기", "로봇청소기"),
        ("프린터 토너 다섯 개 주문", "product", "프린터 토너", "프린터 토너"),
        ("흰 셔츠가 왔어요", "product", "셔츠", "셔츠"),
        ("순금 목걸이 주문했어요", "product", "순금 목걸이", "순금 목걸이"),
        ("포장 용기가 안 와요", "product", "포장 용기", "포장 용기"),
        ("어제 산 소파 언제 와요", "product", "소파", "소파"),
        ("약탕기가 안 왔어요", "product", "약탕기", "약탕기"),
        ("노트북 언제 도착해요", "product", "노트북", "노트북"),
    ],
)
def test_an_entity_is_found_whatever_follows_it(text, entity, surface, value):
    assert (entity, surface, value) in find(text)
    assert [each for each in find(text) if each[0] == entity] == [(entity, surface, value)]


@pytest.mark.parametrize(
    "text",
    [
        # signs of an entity beside one of another meaning
        "CS-20931 인증 문의 어떻게 됐어요",
        "로그인할 때마다 오는 광고 문자 싫어요",
        "개인정보 보유 기간과 파기 방식이 궁금해요",
        "김치찌개 맛집 추천",
        "세탁기수리 되나요",
        "옷가게 위치",
        # numbers of other kinds
        "CS-20931 어떻게 됐어요", "20261-0234", "20260-10234", "계좌 1234567890123 으로 보내주세요", "123-45", "5004 주세요",
        # words that only hold a name
        "패스워드 잊어버렸어요", "하이패스 카드", "그건 패스할게요", "KTX 예매", "엘지 세탁기 고장", "LG전자 제품", "알뜰살뜰 모았어요",
        # texts, cards and calls that do not verify
        "광고 문자 그만 보내세요", "배송 문자 받았는데요", "카드로 결제했어요", "전화 주세요", "전화로 하고 싶어요", "네이버 인증서 있어요", "인증서 경고창이 떠요", "은행 문자가 안 와요", "인증서버가 죽었나요", "인강 패스 살까", "방문 수령 되나요", "카톡 알림 꺼 주세요",
        "네이버페이로 했어요",
        # words of rights without personal data
        "앱 삭제하고 다시 해요", "주소 고쳐 주세요", "쿠키 삭제했어요", "내 정보 다 지워주세요", "누가 제 정보를 열람한 기록 있어요?", "탈퇴할게요", "주문 정정 바랍니다",
        # nouns that are no goods here
        "예약할게요", "김 상담사님", "컴퓨터로 인증하는데 안 돼요", "사과만 하지 말고", "물건 언제 와요", "상품 왔어요",
        # a place, a tool, somebody else's business
        "소파에 앉아 기다리는데 번호가 안 와요", "화분 밑에 열쇠 뒀어요", "안경 쓰고 다시 할게요", "치킨 시켜줘", "정수기 회사에서 전화가 와요",
        "지갑을 잃어버렸어요",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_entity_is_left_alone(text):
    assert [each for each in find(text) if each[0] != "product" or each[1] != "세탁기"] == []


def test_goods_of_the_training_annotations_are_known_too():
    assert find("뽀로로매직펜 환불") == []
    assert ("product", "호작도자개함", "호작도자개함") in find("호작도자개함 환불", frozenset({"호작도자개함"}))


def test_everything_in_one_message_keeps_its_place():
    assert find("SKT인데 4월15일에산 운동화 5만 2천원 2026-10234") == [
        ("carrier", "SKT", "SKT"),
        ("date", "4월15일", "2026-04-15/2026-04-15"),
        ("product", "운동화", "운동화"),
        ("amount", "5만 2천원", "52000"),
        ("order_id", "2026-10234", "2026-10234"),
    ]


def test_of_overlapping_finds_the_first_is_kept():
    kept = without_overlaps([Entity("a", 3, 6, ""), Entity("b", 5, 8, ""), Entity("c", 0, 2, "")])
    assert [each.entity for each in kept] == ["c", "a"]


fragments = st.sampled_from(
    [
        "SKT",
        "2026-10234",
        "패스",
        "문자",
        "카드",
        "지워",
        "내",
        "정보",
        "4월15일",
        "어제",
        "3만원",
        "운동화",
        "오류코드",
        "5004",
        "010-0000-1234",
        "인데요",
        "으로",
        "!",
        "ㅠㅠ",
        "�",
        "\u202e",
        "\u200b",
        "👍🏽",
        "ＳＫＴ",
        "dkssud",
        "ㅇㅇ",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(fragments, max_size=8).map("".join)
    | st.lists(fragments, max_size=8).map(" ".join)
    | st.text(alphabet=st.characters(), max_size=50)
)
def test_any_text_gives_entities_in_order_that_do_not_overlap(raw):
    reading = read(raw)
    morphemes = analyse(load_kiwi(()), reading.text)
    end = 0
    for found in find_entities(reading.text, morphemes, today=TODAY):
        assert end <= found.start < found.end <= len(reading.text)
        assert found.value
        end = found.end
