"""The supervisor's configuration, and the records of who runs."""

from __future__ import annotations

import configparser
import errno
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ops import run
from ops.instance import BOT_SLOTS, Instance, open_secrets
from ops.processes import identify, is_alive
from ops.run import build_command
from ops.supervision import list_programs, list_recorded, render_config, stop_everything


def _read(instance: Instance) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(render_config(instance))
    return parser


def test_every_program_is_restarted_when_it_dies(tmp_path: Path) -> None:
    config = _read(Instance(data_dir=tmp_path))
    programs = [config[section] for section in config.sections() if section.startswith("program:")]
    assert len(programs) == 6
    assert {program["autorestart"] for program in programs} == {"true"}


def test_the_spare_worker_waits_for_a_new_model(tmp_path: Path) -> None:
    config = _read(Instance(data_dir=tmp_path))
    starts = {name: config[f"program:{name}"]["autostart"] for name in BOT_SLOTS}
    assert starts == {"bot-0": "true", "bot-1": "true", "bot-2": "false"}


def test_the_gateway_is_stopped_before_what_it_needs(tmp_path: Path) -> None:
    config = _read(Instance(data_dir=tmp_path))
    priorities = {
        name: int(config[f"program:{name}"]["priority"]) for name in list_programs(Instance(data_dir=tmp_path))
    }
    assert max(priorities, key=lambda name: priorities[name]) == "gateway"
    assert min(priorities, key=lambda name: priorities[name]) == "redis"


def test_no_redis_of_ours_where_one_is_configured(tmp_path: Path) -> None:
    assert "redis" not in list_programs(replace(Instance(data_dir=tmp_path), embedded_redis=False))


def test_the_configuration_holds_no_secret(tmp_path: Path) -> None:
    secrets = open_secrets(tmp_path, {})
    text = render_config(Instance(data_dir=tmp_path))
    assert not [name for name, value in secrets.items() if value in text]


def test_a_percent_sign_in_the_data_folder_is_kept(tmp_path: Path) -> None:
    instance = Instance(data_dir=tmp_path / "50%")
    assert str(instance.logs_dir).replace("%", "%%") in render_config(instance)


def test_only_recorded_processes_that_still_run_are_listed_and_ended(tmp_path: Path) -> None:
    instance = Instance(data_dir=tmp_path)
    instance.run_dir.mkdir()
    orphan = subprocess.Popen(["sleep", "60"])
    identity = identify(orphan.pid)
    assert identity is not None
    records = {
        "gateway": {"pid": identity.pid, "started": identity.started},
        "redis": {"pid": os.getpid(), "started": "another:1"},
    }
    for name, record in records.items():
        (instance.run_dir / f"{name}.json").write_text(json.dumps(record))
    (instance.run_dir / "bot-0.json").write_text("half a rec")
    assert list_recorded(instance) == {"gateway": identity}
    assert stop_everything(instance) == []
    assert not is_alive(identity)
    assert list(instance.run_dir.glob("*.json")) == []
    orphan.wait(5)


def test_a_worker_is_started_with_the_model_in_use(tmp_path: Path) -> None:
    (tmp_path / "m1.tar.gz").touch()
    card = {
        "model_id": "m1",
        "created_at": "2026-11-22T00:00:00+00:00",
        "fingerprint": "f",
        "accuracy": None,
        "example_count": 1,
    }
    (tmp_path / "m1.json").write_text(json.dumps(card))
    (tmp_path / "model.json").write_text(json.dumps({"active": "m1", "slots": {}}))
    instance = Instance(data_dir=tmp_path, bot_ports=(7001, 7002, 7003))
    command = build_command("bot-1", instance, {"IEUM_MODELS_DIR": str(tmp_path)})
    assert command[1:] == ["-m", "bot.serve", "--model", str(tmp_path / "m1.tar.gz"), "--port", "7002"]


def test_a_program_that_cannot_be_recorded_is_tried_again_after_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def refuse(path: Path, value: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(run, "open_instance", lambda data_dir: Instance(data_dir=data_dir))
    monkeypatch.setattr(run, "build_command", lambda *arguments: ["/bin/false"])
    monkeypatch.setattr(run, "write_json", refuse)
    monkeypatch.setattr(run.time, "sleep", pauses.append)
    monkeypatch.setattr(run.os, "execve", lambda *arguments: pytest.fail("it started without a record"))
    with pytest.raises(OSError, match="no space"):
        run.main("redis", {"IEUM_DATA_DIR": str(tmp_path)})
    assert pauses == [1.0]
