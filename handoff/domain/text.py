"""What may be a customer's or an agent's message, and what of it may be kept for training."""

from __future__ import annotations

import re
import unicodedata

from handoff.domain.conversation import MESSAGE_LENGTH_MAX
from handoff.errors import Invalid
from kernel.korean import mask_phone

_KEPT_CONTROLS = "\n\t"
# Letters that show nothing although they are neither white space nor controls: fillers of Hangul and Braille.
_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++[@＠][\w-]+(\.[\w-]+)+")
_BETWEEN_DIGITS = r"[\s./~·ㅡ()\u2010-\u2015\u2212-]"
_MOBILE = re.compile(rf"01[016789]{_BETWEEN_DIGITS}?\d{{3,4}}{_BETWEEN_DIGITS}?\d{{4}}")
_LONG_NUMBER = re.compile(rf"\d(?:{_BETWEEN_DIGITS}{{0,2}}\d){{5,}}")
_ORDER_ID = re.compile(r"(?<!\d)20\d{2}-\d{4,}(?!\d)")


def accept_text(text: str) -> str:
    """Return the text as it is stored: line ends unified, outer white space gone.

    Raises Invalid with code empty_text, text_too_long, control_characters or invalid_unicode.
    """
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise Invalid("글자가 깨져서 읽을 수 없어요. 다시 입력해 주세요.", code="invalid_unicode")
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not any(_is_visible(letter) for letter in cleaned):
        raise Invalid("내용을 입력해 주세요.", code="empty_text")
    if len(cleaned) > MESSAGE_LENGTH_MAX:
        raise Invalid(f"한 번에 {MESSAGE_LENGTH_MAX:,}자까지 보낼 수 있어요. 나누어 보내 주세요.", code="text_too_long")
    if any(_is_control(letter) for letter in cleaned):
        raise Invalid("보낼 수 없는 문자가 들어 있어요. 지우고 다시 보내 주세요.", code="control_characters")
    return cleaned


def strip_controls(text: str) -> str:
    """Return the text without what `accept_text` refuses, for channels whose customers cannot be asked again."""
    return "".join(c for c in text if not _is_control(c) and not 0xD800 <= ord(c) <= 0xDFFF)[:MESSAGE_LENGTH_MAX]


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Zs", "Zl", "Zp") and letter not in _FILLERS


def _is_control(letter: str) -> bool:
    return letter not in _KEPT_CONTROLS and unicodedata.category(letter) == "Cc"


def conceal(text: str, what: str) -> str:
    """Return a message without the one-time code (`what` is `code`) or the phone number in it.

    Of a phone number the ends stay, as everywhere; where none is found, and of a code, every digit goes.
    """
    if what == "phone":
        hidden, count = _MOBILE.subn(lambda found: mask_phone(found[0]), unicodedata.normalize("NFKC", text))
        if count:
            return hidden
    hidden = "".join("●" if letter.isdecimal() else letter for letter in text)
    return hidden if hidden != text else "●" * 6


def anonymise(text: str) -> str:
    """Return an utterance with e-mail addresses, phone, order and other long numbers replaced by plain ones."""
    text = _EMAIL.sub("name@example.com", text)
    text = _MOBILE.sub("010-0000-0000", text)
    text = _ORDER_ID.sub("2026-10000", text)
    return _LONG_NUMBER.sub(lambda found: found[0] if found[0] in _PLAIN else "000000", text)


_PLAIN = {"010-0000-0000", "2026-10000"}
