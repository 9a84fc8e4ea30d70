"""What the dialogue remembers between turns, as bounded JSON.

Rasa keeps no tracker of its own: after a turn its events are written as a state, which
the gateway stores and gives back with the next message. Pure, and the only place that
knows the form:

    {"v": 1,
     "base": {"slots": {name: value}, "loop": name or null},
     "turns": [[event, ...], ...]}

`base` is how things stood before the oldest turn kept; `turns` holds the last
`TURNS_KEPT`, oldest first, each from a customer's message to the next wait for one.
Older turns are folded into `base`. Neither the customer's words nor the bot's are kept,
only what the rules look at: intents, kinds of entities, actions, slots, active form.

An event is a list, its first item the kind:
    ["u", intent or null, [entity, ...]]   a message         ["s", slot, value]  a slot set
    ["a", action]                          an action ran     ["l", form or null] a form began or ended
    ["r", action]                          it refused to run ["i", true]         a form was interrupted
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    LoopInterrupted,
    SlotSet,
    UserUttered,
)

from bot.errors import BadState, StateTooLarge

VERSION = 1
TURNS_KEPT = 20
MAX_BYTES = 64 * 1024

State = dict[str, Any]
Packed = list[Any]


def write_state(events: Iterable[Event]) -> State:
    """Write the events of a conversation as a state of at most `MAX_BYTES`.

    Raises:
        StateTooLarge: the slots alone do not fit.
    """
    base, turns = _split(events)
    while len(turns) > TURNS_KEPT:
        _fold(base, turns.pop(0))
    state = {"v": VERSION, "base": base, "turns": turns}
    while _size(state) > MAX_BYTES:
        if not turns:
            raise StateTooLarge("slots exceed the size of a state")
        _fold(base, turns.pop(0))
    return state


def read_events(state: Mapping[str, Any] | None) -> list[Event]:
    """Read a state back as the events of a conversation that waits for a message.

    Args:
        state: as written by `write_state`; None for a new conversation.

    Raises:
        BadState: it is of another version or of another form.
    """
    if state is None:
        return [ActionExecuted(ACTION_LISTEN_NAME)]
    if state.get("v") != VERSION:
        raise BadState("unknown_state_version")
    try:
        return _read(state)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadState("bad_state") from error


def _read(state: Mapping[str, Any]) -> list[Event]:
    base, turns = state["base"], state["turns"]
    if set(state) != {"v", "base", "turns"} or len(turns) > TURNS_KEPT:
        raise ValueError("unexpected parts")
    events: list[Event] = [
        SlotSet(_text(name), value) for name, value in base["slots"].items()
    ]
    if base["loop"] is not None:
        events.append(ActiveLoop(_text(base["loop"])))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    for turn in turns:
        if not turn or turn[0][0] != "u":
            raise ValueError("a turn begins with a message")
        events.extend(_unpack(packed) for packed in turn)
    return events


def _split(events: Iterable[Event]) -> tuple[dict[str, Any], list[list[Packed]]]:
    base: dict[str, Any] = {"slots": {}, "loop": None}
    turns: list[list[Packed]] = []
    for event in events:
        packed = _pack(event)
        if packed is None:
            continue
        if packed[0] == "u":
            turns.append([])
        if turns:
            turns[-1].append(packed)
        else:
            _fold(base, [packed])
    return base, turns


def _fold(base: dict[str, Any], turn: list[Packed]) -> None:
    """Bring what a turn changed for good into `base`."""
    for packed in turn:
        if packed[0] == "s":
            base["slots"].pop(packed[1], None)
            base["slots"][packed[1]] = packed[2]
        elif packed[0] == "l":
            base["loop"] = packed[1]


def _size(state: State) -> int:
    return len(json.dumps(state, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _pack_message(event: UserUttered) -> Packed:
    entities = sorted({entity["entity"] for entity in event.entities})
    return ["u", event.intent_name, entities]


_PACKERS: dict[type[Event], Callable[[Any], Packed]] = {
    UserUttered: _pack_message,
    ActionExecuted: lambda event: ["a", event.action_name],
    SlotSet: lambda event: ["s", event.key, event.value],
    ActiveLoop: lambda event: ["l", event.name],
    ActionExecutionRejected: lambda event: ["r", event.action_name],
    LoopInterrupted: lambda event: ["i", event.is_interrupted],
}


def _pack(event: Event) -> Packed | None:
    packer = _PACKERS.get(type(event))
    return None if packer is None else packer(event)


def _unpack(packed: Packed) -> Event:
    kind, *rest = packed
    if kind == "u":
        intent, entities = rest
        name = None if intent is None else _text(intent)
        return UserUttered(
            text=None,
            intent={"name": name, "confidence": 1.0},
            entities=[{"entity": _text(entity)} for entity in entities],
        )
    if kind == "s":
        key, value = rest
        return SlotSet(_text(key), value)
    (argument,) = rest
    if kind == "a":
        return ActionExecuted(_text(argument))
    if kind == "l":
        return ActiveLoop(None if argument is None else _text(argument))
    if kind == "r":
        return ActionExecutionRejected(_text(argument))
    if kind == "i":
        return LoopInterrupted(bool(argument))
    raise ValueError("unknown kind of event")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is text")
    return value
