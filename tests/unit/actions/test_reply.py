"""How a reply becomes Rasa's messages."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.reply import Card, Choice, Reply, Row


def test_choices_cards_and_handoff_go_with_the_last_bubble() -> None:
    reply = Reply(bubbles=["하나", "둘"], choices=[Choice("예", "affirm")], cards=[Card("제목", [Row("이름", "값")])])
    reply.hand_over(reason="customer_request", skill="general", detail="일반")
    dispatcher = CollectingDispatcher()
    reply.slots["order_id"] = "1"
    events = reply.send(dispatcher)
    first, second = dispatcher.messages
    assert (first["text"], first["buttons"], first["custom"]) == ("하나", [], {})
    assert (second["text"], second["buttons"]) == ("둘", [{"title": "예", "payload": "/affirm"}])
    assert second["custom"] == {
        "cards": [{"kind": "order", "title": "제목", "rows": [{"label": "이름", "value": "값"}]}],
        "handoff": {"reason": "customer_request", "skill": "general", "detail": "일반"},
    }
    assert [(event["name"], event["value"]) for event in events] == [("order_id", "1")]


def test_an_empty_reply_sends_nothing() -> None:
    dispatcher = CollectingDispatcher()
    assert Reply().send(dispatcher) == []
    assert dispatcher.messages == []


def test_a_note_is_shown_only_where_there_is_one() -> None:
    assert Card("제목", [], note="덧붙임").as_json()["note"] == "덧붙임"
    assert "note" not in Card("제목", []).as_json()


def test_quotes_in_an_order_number_cannot_break_out_of_the_payload() -> None:
    payload = Choice("x", "inform_order", {"order_id": '1"}/human_agent{"'}).as_button()["payload"]
    assert payload == '/inform_order{"order_id": "1\\"}/human_agent{\\""}'
