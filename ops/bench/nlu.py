"""Understanding: ours and two stock pipelines, trained on the same data and asked the same in one run.

The peers: `rasa init` as it is (DIET on whitespace tokens), and the same with a tokenizer that keeps
Hangul. On our own data and frozen set always; on public sets where a folder of them is given. Every
training and every measuring is a process of its own, on the same two cores.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernel.settings import ROOT
from ops import understanding
from ops.bench import nlu_data
from ops.bench.nlu_data import PublicSet
from ops.bench.nlu_goals import list_goals, list_public_goals
from ops.bot_programs import BotRun, run_bot, save_log
from ops.errors import OperationFailed
from ops.steps import step

THREADS = 2
PICTURES = ROOT / "artifacts" / "nlu"
LOGS = ROOT / "var" / "bench"
OURS, PEER, PEER_HANGUL = "ours", "peer", "peer_hangul"
TITLES = {OURS: "ours", PEER: "stock", PEER_HANGUL: "stock, Hangul kept"}
_STOCK = {PEER: "default", PEER_HANGUL: "hangul"}
_QUICK_TRAIN, _QUICK_EVERY = 20, 5
_TAIL_LINES = 20
Figures = dict[str, Any]


@dataclass(frozen=True)
class Wishes:
    """What to measure: `quick` cuts the data for everybody, `stock_too` asks the peers on public sets as well.

    `ours_only` leaves the peers out, whose trainings on all data take hours; `stock_rounds` lets them
    train so many rounds of their 100.
    """

    quick: bool = False
    data_sets: Path | None = None
    stock_too: bool = False
    ours_only: bool = False
    stock_rounds: int | None = None


@dataclass(frozen=True)
class _Exam:
    """One set of data to learn from and one to be asked."""

    name: str
    train: Path
    questions: Sequence[Path]


def measure(wishes: Wishes) -> dict[str, Any]:
    """Return the figures of all models on all sets. Raises OperationFailed."""
    public = nlu_data.read_public_sets(wishes.data_sets) if wishes.data_sets else []
    with _two_cores() as cores, tempfile.TemporaryDirectory(prefix="ieum-bench-nlu-") as folder:
        scratch = Path(folder)
        own = _make_own_exam(scratch, quick=wishes.quick)
        frozen: dict[str, Figures] = {who: {} for who in TITLES}
        frozen[OURS] = _sit(OURS, own, scratch, pictures=not wishes.quick)
        if not wishes.quick:
            frozen[OURS] |= _train_whole(scratch)
        for peer in [] if wishes.ours_only else _STOCK:
            frozen[peer] = _sit(peer, own, scratch, pictures=not wishes.quick, rounds=wishes.stock_rounds)
        results = [result for one in public for result in _sit_public(one, scratch, wishes)]
    goals = [] if wishes.quick else [*list_goals(frozen), *list_public_goals(results)]
    return {
        "bench": "nlu",
        "peer_is": "stock Rasa 3.6.21: `rasa init` pipeline (DIET); peer_hangul: with a tokenizer that keeps Hangul",
        "quick": wishes.quick,
        "stock_rounds": wishes.stock_rounds,
        "cores": cores,
        **frozen,
        "public": results,
        "pictures": None if wishes.quick else str(PICTURES.relative_to(ROOT)),
        "goals": goals,
    }


def _make_own_exam(scratch: Path, *, quick: bool) -> _Exam:
    files = nlu_data.list_frozen_files()
    if not quick:
        return _Exam("frozen set", nlu_data.OWN_DATA, files)
    train = nlu_data.write_lines(scratch / "own.jsonl", nlu_data.read_own_examples(_QUICK_TRAIN))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[::_QUICK_EVERY]]
    questions = scratch / "frozen.jsonl"
    questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return _Exam("frozen set", train, [questions])


def _sit_public(whole: PublicSet, scratch: Path, wishes: Wishes) -> Iterator[Figures]:
    """Yield the result of a public set, and of its cut where peers are asked and it is much larger."""
    wanted = nlu_data.cut(whole, _QUICK_TRAIN, _QUICK_TRAIN) if wishes.quick else whole
    peers = [PEER, PEER_HANGUL] if wishes.stock_too else []
    small = nlu_data.cut(wanted)
    if peers and len(wanted.train) > nlu_data.MUCH and len(small.train) < len(wanted.train):
        yield _result(wanted, [OURS], scratch)
        yield _result(small, [OURS, *peers], scratch)
    else:
        yield _result(wanted, [OURS, *peers], scratch)


def _result(one: PublicSet, who: Sequence[str], scratch: Path) -> Figures:
    train = nlu_data.write_lines(scratch / "train.jsonl", one.train)
    questions = nlu_data.write_lines(scratch / "questions.jsonl", one.test)
    exam = _Exam(one.name, train, [questions])
    return {
        "set": one.name,
        "train_n": len(one.train),
        "reference": one.reference,
        **{name: _sit(name, exam, scratch, pictures=False) for name in who},
    }


def _sit(who: str, exam: _Exam, scratch: Path, *, pictures: bool, rounds: int | None = None) -> Figures:
    """Train one pipeline on an exam's data and ask it; return its figures."""
    out = scratch / "models"
    title = f"{exam.name}: {TITLES[who]}"
    stock = ["--stock", _STOCK[who], *(["--rounds", rounds] if rounds else [])] if who in _STOCK else []
    with step(f"{title}, training") as progress:
        arguments = ["bot.train_nlu", "--data", exam.train, "--out", out, *stock]
        trained = run_bot(arguments, progress=progress, environ=_training_environment())
        made = _last_line(trained, who)
    model = Path(made["model_path"])
    found = _ask(title, who, model, exam.questions, scratch, pictures=pictures)
    model.unlink()
    flat = understanding.flatten(found)
    return {**flat, "training_s": made["seconds"], "training_memory_mb": made["memory_mb"]}


