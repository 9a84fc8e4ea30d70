"""When an environment is good as it is, and when it has to be made again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ops.environments import SERVICE, Environments


class RecordingEnvironments(Environments):
    """Makes environments of empty files and remembers the commands."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, {"PATH": ""})
        self.commands: list[list[str]] = []
        self.fails = False

    def ensure_uv(self) -> Path:
        return Path("uv")

    def _run(self, command: Sequence[object], log_name: str, settings: object = None) -> None:
        self.commands.append([str(word) for word in command])
        if self.fails and "sync" in self.commands[-1]:
            raise KeyboardInterrupt
        if "venv" in self.commands[-1]:
            python = self.python(SERVICE)
            python.parent.mkdir(parents=True)
            python.touch(mode=0o755)

    def locks_of_last_install(self) -> list[str]:
        return [Path(word).name for word in self.commands[-1] if word.endswith(".lock")]


@pytest.fixture
def environments(tmp_path: Path) -> RecordingEnvironments:
    locks = tmp_path / "requirements"
    locks.mkdir()
    for name in ("service", "service-dev", "bot", "bot-dev"):
        (locks / f"{name}.lock").write_text(f"{name}==1\n")
    (tmp_path / ".venv").mkdir()
    return RecordingEnvironments(tmp_path)


def test_makes_a_missing_one_and_then_leaves_it(environments: RecordingEnvironments) -> None:
    assert environments.ensure(SERVICE, dev=False)
    assert environments.locks_of_last_install() == ["service.lock"]
    assert not environments.ensure(SERVICE, dev=False)


def test_adds_the_development_packages_when_they_are_first_needed(environments: RecordingEnvironments) -> None:
    environments.ensure(SERVICE, dev=False)
    assert environments.ensure(SERVICE, dev=True)
    assert environments.locks_of_last_install() == ["service.lock", "service-dev.lock"]
    assert not environments.ensure(SERVICE, dev=False), "one with more in it serves as well"


def test_a_changed_lock_updates_it_with_all_that_was_in_it(environments: RecordingEnvironments, tmp_path: Path) -> None:
    environments.ensure(SERVICE, dev=True)
    (tmp_path / "requirements" / "service.lock").write_text("service==2\n")
    environments.commands.clear()
    assert environments.ensure(SERVICE, dev=False)
    assert environments.locks_of_last_install() == ["service.lock", "service-dev.lock"]
    assert not any("venv" in command for command in environments.commands), "an instance may run from it"


def test_one_whose_making_was_interrupted_is_made_again_from_nothing(environments: RecordingEnvironments) -> None:
    environments.fails = True
    with pytest.raises(KeyboardInterrupt):
        environments.ensure(SERVICE, dev=False)
    environments.fails = False
    environments.commands.clear()
    assert not environments.is_current(SERVICE, dev=False)
    assert environments.ensure(SERVICE, dev=False)
    assert any("venv" in command for command in environments.commands)


def test_one_whose_update_was_interrupted_is_made_again_from_nothing(
    environments: RecordingEnvironments, tmp_path: Path
) -> None:
    environments.ensure(SERVICE, dev=False)
    (tmp_path / "requirements" / "service.lock").write_text("service==2\n")
    environments.fails = True
    with pytest.raises(KeyboardInterrupt):
        environments.ensure(SERVICE, dev=False)
    environments.fails = False
    environments.commands.clear()
    environments.ensure(SERVICE, dev=False)
    assert any("venv" in command for command in environments.commands)


def test_a_damaged_stamp_counts_as_none(environments: RecordingEnvironments, tmp_path: Path) -> None:
    environments.ensure(SERVICE, dev=False)
    stamp = tmp_path / ".venv" / "service" / ".ieum-stamp.json"
    assert json.loads(stamp.read_text())
    stamp.write_text("{")
    assert not environments.is_current(SERVICE, dev=False)
