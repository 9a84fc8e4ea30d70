"""Figures of understanding, each against a small table worked out by hand."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.measuring import figures, metrics
from bot.measuring.questions import (
    BadQuestions,
    Question,
    list_doubts,
    read_questions,
)


def test_scores_of_labels_by_hand() -> None:
    wanted = ["a", "a", "a", "b", "b", "c"]
    taken = ["a", "a", "b", "b", "c", "d"]
    scores = metrics.score_labels(wanted, taken)
    # a: 2 of 2 claimed, 2 of 3 found; b: 1 of 2, 1 of 2; c: 0 of 1, 0 of 1.
    assert scores["a"] == metrics.Score(n=3, precision=1.0, recall=2 / 3, f1=0.8)
    assert scores["b"] == metrics.Score(n=2, precision=0.5, recall=0.5, f1=0.5)
    assert scores["c"] == metrics.Score(n=1, precision=0.0, recall=0.0, f1=0.0)
    assert "d" not in scores, "nobody meant it"
    assert metrics.macro_f1(scores) == pytest.approx((0.8 + 0.5 + 0.0) / 3)


def test_calibration_error_by_hand() -> None:
    confidences = [0.95, 0.95, 0.95, 0.95, 0.5, 0.5]
    right = [True, True, True, False, True, False]
    bins = metrics.fill_bins(confidences, right)
    # 0.95 is in the 15th bin: 4 messages, 0.75 right, gap 0.20. 0.5 in the 8th: gap 0.
    assert (bins[14].count, bins[14].accuracy) == (4, 0.75)
    assert (bins[7].count, bins[7].accuracy) == (2, 0.5)
    found = metrics.expected_calibration_error(bins)
    assert found == pytest.approx(4 / 6 * 0.20)


@pytest.mark.parametrize(("confidence", "place"), [(0.0, 0), (0.2, 3), (0.6, 9), (1.0, 14), (1.0000001, 14)])
def test_a_limit_opens_the_upper_bin_and_one_belongs_to_the_last(confidence: float, place: int) -> None:
    bins = metrics.fill_bins([confidence], [True])
    assert [one.count for one in bins].index(1) == place


def test_area_under_roc_by_hand() -> None:
    scores = [0.9, 0.8, 0.7, 0.7, 0.1]
    positive = [True, False, True, False, False]
    # Pairs of a positive with a negative: 0.9 wins 3 of 3; 0.7 loses, ties, wins: 1.5.
    assert metrics.area_under_roc(scores, positive) == pytest.approx(4.5 / 6)


def test_area_needs_both_kinds() -> None:
    assert metrics.area_under_roc([0.1, 0.2], [True, True]) is None
    assert metrics.area_under_roc([], []) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_area_counts_the_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    high = [score for score, positive in rows if positive]
    low = [score for score, positive in rows if not positive]
    won = sum((p > n) + 0.5 * (p == n) for p in high for n in low)
    wanted = won / (len(high) * len(low)) if high and low else None
    found = metrics.area_under_roc([s for s, _ in rows], [p for _, p in rows])
    assert found == (None if wanted is None else pytest.approx(wanted))


def test_micro_f1_counts_what_occurs_twice_twice() -> None:
    wanted = [Counter(["x", "x"]), Counter(["y"])]
    taken = [Counter(["x"]), Counter(["y", "z"])]
    # 2 hits; 3 taken, 3 wanted.
    assert metrics.micro_f1(wanted, taken) == pytest.approx(2 / 3)
    assert metrics.micro_f1([], []) is None


def test_percentiles_are_values_that_were_measured() -> None:
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], 0.95) == 4.0
    assert metrics.percentile([], 0.5) is None


def _answer(intent: str, confidence: float, **more: Any) -> dict[str, Any]:
    ranking = [{"intent": intent, "confidence": confidence}]
    return {
        "intent": intent,
        "confidence": confidence,
        "ranking": ranking,
        "out_of_scope": intent == "out_of_scope",
        "entities": [],
        "ms": 1.0,
        **more,
    }


def test_a_message_that_was_judged_out_of_scope_counts_as_such() -> None:
    answer = _answer("greet", 0.3, out_of_scope=True, intents=["greet", "thanks"])
    judged = figures.judge(answer)
    assert judged.intent == "out_of_scope"
    assert judged.in_scope_intent == "greet"
    assert judged.intents == {"out_of_scope"}


def test_the_score_out_of_scope_is_what_no_intent_in_scope_takes() -> None:
    ranking = [
        {"intent": "out_of_scope", "confidence": 0.7},
        {"intent": "greet", "confidence": 0.2},
    ]
    judged = figures.judge(_answer("out_of_scope", 0.7, ranking=ranking))
    assert judged.out_of_scope_score == pytest.approx(0.8)


def test_the_model_s_own_score_out_of_scope_goes_before() -> None:
    judged = figures.judge(_answer("greet", 0.9, out_of_scope_score=0.4))
    assert judged.out_of_scope_score == 0.4


def test_figures_of_a_whole_file_by_hand() -> None:
    phone = ("phone", "010-0000-1234")
    questions = [
        Question("안녕", ("greet",), entities=()),
        Question("고마워요", ("thanks",), entities=()),
        Question("호텔 예약", ("out_of_scope",), entities=()),
        Question("비행기 표", ("out_of_scope",), entities=()),
        Question("둘 다", ("thanks", "greet"), several=True, entities=(phone,)),
    ]
    entity = {"entity": "phone", "text": "010-0000-1234"}
    found = figures.measure(
        questions,
        [
            _answer("greet", 1.0),
            _answer("greet", 0.6, ms=9.0),
            _answer("out_of_scope", 0.8, ranking=[]),
            _answer("greet", 0.5),
            _answer("thanks", 0.9, intents=["thanks", "goodbye"], entities=[entity]),
        ],
    )
    assert found["n"] == 5
    assert found["accuracy"] == 0.5
    assert found["in_scope_accuracy"] == 0.5
    # greet 2·1/(3+1), thanks 0, out_of_scope 2·1/(1+2).
    assert found["macro_f1"] == round((0.5 + 0 + 2 / 3) / 3, 4)
    assert found["oos"]["f1"] == 0.6667
    # Scores 0 and 0.4 in scope; 1 and 0.5 out of scope: every pair in order.
    assert found["oos"]["auroc"] == 1.0
    # Gaps 0 (1.0 right), 0.6 wrong, 0.2 (0.8 right), 0.5 wrong; each in a bin alone.
    assert found["ece"] == round((0.0 + 0.6 + 0.2 + 0.5) / 4, 4)
    assert found["multi_intent_f1"] == 0.5, "1 hit of 2 taken, 2 wanted"
    assert found["entity_f1"] == 1.0
    assert found["ms"] == {"p50": 1.0, "p95": 9.0}
    assert found["confusions"] == [
        {"intent": "out_of_scope", "taken_for": "greet", "count": 1},
        {"intent": "thanks", "taken_for": "greet", "count": 1},
    ]
    assert found["per_intent"]["greet"] == {
        "n": 1,
        "precision": 0.3333,
        "recall": 1.0,
        "f1": 0.5,
    }


def test_an_entity_has_to_be_of_the_right_kind_and_extent() -> None:
    questions = [Question("4월 15일에요", ("greet",), entities=(("date", "4월 15일"),))]
    wide = [_answer("greet", 1.0, entities=[{"entity": "date", "text": "4월 15일에"}])]
    other = [_answer("greet", 1.0, entities=[{"entity": "phone", "text": "4월 15일"}])]
    assert figures.measure(questions, wide)["entity_f1"] == 0.0
    assert figures.measure(questions, other)["entity_f1"] == 0.0


def test_messages_that_nobody_marked_do_not_count_for_entities() -> None:
    marked = [{"entity": "date", "text": "안녕"}]
    found = figures.measure([Question("안녕", ("greet",))], [_answer("greet", 1.0, entities=marked)])
    assert found["entity_f1"] is None


def test_without_a_message_out_of_scope_there_is_nothing_to_find() -> None:
    found = figures.measure([Question("안녕", ("greet",))], [_answer("out_of_scope", 0.9)])
    assert found["oos"] == {"auroc": None, "f1": None}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1),
    st.floats(0, 1),
)
def test_figures_stay_between_nothing_and_all(rows: list[tuple[str, str]], confidence: float) -> None:
    questions = [Question("x", (wanted,)) for wanted, _ in rows]
    found = figures.measure(questions, [_answer(t, confidence) for _, t in rows])
    for name in ("accuracy", "macro_f1", "ece"):
        assert 0 <= found[name] <= 1 and not math.isnan(found[name])


GOOD = '{"text": "안녕", "intent": "greet", "entities": []}'


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"text": "안녕", "intent": "greet"', "is no JSON"),
        ("안녕", "is no JSON"),
        ('["안녕", "greet"]', "is no object"),
        ('{"intent": "greet"}', 'has no "text"'),
        ('{"text": 3, "intent": "greet"}', 'has no "text"'),
        ('{"text": "안녕"}', 'needs either "intent" or'),
        ('{"text": "", "intent": "a", "intents": ["a"]}', 'needs either "intent" or'),
        ('{"text": "안녕", "intent": ""}', "has to be an intent id"),
        ('{"text": "안녕", "intents": []}', "has to be a list of intent ids"),
        ('{"text": "안녕", "intents": "greet"}', "has to be a list of intent ids"),
        ('{"text": "안녕", "intents": ["a", "a"]}', "names an intent twice"),
        (
            '{"text": "안녕", "intent": "a", "entities": {}}',
            '"entities" has to be a list',
        ),
        (
            '{"text": "안녕", "intent": "a", "entities": [{"entity": "date"}]}',
            '"entities" has to be a list',
        ),
    ],
)
def test_a_malformed_line_is_named_with_what_to_change(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{GOOD}\n\n{line}\n{GOOD}\n", encoding="utf-8")
    with pytest.raises(BadQuestions) as caught:
        read_questions([path])
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"{path}:3: ")
    assert says in caught.value.problems[0]


def test_all_malformed_lines_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_bytes(b'{"text": "\xb0\xa1", "intent": "greet"}\n{}\n')
    second.write_text("")
    missing = tmp_path / "c.jsonl"
    with pytest.raises(BadQuestions) as caught:
        read_questions([first, second, missing])
    said = "\n".join(caught.value.problems)
    assert f"{first}:1: is not UTF-8" in said
    assert f'{first}:2: has no "text"' in said
    assert f"{second}: holds no line" in said
    assert f"{missing}: cannot be read" in said


def test_good_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    several = '{"text": "둘", "intents": ["a", "b"], "note": "kept"}'
    path.write_text(f"\ufeff{GOOD}\r\n{several}", encoding="utf-8")
    assert read_questions([path]) == [
        Question("안녕", ("greet",), entities=(), origin=f"{path}:1"),
        Question("둘", ("a", "b"), several=True, origin=f"{path}:2"),
    ]


def test_a_label_that_cannot_be_met_is_doubted() -> None:
    question = Question("안녕", ("gret",), entities=(("date", "어제"),), origin="f:1")
    assert list(list_doubts([question], frozenset({"greet"}))) == [
        "f:1: the model has no intent gret",
        "f:1: the text of date is not in the message",
    ]
    assert len(list(list_doubts([question], frozenset()))) == 1
