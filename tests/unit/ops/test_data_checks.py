"""The checks of the examples, on a small tree of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ops import data_checks

DOMAIN = "intents:\n- greet\n- nlu_fallback\nentities:\n- date\n"
Write = Callable[..., Path]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(data_checks, "EXAMPLES_MIN", 1)
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "tests" / "nlu").mkdir(parents=True)
    (tmp_path / "domain.yml").write_text(DOMAIN)
    (tmp_path / "config.yml").write_text("recipe: default.v1\n")
    return tmp_path


def write(tree: Path, *examples: str, intent: str = "greet", name: str = "nlu/greet.yml") -> None:
    """Write examples; the first stands in line 4."""
    lines = "".join(f"    - {example}\n" for example in examples)
    path = tree / "data" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"nlu:\n- intent: {intent}\n  examples: |\n{lines}", encoding="utf-8")


def freeze(tree: Path, *texts: str) -> None:
    lines = (json.dumps({"text": text, "intent": "greet"}, ensure_ascii=False) for text in texts)
    (tree / "tests" / "nlu" / "in_scope.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_good_data_pass(tree: Path) -> None:
    write(tree, "안녕하세요", "반가워요 저는 처음 왔어요", "[어제](date)도 왔는데 또 왔어요")
    freeze(tree, "좋은 아침이에요 다들")
    assert data_checks.check(tree) == []


@pytest.mark.parametrize("repeat", ["안녕하세요", "안녕 하세요!", "안녕하세요...", "[안녕하세요](date)"])
def test_a_repeat_is_named_whatever_its_spacing_and_signs(tree: Path, repeat: str) -> None:
    write(tree, "안녕하세요", "딴말", repeat)
    assert data_checks.check(tree) == ["data/nlu/greet.yml:6: repeats data/nlu/greet.yml:4: take one out"]


def test_a_repeat_in_another_intent_asks_for_a_decision(tree: Path) -> None:
    (tree / "domain.yml").write_text(DOMAIN.replace("- greet", "- greet\n- thanks"))
    write(tree, "고마워요")
    write(tree, "고마워요", intent="thanks", name="nlu/thanks.yml")
    [found] = data_checks.check(tree)
    assert found.startswith("data/nlu/thanks.yml:4: repeats data/nlu/greet.yml:4 of greet: decide")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("오늘 배송 되나요", "내일 배송 되나요"),
        ("오늘 배송 되나요", "오늘 배송 될까요?"),
        ("오늘 바로 배송 되나요", "오늘 바로 환불 되나요"),
        ("[오늘](date) 오후 배송 되나요", "[4월 15일](date) 오후 배송 되나요"),
    ],
)
def test_one_swapped_word_makes_no_new_example(tree: Path, first: str, second: str) -> None:
    write(tree, first, second)
    [found] = data_checks.check(tree)
    assert found.startswith("data/nlu/greet.yml:5: differs by one word from data/nlu/greet.yml:4: ")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("배송 되나요", "환불 되나요"),  # two words: half of everything would be near
        ("오늘 배송 되나요", "내일 환불 되나요"),
        ("오늘 배송 되나요", "되나요 오늘 배송"),
    ],
)
def test_what_differs_by_more_is_let_through(tree: Path, first: str, second: str) -> None:
    write(tree, first, second)
    assert data_checks.check(tree) == []


def test_near_repeats_are_looked_for_within_an_intent(tree: Path) -> None:
    (tree / "domain.yml").write_text(DOMAIN.replace("- greet", "- greet\n- thanks"))
    write(tree, "오늘 배송 되나요")
    write(tree, "내일 배송 되나요", intent="thanks", name="nlu/thanks.yml")
    assert data_checks.check(tree) == []


@pytest.mark.parametrize(
    ("example", "says"),
    [
        ("오늘 배송되나요", "stands in the frozen set as well"),
        ("내일 배송 되나요", "is one word apart"),
        ("오늘 바로 배송 되나요", "is one word apart"),
    ],
)
def test_a_leak_is_named_with_both_places(tree: Path, example: str, says: str) -> None:
    write(tree, example)
    freeze(tree, "전혀 다른 말", "오늘 배송 되나요?")
    [found] = data_checks.check(tree)
    assert found.startswith(f"data/nlu/greet.yml:4: {says}")
    assert "tests/nlu/in_scope.jsonl:2: " in found


def test_a_line_of_the_frozen_set_that_is_longer_by_one_word_is_a_leak(tree: Path) -> None:
    write(tree, "오늘 배송 되나요")
    freeze(tree, "오늘 바로 배송 되나요")
    assert len(data_checks.check(tree)) == 1


def test_an_intent_needs_ninety_examples_besides_those_that_trainers_chose(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_checks, "EXAMPLES_MIN", 3)
    write(tree, "하나", "둘이요")
    write(tree, "셋", "넷이요", name="nlu/curated/greet.yml")
    assert data_checks.check(tree) == ["data/nlu/greet.yml:4: greet has 2 examples: write 1 more"]


def test_an_intent_without_any_example_is_named(tree: Path) -> None:
    (tree / "domain.yml").write_text(DOMAIN.replace("- greet", "- greet\n- thanks"))
    write(tree, "안녕")
    assert data_checks.check(tree) == ["domain.yml:1: thanks has 0 examples: write 1 more"]


def test_malformed_files_are_named_before_anything_else(tree: Path) -> None:
    write(tree, "안녕", "안녕")
    (tree / "data" / "rules.yml").write_text("rules:\n- rule: one\n  steps: [\n")
    [found] = data_checks.check(tree)
    assert found.startswith("data/rules.yml:4: is no YAML")


def test_ninety_is_the_number(tmp_path: Path) -> None:
    assert data_checks.EXAMPLES_MIN == 90
