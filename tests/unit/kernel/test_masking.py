"""What hides personal data: the table as it is promised, and that nothing beyond it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import korean
from kernel.settings import ROOT


@pytest.mark.parametrize(
    ("mask", "whole", "shown"),
    [
        (korean.mask_name, "홍길동", "홍*동"),
        (korean.mask_phone, "010-5555-1234", "010-****-1234"),
        (korean.mask_address, "서울 마포구 이음로 1, 101동 1001호", "서울 마포구 ***"),
        (korean.mask_number, "1234-5678-9012-3456", "****-****-****-3456"),
        (korean.mask_number, "110 234 567890", "*** *** **7890"),
        (korean.mask_number, "1234567", "*******"),
        (korean.mask_email, "hong@example.com", "h***@example.com"),
        (korean.mask_email, "no address", "***"),
    ],
)
def test_personal_data_is_shown_like_this(mask: object, whole: str, shown: str) -> None:
    assert mask(whole) == shown  # type: ignore[operator]


@given(st.text("0123456789- ", max_size=40))
def test_of_a_number_at_most_the_last_four_digits_are_shown(number: str) -> None:
    masked = korean.mask_number(number)
    digits = re.sub(r"\D", "", number)
    shown = re.sub(r"\D", "", masked)
    assert len(masked) == len(number)
    assert shown == (digits[-4:] if len(digits) >= 8 else "")


def test_masks_are_made_in_one_place() -> None:
    sources = [path for name in ("backoffice", "actions", "handoff") for path in Path(ROOT / name).rglob("*.py")]
    assert len(sources) > 100
    for path in sources:
        assert not re.search(r'"\*+"|\*{3,}', path.read_text(encoding="utf-8")), f"{path.name} masks by itself"
