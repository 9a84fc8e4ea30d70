"""The switch to another model: workers are replaced one by one, and a bad model changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from kernel.settings import Settings, load_settings
from ops.instance import Instance, open_secrets, process_environment
from studio import rollout
from studio.errors import RolloutError
from studio.registry import InUse, ModelCard, Registry, model_for_slot, read_in_use, write_in_use
from studio.supervisor import Program


class FakeSupervisor:
    """Three worker slots, two of them running; remembers which model each was started with."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self.running = {"bot-0": "old", "bot-1": "old"}
        self.fewest_running = 2

    def is_alive(self) -> bool:
        return True

    def list_programs(self) -> list[Program]:
        names = ["bot-0", "bot-1", "bot-2", "gateway"]
        return [Program(name, "RUNNING" if name in {*self.running, "gateway"} else "STOPPED", None) for name in names]

    def start(self, name: str) -> None:
        self.running[name] = model_for_slot(self._data_dir, name)

    def stop(self, name: str) -> None:
        del self.running[name]
        self.fewest_running = min(self.fewest_running, len(self.running))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = process_environment(Instance(data_dir=tmp_path, bot_ports=(1, 2, 3)), open_secrets(tmp_path, {}), {})
    settings = load_settings(environ | {"IEUM_MODELS_DIR": str(tmp_path / "models")})
    settings.models_dir.mkdir()
    for model_id in ("old", "new"):
        (settings.models_dir / f"{model_id}.tar.gz").touch()
        Registry(settings.models_dir).register(ModelCard(model_id, "2026-11-22T00:00:00+00:00", model_id, None, 1))
    write_in_use(tmp_path, InUse(active="old", slots={}))
    return settings


@pytest.fixture
def supervisor(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> FakeSupervisor:
    fake = FakeSupervisor(settings.data_dir)
    monkeypatch.setattr(rollout, "Supervisor", lambda _socket: fake)
    return fake


@pytest.fixture
def answer_health(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    def answer(ready: bool) -> None:
        async def is_ready(_client: httpx.AsyncClient) -> bool:
            return ready

        monkeypatch.setattr(rollout, "_is_ready", is_ready)
        monkeypatch.setattr(rollout, "_READY_WITHIN_S", 0.01)
        monkeypatch.setattr(rollout, "_POLL_S", 0.001)

    return answer


async def test_every_worker_ends_up_with_the_new_model_and_two_are_always_there(
    settings: Settings, supervisor: FakeSupervisor, answer_health: Callable[[bool], None]
) -> None:
    answer_health(True)
    await rollout.switch(settings, "new", lambda _step, _ratio: None)
    assert list(supervisor.running.values()) == ["new", "new"]
    assert supervisor.fewest_running == 2
    assert read_in_use(settings.data_dir) == InUse(active="new", slots={})


async def test_a_model_that_does_not_come_up_changes_nothing(
    settings: Settings, supervisor: FakeSupervisor, answer_health: Callable[[bool], None]
) -> None:
    answer_health(False)
    with pytest.raises(RolloutError, match="the old one stays in use"):
        await rollout.switch(settings, "new", lambda _step, _ratio: None)
    assert supervisor.running == {"bot-0": "old", "bot-1": "old"}
    assert read_in_use(settings.data_dir) == InUse(active="old", slots={})


async def test_an_unknown_model_is_refused_before_anything_is_touched(
    settings: Settings, supervisor: FakeSupervisor, answer_health: Callable[[bool], None]
) -> None:
    answer_health(True)
    with pytest.raises(RolloutError, match="no model unknown"):
        await rollout.switch(settings, "unknown", lambda _step, _ratio: None)
    assert supervisor.running == {"bot-0": "old", "bot-1": "old"}


async def test_without_a_running_instance_the_model_is_used_from_the_next_start_on(settings: Settings) -> None:
    await rollout.switch(settings, "new", lambda _step, _ratio: None)
    assert read_in_use(settings.data_dir) == InUse(active="new", slots={})
