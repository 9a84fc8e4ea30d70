"""A call of an action, sent lean and never failing in silence.

Rasa logs an action's failure and goes on as if nothing had happened. Here the failure
is also noted on the turn in hand, so that the customer can be told and passed on.
"""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

from bot import turn_scope
from bot.errors import BadActionResponse


class TurnAction(RemoteAction):
    """Runs one action on the action server for the turn in hand."""

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Run the action; a failure is noted before it goes on to Rasa."""
        try:
            return await super().run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise  # a form's way to say "not mine": no failure
        except Exception:
            turn_scope.get_current().failed_actions.append(self.name())
            raise

    def _action_call_format(
        self, tracker: DialogueStateTracker, domain: Domain
    ) -> dict[str, Any]:
        """The call's body: what actions read, without the conversation's events."""
        state = tracker.current_state()
        state["events"] = []
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": state,
            "domain": {},
            "version": rasa.__version__,
        }

    def _validate_action_result(self, result: Any) -> bool:
        """Check the answer's outline; single events are checked when they are read."""
        for part in ("events", "responses"):
            items = result.get(part, []) if isinstance(result, dict) else None
            if not isinstance(items, list) or not all(
                isinstance(i, dict) for i in items
            ):
                raise BadActionResponse(
                    f"{part} of {self.name()} is no list of objects"
                )
        return True
