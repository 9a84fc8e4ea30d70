"""Reads the operators' delivery rules from the YAML files beside it, once, and refuses files that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from backoffice.delivery.areas import ELSEWHERE, Area, AreaRules
from backoffice.delivery.calendar import Calendar
from backoffice.delivery.rulebook import Courier, DelayRule, DeliveryRules, NoticeHours, StageRule, WindowRule

_FOLDER = Path(__file__).parent
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@cache
def load_rules() -> DeliveryRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when a file lacks or misnames a field."""
    data, couriers = _read("rules.yml"), _read("couriers.yml")
    stages = {name: StageRule(**rule) for name, rule in data["stages"].items()}
    delays = {name: DelayRule(**rule) for name, rule in data["delays"].items()}
    usual = couriers["usual"]
    return DeliveryRules(
        version=data["version"],
        stages=stages,
        stage_aliases=_check_aliases(data["stage_aliases"], stages),
        notes=frozenset(data["notes"]),
        delays=delays,
        delay_aliases=_check_aliases(data["delay_aliases"], delays),
        unknown_delay=DelayRule(**data["unknown_delay"]),
        clock_skew_minutes=data["clock_skew_minutes"],
        report_reach_days=data["report_reach_days"],
        delivery_doubt_minutes=data["delivery_doubt_minutes"],
        notices=NoticeHours(**data["notices"]),
        window=WindowRule(**data["window"]),
        longest_wait_days=data["longest_wait_days"],
        areas=_read_areas(_read("areas.yml")),
        usual_courier=_courier(usual),
        couriers={name: _courier({**usual, **rule}) for name, rule in couriers["couriers"].items()},
    )


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))
    if not isinstance(data["version"], int) or not data["author"] or not isinstance(data["changed_on"], date):
        raise ValueError(f"{name} does not say which version it is, who changed it and when")
    return data


def _check_aliases(aliases: Mapping[str, str], known: Mapping[str, object]) -> Mapping[str, str]:
    unknown = sorted(set(aliases.values()) - set(known))
    if unknown:
        raise ValueError(f"aliases of nothing: {', '.join(unknown)}")
    return aliases


def _courier(rule: Mapping[str, Any]) -> Courier:
    known = {"cut_off", "rest_weekdays", "rest_days"}
    if set(rule) != known:
        raise ValueError(f"a courier has {', '.join(sorted(known))}, not {', '.join(sorted(rule))}")
    return Courier(
        cut_off=time.fromisoformat(rule["cut_off"]),
        calendar=Calendar(
            rest_weekdays=frozenset(_WEEKDAYS.index(name) for name in rule["rest_weekdays"]),
            rest_days=frozenset(rule["rest_days"]),
        ),
    )


def _read_areas(data: Mapping[str, Any]) -> AreaRules:
    by_beginning: dict[tuple[str, ...], Area] = {}
    for name, rule in data["areas"].items():
        beginnings = [tuple(address.split()) for address in rule.pop("addresses")]
        area = Area(name, **rule)
        for beginning in beginnings:
            if beginning in by_beginning:
                raise ValueError(f"two areas begin with {' '.join(beginning)}")
            by_beginning[beginning] = area
    return AreaRules(
        version=data["version"],
        by_beginning=by_beginning,
        provinces={written: short for short, forms in data["provinces"].items() for written in forms},
        elsewhere=Area(ELSEWHERE, **data["elsewhere"]),
    )
