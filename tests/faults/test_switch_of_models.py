"""A trainer teaches the bot something and brings the new model into use while customers keep talking."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from tests.faults.crowd import QUESTIONS, Crowd
from tests.people import Staff
from tests.product import Product

UNSURE = "스티커 위에 빨간 글씨는 왜 있죠"
TRAINED_WITHIN_S = 300.0
NOTICED_S = 4.0  # a worker needs longer to start: there must be one that answers all the time
THINKING_S = 0.5  # people; the processors are for the training
Json = dict[str, Any]


@pytest.mark.slow
def test_a_new_model_takes_over_between_two_messages(breakable: Product, report: Callable[[str], None]) -> None:
    trainer, customer = breakable.staff("trainer"), breakable.customer("demo-story-01")
    assert "러닝화" not in customer.ask(UNSURE)[0]["text"]
    label(trainer, UNSURE, "delivery_status")
    before, crowd, is_over = breakable.health()["bot"]["model_ids"], Crowd(breakable), Event()
    started = time.monotonic()
    with crowd.writing(each=len(QUESTIONS), until=is_over, thinking_s=THINKING_S):
        trainer.post("/api/studio/trainings")
        done = wait_until_trained(trainer)
        trained_s = time.monotonic() - started
    account = crowd.settle()
    report(
        f"train and switch in {trained_s:.0f} s: {account.accepted_count} accepted, "
        f"{account.answered_count} answered once, slowest answer {account.slowest_s:.1f} s"
    )
    assert account.handed_over_count == 0 and account.slowest_s < NOTICED_S

    after = breakable.health()["bot"]
    assert (after["model_ids"], after["ready"]) == ([done["model_id"]], 2)
    assert done["model_id"] not in before
    models = trainer.get("/api/studio/models")["models"]
    assert [model["model_id"] for model in models if model["active"]] == [done["model_id"]]
    assert "러닝화" in breakable.customer("demo-story-01").ask(UNSURE)[0]["text"]


def label(trainer: Staff, text: str, intent: str) -> None:
    """Give an utterance of the studio's list its meaning."""
    listed = trainer.get("/api/studio/candidates")["candidates"]
    found = next(one["candidate_id"] for one in listed if one["text"] == text)
    trainer.post(f"/api/studio/candidates/{found}/label", intent=intent)


def wait_until_trained(trainer: Staff) -> Json:
    """Return what the studio says of the training once it is over. Fails when it failed."""
    deadline = time.monotonic() + TRAINED_WITHIN_S
    while (current := trainer.get("/api/studio/trainings/current"))["state"] in {"training", "switching"}:
        assert time.monotonic() < deadline, current
        time.sleep(0.2)
    assert current["state"] == "done", current
    return current
