"""Reads the operators' delivery rules from `rules.yml`, once, and refuses a file that does not fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from backoffice.delivery.policy import DelayRule, DeliveryRules, StageRule

_PATH = Path(__file__).with_name("rules.yml")


@cache
def load_rules() -> DeliveryRules:
    """Return the rules in force. Raises KeyError or TypeError when the file lacks or misnames a field."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return DeliveryRules(
        version=data["version"],
        stages={name: StageRule(**rule) for name, rule in data["stages"].items()},
        stage_aliases=data["stage_aliases"],
        delays={name: DelayRule(**rule) for name, rule in data["delays"].items()},
        delay_aliases=data["delay_aliases"],
        unknown_delay=DelayRule(**data["unknown_delay"]),
        holidays=frozenset(data["holidays"]),
    )
