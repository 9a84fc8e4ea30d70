"""What one customer was told, shown in another's conversation: nothing personal may be left in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.borrowing import GAP, KEPT_OF_ONE, borrow, harvest
from handoff.domain.conversation import Author, Json, Message
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
CONTEXT: Json = {
    "customer": {"name": "김*늘", "address": "서울 마포구 ***"},
    "orders": [{"order_id": "2026-10001", "summary": "무선 이어폰 외 1건"}],
    "entities": [{"entity": "product", "text": "이어폰", "value": "이어폰"}],
}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("김하늘 고객님, 확인했어요.", "{이름} 고객님, 확인했어요."),
        ("박서준님께 보내 드렸어요.", "{이름} 님께 보내 드렸어요."),
        ("남궁민수 고객님 안녕하세요", "{이름} 고객님 안녕하세요"),
        ("고객님, 기다려 주세요.", "고객님, 기다려 주세요."),
        ("하늘님 반가워요", "{이름}님 반가워요"),
        ("주문 2026-10001은 취소했어요.", "주문 {주문번호:은/는} 취소했어요."),
        ("주문 2026-77777은 취소했어요.", "주문 {주문번호:은/는} 취소했어요."),
        ("무선 이어폰을 다시 보내요.", "{상품:을/를} 다시 보내요."),
        ("이어폰을 다시 보내요.", "{상품:을/를} 다시 보내요."),
        ("010-1234-5678로 전화드릴게요.", f"{GAP}로 전화드릴게요."),
        ("공일공에 일이삼사-오육칠팔이요", f"공일공에 {GAP}요"),
        ("01012345678 번호요", f"{GAP} 번호요"),
        ("오래 기다려 주신 고객님께", "오래 기다려 주신 고객님께"),
        ("02 123 4567로 전화 주세요", f"{GAP}로 전화 주세요"),
        ("hong.gd@example.com으로 보냈어요.", f"{GAP}으로 보냈어요."),
        ("송장번호는 6123-4567-8901이에요.", f"송장번호는 {GAP}이에요."),
        ("서울 마포구 월드컵북로 396 101동 1203호로 보내요.", None),
        ("부산광역시 해운대구 우동 센텀아파트 203동으로 가요.", None),
        ("테헤란로 152, 강남파이낸스타워 3층이죠?", None),
        ("환불 35,000원은 11월 26일(목)에 들어가요.", f"환불 {GAP}은 {GAP}에 들어가요."),
        ("오후 3시 20분에 도착해요.", f"{GAP}에 도착해요."),
        ("국민은행 123456-78-901234 계좌로요", f"국민은행 {GAP} 계좌로요"),
        ("https://pay.example.com/r/9f8a로 결제해 주세요", f"{GAP} 결제해 주세요"),
    ],
)
def test_what_is_somebodys_own_is_taken_out(said: str, left: str | None) -> None:
    borrowed = borrow(said, CONTEXT)
    if left is not None:
        assert borrowed == left
    for place in ("마포", "월드컵", "396", "1203", "해운대", "센텀", "203", "테헤란", "152", "파이낸스"):
        assert place not in borrowed


NAMES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from("김이박최정강조윤장임한오서신권황안송전홍"),
        st.sampled_from(["하늘", "서준", "민지", "도윤", "가람"]),
    ),
)
PHONES = st.from_regex(r"010[- .]?[0-9]{4}[- .]?[0-9]{4}", fullmatch=True)
ORDERS = st.from_regex(r"20[0-9]{2}-[0-9]{4,6}", fullmatch=True)
MAILS = st.from_regex(r"[a-z]{2,8}@[a-z]{2,8}\.(com|kr)", fullmatch=True)
ROADS = st.builds("{}로 {}".format, st.sampled_from(["가나다", "한강대", "은행나무"]), st.integers(11, 999))
SENTENCES = [
    "{name} 고객님, 주문 {order} 건은 {phone}로 다시 연락드릴게요.",
    "{mail}로 영수증을 보냈고 {road}로 배송해요. {name}님 맞으시죠?",
    "확인했어요 {name}님. 연락처 {phone}, 메일 {mail}, 주소 {road}, 주문번호 {order}입니다",
]


@given(st.sampled_from(SENTENCES), NAMES, PHONES, ORDERS, MAILS, ROADS)
def test_nothing_personal_is_left_however_it_is_put_together(
    sentence: str, name: str, phone: str, order: str, mail: str, road: str
) -> None:
    said = sentence.format(name=name, phone=phone, order=order, mail=mail, road=road)
    context = {"customer": {"name": f"{name[0]}*{name[-1]}"}}
    borrowed = borrow(said, context)
    for own in (name, name[1:], phone, phone[-4:], order, mail, mail.partition("@")[0] + "@", road):
        assert own not in borrowed
    assert not re.search(r"\d{3,}", borrowed)
    assert borrow(borrowed, context).replace(" ", "") == borrowed.replace("{", "(").replace("}", ")").replace(" ", "")


@given(st.text(max_size=400))
def test_any_text_can_be_borrowed(text: str) -> None:
    assert len(borrow(text, CONTEXT)) <= 8 * len(text) + 20


def talk(*lines: tuple[Author, str]) -> list[Message]:
    return [
        building.message("c_1", seq, NOW, author=author, text=text) for seq, (author, text) in enumerate(lines, start=1)
    ]


def harvested(messages: list[Message], **changed: Any) -> list[tuple[str, str]]:
    found = harvest(
        messages, CONTEXT | changed, conversation_id="c_1", skill="delivery", intents=("delivery_delay",), at=NOW
    )
    return [(reply.asked, reply.text) for reply in found]


def test_an_answer_is_kept_with_what_it_answered() -> None:
    messages = talk(
        (Author.CUSTOMER, "이어폰 왜 안 와요"),
        (Author.BOT, "확인해 볼게요."),
        (Author.AGENT, "안녕하세요, 이하나입니다."),
        (Author.CUSTOMER, "3일째예요"),
        (Author.AGENT, "늦어져서 정말 죄송합니다. 택배사에 확인해 내일 안으로 알려 드릴게요."),
        (Author.AGENT, "네"),
    )
    assert harvested(messages) == [
        ("{상품} 왜 안 와요 3일째예요", "늦어져서 정말 죄송합니다. 택배사에 확인해 내일 안으로 알려 드릴게요.")
    ]


def test_an_answer_that_is_mostly_gaps_is_not_kept() -> None:
    assert (
        harvested(talk((Author.CUSTOMER, "어디로요?"), (Author.AGENT, "010-1234-5678 35,000원 11월 26일 오후 3시")))
        == []
    )


def test_a_long_conversation_gives_a_few_answers() -> None:
    line = (
        (Author.CUSTOMER, "언제 와요?"),
        (Author.AGENT, "택배사에 확인해서 바로 알려 드릴게요. 조금만 기다려 주세요."),
    )
    assert len(harvested(talk(*line * 20))) == KEPT_OF_ONE
