"""Domain, rules and configuration fit together: no intent stays without an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES = [
    rule
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]
ANSWERS = {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in RULES if "intent" in rule["steps"][0]}


def test_every_intent_has_exactly_one_rule():
    assert sorted(ANSWERS) == sorted(DOMAIN["intents"])
    assert len(ANSWERS) == sum("intent" in rule["steps"][0] for rule in RULES)


def test_every_answer_exists():
    known = {*DOMAIN["actions"], *DOMAIN["responses"]}
    assert set(ANSWERS.values()) <= known


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope"])
def test_what_is_not_understood_is_said_to_be(intent):
    assert ANSWERS[intent] == "action_not_understood"


def test_buttons_of_responses_lead_to_intents():
    for variants in DOMAIN["responses"].values():
        for variant in variants:
            for button in variant.get("buttons", []):
                assert button["payload"].removeprefix("/") in DOMAIN["intents"]


def test_a_pause_does_not_start_the_conversation_over():
    assert DOMAIN["session_config"]["session_expiration_time"] == 0
