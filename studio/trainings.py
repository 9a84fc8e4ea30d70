"""The training a trainer asked for: one at a time, watched from the page, ended by the switch to the new model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from kernel.clock import Clock
from kernel.settings import Settings
from studio import registry, rollout, training
from studio.errors import StudioError

log = structlog.get_logger()

RUNNING = frozenset({"training", "switching"})


@dataclass(frozen=True)
class TrainingState:
    """Where a training stands: state idle, training, switching, done or failed; progress 0–1 of the present state."""

    state: str = "idle"
    step: str = ""
    progress: float = 0.0
    model_id: str | None = None
    error: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Trainings:
    """Starts trainings and knows the last one."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.current = TrainingState()

    def last_started_at(self) -> datetime | None:
        """Return since when labelled utterances are not in a model yet: the last training's start, None before the first.

        For a training before this process lived, its model's birth stands in, moved to the product's clock.
        """
        if self.current.started_at is not None and self.current.state != "failed":
            return self.current.started_at
        cards = registry.Registry(self._settings.models_dir).list_models()
        if not cards:
            return None
        return datetime.fromisoformat(cards[0].created_at) + timedelta(seconds=self._settings.clock_offset_s)

    def start(self) -> bool:
        """Begin to train; False when a training is under way already."""
        if self.current.state in RUNNING:
            return False
        self.current = TrainingState(state="training", started_at=self._clock.now())
        self._task = asyncio.create_task(self._run(), name="training")
        return True

    async def stop(self) -> None:
        """Give up a training that is under way; the model in use stays."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            model_id = await training.train(self._settings, self._progressed)
            self.current = replace(self.current, state="switching", model_id=model_id, progress=0.0)
            await rollout.switch(self._settings, model_id, self._progressed)
            self.current = replace(self.current, state="done", progress=1.0, finished_at=self._clock.now())
        except StudioError as error:  # what it says may quote the training data, and so a customer: not for the log
            log.error("training_failed", kind=type(error).__name__)
            self._failed(str(error))
        except Exception:
            log.exception("training_failed")
            self._failed("unexpected error; see the gateway's log")

    def _progressed(self, step: str, progress: float) -> None:
        self.current = replace(self.current, step=step, progress=progress)

    def _failed(self, error: str) -> None:
        self.current = replace(self.current, state="failed", error=error, finished_at=self._clock.now())
