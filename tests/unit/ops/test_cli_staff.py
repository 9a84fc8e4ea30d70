"""Members of staff by the command line: what they are asked to take, and refusals that say what there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from handoff.adapters.sql.store import upgrade
from handoff.domain.routing import SKILLS
from ops import opening
from ops.cli import app
from ops.instance import open_instance, save_instance

ADD = ("add", "--login", "minji", "--name", "김민지")


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An instance with an empty database."""
    instance = open_instance(tmp_path)
    save_instance(instance)
    upgrade(opening.settings_of(instance).database_url)
    return tmp_path


def _run(data_dir: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["agents", *words, "--data", str(data_dir)])


def _done(data_dir: Path, *words: str) -> Any:
    result = _run(data_dir, *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_somebody_is_added_with_what_they_take_and_changed_later(data_dir: Path) -> None:
    added = _done(data_dir, *ADD, "--skill", "delivery", "--skill", "orders", "--capacity", "3", "--team", "배송팀")
    assert (added["skills"], added["capacity"], added["languages"]) == (["delivery", "orders"], 3, ["ko"])
    changed = _done(data_dir, "change", "minji", "--skill", "all", "--language", "en", "--role", "supervisor")
    assert changed == added | {"skills": list(SKILLS), "languages": ["en"], "role": "supervisor"}
    assert _done(data_dir, "list") == {"agents": [changed]}


def test_who_left_is_shut_out_until_they_are_added_again(data_dir: Path) -> None:
    added = _done(data_dir, *ADD)
    assert _done(data_dir, "deactivate", "minji") == added | {"is_active": False}
    assert _done(data_dir, *ADD) == added
    assert _run(data_dir, "deactivate", "nobody").exit_code != 0


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (("--skill", "cooking"), SKILLS),
        (("--language", "xx"), ("ko", "en", "ja", "zh")),
        (("--capacity", "0"), ("1",)),
        (("--role", "king"), ("agent", "supervisor")),
        (("--team", " "), ("team",)),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    data_dir: Path, given: tuple[str, str], named: tuple[str, ...]
) -> None:
    for command in (ADD, ("change", "minji")):
        refused = _run(data_dir, *command, *given)
        assert refused.exit_code != 0 and "Traceback" not in refused.output
        assert all(name in refused.output for name in named)
    assert _done(data_dir, "list") == {"agents": []}


@pytest.mark.parametrize("words", [("change", "nobody", "--capacity", "3"), ("change", "minji")])
def test_a_change_of_nobody_or_of_nothing_is_refused(data_dir: Path, words: tuple[str, ...]) -> None:
    assert _run(data_dir, *words).exit_code in (1, 2)


@pytest.mark.parametrize("command", ["add", "change", "deactivate", "list"])
def test_help_shows_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, ["agents", command, "--help"])
    assert f"Example: ./ieum agents {command}" in " ".join(shown.output.split())
