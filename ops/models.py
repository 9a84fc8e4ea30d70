"""The commands on models: train one and bring it into use, ask one what it understands."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

from kernel.settings import ROOT
from ops import opening, prepare
from ops.errors import OperationFailed
from ops.steps import step
from studio import rollout
from studio.bot_runtime import bot_python
from studio.registry import Registry, read_in_use


def train_and_switch(data_dir: Path) -> str:
    """Train a model, bring it into use (without a break where the instance runs), and return its id."""
    settings = opening.make_settings(data_dir)
    model_id = prepare.train(settings)
    with step("bringing the model into use") as progress:
        asyncio.run(
            rollout.switch(settings, model_id, lambda name, ratio: progress.note(f"{ratio * 100:.0f} % {name}"))
        )
    return model_id


def find_archive(data_dir: Path, model_id: str | None) -> Path:
    """Return a model's archive; without an id, that of the one in use, else of the newest.

    Raises OperationFailed when none is trained, ModelNotFound.
    """
    registry = Registry(opening.make_settings(data_dir).models_dir)
    chosen = model_id or read_in_use(data_dir).active
    if chosen is None:
        newest = registry.list_models()
        if not newest:
            raise OperationFailed("no model is trained yet: run `./ieum train` first")
        chosen = newest[0].model_id
    return registry.get_archive(chosen)


def parse(data_dir: Path, source: Path, target: Path, model_id: str | None) -> None:
    """Write what a model understands in each line of `source` to `target`. Raises OperationFailed, ModelNotFound."""
    archive = find_archive(data_dir, model_id)
    if not source.is_file():
        raise OperationFailed(f"there is no file {source}")
    command = [bot_python(), "-m", "bot.parse", "--model", archive, "--in", source, "--out", target]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode != 0:
        raise OperationFailed(f"bot.parse failed (status {done.returncode}); what it said stands above")
