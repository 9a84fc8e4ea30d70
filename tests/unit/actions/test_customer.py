"""Who an action believes it speaks for."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.base import read_turn
from actions.customer import read_speaker
from actions.errors import InvalidTurnContext
from kernel import tokens
from kernel.tokens import TurnContext, sign_turn_context

KEY = "k" * 40
KNOWN = TurnContext(turn_id="t1", conversation_id="c1", customer_id="u1", channel="web")


def tracker(metadata: Any = None, **message: Any) -> Tracker:
    latest = {"intent": {"name": "delivery_status"}, "entities": [], "metadata": metadata, **message}
    return Tracker("c1", {"order_id": "2026-11111", "customer_id": "u2"}, latest, [], False, None, {}, None)


def test_the_signed_context_says_who_it_is() -> None:
    assert read_speaker({"context": sign_turn_context(KNOWN, KEY)}, KEY) == KNOWN


@pytest.mark.parametrize("metadata", [None, {}, {"context": None}, {"customer_id": "u2"}, "u2", []])
def test_without_a_context_nobody_is_known(metadata: Any) -> None:
    assert read_speaker(metadata, KEY).customer_id is None


@pytest.mark.parametrize(
    "token",
    [
        "garbage",
        sign_turn_context(KNOWN, "x" * 40),
        tokens.sign_conversation("c1", KEY),
        tokens.sign_identity("u1", KEY),
        {"customer_id": "u1"},
        7,
    ],
)
def test_a_context_that_is_not_genuine_fails_the_turn(token: Any) -> None:
    with pytest.raises(InvalidTurnContext):
        read_speaker({"context": token}, KEY)


def test_slots_and_entities_never_say_who_somebody_is() -> None:
    turn = read_turn(tracker(entities=[{"entity": "customer_id", "value": "u3"}]), KEY)
    assert turn.customer_id is None


@pytest.mark.parametrize(
    ("value", "order_id"),
    [
        ("2026-12345", "2026-12345"),
        (" ２０２６－１２３４５ ", "2026-12345"),
        ("#2026-12345", "2026-12345"),
        ("", None),
        ("x" * 65, None),
        ("a\x00b", None),
        (12345, None),
    ],
)
def test_an_order_number_is_taken_from_the_message_in_its_plain_form(value: Any, order_id: str | None) -> None:
    assert read_turn(tracker(entities=[{"entity": "order_id", "value": value}]), KEY).order_id == order_id


def test_an_order_number_of_an_earlier_turn_is_not_taken() -> None:
    assert read_turn(tracker(), KEY).order_id is None
