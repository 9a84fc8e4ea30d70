"""Prepared words of the desk, and which of them fit a conversation. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from handoff.domain import placeholders
from handoff.domain.likeness import Likeness, Terms, overlap, terms_of
from handoff.domain.routing import SKILLS
from handoff.errors import Invalid, StateConflict

NAME_LENGTH_MAX = 60
TEXT_LENGTH_MAX = 1_000
INTENTS_MAX = 10
FITS_FROM = 0.25
_SAME_TEAM, _SAME_TOPIC, _SAME_WORDS = 0.25, 0.45, 0.3


@dataclass(frozen=True)
class Macro:
    """Words with names in braces. `skill` is None where every team may want it; `intents` say what it answers."""

    macro_id: str
    name: str
    text: str
    skill: str | None
    intents: tuple[str, ...]
    version: int
    changed_by: str
    changed_at: datetime
    retired_at: datetime | None = None

    @property
    def terms(self) -> Terms:
        """What it is found by."""
        return terms_of(f"{self.name} {self.text}")


def check(*, name: str, text: str, skill: str | None) -> None:
    """Raise Invalid unless this can be a macro."""
    if not 0 < len(name) <= NAME_LENGTH_MAX or "\n" in name:
        raise Invalid(f"이름은 한 줄, {NAME_LENGTH_MAX}자까지예요.", code="invalid_name")
    if len(text) > TEXT_LENGTH_MAX:
        raise Invalid(f"본문은 {TEXT_LENGTH_MAX:,}자까지예요.", code="text_too_long")
    if skill is not None and skill not in SKILLS:
        raise Invalid("그런 팀은 없어요.", code="unknown_skill")
    placeholders.check(text)


def change(
    macro: Macro,
    *,
    name: str,
    text: str,
    skill: str | None,
    intents: Sequence[str],
    by: str,
    at: datetime,
    version: int,
) -> Macro:
    """Return the macro with other words. Raises Invalid or StateConflict."""
    _require(macro, version, "change")
    check(name=name, text=text, skill=skill)
    return replace(
        macro,
        name=name,
        text=text,
        skill=skill,
        intents=tuple(intents),
        version=version + 1,
        changed_by=by,
        changed_at=at,
    )


def retire(macro: Macro, *, by: str, at: datetime, version: int) -> Macro:
    """Return the macro as one that nobody is shown any more. Raises StateConflict."""
    _require(macro, version, "retire")
    return replace(macro, version=version + 1, changed_by=by, changed_at=at, retired_at=at)


def _require(macro: Macro, version: int, asked: str) -> None:
    if macro.version != version or macro.retired_at is not None:
        raise StateConflict(
            "그 사이 매크로가 바뀌었어요. 새로 고친 내용을 확인해 주세요.",
            code="version_conflict",
            current="retired" if macro.retired_at else f"@{macro.version}",
            asked=f"{asked} @{version}",
        )


def search(macros: Sequence[Macro], words: str, *, skill: str | None = None) -> list[Macro]:
    """Return the macros with these words, the best first; all of the team's by name where no words are given."""
    mine = [macro for macro in macros if skill is None or macro.skill in (None, skill)]
    if not words.strip():
        return sorted(mine, key=lambda macro: (macro.skill or "", macro.name))
    wanted, likeness = terms_of(words), Likeness([macro.terms for macro in mine])
    plain = words.strip().lower()
    found = []
    for macro in mine:
        is_in = plain in macro.name.lower() or plain in macro.text.lower()
        score = likeness.between(wanted, macro.terms) + is_in + (plain in macro.name.lower())
        if is_in or score >= FITS_FROM:
            found.append((score, macro))
    return [macro for _, macro in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]


def rank(
    macros: Sequence[Macro], *, skill: str | None, intents: Sequence[str], words: str
) -> list[tuple[float, Macro]]:
    """Return the macros that fit a conversation with how well (0–1), the best first; `intents` newest last."""
    said, likeness = terms_of(words), Likeness([macro.terms for macro in macros])
    scored = []
    for macro in macros:
        score = _SAME_TEAM * (macro.skill == skill) + _SAME_WORDS * likeness.between(said, macro.terms)
        if intents and intents[-1] in macro.intents:
            score += _SAME_TOPIC
        elif intents:
            score += _SAME_TOPIC * min(1.0, 2 * overlap(intents, macro.intents)) / 2
        if score >= FITS_FROM:
            scored.append((round(score, 3), macro))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].name))
