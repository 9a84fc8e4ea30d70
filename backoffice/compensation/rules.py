"""Reads the operators' compensation table from `rules.yml`, once, and refuses a file that does not fit."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from backoffice.compensation.errors import InvalidRules
from backoffice.compensation.policy import CompensationRules
from backoffice.compensation.tables import Cause

_PATH = Path(__file__).with_name("rules.yml")
_REFUSALS = {"already_granted", "order_ended", "not_late", "satisfied"}
_REFERRALS = {"no_promise", "no_amount", "needs_person", "unusual", "beyond_cap", "beyond_authority"}
_CHECK = TypeAdapter(CompensationRules)


@cache
def load_compensation() -> CompensationRules:
    """Return the table in force. Raises InvalidRules."""
    return read_rules(_PATH.read_text(encoding="utf-8"))


def read_rules(text: str) -> CompensationRules:
    """Return the table that `text` (YAML) holds. Raises InvalidRules, which names each place that is wrong."""
    try:
        rules = _CHECK.validate_python(yaml.safe_load(text))
    except ValidationError as error:
        places = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False))
        raise InvalidRules(list(places)) from error
    problems = _find_problems(rules)
    if problems:
        raise InvalidRules(problems)
    return rules


def _find_problems(rules: CompensationRules) -> list[str]:
    """Return what the shape alone does not tell: rows that are missing, gaps between them, names of nothing."""
    problems = [f"ladder: no row {name!r}" for name in rules.ladder if name not in rules.rows]
    if problems:
        return problems
    rungs = [rules.rows[name] for name in rules.ladder]
    if not rungs or rungs[0].from_days != 1 or rungs[-1].to_days is not None:
        problems.append("ladder: does not go from one day to any number of days")
    for row, above in pairwise(rungs):
        if row.to_days is None or above.from_days != row.to_days + 1:
            problems.append(f"ladder: days between {row.to_days} and {above.from_days}")
    causes = {row.cause for row in rules.rows.values()}
    problems += [f"rows: none for {cause.value}" for cause in Cause if cause not in causes]
    if rules.second_delay.row not in rules.ladder:
        problems.append(f"second_delay.row: no rung {rules.second_delay.row!r}")
    problems += [f"roles: {name!r} is missing" for name in ("bot", *rules.approvers) if name not in rules.roles]
    problems += [f"refusals: {name}" for name in sorted(_REFUSALS ^ set(rules.refusals))]
    problems += [f"referrals: {name}" for name in sorted(_REFERRALS ^ set(rules.referrals))]
    return problems