def _ask(
    title: str, who: str, model: Path, questions: Sequence[Path], scratch: Path, *, pictures: bool
) -> dict[str, Any]:
    out = scratch / "figures.json"
    arguments: list[object] = ["bot.evaluate", "--model", model, "--out", out, "--progress-json", *questions]
    arguments += ["--stock"] if who in _STOCK else []
    if pictures:
        arguments += ["--plots", PICTURES / who, "--names", understanding.write_names(scratch)]
    # Ours sets its own threads, as a worker does; stock Rasa takes what it is given.
    environ = _training_environment() if who in _STOCK else {}
    with step(f"{title}, asking") as progress:
        _check(run_bot(arguments, progress=progress, environ=environ), who)
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _train_whole(scratch: Path) -> Figures:
    """Return how long the whole model takes, understanding and dialogue, from the start of the program."""
    with step("ours: training the whole model") as progress:
        started = time.monotonic()
        arguments = ["bot.train", "--out", scratch / "whole", "--progress-json"]
        _check(run_bot(arguments, progress=progress, environ=_training_environment()), "whole")
        return {"whole_training_s": round(time.monotonic() - started, 1)}


def _training_environment() -> Mapping[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    flow = ("TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS")
    return dict.fromkeys((*names, *flow), str(THREADS))


@contextmanager
def _two_cores() -> Iterator[int]:
    """Keep this process and those it starts on two cores, where the system can; yield how many there are."""
    if not hasattr(os, "sched_setaffinity"):
        yield os.cpu_count() or 1
        return
    before = os.sched_getaffinity(0)
    chosen = sorted(before)[:THREADS]
    os.sched_setaffinity(0, chosen)
    try:
        yield len(chosen)
    finally:
        os.sched_setaffinity(0, before)


def _last_line(run: BotRun, who: str) -> dict[str, Any]:
    _check(run, who)
    try:
        found: dict[str, Any] = json.loads(run.printed[-1])
    except (ValueError, IndexError) as error:
        raise OperationFailed(f"the training of {TITLES[who]} named no model") from error
    return found


def _check(run: BotRun, who: str) -> None:
    log = LOGS / f"nlu-{who}.log"
    save_log(run, log)
    if run.status:
        tail = "\n".join(run.said[-_TAIL_LINES:])
        raise OperationFailed(f"measuring {who} failed (status {run.status}); the end of {log}:\n{tail}")
