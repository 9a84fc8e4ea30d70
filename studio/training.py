"""Trains a model in the bot's own environment, measures it, and registers it.

The bot side is only ever run as a program. A model that cannot be trained leaves nothing behind;
one that is trained is not in use until `studio.rollout` (or the next start) says so.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from kernel.settings import ROOT, Settings
from studio.bot_runtime import bot_python
from studio.dataset import ensure_well_formed
from studio.errors import TrainingError
from studio.evaluation import Question, count_examples, rate, split_training_data
from studio.registry import ModelCard, Registry, fingerprint

OnProgress = Callable[[str, float], None]
_TIME_LIMIT_S = 1800.0
_LINE_LIMIT_BYTES = 1_000_000
_TAIL_LINES = 15
# How much of the whole each part is; the first two run side by side.
_WEIGHTS = {"training": 0.45, "training for the exam": 0.4, "sitting the exam": 0.15}


class _Work:
    """What the parts of a training share: where they report and where they log."""

    def __init__(self, on_progress: OnProgress, log: Path) -> None:
        self.log = log
        self._on_progress = on_progress
        self._done = dict.fromkeys(_WEIGHTS, 0.0)

    def report(self, part: str, line: str) -> bool:
        """Pass a progress line on; tell whether it was one."""
        try:
            found = json.loads(line)
            step, progress = str(found["step"]), float(found["progress"])
        except (ValueError, KeyError, TypeError):
            return False
        self._done[part] = progress
        self._on_progress(f"{part}: {step}", sum(weight * self._done[name] for name, weight in _WEIGHTS.items()))
        return True


def read_model_id(archive: Path) -> str:
    """Return the id that Rasa gave a model; its worker reports the same. Raises TrainingError."""
    try:
        with tarfile.open(archive) as content:
            member = next(member for member in content if PurePosixPath(member.name) == PurePosixPath("metadata.json"))
            described = content.extractfile(member)
            return str(json.load(described)["model_id"]) if described else ""
    except (OSError, tarfile.TarError, StopIteration, ValueError, KeyError) as error:
        raise TrainingError(f"{archive} is not a model of Rasa") from error


async def train(settings: Settings, on_progress: OnProgress, *, evaluate: bool = True) -> str:
    """Train on the present data, measure, register, and return the model's id. Raises TrainingDataError, TrainingError.

    `on_progress` hears (step, ratio). Without `evaluate` the card has no accuracy.
    The exam is sat by a second model that has not seen its questions, trained beside the first.
    """
    configuration = [ROOT / "config.yml"]
    await asyncio.to_thread(ensure_well_formed, settings.training_dir, ROOT / "domain.yml", configuration)
    log = settings.data_dir / "logs" / "training.log"
    async with _only_one(settings.models_dir, on_progress) as waited:
        wanted = fingerprint(ROOT, settings.training_dir)
        if waited and (made := Registry(settings.models_dir).find_by_fingerprint(wanted)):
            return made.model_id  # the training that was waited for has made it
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        work = _Work(on_progress, log)
        with tempfile.TemporaryDirectory(prefix="training-", dir=settings.models_dir) as folder:
            scratch = Path(folder)
            try:
                async with asyncio.TaskGroup() as group:
                    whole = group.create_task(
                        _train_archive(settings.training_dir, scratch / "whole", "training", work)
                    )
                    exam = group.create_task(_measure(settings.training_dir, scratch, work)) if evaluate else None
            except ExceptionGroup as failed:  # the first failure stopped the others
                raise failed.exceptions[0] from None
            archive = whole.result()
            model_id = read_model_id(archive)
            archive.replace(settings.models_dir / f"{model_id}.tar.gz")
        card = ModelCard(
            model_id=model_id,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            fingerprint=wanted,
            accuracy=exam.result() if exam else None,
            example_count=count_examples(settings.training_dir),
        )
        Registry(settings.models_dir).register(card)
    on_progress("registered", 1.0)
    return model_id


async def _measure(training_dir: Path, scratch: Path, work: _Work) -> float | None:
    questions = split_training_data(training_dir, scratch / "exam-data")
    if not questions:
        return None
    archive = await _train_archive(scratch / "exam-data", scratch / "exam", "training for the exam", work)
    return rate(questions, await _parse(archive, questions, scratch, work))


async def _train_archive(training_dir: Path, out: Path, part: str, work: _Work) -> Path:
    out.mkdir(parents=True)
    inputs = [
        "--training-data",
        str(training_dir),
        "--config",
        str(ROOT / "config.yml"),
        "--domain",
        str(ROOT / "domain.yml"),
    ]
    last = await _run_bot(["bot.train", "--out", str(out), *inputs, "--progress-json"], part, work)
    try:
        return Path(json.loads(last)["model_path"])
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"bot.train named no model; its log is {work.log}") from error


async def _parse(archive: Path, questions: Sequence[Question], scratch: Path, work: _Work) -> list[str | None]:
    asked, answered = scratch / "questions.jsonl", scratch / "answers.jsonl"
    asked.write_text("".join(json.dumps({"text": question.text}, ensure_ascii=False) + "\n" for question in questions))
    await _run_bot(
        ["bot.parse", "--model", str(archive), "--in", str(asked), "--out", str(answered)], "sitting the exam", work
    )
    return [json.loads(line)["intent"] for line in answered.read_text().splitlines()]


async def _run_bot(arguments: Sequence[str], part: str, work: _Work) -> str:
    """Run a program of the bot's environment; return the last line it printed. Raises TrainingError."""
    process = await asyncio.create_subprocess_exec(
        str(bot_python()),
        "-m",
        *arguments,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT_BYTES,
    )
    try:
        async with asyncio.timeout(_TIME_LIMIT_S):
            printed, _ = await asyncio.gather(_last_line(process.stdout), _follow(process.stderr, part, work))
            status = await process.wait()
    except TimeoutError as error:
        raise TrainingError(f"{arguments[0]} took more than {_TIME_LIMIT_S:.0f} s; its log is {work.log}") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status != 0:
        tail = work.log.read_text(errors="replace").splitlines()[-_TAIL_LINES:] if work.log.exists() else []
        raise TrainingError(f"{arguments[0]} failed (status {status}); its log is {work.log}", tail)
    return printed


async def _last_line(stream: asyncio.StreamReader | None) -> str:
    last = ""
    async for line in _lines(stream):
        last = line or last
    return last


async def _follow(stream: asyncio.StreamReader | None, part: str, work: _Work) -> None:
    with work.log.open("a") as log:
        async for line in _lines(stream):
            if not work.report(part, line):
                log.write(line + "\n")
                log.flush()


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[str]:
    while stream is not None and (line := await stream.readline()):
        yield line.decode(errors="replace").strip()


@asynccontextmanager
async def _only_one(models_dir: Path, on_progress: OnProgress) -> AsyncIterator[bool]:
    """Let one training at a time write into the models' folder; yield whether another had to be waited for."""
    models_dir.mkdir(parents=True, exist_ok=True)
    waited = False
    with (models_dir / ".training.lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = True
                on_progress("waiting for another training", 0.0)
                await asyncio.sleep(1.0)
        for leftover in models_dir.glob("training-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        yield waited
