"""Measuring of understanding: what is read, what is wanted, what is shown."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer

from ops import bench, bot_programs
from ops.bench import nlu, nlu_data, nlu_goals, nlu_report
from ops.bench.nlu_data import Labelled, PublicSet
from ops.errors import InputRefused, OperationFailed
from ops.steps import Progress
from ops.terminal import failures_as_sentences

GOOD: dict[str, Any] = {
    "n": 100,
    "accuracy": 0.95,
    "macro_f1": 0.94,
    "in_scope_accuracy": 0.96,
    "ece": 0.02,
    "oos_auroc": 0.97,
    "oos_f1": 0.9,
    "multi_intent_f1": 0.85,
    "entity_f1": 0.97,
    "p50_ms": 2.0,
    "p95_ms": 4.0,
    "memory_mb": 450.0,
    "ready_s": 5.0,
    "training_s": 20.0,
    "training_memory_mb": 900.0,
    "whole_training_s": 40.0,
}
WORSE = {**GOOD, **dict.fromkeys(nlu_goals._COMPARED, 0.5)}


def _unmet(frozen: dict[str, dict[str, Any]]) -> list[str]:
    return [goal["what"] for goal in nlu_goals.list_goals(frozen) if not goal["met"]]


def test_peers_that_were_not_asked_are_no_goal_and_none_is_met_against_them() -> None:
    asked = nlu_goals.list_goals({"ours": GOOD, "peer": WORSE, "peer_hangul": WORSE})
    alone = nlu_goals.list_goals({"ours": GOOD, "peer": {}, "peer_hangul": {}})
    compared = [goal for goal in asked if goal["what"].startswith("better than both")]
    assert len(compared) == len(nlu_goals._COMPARED)
    assert alone == [goal for goal in asked if goal not in compared]


def test_public_sets_are_read_where_they_are(tmp_path: Path) -> None:
    for name in ("3i4k", "banking77", "clinc150"):
        (tmp_path / name).mkdir()
    (tmp_path / "3i4k" / "train.tsv").write_text("0\t만화\n1\t비가\x85와\n")
    (tmp_path / "3i4k" / "test.tsv").write_text("1\t눈이 와\n\n")
    (tmp_path / "banking77" / "train.csv").write_text('text,category\n"a, b",card\n')
    (tmp_path / "banking77" / "test.csv").write_text("text,category\nc,cash\n")
    content = {"train": [["a", "fly"]], "oos_train": [["b", "oos"]], "test": [["c", "fly"]], "oos_test": [["d", "oos"]]}
    (tmp_path / "clinc150" / "data_full.json").write_text(json.dumps(content))
    korean, bank, broad = nlu_data.read_public_sets(tmp_path)
    assert korean.train == [Labelled("만화", "kind_0"), Labelled("비가\x85와", "kind_1")]
    assert korean.test == [Labelled("눈이 와", "kind_1")]
    assert (bank.train, bank.test) == ([Labelled("a, b", "card")], [Labelled("c", "cash")])
    assert [one.intent for one in broad.train] == ["fly", "out_of_scope"]
    assert [one.intent for one in broad.test] == ["fly", "out_of_scope"]


def test_a_folder_without_any_of_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="holds none of 3i4k, banking77, clinc150"):
        nlu_data.read_public_sets(tmp_path)


def test_a_cut_takes_so_many_of_each_class_at_even_distances() -> None:
    many = [Labelled(str(number), "a") for number in range(10)] + [Labelled("x", "b")]
    small = nlu_data.cut(PublicSet("set", many, many), train=5, test=2)
    assert [one.text for one in small.train] == ["0", "2", "4", "6", "8", "x"]
    assert Counter(one.intent for one in small.test) == {"a": 2, "b": 1}
    assert small.name == "set, 5 a class"


def test_what_meets_every_limit_and_beats_both_peers_has_no_goal_left() -> None:
    assert _unmet({"ours": GOOD, "peer": WORSE, "peer_hangul": WORSE}) == []


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("accuracy", 0.929, "frozen set, accuracy"),
        ("entity_f1", None, "frozen set, entity_f1"),
        ("ece", 0.051, "ours, ece"),
        ("p95_ms", 6.1, "ours, p95_ms"),
        ("whole_training_s", 61.0, "ours, whole_training_s"),
    ],
)
def test_a_missed_limit_is_told(name: str, value: float | None, what: str) -> None:
    assert what in _unmet({"ours": {**GOOD, name: value}, "peer": WORSE, "peer_hangul": WORSE})


def test_the_better_of_the_peers_has_to_be_beaten() -> None:
    strong = {**WORSE, "accuracy": 0.95, "ece": 0.01}
    found = _unmet({"ours": GOOD, "peer": WORSE, "peer_hangul": strong})
    assert found == ["better than both stock pipelines, accuracy", "better than both stock pipelines, ece"]


def test_a_figure_that_no_peer_has_is_no_obstacle() -> None:
    silent = {**WORSE, "multi_intent_f1": None}
    assert _unmet({"ours": GOOD, "peer": silent, "peer_hangul": silent}) == []


def test_public_sets_are_judged_whole_not_cut() -> None:
    results = [{"set": "banking77", "ours": GOOD}, {"set": "3i4k, 400 a class", "ours": GOOD}]
    [goal] = nlu_goals.list_public_goals(results)
    assert (goal["what"], goal["met"]) == ("banking77, in_scope_accuracy", True)


def test_tables_come_as_markdown_as_well() -> None:
    frozen = {"ours": GOOD, "peer": WORSE, "peer_hangul": WORSE}
    public = [{"set": "banking77", "train_n": 9, "reference": "others 0.9", "ours": GOOD}]
    found = {"quick": False, "stock_rounds": 5, "cores": 2, "public": public, "goals": [], **frozen}
    lines = nlu_report.as_markdown(found).splitlines()
    assert lines[0] == "**Frozen set (100 messages, 2 cores; stock: 5 of its 100 rounds)**"
    assert "| accuracy | 0.950 | 0.500 | 0.500 |" in lines
    assert any(line.startswith("| banking77 | ours | 9 | 100 | 0.960 |") for line in lines)
    widths = [line.count("|") for line in lines if line.startswith("| banking77") or line.startswith("| set")]
    assert len(set(widths)) == 1


def test_wishes_for_understanding_are_refused_elsewhere() -> None:
    with pytest.raises(OperationFailed, match="are for `bench nlu`, not for turn"):
        bench.run("turn", nlu.Wishes(quick=True))
    with pytest.raises(OperationFailed, match="there is no measurement nul"):
        bench.run("nul")


def test_two_cores_are_given_back() -> None:
    before = os.sched_getaffinity(0)
    with nlu._two_cores() as count:
        assert len(os.sched_getaffinity(0)) == count == min(2, len(before))
    assert os.sched_getaffinity(0) == before


def test_a_bar_drawn_over_itself_is_read_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "said"
    path.write_bytes("Epochs:   1%|x\rEpochs: 50%|x\n\n끝".encode())
    with path.open("rb") as stream:
        assert isinstance(stream, io.BufferedReader)
        assert list(bot_programs._list_lines(stream)) == ["Epochs:   1%|x", "Epochs: 50%|x", "끝"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Epochs:  37%|███▋  | 37/100", "37 % of the epochs"),
        ('{"step": "asking", "progress": 0.5}', "50 % asking"),
        ('{"step": "asking"}', ""),
        ("a warning", ""),
        ("3", ""),
    ],
)
def test_progress_is_shown_and_the_rest_is_kept(line: str, shown: str) -> None:
    progress = Progress()
    assert bot_programs._note(progress, line) == bool(shown)
    assert progress.text == shown


@pytest.mark.parametrize(("error", "status"), [(InputRefused("x"), 2), (OperationFailed("x"), 1)])
def test_an_input_file_that_makes_no_sense_has_a_status_of_its_own(error: Exception, status: int) -> None:
    with pytest.raises(typer.Exit) as caught, failures_as_sentences():
        raise error
    assert caught.value.exit_code == status
