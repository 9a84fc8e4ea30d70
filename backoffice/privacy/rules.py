"""Reads the operators' tables on privacy, each once, and refuses a file that does not fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.privacy.policy import Ground, KindRule, RequestRules
from backoffice.privacy.request_tables import RequestKind

_FOLDER = Path(__file__).parent


def read_table(name: str) -> Any:
    """Return what the YAML file `name` beside this module holds."""
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def load_request_rules() -> RequestRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = read_table("requests.yml")
    kinds = {RequestKind(name): KindRule(**fields) for name, fields in data["kinds"].items()}
    if set(kinds) != set(RequestKind):
        raise ValueError("every kind of request needs a rule")
    if any(rule.answer_days < 1 or min(rule.alarm_days) < 0 for rule in kinds.values()):
        raise ValueError("days are counted from one, alarms come no later than the deadline")
    grounds = {name: Ground(**fields) for name, fields in data["grounds"].items()}
    return RequestRules(version=data["version"], kinds=kinds, grounds=grounds, objection=data["objection"])
