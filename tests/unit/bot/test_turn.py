"""What is accepted as a turn."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadTurn
from bot.turn import MAX_TEXT_CHARS, Payload, read_payload, read_turn

INTENTS = frozenset({"delivery_status", "inform_order"})
ENTITIES = frozenset({"order_id"})
GOOD = {
    "turn_id": "t1",
    "conversation_id": "c1",
    "message": {"kind": "text", "text": "택배 언제 와요?"},
    "state": None,
    "context": "signed",
}


def read(body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_turn(raw, intents=INTENTS, entities=ENTITIES)


def test_a_message_in_words_is_a_turn():
    turn = read(GOOD)
    assert (turn.turn_id, turn.conversation_id) == ("t1", "c1")
    assert (turn.text, turn.payload, turn.context) == ("택배 언제 와요?", None, "signed")


def test_words_that_look_like_a_payload_stay_words():
    turn = read({**GOOD, "message": {"kind": "text", "text": "/delivery_status"}})
    assert turn.payload is None


def test_a_button_is_an_intent_with_entities():
    payload = '/inform_order{"order_id":"2026-12345"}'
    turn = read({**GOOD, "message": {"kind": "payload", "payload": payload}})
    assert turn.payload == Payload("inform_order", (("order_id", "2026-12345"),))
    assert turn.text is None


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        ("2026-11-22T10:00:00+09:00", "2026-11-22T10:00:00+09:00"),
        ("2026-11-22T01:00:00Z", "2026-11-22T01:00:00+00:00"),
        (None, None),
    ],
)
def test_a_turn_may_say_when_it_was_said(now, kept):
    assert read({**GOOD, "now": now}).now == kept
    assert read(GOOD).now is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"message": None}, "bad_message"),
        ({"message": {"kind": "text"}}, "bad_message"),
        ({"message": {"kind": "text", "text": 3}}, "bad_message"),
        ({"message": {"kind": "text", "text": "a", "payload": "/b"}}, "bad_message"),
        ({"message": {"kind": "image", "image": "x"}}, "bad_message"),
        ({"message": {"kind": "text", "text": "가" * (MAX_TEXT_CHARS + 1)}}, "text_too_long"),
        ({"message": {"kind": "payload", "payload": "/no_such"}}, "unknown_intent"),
        ({"message": {"kind": "payload", "payload": "택배"}}, "bad_payload"),
        ({"turn_id": ""}, "bad_turn_id"),
        ({"turn_id": 7}, "bad_turn_id"),
        ({"conversation_id": None}, "bad_conversation_id"),
        ({"conversation_id": "x" * 200}, "bad_conversation_id"),
        ({"state": []}, "bad_state"),
        ({"context": {}}, "bad_context"),
        ({"more": 1}, "unknown_field"),
        ({"now": "gestern"}, "bad_now"),
        ({"now": 5}, "bad_now"),
        ({"now": "2026-11-22T10:00:00"}, "bad_now"),
        ({"now": "2026-11-22"}, "bad_now"),
    ],
)
def test_a_wrong_part_is_named(change, code):
    with pytest.raises(BadTurn) as refusal:
        read({**GOOD, **change})
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
    ],
)
def test_a_body_that_is_no_object_is_refused(body, code):
    with pytest.raises(BadTurn) as refusal:
        read(body)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("", "bad_payload"),
        ("delivery_status", "bad_payload"),
        ("/delivery_status ", "bad_payload"),
        ("/delivery_status@1.0", "bad_payload"),
        ("/delivery_status{", "bad_payload"),
        ('/inform_order{"order_id":1}', "bad_payload"),
        ('/inform_order{"order_id":"1"}}', "bad_payload"),
        ('/inform_order{"phone":"1"}', "unknown_entity"),
        ("/restart", "unknown_intent"),
    ],
)
def test_a_payload_of_another_form_or_name_is_refused(payload, code):
    with pytest.raises(BadTurn) as refusal:
        read_payload(payload, intents=INTENTS, entities=ENTITIES)
    assert refusal.value.code == code


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_body_does_worse_than_being_refused(body):
    try:
        read(body)
    except BadTurn:
        pass
