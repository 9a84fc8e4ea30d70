"""How a Python is found, on a made-up tree of interpreters."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.interpreters import InterpreterMissing, find_interpreter


def _install(path: Path, version: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {version}\n")
    path.chmod(0o755)
    return path


def _install_broken(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho 'version 3.10 is not set' >&2\nexit 127\n")
    path.chmod(0o755)
    return path


def test_takes_the_one_on_path(tmp_path: Path) -> None:
    wanted = _install(tmp_path / "bin" / "python3.10", "3.10")
    assert find_interpreter("3.10", {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}) == wanted


def test_passes_over_a_shim_without_a_version_behind_it(tmp_path: Path) -> None:
    _install_broken(tmp_path / "shims" / "python3.10")
    wanted = _install(tmp_path / "pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10")
    environ = {"PATH": str(tmp_path / "shims"), "PYENV_ROOT": str(tmp_path / "pyenv"), "HOME": str(tmp_path)}
    assert find_interpreter("3.10", environ) == wanted


def test_takes_the_newest_of_a_pyenv_tree_in_the_home_folder(tmp_path: Path) -> None:
    _install(tmp_path / ".pyenv" / "versions" / "3.10.9" / "bin" / "python3.10", "3.10")
    wanted = _install(tmp_path / ".pyenv" / "versions" / "3.10.13" / "bin" / "python3.10", "3.10")
    assert find_interpreter("3.10", {"PATH": "", "HOME": str(tmp_path)}) == wanted


def test_a_python3_of_another_version_is_not_taken(tmp_path: Path) -> None:
    _install(tmp_path / "bin" / "python3", "3.12")
    with pytest.raises(InterpreterMissing):
        find_interpreter("3.10", {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)})


def test_the_named_one_goes_before_path(tmp_path: Path) -> None:
    _install(tmp_path / "bin" / "python3.10", "3.10")
    wanted = _install(tmp_path / "mine" / "python", "3.10")
    environ = {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "IEUM_PYTHON_3_10": str(wanted)}
    assert find_interpreter("3.10", environ) == wanted


def test_asks_uv_when_nothing_else_has_it(tmp_path: Path) -> None:
    wanted = _install(tmp_path / "uv-tree" / "python3.10", "3.10")
    uv = tmp_path / "uv"
    uv.write_text(f"#!/bin/sh\necho {wanted}\n")
    uv.chmod(0o755)
    assert find_interpreter("3.10", {"PATH": "", "HOME": str(tmp_path)}, uv) == wanted


def test_what_is_missing_is_said_with_the_way_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(InterpreterMissing, match=r"pyenv install 3\.10.*uv python install 3\.10.*IEUM_PYTHON_3_10"):
        find_interpreter("3.10", {"PATH": "", "HOME": str(tmp_path)})
