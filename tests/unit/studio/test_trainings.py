"""The training a trainer asked for: one at a time, its state told truly, whatever becomes of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kernel.clock import FixedClock
from kernel.settings import Settings, load_settings
from studio import registry, rollout, training
from studio.errors import RolloutError, TrainingDataError, TrainingError
from studio.registry import ModelCard
from studio.training import OnProgress
from studio.trainings import Trainings


class Work:
    """Training and switching as a test wants them: held at a gate, failing, or done."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.training_fails: Exception | None = None
        self.switching_fails: Exception | None = None
        self.switched_to: list[str] = []
        self.was_cancelled = False

    async def train(self, settings: Settings, on_progress: OnProgress) -> str:
        on_progress("training: featurizer", 0.4)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        if self.training_fails:
            raise self.training_fails
        return "m-2"

    async def switch(self, settings: Settings, model_id: str, on_progress: OnProgress) -> None:
        on_progress("starting a worker", 0.5)
        await asyncio.sleep(0)
        if self.switching_fails:
            raise self.switching_fails
        self.switched_to.append(model_id)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    made = Work()
    monkeypatch.setattr(training, "train", made.train)
    monkeypatch.setattr(rollout, "switch", made.switch)
    return made


@pytest.fixture
async def trainings(tmp_path: Path, clock: FixedClock, work: Work) -> AsyncIterator[Trainings]:
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    environment = {f"IEUM_{name}": secrets.token_urlsafe(32) for name in names}
    environment |= {"IEUM_DATA_DIR": str(tmp_path), "IEUM_MODELS_DIR": str(tmp_path / "models")}
    made = Trainings(load_settings(environment), clock)
    yield made
    await made.stop()


async def _settled(trainings: Trainings) -> None:
    async with asyncio.timeout(2):
        while trainings.current.state in ("training", "switching"):
            await asyncio.sleep(0)


async def test_a_training_ends_with_the_switch_to_its_model(
    trainings: Trainings, work: Work, clock: FixedClock
) -> None:
    assert trainings.current.state == "idle" and trainings.last_started_at() is None
    started_at = clock.now()
    assert trainings.start()
    await asyncio.sleep(0)
    now = trainings.current
    assert (now.state, now.step, now.progress, now.model_id) == ("training", "training: featurizer", 0.4, None)
    clock.advance(60)
    work.gate.set()
    await _settled(trainings)
    done = trainings.current
    assert (done.state, done.progress, done.model_id, done.error) == ("done", 1.0, "m-2", None)
    assert (done.started_at, done.finished_at) == (started_at, clock.now())
    assert work.switched_to == ["m-2"] and trainings.last_started_at() == started_at


async def test_only_one_training_is_under_way(trainings: Trainings, work: Work) -> None:
    assert [trainings.start() for _ in range(3)] == [True, False, False]
    work.gate.set()
    await _settled(trainings)
    assert trainings.start() and work.switched_to == ["m-2"]


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (TrainingError("bot.train failed (status 1)", ["손님의 말"]), "bot.train failed (status 1)"),
        (TrainingDataError("greet.yml cannot be read"), "greet.yml cannot be read"),
        (ValueError("홍길동"), "unexpected error; see the gateway's log"),
    ],
)
async def test_a_training_that_fails_says_why_and_switches_nothing(
    trainings: Trainings, work: Work, error: Exception, shown: str
) -> None:
    work.training_fails = error
    trainings.start()
    work.gate.set()
    await _settled(trainings)
    assert (trainings.current.state, trainings.current.error) == ("failed", shown)
    assert trainings.current.finished_at is not None and work.switched_to == []
    work.training_fails = None
    assert trainings.start()
    await _settled(trainings)
    assert (trainings.current.state, trainings.current.error) == ("done", None)


async def test_a_switch_that_fails_names_the_model_that_is_there(trainings: Trainings, work: Work) -> None:
    work.switching_fails = RolloutError("the model m-2 did not come up; the old one stays in use")
    trainings.start()
    work.gate.set()
    await _settled(trainings)
    failed = trainings.current
    assert (failed.state, failed.model_id) == ("failed", "m-2") and "old one stays" in (failed.error or "")


async def test_stop_gives_a_training_up(trainings: Trainings, work: Work) -> None:
    trainings.start()
    await asyncio.sleep(0)
    await trainings.stop()
    assert work.was_cancelled and work.switched_to == []


async def test_after_a_restart_the_newest_model_tells_what_it_was_trained_on(
    trainings: Trainings, work: Work, tmp_path: Path
) -> None:
    models = registry.Registry(tmp_path / "models")
    (tmp_path / "models").mkdir()
    for day in (1, 2):
        (tmp_path / "models" / f"m-{day}.tar.gz").touch()
        models.register(ModelCard(f"m-{day}", f"2026-11-0{day}T00:00:00+00:00", "f", None, 1))
    found = trainings.last_started_at()
    assert found is not None and found.day == 2
    work.training_fails = TrainingError("no")
    trainings.start()
    work.gate.set()
    await _settled(trainings)
    assert trainings.last_started_at() == found  # what was labelled meanwhile is still in no model
