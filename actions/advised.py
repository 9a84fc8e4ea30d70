"""What was advised in this conversation so far, and what is known of the customer's phone. Pure.

Kept between turns as one short text, `name=value` pairs with semicolons between them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from backoffice.verification.codes import Codes
from backoffice.verification.policy import Attempt

_FOREIGN = re.compile(r"외국인|영문\s*이름|영어\s*이름|여권\s*이름|foreigner", re.IGNORECASE)
_ABROAD = re.compile(r"해외|외국에|외국이|로밍|출장\s*중.*나라")
_IOS = re.compile(r"아이폰|아이패드|iphone|\bios\b", re.IGNORECASE)
_ANDROID = re.compile(r"안드로이드|갤럭시|android|삼성\s*폰", re.IGNORECASE)
_IN_APP = re.compile(r"(?:카톡|카카오톡|인스타\S*|페이스북|페북|네이버\s*앱)\s*(?:안|속)?\s*(?:에서|으로|로|안에|창)")
_MVNO = "알뜰폰"
_LONGEST = 400
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True)
class Situation:
    """What is known of the customer's phone and way of verifying; None where it is not."""

    carrier: str | None = None
    network: str | None = None
    method: str | None = None
    os: str | None = None
    in_app: bool | None = None
    foreign: bool | None = None
    abroad: bool | None = None

    @property
    def app(self) -> str | None:
        """The network whose PASS app is needed: a virtual operator's is the one it rents."""
        return self.network if self.carrier == _MVNO else self.carrier

    def differs_from(self, other: Situation) -> set[str]:
        """Return the aspects that are not the same in `other`."""
        names = ("app", *(one.name for one in fields(Situation)))
        return {name for name in names if getattr(self, name) != getattr(other, name)}

    def fits(self, when: Mapping[str, Sequence[Any]]) -> bool:
        """Return whether every aspect has one of the values listed for it."""
        return all(getattr(self, aspect) in listed for aspect, listed in when.items())

    def with_attempts(self, attempts: Sequence[Attempt], codes: Codes) -> Situation:
        """Return it with what the log knows and nobody has said; the newest attempt that knows it counts."""
        filled = self
        for attempt in attempts:
            seen = {"carrier": codes.find_carrier(attempt.carrier), "network": codes.find_carrier(attempt.network)}
            seen |= {"os": codes.name_system(attempt.os), "method": attempt.method}
            known = {name: value for name, value in seen.items() if value and getattr(filled, name) is None}
            filled = replace(filled, **known)  # type: ignore[arg-type]
            if filled.in_app is None and attempt.browser:
                filled = replace(filled, in_app=codes.is_in_app(attempt.browser))
        return filled

    def with_words(self, text: str, carrier: str | None) -> Situation:
        """Return it with what this message says; a network named by somebody with a virtual operator is the rented one."""
        said: dict[str, Any] = {}
        if carrier and self.carrier == _MVNO and carrier != _MVNO:
            said["network"] = carrier
        elif carrier:
            said["carrier"] = carrier
        if _FOREIGN.search(text):
            said["foreign"] = True
        if _ABROAD.search(text):
            said["abroad"] = True
        if _IN_APP.search(text):
            said["in_app"] = True
        system = "iOS" if _IOS.search(text) else "Android" if _ANDROID.search(text) else None
        return replace(self, **said | ({"os": system} if system else {}))


@dataclass(frozen=True)
class Advised:
    """The step given last for each cause, from 0, the trouble already told of, and what was said of the phone."""

    steps: Mapping[str, int] = field(default_factory=dict)
    told: str | None = None
    said: Situation = field(default_factory=Situation)

    @classmethod
    def read(cls, written: Any) -> Advised:
        """Return what `written` holds; nothing for nothing or for another form."""
        pairs = [pair.partition("=") for pair in written.split(";")] if isinstance(written, str) else []
        values = {name: value for name, mark, value in pairs if mark}
        known = {one.name for one in fields(Situation)}
        steps = {
            name.removeprefix("step."): int(value)
            for name, value in values.items()
            if name.startswith("step.") and value.isdecimal()
        }
        said = {name: _TRUTHS.get(value, value) for name, value in values.items() if name in known}
        return cls(steps, values.get("told"), Situation(**said))  # type: ignore[arg-type]

    def write(self) -> str | None:
        """Return it as it is kept, None where there is nothing to keep."""
        said = [(one.name, getattr(self.said, one.name)) for one in fields(Situation)]
        pairs: list[tuple[str, object]] = [(f"step.{cause}", step) for cause, step in self.steps.items()]
        pairs += [(name, str(value).lower() if isinstance(value, bool) else value) for name, value in said]
        pairs.append(("told", self.told))
        text = ";".join(f"{name}={value}" for name, value in pairs if value is not None)
        return text[:_LONGEST] or None

    def after(self, cause: str, step: int) -> Advised:
        """Return it once `step` was given for `cause`."""
        return replace(self, steps={**self.steps, cause: step})
