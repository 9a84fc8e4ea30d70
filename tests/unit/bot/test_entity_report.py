"""The report over the annotations, and what it says of the repository's own."""

from __future__ import annotations

from bot import entity_report
from bot.entity_report import Tally, read_lines, read_marks


def test_marks_of_both_forms_are_read_at_their_places():
    line = read_marks('[어제](date) 산 [폰]{"entity": "product", "value": "휴대폰"} 취소')
    assert line.text == "어제 산 폰 취소"
    assert line.marks == {("date", 0, 2), ("product", 5, 6)}


def test_examples_are_named_by_file_and_line(tmp_path):
    file = tmp_path / "orders.yml"
    file.write_text("nlu:\n- intent: greet\n  examples: |\n    - 안녕\n    - [어제](date)요\n", encoding="utf-8")
    assert [(line.place, line.text) for line in read_lines(tmp_path)] == [
        (f"{file}:4", "안녕"),
        (f"{file}:5", "어제요"),
    ]


def test_a_difference_counts_once_on_each_side():
    tally = Tally()
    tally.compare(read_marks("[어제](date) 산 [셔츠](product)", "here:1"), {("date", 0, 2), ("product", 3, 7)})
    assert [(row[0], round(row[3], 2)) for row in tally.list_rows()] == [("date", 1.0), ("product", 0.0), ("all", 0.5)]
    assert [error.split(" ")[:3] for error in tally.errors] == [
        ["here:1:", "found", "product"],
        ["here:1:", "missed", "product"],
    ]


def test_the_rules_find_what_trainers_marked(capsys):
    assert entity_report.main([]) == 0, capsys.readouterr().out
