"""Prepared words of the desk: searched and filled by agents, looked after by supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handoff.domain import macros
from handoff.domain.conversation import Agent
from handoff.domain.macros import Macro
from handoff.errors import Invalid, NotFound, StateConflict
from handoff.policy.macros import load_macros
from handoff.service.store import Store
from kernel.clock import Clock
from kernel.ids import new_id
from studio.intents import Intents

SHOWN_AT_ONCE = 100
KEPT_MAX = 1_000
PRODUCT = "ieum"


class Macros:
    """The desk's macros."""

    def __init__(self, store: Store, intents: Intents, clock: Clock) -> None:
        self._store = store
        self._intents = intents
        self._clock = clock
        self._has_delivered = False

    async def deliver(self) -> int:
        """Add the macros that come with the product and were never there; return how many. Does nothing a second time.

        One that was changed or retired stays as it is. Several processes may do this at once.
        """
        if self._has_delivered:
            return 0
        now = self._clock.now()
        async with self._store.write() as tx:
            added = [await tx.add_macro(_delivered(seed, now)) for seed in load_macros().macros]
        self._has_delivered = True
        return sum(added)

    async def search(self, words: str, *, skill: str | None) -> list[Macro]:
        """Return the macros with these words, the best first."""
        async with self._store.read() as tx:
            found = await tx.list_macros()
        return macros.search(found, words, skill=skill)[:SHOWN_AT_ONCE]

    async def get(self, macro_id: str) -> Macro:
        """Return a macro that is not retired. Raises NotFound."""
        async with self._store.read() as tx:
            macro = await tx.find_macro(macro_id)
        if macro is None or macro.retired_at is not None:
            raise NotFound("그런 매크로는 없어요.", code="macro_not_found")
        return macro

    async def add(self, agent: Agent, *, name: str, text: str, skill: str | None, intents: Sequence[str]) -> Macro:
        """Store a new macro. Raises Invalid, which names a placeholder or an intent there is not."""
        macros.check(name=name, text=text, skill=skill)
        self._check_intents(intents)
        macro = Macro(new_id("m"), name, text, skill, tuple(intents), 1, agent.agent_id, self._clock.now())
        async with self._store.write() as tx:
            known = await tx.list_macros()
            if len(known) >= KEPT_MAX:
                raise Invalid(f"매크로는 {KEPT_MAX:,}개까지예요. 쓰지 않는 것을 지워 주세요.", code="too_many_macros")
            _require_new_name(known, macro)
            await tx.add_macro(macro)
        return macro

    async def change(
        self,
        macro_id: str,
        agent: Agent,
        *,
        version: int,
        name: str,
        text: str,
        skill: str | None,
        intents: Sequence[str],
    ) -> Macro:
        """Give a macro other words. Raises StateConflict when somebody else did since."""
        self._check_intents(intents)
        macro = await self.get(macro_id)
        by, at = agent.agent_id, self._clock.now()
        changed = macros.change(
            macro, name=name, text=text, skill=skill, intents=intents, by=by, at=at, version=version
        )
        return await self._save(changed)

    async def retire(self, macro_id: str, agent: Agent, *, version: int) -> None:
        """Show a macro no more."""
        macro = await self.get(macro_id)
        await self._save(macros.retire(macro, by=agent.agent_id, at=self._clock.now(), version=version))

    async def _save(self, changed: Macro) -> Macro:
        async with self._store.write() as tx:
            _require_new_name(await tx.list_macros(), changed)
            if not await tx.save_macro(changed):
                raise StateConflict(
                    "그 사이 매크로가 바뀌었어요. 새로 고친 내용을 확인해 주세요.",
                    code="version_conflict",
                    current="changed",
                    asked=f"@{changed.version - 1}",
                )
        return changed

    def _check_intents(self, intents: Sequence[str]) -> None:
        if len(intents) > macros.INTENTS_MAX:
            raise Invalid(f"문의 유형은 {macros.INTENTS_MAX}개까지예요.", code="too_many_intents")
        if unknown := [intent for intent in intents if not self._intents.known(intent)]:
            raise Invalid(f"그런 문의 유형은 없어요: {unknown[0]}", code="unknown_intent")


def _require_new_name(known: Sequence[Macro], macro: Macro) -> None:
    if any(other.name == macro.name and other.macro_id != macro.macro_id for other in known) and not macro.retired_at:
        raise Invalid("같은 이름의 매크로가 있어요.", code="name_taken")


def _delivered(seed: Macro, at: datetime) -> Macro:
    return Macro(seed.macro_id, seed.name, seed.text, seed.skill, seed.intents, 1, PRODUCT, at)
