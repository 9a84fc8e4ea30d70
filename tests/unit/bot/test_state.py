"""The dialogue state: what goes in comes out, and it never outgrows its bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import BadState, StateTooLarge
from bot.state import MAX_BYTES, TURNS_KEPT, read_events, write_state

DOMAIN = Domain.from_dict(
    {
        "intents": ["ask", "tell"],
        "entities": ["order_id"],
        "slots": {name: {"type": "any", "mappings": [{"type": "custom"}]} for name in ("a", "b")},
        "forms": {"form": {"required_slots": ["a"]}},
        "actions": ["action_x"],
    }
)

values = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=20)
slot_events = st.builds(SlotSet, st.sampled_from(["a", "b"]), values)
loop_events = st.builds(ActiveLoop, st.sampled_from(["form", None]))
bot_events = st.one_of(
    slot_events,
    loop_events,
    st.builds(ActionExecuted, st.sampled_from(["action_x", "form"])),
    st.builds(ActionExecutionRejected, st.just("form")),
    st.builds(LoopInterrupted, st.booleans()),
    st.builds(BotUttered, st.text(max_size=20)),
)


def message(intent: str, entities: list[str]) -> UserUttered:
    return UserUttered(
        "택배 언제 와요?",
        {"name": intent, "confidence": 0.9},
        [{"entity": entity, "value": "2026-12345"} for entity in entities],
    )


messages = st.builds(message, st.sampled_from(["ask", "tell"]), st.lists(st.just("order_id"), max_size=2))
turns = st.builds(
    lambda said, done: [said, *done, ActionExecuted(ACTION_LISTEN_NAME)],
    messages,
    st.lists(bot_events, max_size=6),
)
conversations = st.builds(
    lambda parts: [ActionExecuted(ACTION_LISTEN_NAME), *(e for p in parts for e in p)],
    st.lists(turns, max_size=30),
)


def tracker_of(events) -> DialogueStateTracker:
    return DialogueStateTracker.from_events("c", events, slots=DOMAIN.slots)


@given(conversations)
def test_slots_and_form_survive_however_long_the_conversation(events):
    before = tracker_of(events)
    after = tracker_of(read_events(write_state(events)))
    assert after.current_slot_values() == before.current_slot_values()
    assert after.active_loop_name == before.active_loop_name


@given(conversations)
def test_rules_see_the_same_states_as_long_as_no_turn_was_dropped(events):
    state = write_state(events)
    if len(state["turns"]) < TURNS_KEPT:
        before = tracker_of(events).past_states(DOMAIN)
        after = tracker_of(read_events(state)).past_states(DOMAIN)
        assert [s.get("prev_action") for s in after] == [s.get("prev_action") for s in before]
        assert [s.get("active_loop") for s in after] == [s.get("active_loop") for s in before]
        assert [_intent(s) for s in after] == [_intent(s) for s in before]


def _intent(state):
    return state.get("user", {}).get("intent"), state.get("user", {}).get("entities")


@given(conversations)
def test_a_state_written_again_is_the_same_state(events):
    state = json.loads(json.dumps(write_state(events)))
    assert write_state(read_events(state)) == state


@given(conversations)
def test_a_state_keeps_at_most_so_many_turns_and_no_words(events):
    state = write_state(events)
    assert len(state["turns"]) <= TURNS_KEPT
    assert "택배 언제 와요?" not in json.dumps(state, ensure_ascii=False)
    assert len(json.dumps(state, ensure_ascii=False).encode()) <= MAX_BYTES


def test_a_new_conversation_waits_for_a_message():
    assert [e.action_name for e in read_events(None)] == [ACTION_LISTEN_NAME]


def test_large_turns_are_folded_until_the_state_fits():
    events = [ActionExecuted(ACTION_LISTEN_NAME)]
    for number in range(10):
        events += [message("ask", []), SlotSet("a", str(number) * 10_000)]
    state = write_state(events)
    assert 0 < len(state["turns"]) < 10
    assert tracker_of(read_events(state)).get_slot("a") == "9" * 10_000


def test_slots_too_large_for_a_state_are_an_error():
    with pytest.raises(StateTooLarge):
        write_state([message("ask", []), SlotSet("a", "x" * MAX_BYTES)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["slots", "loop", "v", "base", "turns"]), inner)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["v", "base", "turns", "x"]), json_values | st.just(1)))
def test_any_other_object_is_a_bad_state_and_nothing_worse(state):
    try:
        read_events(state)
    except BadState:
        pass


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({}, "unknown_state_version"),
        ({"v": 2, "base": {"slots": {}, "loop": None}, "turns": []}, "unknown_state_version"),
        ({"v": 1}, "bad_state"),
        ({"v": 1, "base": {"slots": {}, "loop": None}, "turns": [[["z"]]]}, "bad_state"),
        ({"v": 1, "base": {"slots": {}, "loop": 3}, "turns": []}, "bad_state"),
        ({"v": 1, "base": {"slots": {}, "loop": None}, "turns": [[["a", "x"]]]}, "bad_state"),
        ({"v": 1, "base": {"slots": {}, "loop": None}, "turns": [], "w": 1}, "bad_state"),
    ],
)
def test_a_bad_state_names_what_is_wrong(state, code):
    with pytest.raises(BadState) as refusal:
        read_events(state)
    assert refusal.value.code == code
