"""Training data are read with their places; what is malformed is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.dataset import ensure_well_formed, list_intents, read_dataset
from studio.errors import TrainingDataError

DOMAIN = "intents:\n- greet\n- thanks:\n    use_entities: []\nentities:\n- date\n- privacy_right\n"
GOOD = """version: "3.1"

# A word before.
nlu:
- intent: greet
  examples: |
    - 안녕
    - [어제](date)도 왔어요
- intent: thanks
  examples: |
    # no example of ours, and refused as one
    - 고마워요
"""


@pytest.fixture
def domain(tmp_path: Path) -> Path:
    path = tmp_path / "domain.yml"
    path.write_text(DOMAIN)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "nlu"
    path.mkdir(parents=True)
    return path


def problems(folder: Path, domain: Path, text: str | bytes) -> list[str]:
    """Write one file and return what is wrong with it, without the folder's name."""
    (folder / "a.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return [problem.replace(f"{folder}/", "") for problem in read_dataset(folder.parent, domain).problems]


def test_each_example_is_read_as_typed_with_its_place(folder: Path, domain: Path) -> None:
    (folder / "a.yml").write_text(GOOD.replace("    # no example of ours, and refused as one\n", ""))
    dataset = read_dataset(folder.parent, domain)
    assert dataset.problems == []
    assert [(e.text, e.frame, e.intent, e.entities, e.line) for e in dataset.examples] == [
        ("안녕", "안녕", "greet", (), 7),
        ("어제도 왔어요", "<date>도 왔어요", "greet", ("date",), 8),
        ("고마워요", "고마워요", "thanks", (), 11),
    ]


def test_the_long_form_of_a_mark_is_read(folder: Path, domain: Path) -> None:
    text = 'nlu:\n- intent: greet\n  examples: |\n    - 정보 [지워]{"entity": "privacy_right", "value": "삭제"}줘\n'
    (folder / "a.yml").write_text(text)
    [example] = read_dataset(folder.parent, domain).examples
    assert (example.text, example.entities) == ("정보 지워줘", ("privacy_right",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nlu:\n- intent: greet\n  examples: |\n    - 안녕\n  intent: [\n", "a.yml:6: is no YAML"),
        ("nlu:\n- intent: greet\n\texamples: |\n", "a.yml:3: is no YAML"),
        ("nlu:\n- intent: greet\n  intent: greet\n  examples: |\n    - 안녕\n", "a.yml:3: is no YAML"),
        ("- a\n- b\n", "a.yml:1: is no mapping"),
        ("version: '3.1'\nnlu: greet\n", "a.yml:2: nlu holds no list"),
        ("nlu:\n- intnet: greet\n  examples: |\n    - 안녕\n", "a.yml:2: has no `intent`"),
        ("nlu:\n- greet\n", "a.yml:2: has no `intent`"),
        ("nlu:\n- intent: greet\n", "a.yml:2: has no `examples: |`"),
        ("nlu:\n- intent: greet\n  examples:\n  - 안녕\n", "a.yml:2: has no `examples: |`"),
        ("nlu:\n- intent: greet\n  examples: |\n\n", "a.yml:3: greet has no example"),
        ("nlu:\n- intent: greet\n  examples: |\n    - 안녕\n    반가워\n", "a.yml:5: is no example"),
        ("nlu:\n- intent: greet\n  examples: |\n    -안녕\n", "a.yml:4: is no example"),
        ("nlu:\n- intent: greet\n  examples: |\n    - 안녕\n    - \n", "a.yml:5: is no example"),
        ("nlu:\n- intent: greet\n  examples: |\n    - [어제] (date)\n", "a.yml:4: has a bracket that marks nothing"),
        ("nlu:\n- intent: greet\n  examples: |\n    - [어제](date\n", "a.yml:4: has a bracket that marks nothing"),
        ("nlu:\n- intent: greet\n  examples: |\n    - [어제](dat)\n", "a.yml:4: the domain has no entity dat"),
        ("nlu:\n- intent: gret\n  examples: |\n    - 안녕\n    - 응\n", "a.yml:4: the domain has no intent gret"),
        (b"nlu:\n- intent: greet\n  examples: |\n    - \xb0\xa1\n", "a.yml:4: is not UTF-8"),
    ],
)
def test_what_is_malformed_is_named(folder: Path, domain: Path, text: str | bytes, says: str) -> None:
    found = problems(folder, domain, text)
    assert len(found) == 1
    assert found[0].startswith(says)


def test_lookups_and_rules_are_left_alone(folder: Path, domain: Path) -> None:
    assert problems(folder, domain, "nlu:\n- synonym: SKT\n  examples: |\n    - 에스케이티\n") == []
    assert problems(folder, domain, "rules:\n- rule: one\n  steps: []\n") == []
    assert problems(folder, domain, "") == []


def test_a_problem_quotes_no_customer(folder: Path, domain: Path) -> None:
    text = "nlu:\n- intent: greet\n  examples: |\n    - 제 번호는 [010-0000-1234]예요\n    010-0000-9999\n"
    assert not [problem for problem in problems(folder, domain, text) if "010" in problem]


def test_training_is_refused_with_every_problem(folder: Path, domain: Path) -> None:
    (folder / "a.yml").write_text(GOOD)
    ensure_well_formed_names = "a.yml:11: is no example"
    (folder / "b.yml").write_text("nlu: [")
    with pytest.raises(TrainingDataError) as caught:
        ensure_well_formed(folder.parent, domain)
    assert ensure_well_formed_names in str(caught.value)
    assert "b.yml:1: is no YAML" in str(caught.value)


def test_a_malformed_configuration_is_named(folder: Path, domain: Path) -> None:
    config = domain.with_name("config.yml")
    config.write_text("pipeline: [\n")
    with pytest.raises(TrainingDataError, match=r"config\.yml:2: is no YAML"):
        ensure_well_formed(folder.parent, domain, [config])


def test_intents_of_the_domain_are_listed(domain: Path) -> None:
    assert list_intents(domain) == ["greet", "thanks"]
    domain.write_text("intents: [")
    with pytest.raises(TrainingDataError, match=r"domain\.yml:1: is no YAML"):
        list_intents(domain)
