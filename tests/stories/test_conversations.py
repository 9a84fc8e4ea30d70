"""Whole conversations with the product's own model: what is understood, and what is done.

The model is trained once for these tests. Actions are answered with nothing, since what
counts here is which one is called.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from bot import lean

lean.prepare_process(os.environ)

from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.dialogue import Dialogue  # noqa: E402
from bot.processor import create_agent  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
STORIES = yaml.safe_load(Path(__file__).with_name("conversations.yml").read_text(encoding="utf-8"))["stories"]


class SilentActions(ActionEndpoint):
    """Every action succeeds and says nothing."""

    async def request(self, *arguments, **options):
        return {"events": [], "responses": []}


@pytest.fixture(scope="module")
def dialogue(tmp_path_factory):
    out = tmp_path_factory.mktemp("model")
    done = subprocess.run(
        [sys.executable, "-m", "bot.train", "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    loaded = Dialogue(create_agent(SilentActions("http://127.0.0.1:9", "")))
    loaded.load(json.loads(done.stdout.splitlines()[-1])["model_path"])
    return loaded


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["story"].replace(" ", "-"))
def test_conversation(dialogue, story):
    state = None
    steps = iter(story["steps"])
    for number, (said, done) in enumerate(zip(steps, steps, strict=True)):
        message = {"kind": "text", "text": said["user"].strip()}
        turn = {
            "turn_id": f"t{number}",
            "conversation_id": "c1",
            "message": message,
            "state": state,
            "context": "",
        }
        answer = asyncio.run(dialogue.run(json.dumps(turn).encode()))
        assert (answer["nlu"]["intent"], answer["tried"]) == (said["intent"], [done["action"]])
        state = answer["state"]
