"""Whole conversations with the product's own model and its own actions, over the invented shop.

The model is trained once for these tests; the actions run in a process of their own, as they do in the product.
Each file in `conversations/` holds stories: `as` is the customer (absent: nobody knows who), a turn either says
something, presses a choice of the answer before it by part of its label, or is what a person gives `back` with. `{code}` stands for the one-time code that
was texted last. What is checked of the answer:

`while` says what is the matter with the shop during a turn: an `outage` of SKT's text messages, `orders_down`,
a `strike` of couriers that the shop has announced.

    intent   what the words were understood as        hears    parts of what is said, in any order
    offers   parts of the labels of choices           silent   what must not be said
    cards    titles of the cards shown                person   the skill handed over to; without it, nobody

Which action answers is checked against the rules, and once more by `rasa test` itself: every conversation that was
played is written down as Rasa's own test story, which has to predict the same intents, entities and actions.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import structlog
import yaml

from bot import lean

lean.prepare_process(os.environ)
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.dialogue import Dialogue  # noqa: E402
from bot.processor import create_agent  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
STORIES = [
    story
    for path in sorted(Path(__file__).with_name("conversations").glob("*.yml"))
    for story in yaml.safe_load(path.read_text(encoding="utf-8"))
]
RULES = {
    rule["steps"][0].get("intent"): rule["steps"][1]["action"]
    for path in sorted((ROOT / "data" / "rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
}
TURN_KEYS = {"while", "say", "press", "back", "intent", "hears", "offers", "silent", "cards", "person"}
ENDINGS = (".", "?", "!")
# What was said and done in each conversation, as steps of a test story of Rasa's.
PLAYED: dict[str, list[dict]] = {}
SERVICE_PYTHON = Path(sys.executable).parents[2] / "service" / "bin" / "python"


@pytest.fixture(scope="module")
def loop():
    """One loop for all turns, because the connection to the actions stays open."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The action server over the invented shop, as its first line describes it."""
    process = subprocess.Popen(
        [SERVICE_PYTHON, "-m", "tests.stories.shop_server", str(tmp_path_factory.mktemp("shop"))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield json.loads(process.stdout.readline())
    process.stdin.close()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The path of a model of the files as they are."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.train", "--out", str(tmp_path_factory.mktemp("model"))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])["model_path"]


@pytest.fixture(scope="module")
def dialogue(model, shop, loop):
    """The bot, with its actions."""
    endpoint = ActionEndpoint(shop["url"], shop["token"])
    loaded = Dialogue(create_agent(endpoint))
    loaded.load(model)
    loop.run_until_complete(_open(endpoint))
    yield loaded
    loop.run_until_complete(endpoint.close())


async def _open(endpoint):
    endpoint.open()


def test_there_are_enough_stories_and_each_is_its_own():
    assert len(STORIES) >= 120
    assert len({story["story"] for story in STORIES}) == len(STORIES)
    assert not {key for story in STORIES for turn in story["turns"] for key in set(turn) - TURN_KEYS}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["story"].replace(" ", "-"))
def test_conversation(dialogue, shop, loop, story):
    state, choices, who, steps, hides = None, {}, story.get("as"), [], False
    for number, turn in enumerate(story["turns"]):
        if "{code}" in turn.get("say", ""):
            turn = {**turn, "say": turn["say"].format(**_ask(shop, code=True))}
        body = {
            "turn_id": f"t{number}",
            "conversation_id": story["story"],
            "message": _message(turn, choices),
            "state": state,
            "context": _ask(
                shop, turn=[f"{story['story']}-{number}", story["story"], who], happening=turn.get("while")
            )["context"],
        }
        answer = loop.run_until_complete(dialogue.run(json.dumps(body).encode()))
        _check(turn, answer)
        if answer["identity"]:
            who = _ask(shop, claim=answer["identity"])["customer_id"]
        steps += _steps(body["message"], answer)
        hides = hides or answer["conceal"] is not None
        state = answer["state"]
        choices = {c["label"]: c["payload"] for reply in answer["replies"] for c in reply["choices"]}
    if not hides:  # what is hidden cannot be compared
        PLAYED[story["story"]] = steps


