"""What each action adds to a turn: from the bot's call to its answer, HTTP and SQL included, over the invented shop.

One caller at a time, as a turn calls: a server of its own on the loopback, SQLite as `./ieum up` sets it up. There is no
peer: the goal is the product's own, 10 ms for the median of each action.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from actions.registry import TOPICS
from actions.skills import load_skills
from backoffice import demo, schema
from kernel.clock import ProductClock
from kernel.database import create_engine
from kernel.settings import ROOT
from kernel.tokens import TurnContext, sign_turn_context
from ops.bench.figures import at_most, summary_ms
from ops.errors import OperationFailed
from ops.steps import step

P50_LIMIT_MS = 10.0
_ROUNDS = 40
_WARM_UP_ROUNDS = 4
_READY_WITHIN_S = 30.0
_KEY = "k" * 40
_SECRETS = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
_CUSTOMERS = [f"demo-story-{number:02d}" for number in range(1, 9)]
# What is asked besides the topics.
_OTHERS = ("action_human_agent", "action_not_understood", "action_small_talk", "action_not_solved", "action_affirm")


def measure() -> dict[str, Any]:
    """Return what every topic's action takes, in milliseconds, and the slowest median against the goal."""
    with tempfile.TemporaryDirectory(prefix="ieum-actions-") as folder:
        asyncio.run(_fill(f"sqlite+aiosqlite:///{folder}/shop.db"))
        with serving(Path(folder)) as port, step(f"{_ROUNDS} calls of each of {len(TOPICS) + len(_OTHERS)} topics"):
            found = _ask_all(port)
    slowest = max(found, key=lambda name: found[name]["p50_ms"])
    goal = at_most(f"slowest action ({slowest}), p50 ms", found[slowest]["p50_ms"], P50_LIMIT_MS)
    return {"bench": "actions", "actions": found, "goals": [goal]}


async def _fill(url: str) -> None:
    await asyncio.to_thread(schema.upgrade, url)
    engine = create_engine(url)
    await demo.load(engine, ProductClock())
    await engine.dispose()


@contextmanager
def serving(folder: Path) -> Iterator[int]:
    """Run an action server over the shop in `folder`; yield its port. Raises OperationFailed if it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environ = {**os.environ, "IEUM_DATA_DIR": str(folder), "IEUM_SHOP_DATABASE_URL": "", "PYTHONPATH": str(ROOT)}
    environ |= {f"IEUM_{name}": _KEY for name in _SECRETS}
    command = [sys.executable, "-m", "actions.serve", "--port", str(port)]
    with (folder / "actions.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise OperationFailed("the action server did not start")


def _ask_all(port: int) -> dict[str, dict[str, float]]:
    """Ask every topic in turns, so that the machine's mood falls on all."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    asked = {intent: kind.action_name for intent, kind in TOPICS.items()}
    asked |= {name.removeprefix("action_"): name for name in _OTHERS}
    taken: dict[str, list[float]] = {intent: [] for intent in asked}
    for number in range(_ROUNDS + _WARM_UP_ROUNDS):
        for intent, action in asked.items():
            body = json.dumps(_call(intent, action, number)).encode()
            began = time.perf_counter()
            connection.request("POST", "/webhook", body, {"Authorization": f"Bearer {_KEY}"})
            answer = connection.getresponse()
            answer.read()
            if number >= _WARM_UP_ROUNDS:
                taken[intent].append(time.perf_counter() - began)
            if answer.status != 200:
                raise OperationFailed(f"{action} failed for {intent}")
    connection.close()
    return {intent: summary_ms(seconds) for intent, seconds in taken.items()}


def _call(intent: str, action: str, number: int) -> dict[str, Any]:
    """Return a call as the bot makes it: a customer's written message, understood."""
    customer = _CUSTOMERS[number % len(_CUSTOMERS)]
    conversation = f"{intent}-{number}"
    context = sign_turn_context(TurnContext(f"t-{conversation}", conversation, customer, "web"), _KEY)
    message = {
        "text": f"{load_skills().find(intent).name} 때문에 문의드려요",
        "intent": {"name": intent, "confidence": 0.97},
        "intent_ranking": [{"name": intent, "confidence": 0.97}],
        "entities": [],
        "metadata": {"context": context},
    }
    tracker = {"sender_id": conversation, "slots": {}, "latest_message": message, "events": []}
    return {"next_action": action, "sender_id": conversation, "version": "3.6.21", "tracker": tracker}
