"""One turn: a message and the state it belongs to in, an answer and the next state out.

The use case of this package. It knows nothing of HTTP; the channel brings it turns.
"""

from __future__ import annotations

import time
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot import turn_scope
from bot.answer import Answer, describe_understanding, list_slots, list_tried
from bot.errors import NotReady
from bot.processor import TurnAgent
from bot.state import read_events, write_state
from bot.text.normal import NormalText, normalise
from bot.turn import Payload, Turn, read_turn

CHANNEL = "ieum"


class Dialogue:
    """Answers turns with a loaded model, and remembers none of them."""

    def __init__(self, agent: TurnAgent) -> None:
        """Take an agent; its model may be loaded later."""
        self._agent = agent
        self._intents: frozenset[str] = frozenset()
        self._entities: frozenset[str] = frozenset()

    @property
    def model_id(self) -> str | None:
        """Id written in the loaded archive; None until `load` is done."""
        return self._agent.model_id

    def load(self, model_path: str) -> None:
        """Load a model archive; takes seconds and blocks."""
        self._agent.load_model(model_path)
        self._intents = frozenset(self._agent.domain.intents)
        self._entities = frozenset(self._agent.domain.entities)

    async def run(self, body: bytes) -> dict[str, Any]:
        """Run the turn in a request's body.

        Raises:
            NotReady: no model is loaded yet.
            BadTurn: the body is no turn.
            StateTooLarge: what is to be remembered does not fit.
        """
        started_at = time.perf_counter()
        if not self._agent.is_ready():
            raise NotReady("the model is not loaded")
        turn = read_turn(body, intents=self._intents, entities=self._entities)
        original = None if turn.text is None else normalise(turn.text)
        scope = turn_scope.TurnScope(turn.turn_id, read_events(turn.state))
        answer = Answer()
        with turn_scope.enter(scope):
            await self._agent.handle_message(_user_message(turn, original, answer))
        result = self._describe(scope, answer, original)
        result["ms"] = round((time.perf_counter() - started_at) * 1000, 2)
        return result

    def _describe(
        self,
        scope: turn_scope.TurnScope,
        answer: Answer,
        original: NormalText | None,
    ) -> dict[str, Any]:
        tracker = scope.tracker
        assert tracker is not None and tracker.latest_message is not None
        nlu = describe_understanding(tracker.latest_message.parse_data, original)
        if answer.conceal is not None:
            nlu["entities"] = []  # they quote the message
        return {
            "replies": answer.replies,
            "state": write_state(tracker.applied_events()),
            "nlu": nlu,
            "handoff": answer.handoff,
            "identity": answer.identity,
            "conceal": answer.conceal,
            "slots": list_slots(tracker),
            "tried": list_tried(tracker),
            "failed_actions": scope.failed_actions,
            "model_id": self.model_id,
        }


def _user_message(
    turn: Turn, original: NormalText | None, answer: Answer
) -> UserMessage:
    payload = turn.payload
    return UserMessage(
        text=f"/{payload.intent}" if payload else (original.text if original else ""),
        output_channel=answer,
        sender_id=turn.conversation_id,
        parse_data=_parse_payload(payload) if payload else None,
        input_channel=CHANNEL,
        message_id=turn.turn_id,
        metadata=_metadata(turn),
    )


def _metadata(turn: Turn) -> dict[str, str]:
    """What goes with the message to the pipeline and to the actions."""
    metadata = {"turn_id": turn.turn_id, "context": turn.context}
    return {**metadata, "now": turn.now} if turn.now else metadata


def _parse_payload(payload: Payload) -> dict[str, Any]:
    """What the pipeline would give for a button: certain, and without reading text."""
    intent = {"name": payload.intent, "confidence": 1.0}
    return {
        "text": f"/{payload.intent}",
        "intent": intent,
        "intent_ranking": [intent],
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": 0}
            for name, value in payload.entities
        ],
    }
