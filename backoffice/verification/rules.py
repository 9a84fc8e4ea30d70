"""Reads the causes of failed verification from `causes.yml`, once, and refuses a file that does not fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from backoffice.verification.policy import CauseRule, CauseRules

_PATH = Path(__file__).with_name("causes.yml")


@cache
def load_causes() -> CauseRules:
    """Return the causes in force. Raises KeyError or TypeError when the file lacks or misnames a field."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return CauseRules(
        version=data["version"],
        causes={name: CauseRule(**rule) for name, rule in data["causes"].items()},
        unknown=CauseRule(**data["unknown"]),
    )
