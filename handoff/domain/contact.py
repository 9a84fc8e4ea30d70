"""A way to be reached that a customer left: a phone number or an e-mail address, checked and written one way. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from handoff.errors import Invalid
from kernel.korean import mask_email, mask_phone

_BETWEEN = r"[\s./~()\u2010-\u2015\u2212-]{0,2}"
_PHONE = re.compile(
    rf"(?<!\d)(?:(?:\+|00)?82{_BETWEEN}(?:\(?0\)?)?(?=[1-9])|0)"
    rf"(?P<area>1[016789]|2|[3-6][1-5]|70|50\d){_BETWEEN}(?P<middle>\d{{3,4}}){_BETWEEN}(?P<last>\d{{4}})(?!\d)"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9_.+%-])(?![^@\s]*\.\.)(?P<name>[A-Za-z0-9_+%-](?:[A-Za-z0-9._+%-]{0,62}[A-Za-z0-9_+%-])?)"
    r"@(?P<host>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})(?![A-Za-z0-9-])"
)
_LOOKS_MEANT = re.compile(r"[^\s@]@[^\s@]|(?<![\d-])0\d(?:[\s.-]?\d){5,}")


class ContactKind(StrEnum):
    """How the customer is reached."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Contact:
    """Where the customer wants to be reached; the whole value is never logged or shown in lists."""

    kind: ContactKind
    value: str = field(repr=False)

    def masked(self) -> str:
        """Return it as people may see it who need not call."""
        return mask_phone(self.value) if self.kind is ContactKind.PHONE else mask_email(self.value)


def find_contact(text: str) -> Contact | None:
    """Return the first phone number or e-mail address in what a customer wrote, None without a whole one."""
    found = _find(unicodedata.normalize("NFKC", text))
    return found[0] if found else None


def conceal_contact(text: str) -> str:
    """Return the text with its contact masked, for a transcript that many may read."""
    plain = unicodedata.normalize("NFKC", text)
    found = _find(plain)
    if found is None:
        return text
    contact, begin, end = found
    return plain[:begin] + contact.masked() + plain[end:]


def looks_like_contact(text: str) -> bool:
    """Tell whether somebody seems to have meant to leave a number or an address."""
    return _LOOKS_MEANT.search(unicodedata.normalize("NFKC", text)) is not None


def read_contact(text: str) -> Contact:
    """Return what is nothing but a phone number or an e-mail address. Raises Invalid with code invalid_contact."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _find(plain)
    if found is None or (found[1], found[2]) != (0, len(plain)):
        raise Invalid(
            "전화번호는 010-1234-5678처럼, 이메일은 name@example.com처럼 적어 주세요.", code="invalid_contact"
        )
    return found[0]


def _find(text: str) -> tuple[Contact, int, int] | None:
    if match := _EMAIL.search(text):
        value = f"{match['name']}@{match['host'].lower()}"
        return Contact(ContactKind.EMAIL, value), match.start(), match.end()
    if match := _PHONE.search(text):
        value = f"0{match['area']}-{match['middle']}-{match['last']}"
        return Contact(ContactKind.PHONE, value), match.start(), match.end()
    return None
