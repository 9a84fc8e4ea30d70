"""The catalogue of intents that trainers choose from is the bot's own."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from kernel.settings import ROOT
from studio.curated import CuratedExamples
from studio.intents import GUESSES_SHOWN, Intents

# Intents that no trainer gives to an utterance: a chosen order, and the classifier's own way out.
NOT_FOR_TRAINERS = {"inform_order", "nlu_fallback", "handed_back"}


@pytest.fixture(scope="module")
def intents() -> Intents:
    return Intents.load()


def test_trainers_choose_from_exactly_the_bots_intents(intents: Intents) -> None:
    domain = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {intent.id for intent in intents.list_all()} == set(domain["intents"]) - NOT_FOR_TRAINERS


def test_every_intent_has_a_name_and_a_meaning_of_its_own_in_korean(intents: Intents) -> None:
    found = intents.list_all()
    for words in ([i.ko for i in found], [i.means for i in found]):
        assert len(set(words)) == len(words)
        assert all(any("가" <= letter <= "힣" for letter in text) for text in words)


def test_every_intent_can_be_written_to_a_file(intents: Intents, tmp_path_factory: pytest.TempPathFactory) -> None:
    examples = CuratedExamples(tmp_path_factory.mktemp("curated"))
    assert all(examples.add(intent.id, "예문") for intent in intents.list_all())


def test_a_ranking_is_named_and_what_is_not_known_left_out(intents: Intents) -> None:
    ranking = [
        {"intent": intent, "confidence": 0.5 - place / 10}
        for place, intent in enumerate(["nlu_fallback", "greet", "gone", "help", "thanks", "deny", "affirm"])
    ]
    named = intents.named(ranking)
    assert [guess["intent"] for guess in named] == ["greet", "help", "thanks", "deny"]
    assert len(named) == GUESSES_SHOWN and named[0] == {"intent": "greet", "ko": "인사", "confidence": 0.4}
    assert intents.known("greet") and not intents.known("nlu_fallback")
