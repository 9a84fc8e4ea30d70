"""Measuring in the bot's own environment: the product's pipeline on any examples, asked a file of questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops import understanding
from ops.bench.nlu_data import Labelled, write_lines
from ops.bot_programs import run_bot
from ops.errors import InputRefused
from ops.steps import Progress

PNG = b"\x89PNG\r\n\x1a\n"
EXAMPLES = {
    "greet": ["안녕하세요", "안녕", "반갑습니다", "좋은 아침이에요", "하이"],
    # Neither a mark nor an escape of Rasa's: examples of any origin are words.
    "thanks": ["고마워요", "감사합니다", "고맙습니다 [정말](date)", "땡큐 \\u005b", "감사해요 - 정말"],
    "delivery_status": ["배송 언제 와요", "택배 어디쯤이에요", "물건 언제 도착하나요", "배송 조회해줘", "송장 조회"],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("understanding")
    examples = [Labelled(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    data = write_lines(folder / "examples.jsonl", examples)
    run = run_bot(["bot.train_nlu", "--data", data, "--out", folder / "models"], progress=Progress())
    assert run.status == 0, run.said
    made = json.loads(run.printed[-1])
    assert made["seconds"] > 0 and made["memory_mb"] > 0
    return Path(made["model_path"])


def test_a_model_is_measured_over_all_files_and_drawn(model: Path, tmp_path: Path) -> None:
    one, several = tmp_path / "one.jsonl", tmp_path / "several.jsonl"
    questions = [
        {"text": "안녕하세요", "intent": "greet", "entities": []},
        {"text": "배송 언제 와요", "intent": "delivery_status", "entities": []},
        {"text": "2026-10234 배송 언제 와요", "intent": "thanks", "entities": [{"entity": "order_id", "text": "x"}]},
    ]
    one.write_text("\n".join(json.dumps(question) for question in questions))
    several.write_text(json.dumps({"text": "안녕하세요", "intents": ["greet", "thanks"], "entities": []}))
    found = understanding.evaluate(model, [one, several], tmp_path / "plots")
    assert found["n"] == 4
    assert found["in_scope_accuracy"] == 0.6667
    assert 0 < found["multi_intent_f1"] <= 1
    assert found["entity_f1"] == 0.0, "the order number is found, x is not"
    assert "thanks" in {slip["intent"] for slip in found["confusions"]}
    assert found["memory_mb"] > 50 and found["ms"]["p50"] > 0
    assert set(found["per_intent"]) == {"greet", "delivery_status", "thanks"}
    for name in ("confusion.png", "reliability.png"):
        assert (tmp_path / "plots" / name).read_bytes().startswith(PNG)


def test_examples_with_marks_are_learnt_as_words(model: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text(json.dumps({"text": "고맙습니다 [정말](date)", "intent": "thanks", "entities": []}))
    found = understanding.evaluate(model, [asked], None)
    assert (found["in_scope_accuracy"], found["entity_f1"]) == (1.0, None)


def test_malformed_lines_are_named_before_a_model_is_loaded(tmp_path: Path) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"text": "안녕", "intent": "greet"}\n{"text": "안녕"}\n')
    with pytest.raises(InputRefused, match=r"asked\.jsonl:2: needs either"):
        understanding.evaluate(tmp_path / "no-model.tar.gz", [asked], None)
