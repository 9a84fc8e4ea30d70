"""The tables that actions speak from: whole, known to the domain, in kind words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import advice, serve
from actions.cases import load_cases
from actions.facts import load_facts
from actions.registry import ABOUT_AN_ORDER, TOPICS
from actions.skills import load_skills
from backoffice.blocking.rules import load_block_rules
from backoffice.orders.changes import load_changes
from backoffice.verification.rules import load_causes

ROOT = Path(__file__).parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = {
    rule["steps"][0]["intent"]: rule["steps"][1]["action"]
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    if "intent" in rule["steps"][0]
}
TABLES = ("verification_advice.yml", "cases.yml", "facts.yml", "skills.yml")
FORMAL = re.compile(r"(습니다|습니까|십시오|합니다|됩니다|입니다)")
JARGON = re.compile("API|오류 발생|통신사 연동|타임아웃|세션|토큰|시스템 장애|VPN")


def texts(value: Any) -> Iterator[str]:
    """All sentences in a table."""
    if isinstance(value, str):
        if value.endswith((".", "?", "!")):
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


SAID = [
    text for name in TABLES for text in texts(yaml.safe_load((ROOT / "actions" / name).read_text(encoding="utf-8")))
] + list(texts(DOMAIN["responses"]))


def test_the_registry_says_the_same_as_the_rules() -> None:
    told = {intent: kind.action_name for intent, kind in TOPICS.items()}
    assert {intent: RULES[intent] for intent in told} == told
    assert set(TOPICS) >= ABOUT_AN_ORDER


def test_every_action_of_the_domain_is_served() -> None:
    assert {kind.action_name for kind in serve.ACTIONS} == set(DOMAIN["actions"])
    assert len({kind.action_name for kind in serve.ACTIONS}) == len(serve.ACTIONS)


def test_every_topic_has_a_name_and_a_skill() -> None:
    assert set(TOPICS) <= set(load_skills().topics)


def test_choices_in_the_tables_are_intents() -> None:
    named = {name for fact in load_facts().values() for name in fact.choices}
    named |= {case.instead for case in load_cases().values() if case.instead}
    assert named <= set(DOMAIN["intents"])


def test_every_cause_in_the_log_has_advice() -> None:
    assert set(load_causes().causes) == set(advice.load_advice().causes)


def test_what_is_not_possible_any_more_has_something_instead() -> None:
    changes = load_changes()
    for intent, case in load_cases().items():
        if case.change is not None and not all(rule.is_possible for rule in changes[case.change].values()):
            assert case.instead or case.fits.isdisjoint(
                status for status, rule in changes[case.change].items() if not rule.is_possible
            ), intent


def test_reasons_for_blocks_teach_nothing() -> None:
    for rule in load_block_rules().reasons.values():
        assert not re.search(r"VPN|IP|해외|횟수|회 이상|도용", rule.because)


@pytest.mark.parametrize("text", SAID)
def test_every_sentence_is_kind_plain_and_short(text: str) -> None:
    assert re.search(r"(요|죠)[.?!]$", text), "haeyo-che throughout"
    assert not FORMAL.search(text)
    assert not JARGON.search(text)
    assert len(text) <= 110


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda data: data["causes"]["network"].update(other_ways=["owl"]), "owl"),
        (lambda data: data["causes"]["network"].update(steps=[]), "network"),
        (lambda data: data["causes"]["network"].update(steps=[{"say": [""]}]), "network"),
        (lambda data: data["causes"]["network"].update(colour="red"), "colour"),
        (lambda data: data["causes"]["network"]["steps"][0].update(when={"moon": ["full"]}), "moon"),
        (lambda data: data["causes"]["network"]["steps"][0].update(when={"carrier": []}), "network"),
    ],
)
def test_advice_that_does_not_fit_is_refused_by_name(change: Any, names: str) -> None:
    data = yaml.safe_load((ROOT / "actions" / "verification_advice.yml").read_text(encoding="utf-8"))
    change(data)
    with pytest.raises((ValueError, TypeError), match=names):
        advice.read_advice(data)
