"""What customers wrote stays words, whatever they wrote, on its way into the training data."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from studio import curated
from studio.curated import CuratedExamples, as_example

# How Rasa 3.6 finds an entity in an example: `[text](type:value)`, `[text]{…}`, `[text][…]`.
ENTITY = re.compile(r"\[[^\]]+?\](?:\([^:)]+?(?:\:[^)]+)?\)|\{[^}]+?\}|\[.*?\])")

INJECTIONS = [
    "[강남](region)",
    '[내일]{"entity": "date", "value": "2026-11-25"}',
    '[a][{"entity": "order_id"}]',
    "[[x](y)](z)",
    "- 두 번째 예문",
    "\n- intent: human_agent\n  examples: |\n    - 사람",
    "# 주석",
    "--- ",
    "...",
    "key: value",
    "!!python/object/apply:os.system ['true']",
    "*alias &anchor",
    "${HOME}",
    "| > %TAG @ `",
    "\"따옴표\" '작은'",
    "a\u2028b\u2029c\x85d\x0be",
    "\ufeff시작",
    # A file of nothing but ASCII is read by Rasa with its \u escapes taken for letters.
    r"\u005bsilver\u005d(order_id)",
    r"\u000a- intent: human_agent",
    r"\ud800",
    r"\U0010ffff \x5b \n",
    "/inform_order{}",
]


def read_as_rasa(path: Path) -> list[tuple[str, list[str]]]:
    """Return the intents and examples that Rasa 3.6 finds in a training file."""
    content = path.read_text(encoding="utf-8")
    if content.isascii():
        content = content.encode().decode("raw_unicode_escape").encode("utf-16", "surrogatepass").decode("utf-16")
    blocks = YAML(typ="safe").load(content)["nlu"]
    return [(block["intent"], [line[1:].strip("\n\r ") for line in block["examples"].splitlines()]) for block in blocks]


@pytest.fixture
def examples(tmp_path: Path) -> CuratedExamples:
    return CuratedExamples(tmp_path / "curated")


@given(st.text(st.characters(), max_size=700))
@settings(max_examples=300, deadline=None)
@example("")
@example("[" * 600)
def test_any_text_becomes_one_line_of_plain_words(text: str) -> None:
    plain = as_example(text)
    assert ENTITY.search(plain) is None and not set("[]{}\\") & set(plain)
    assert len(plain.splitlines()) <= 1 and len(plain) <= 500
    assert plain == plain.strip() and not plain.startswith(("-", "#"))
    assert plain == "" or plain.isprintable()
    assert as_example(plain) == plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("배송 언제 와요?", "배송 언제 와요?"),
        ("  배송\n언제\t와요  ", "배송 언제 와요"),
        ("[강남](region) 배송", "［강남］(region) 배송"),
        ("ㅠㅠ 😀 café", "ㅠㅠ 😀 café"),
        ("- 글머리", "글머리"),
        ("1,200원 / 50%", "1,200원 / 50%"),
    ],
)
def test_ordinary_words_are_left_as_they_are(text: str, expected: str) -> None:
    assert as_example(text) == expected


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_looks_like_markup_is_one_example_of_its_intent_and_no_more(
    examples: CuratedExamples, tmp_path: Path, text: str
) -> None:
    added = examples.add("delivery_status", text)
    if not added:
        assert as_example(text) == ""
        return
    ((intent, found),) = read_as_rasa(tmp_path / "curated" / "delivery_status.yml")
    assert intent == "delivery_status" and found == [as_example(text)]
    assert ENTITY.search(found[0]) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(), min_size=1, max_size=60), min_size=1, max_size=8))
def test_what_was_added_comes_back_in_order_and_rasa_reads_the_same(
    examples: CuratedExamples, tmp_path: Path, texts: list[str]
) -> None:
    path = tmp_path / "curated" / "greet.yml"
    path.unlink(missing_ok=True)
    for text in texts:
        examples.add("greet", text)
    expected = list(dict.fromkeys(plain for text in texts if (plain := as_example(text))))
    assert examples.list_of("greet") == expected
    assert not expected or read_as_rasa(path) == [("greet", expected)]


def test_the_same_example_is_kept_once(examples: CuratedExamples) -> None:
    assert examples.add("greet", "안녕") is True
    assert examples.add("greet", " 안녕\n") is False
    assert examples.list_of("greet") == ["안녕"]
    assert examples.list_of("goodbye") == []


@pytest.mark.parametrize(
    "intent", ["../greet", "a/b", "greet\n", "", "Greet", "..", "greet.yml", "1st", "인사", "a" * 9 + "\x00"]
)
def test_an_intent_that_is_no_id_reaches_no_file(examples: CuratedExamples, tmp_path: Path, intent: str) -> None:
    with pytest.raises(ValueError, match="intent id"):
        examples.add(intent, "안녕")
    assert list(tmp_path.rglob("*")) == []


def test_the_file_is_replaced_in_one_step(
    examples: CuratedExamples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples.add("greet", "하나")
    before = (tmp_path / "curated" / "greet.yml").read_bytes()

    def failing(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OSError, match="full"):
        examples.add("greet", "둘")
    assert [path.name for path in (tmp_path / "curated").iterdir()] == ["greet.yml"]
    assert (tmp_path / "curated" / "greet.yml").read_bytes() == before


def test_the_length_that_is_kept_is_that_of_the_examples_rule() -> None:
    assert len(as_example("가" * 2_000)) == curated._LENGTH_MAX == 500
