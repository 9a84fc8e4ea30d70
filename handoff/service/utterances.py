"""The utterances that the bot was unsure of: shown to trainers, given their intent, or dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handoff.domain.conversation import Json
from handoff.errors import Invalid, NotFound
from handoff.service.store import Store
from kernel.clock import Clock
from studio.curated import CuratedExamples
from studio.intents import Intents

SHOWN_AT_ONCE = 50


class Utterances:
    """The trainers' side of what customers said."""

    def __init__(self, store: Store, intents: Intents, curated: CuratedExamples, clock: Clock) -> None:
        self._store = store
        self._intents = intents
        self._curated = curated
        self._clock = clock

    async def list_open(self) -> Sequence[Json]:
        """Return the utterances that wait for a trainer, most frequent first, with the bot's best guesses."""
        async with self._store.read() as tx:
            found = await tx.list_candidates(limit=SHOWN_AT_ONCE)
        return [candidate | {"ranking": self._intents.named(candidate["ranking"])} for candidate in found]

    async def count_labelled_since(self, at: datetime | None) -> int:
        """Return how many utterances were given an intent after `at`."""
        async with self._store.read() as tx:
            return await tx.count_labelled_since(at)

    async def label(self, candidate_id: str, intent: str, *, by: str) -> None:
        """Give an utterance its intent and write it to the training data. Raises Invalid or NotFound.

        The file is written before the commit: should the commit fail, the trainer is asked again and
        the file already holds the example, which changes nothing.
        """
        if not self._intents.known(intent):
            raise Invalid("그런 의도는 없어요. 목록에서 골라 주세요.", code="unknown_intent")
        async with self._store.write() as tx:
            text = await tx.settle_candidate(candidate_id, intent=intent, by=by, at=self._clock.now())
            if text is None:
                raise NotFound("이미 정리된 문장이에요.", code="candidate_not_found")
            self._curated.add(intent, text)

    async def dismiss(self, candidate_id: str, *, by: str) -> None:
        """Take an utterance off the list without an intent. Raises NotFound."""
        async with self._store.write() as tx:
            if await tx.settle_candidate(candidate_id, intent=None, by=by, at=self._clock.now()) is None:
                raise NotFound("이미 정리된 문장이에요.", code="candidate_not_found")
