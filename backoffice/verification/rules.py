"""Reads the tables of verification, once each, and refuses a file that does not fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.verification.codes import Codes
from backoffice.verification.diagnosis import Clue, DiagnosisRules
from backoffice.verification.policy import CauseRule, CauseRules
from backoffice.verification.watching import WatchRules

_FOLDER = Path(__file__).parent


@cache
def load_causes() -> CauseRules:
    """Return the causes in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = _read("causes.yml")
    return CauseRules(
        version=data["version"],
        causes={name: CauseRule(**rule) for name, rule in data["causes"].items()},
        unknown=CauseRule(**data["unknown"]),
    )


@cache
def load_codes() -> Codes:
    """Return the names in force. Raises TypeError or ValueError when the file does not fit."""
    return Codes(**_read("codes.yml"))


@cache
def load_diagnosis() -> DiagnosisRules:
    """Return the clues in force. Raises TypeError or ValueError when the file does not fit."""
    data = _read("diagnosis.yml")
    rules = DiagnosisRules(**data | {"clues": tuple(Clue(**clue) for clue in data["clues"])})
    strange = {cause for clue in rules.clues for cause in clue.weights} - set(load_causes().causes)
    if strange:
        raise ValueError(f"clues for causes that are not there: {', '.join(sorted(strange))}")
    return rules


@cache
def load_watch() -> WatchRules:
    """Return how rates are watched. Raises TypeError or ValueError when the file does not fit."""
    data = _read("watch.yml")
    return WatchRules(**data | {"windows_min": tuple(data["windows_min"])})


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    return data
