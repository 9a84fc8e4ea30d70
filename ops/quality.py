"""`check`: what can be said of the code and the training data without running anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed

from kernel.settings import ROOT
from ops.commands import Task, python_of, run_quietly, show_outcome, web_environment

_SIDE_BY_SIDE = 2


def check() -> int:
    """Run all checks, show each as it ends, and return 0 when all passed, else 1."""
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="check") as pool:
        running = [pool.submit(run_quietly, task) for task in list_checks()]
        failed = 0
        for future in as_completed(running):
            outcome = future.result()
            show_outcome(outcome)
            failed += outcome.status != 0
    return 1 if failed else 0


def list_checks() -> list[Task]:
    """Return the checks, the slow ones first."""
    tools = python_of("service").parent
    checks = [
        Task("training data, domain and rules fit (rasa)", [python_of("bot"), "-m", "bot.validate"]),
        Task("entities are found in the examples", [python_of("bot"), "-m", "bot.entity_report"]),
        Task("examples: repeats, leaks, counts", [python_of("service"), "-m", "ops.data_checks"]),
        Task("types of the service side (mypy)", [tools / "mypy"]),
        Task("who may import whom (import-linter)", [tools / "lint-imports", "--no-logo"]),
        Task("format (ruff)", [tools / "ruff", "format", "--check", "--diff", "--quiet", "."]),
        Task("lint (ruff)", [tools / "ruff", "check", "."]),
    ]
    if (ROOT / "web" / "package.json").exists():
        checks.insert(1, Task("web pages: lint and types", ["npm", "run", "check"], ROOT / "web", web_environment()))
    return checks
