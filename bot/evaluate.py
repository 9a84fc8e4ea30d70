"""Measure a model: `python -m bot.evaluate --model M --out FIGURES.json FILE...`.

Each FILE holds questions with their answers (bot/measuring/questions.py). Exit status 2
when a line of them cannot be used; nothing is loaded then. With --stock the model is one
of stock Rasa's, and is asked the way stock Rasa is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from bot import lean, logs
from bot.measuring import figures
from bot.measuring.questions import (
    BadQuestions,
    Question,
    list_doubts,
    read_questions,
)

Ask = Callable[[str], Awaitable[dict[str, Any]]]
# Asked first and not counted: what a process does once belongs to its start.
WARM_UP_COUNT = 20
LISTED = 20


def main(arguments: list[str] | None = None) -> int:
    """Measure as the command line says; returns the exit status."""
    started_at = time.monotonic()
    options = _read_options(arguments)
    try:
        questions = read_questions(options.questions)
    except BadQuestions as error:
        _list(error.problems)
        return 2
    if not options.stock:
        lean.prepare_process(os.environ)
    logs.configure("bot.evaluate", "error")
    ask, known = _load_stock(options.model) if options.stock else _load(options.model)
    ready_s = round(time.monotonic() - started_at, 1)
    _list([f"{doubt} (counted as labelled)" for doubt in list_doubts(questions, known)])
    answers = asyncio.run(_ask_all(ask, questions, tell=options.progress_json))
    found = figures.measure(questions, answers)
    found |= {"memory_mb": read_memory_mb(), "ready_s": ready_s}
    options.out.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    if options.plots:
        _draw(questions, answers, options.plots, options.names)
    return 0


def read_memory_mb() -> float | None:
    """What this process holds in memory now; None where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return round(int(resident.split()[1]) / 1024, 1)


def _read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluate")
    parser.add_argument("questions", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--plots", type=Path, metavar="DIR")
    parser.add_argument("--names", type=Path, help="JSON: Korean names of intents")
    parser.add_argument("--stock", action="store_true")
    parser.add_argument("--progress-json", action="store_true")
    return parser.parse_args(arguments)


def _load(model: Path) -> tuple[Ask, frozenset[str]]:
    from rasa.shared.core.constants import DEFAULT_INTENTS

    from bot import parsing
    from bot.action_endpoint import ActionEndpoint
    from bot.processor import create_agent

    agent = create_agent(ActionEndpoint(parsing.NO_ACTIONS, token=""))
    agent.load_model(str(model))
    # A model without dialogue knows Rasa's own intents only.
    known = frozenset(agent.domain.intents if agent.domain else ())
    known = known if known - frozenset(DEFAULT_INTENTS) else frozenset()
    return lambda text: parsing.parse(agent, text), known


def _load_stock(model: Path) -> tuple[Ask, frozenset[str]]:
    from bot.measuring import stock

    agent = stock.load_agent(model)
    return lambda text: stock.parse(agent, text), frozenset()


async def _ask_all(
    ask: Ask, questions: Sequence[Question], *, tell: bool
) -> list[dict[str, Any]]:
    for question in questions[:WARM_UP_COUNT]:
        await ask(question.text)
    answers = []
    for count, question in enumerate(questions):
        if tell and count % max(1, len(questions) // 50) == 0:
            step = {"step": "asking", "progress": round(count / len(questions), 2)}
            print(json.dumps(step), file=sys.stderr, flush=True)
        answers.append(await ask(question.text))
    return answers


def _draw(
    questions: Sequence[Question],
    answers: Sequence[dict[str, Any]],
    folder: Path,
    names: Path | None,
) -> None:
    from bot.measuring import plots

    folder.mkdir(parents=True, exist_ok=True)
    single = [(q, a) for q, a in zip(questions, answers, strict=True) if not q.several]
    plots.draw_confusion(
        [question.intents[0] for question, _ in single],
        [figures.judge(answer).intent for _, answer in single],
        json.loads(names.read_text(encoding="utf-8")) if names else {},
        folder / "confusion.png",
    )
    plots.draw_reliability(
        figures.list_bins(questions, answers), folder / "reliability.png"
    )


def _list(lines: Sequence[str]) -> None:
    for line in lines[:LISTED]:
        print(line, file=sys.stderr)
    if len(lines) > LISTED:
        print(f"... and {len(lines) - LISTED} more", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
