"""`test`: all tests, each side in its own environment.

The bot's tests run under its Python 3.10, which cannot import the service side: the fixtures of
`tests/conftest.py` are cut off for them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kernel.settings import ROOT
from ops import opening, prepare
from ops.commands import Outcome, Task, python_of, run_in_view, show_outcome, web_environment
from ops.errors import OperationFailed
from ops.steps import run_logged, step
from ops.terminal import DEFAULT_DATA, console
from studio.registry import Registry

BOT_SIDE = ("tests/unit/bot", "tests/stories", "tests/nlu")
# Without the running product: each test has databases of its own, so two run at a time.
APART = ("tests/unit", "tests/contract")
_TWO_AT_A_TIME = ("-n", "2", "--dist", "worksteal")
_FIXTURES_CUT_OFF_AT = "tests/unit/bot"
_BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")
_NO_TESTS_FOUND = 5


def run(arguments: Sequence[str]) -> int:
    """Run the suites that `arguments` (paths and pytest's options) ask for; return 0 when all passed."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    wanted = list_suites(paths, options)
    if not paths:
        ensure_browser()
    environ = _environment()
    outcomes = [run_in_view(Task(task.title, task.command, task.cwd, {**environ, **task.environ})) for task in wanted]
    console.print()
    for outcome in outcomes:
        show_outcome(outcome)
    return 1 if any(_failed(outcome, narrowed=bool(arguments)) for outcome in outcomes) else 0


def list_suites(paths: Sequence[str], options: Sequence[str]) -> list[Task]:
    """Return the suites that hold `paths`; all of them where none is named."""
    bot_paths = [path for path in paths if _is_bot_side(path)]
    service_paths = [path for path in paths if path not in bot_paths]
    suites: list[Task] = []
    if service_paths:
        suites.append(_service_suite("tests of the service side", service_paths, options))
    if not paths:
        without_bot = [f"--ignore={path}" for path in BOT_SIDE]
        apart = [*APART, *without_bot, *_TWO_AT_A_TIME]
        suites.append(_service_suite("tests of units and stores", apart, options))
        together = ["tests", *without_bot, *(f"--ignore={path}" for path in APART)]
        suites.append(_service_suite("tests of the running product", together, options))
    if bot_paths or not paths:
        chosen = bot_paths or [path for path in BOT_SIDE if (ROOT / path).exists()]
        cut = f"--confcutdir={_FIXTURES_CUT_OFF_AT}"
        suites.append(Task("tests of the bot", [python_of("bot"), "-m", "pytest", cut, *chosen, *options]))
    if not paths and not options and (ROOT / "web" / "package.json").exists():
        suites.append(Task("tests of the web pages", ["npm", "test"], ROOT / "web", web_environment()))
    return suites


def _service_suite(title: str, chosen: Sequence[str], options: Sequence[str]) -> Task:
    return Task(title, [python_of("service"), "-m", "pytest", *chosen, *options])


def ensure_browser() -> None:
    """See to it that there is a Chromium with Korean letters, installing Debian's where that is allowed.

    Raises OperationFailed with the command to run where it is not.
    """
    missing = list_missing_for_browser()
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise OperationFailed(f"the browser tests need {' and '.join(missing)}: run `sudo {' '.join(command)}`")
    log = ROOT / "artifacts" / "apt.log"
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step(f"installing {' and '.join(missing)} for the browser tests"):
        run_logged(["apt-get", "update"], log=log, environ=environ)
        run_logged(command, log=log, environ=environ)


def list_missing_for_browser() -> list[str]:
    """Return the Debian packages that the browser tests lack: Chromium, a font with Korean letters, both or none."""
    lacks_browser = find_chromium() is None
    return [
        name for name, lacks in zip(_BROWSER_PACKAGES, (lacks_browser, not has_korean_font()), strict=True) if lacks
    ]


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    return os.environ.get("IEUM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def has_korean_font() -> bool:
    """Tell whether some installed font has Korean letters."""
    if not shutil.which("fc-list"):
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK*"))
    done = subprocess.run(["fc-list", ":lang=ko", "family"], capture_output=True, text=True)
    return bool(done.stdout.strip())


def _environment() -> dict[str, str]:
    """Return what tests are told: where the model is that fits the data (trained if need be), where screenshots go."""
    settings = opening.make_settings(DEFAULT_DATA.resolve())
    model_id = prepare.find_or_train(settings)
    artifacts = ROOT / "artifacts"
    artifacts.mkdir(exist_ok=True)
    return {
        "IEUM_TEST_MODEL": str(Registry(settings.models_dir).get_archive(model_id)),
        "IEUM_TEST_BOT_PYTHON": str(python_of("bot")),
        "IEUM_ARTIFACTS_DIR": str(artifacts),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()


def _is_bot_side(path: str) -> bool:
    relative = Path(os.path.relpath(ROOT / path.partition("::")[0], ROOT)).as_posix()
    return any(relative == side or relative.startswith(f"{side}/") for side in BOT_SIDE)


def _failed(outcome: Outcome, *, narrowed: bool) -> bool:
    # A narrowed run (`-k …`) may well find nothing on one of the sides.
    return outcome.status != 0 and not (narrowed and outcome.status == _NO_TESTS_FOUND)
