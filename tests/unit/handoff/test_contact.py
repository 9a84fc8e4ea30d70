"""A way to be reached: found in what people write, one way of writing it, nothing but that from a form."""

from __future__ import annotations

import pytest

from handoff.domain.contact import ContactKind, conceal_contact, find_contact, looks_like_contact, read_contact
from handoff.errors import Invalid


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010-1234-5678", "010-1234-5678"),
        ("제 번호는 01012345678 이에요", "010-1234-5678"),
        ("010 1234 5678로 주세요", "010-1234-5678"),
        ("０１０－１２３４－５６７８", "010-1234-5678"),
        ("+82 10-1234-5678", "010-1234-5678"),
        ("011-234-5678", "011-234-5678"),
        ("02-345-6789 회사예요", "02-345-6789"),
        ("(031)345-6789", "031-345-6789"),
        ("070.1234.5678", "070-1234-5678"),
        ("메일은 Han.Kim+a@Example.CO.KR 입니다", "Han.Kim+a@example.co.kr"),
        ("메일kim@example.com으로요", "kim@example.com"),
    ],
)
def test_a_contact_is_found_and_written_one_way(text: str, value: str) -> None:
    contact = find_contact(text)
    assert contact is not None and contact.value == value
    assert contact.kind is (ContactKind.EMAIL if "@" in value else ContactKind.PHONE)


@pytest.mark.parametrize(
    "text",
    [
        "010-1234-567",
        "2026-10001 언제 와요",
        "010-1234-56789",
        "주문 20261000112345",
        "a@b",
        "@",
        "kim@@x.com",
        "a..b@x.com",
        "",
    ],
)
def test_what_is_no_contact_is_not_taken_for_one(text: str) -> None:
    assert find_contact(text) is None
    with pytest.raises(Invalid) as refused:
        read_contact(text)
    assert refused.value.code == "invalid_contact"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0101234", True),
        ("kim@example", True),
        ("010-1234-567", True),
        ("2026-10001 언제 와요", False),
        ("네 알겠어요", False),
    ],
)
def test_whoever_seems_to_have_meant_one_is_asked_again(text: str, meant: bool) -> None:
    assert looks_like_contact(text) is meant


def test_the_transcript_keeps_the_words_around_a_masked_contact() -> None:
    assert conceal_contact("네 01012345678 로요") == "네 010-****-5678 로요"
    assert conceal_contact("kim@example.com 이에요") == "k***@example.com 이에요"
    assert conceal_contact("그냥 말이에요") == "그냥 말이에요"


def test_only_a_contact_is_read_from_a_form() -> None:
    assert read_contact(" 010-1234-5678 ").value == "010-1234-5678"
    with pytest.raises(Invalid):
        read_contact("010-1234-5678 오후에")


def test_the_whole_value_does_not_print() -> None:
    assert "1234-5678" not in repr(find_contact("010-1234-5678"))
