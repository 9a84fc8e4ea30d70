"""The bot's fixed sentences, from domain.yml.

Where a sentence has variants, the turn decides which is said: a turn that is run again
after a crash must answer with the same words.
"""

from __future__ import annotations

import zlib
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator

from bot import turn_scope


class TurnResponses(TemplatedNaturalLanguageGenerator):
    """Chooses among variants by the turn's id instead of by chance."""

    def _random_response_for(
        self, utter_action: str, output_channel: str, filled_slots: dict[str, Any]
    ) -> dict[str, Any] | None:
        if utter_action not in self.responses:
            return None
        suitable = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, filled_slots
        )
        if not suitable:
            return None
        seed = f"{turn_scope.get_current().turn_id}:{utter_action}"
        return suitable[zlib.crc32(seed.encode("utf-8", "replace")) % len(suitable)]
