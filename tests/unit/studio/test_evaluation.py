"""The exam that a model sits: examples kept back from its training."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from studio.errors import TrainingDataError
from studio.evaluation import Question, count_examples, rate, split_training_data

_NLU = """version: "3.1"
nlu:
  - intent: delivery_status
    examples: |
      - 택배 언제 와요
      - 배송 조회
      - 어디쯤이에요
      - 언제 도착해요
      - [강남구](region) 배송 언제
      - 아직 안 왔어요
  - intent: few
    examples: |
      - 하나
      - 둘
  - synonym: 서울
    examples: |
      - 서울시
"""


def _write(folder: Path, text: str) -> Path:
    (folder / "nlu").mkdir(parents=True)
    (folder / "nlu" / "a.yml").write_text(text)
    return folder


def test_every_fifth_example_is_asked_and_not_learnt(tmp_path: Path) -> None:
    source = _write(tmp_path / "data", _NLU)
    questions = split_training_data(source, tmp_path / "copy")
    assert questions == [Question("강남구 배송 언제", "delivery_status")]
    learnt = YAML(typ="safe").load((tmp_path / "copy" / "nlu" / "a.yml").read_text())["nlu"][0]["examples"]
    assert "강남구" not in learnt
    assert learnt.count("- ") == 5


def test_an_intent_with_few_examples_keeps_them_all(tmp_path: Path) -> None:
    split_training_data(_write(tmp_path / "data", _NLU), tmp_path / "copy")
    kept = YAML(typ="safe").load((tmp_path / "copy" / "nlu" / "a.yml").read_text())["nlu"][1]["examples"]
    assert kept.count("- ") == 2


def test_only_examples_of_intents_are_counted(tmp_path: Path) -> None:
    assert count_examples(_write(tmp_path, _NLU)) == 8


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingDataError, match=r"a\.yml"):
        count_examples(_write(tmp_path, "nlu: [unclosed"))


def test_the_rate_is_the_share_of_right_answers() -> None:
    questions = [Question("가", "a"), Question("나", "b"), Question("다", "c")]
    assert rate(questions, ["a", "x", "c"]) == pytest.approx(0.6667)
    assert rate([], []) is None