def _ask(shop, **asked):
    """Return what the shop tells a story."""
    headers = {"Authorization": f"Bearer {shop['token']}"}
    request = urllib.request.Request(shop["story_url"], json.dumps(asked).encode(), headers)  # noqa: S310
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
        return json.load(answer)


def test_rasa_test_predicts_every_conversation_that_was_played(model, tmp_path):
    stories = [{"story": name, "steps": steps} for name, steps in PLAYED.items() if _can_be_written(steps)]
    assert PLAYED, "the conversations are played by the tests before this one"
    assert len(stories) >= len(PLAYED) - 2
    written = tmp_path / "test_stories.yml"
    written.write_text(yaml.safe_dump({"version": "3.1", "stories": stories}, allow_unicode=True, sort_keys=False))
    command = [sys.executable, "-m", "rasa", "test", "core", "--e2e", "--no-plot", "--out", str(tmp_path)]
    done = subprocess.run(
        [*command, "--model", model, "--stories", str(written)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    failed = yaml.safe_load((tmp_path / "failed_test_stories.yml").read_text())
    assert failed is None, failed  # it counts stories of the same intents and actions as one, so that totals differ


def _message(turn, choices):
    if "say" in turn:
        return {"kind": "text", "text": turn["say"]}
    if "back" in turn:
        values = json.dumps(turn["back"], ensure_ascii=False) if turn["back"] else ""
        return {"kind": "payload", "payload": f"/handed_back{values}"}
    pressed = [payload for label, payload in choices.items() if turn["press"] in label]
    assert len(pressed) == 1, (turn["press"], list(choices))
    return {"kind": "payload", "payload": pressed[0]}


def _steps(message, answer):
    acted_on = answer["state"]["turns"][-1][0][1]
    text = message.get("payload") or _mark_entities(message["text"], answer["nlu"]["entities"])
    step = {"user": text, "intent": acted_on}
    if "payload" in message:
        step["entities"] = [{entity["entity"]: entity["value"]} for entity in answer["nlu"]["entities"]]
    return [step, *({"action": name} for name in answer["tried"])]


def _can_be_written(steps):
    """Whether a story of Rasa's can hold the words: it reads brackets and a slash as marks, as the product does not."""
    said = [step["user"] for step in steps if "entities" not in step and "user" in step]
    return not any(text.startswith(("/", "[x]")) for text in said)


def _mark_entities(text, entities):
    for entity in sorted(entities, key=lambda found: -found["start"]):
        meaning = json.dumps({"entity": entity["entity"], "value": entity["value"]}, ensure_ascii=False)
        text = f"{text[: entity['start']]}[{entity['text']}]{meaning}{text[entity['end'] :]}"
    return text


def _check(turn, answer):
    said = [reply["text"] for reply in answer["replies"] if reply["text"]]
    told = "\n".join(said)
    labels = [choice["label"] for reply in answer["replies"] for choice in reply["choices"]]
    shown = [card["title"] for reply in answer["replies"] for card in reply["cards"]]
    handoff = answer["handoff"]
    assert said
    assert not answer["failed_actions"]
    assert all(bubble.endswith(ENDINGS) for bubble in said), said
    if "intent" in turn:
        assert answer["nlu"]["intent"] == turn["intent"]
    acted_on = answer["state"]["turns"][-1][0][1]
    assert answer["tried"] == [RULES[acted_on]]
    assert [part for part in turn.get("hears", []) if part not in told] == [], told
    assert [part for part in turn.get("silent", []) if part in told] == [], told
    assert [part for part in turn.get("offers", []) if not any(part in label for label in labels)] == [], labels
    if "cards" in turn:
        assert shown == turn["cards"]
    assert (handoff["skill"] if handoff else None) == turn.get("person"), told
