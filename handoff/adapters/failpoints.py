"""The store and the bot with named steps, for tests of faults (kernel/failpoints.py): never in normal use.

Each unit of work that writes has two steps: `NAME.written` (all is said to the database, nothing committed)
and `NAME.committed`. NAME is the change of ownership where it is one (`handed_over`, `claimed`, …), else whose
message it stores (`customer_message`, `bot_message`, …), else `outbox_taken`, else `other`. A turn has
`turn.asked` and `turn.answered`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from handoff.service.ports import Bot, TurnRequest, TurnResult
from handoff.service.store import Store, Transaction
from kernel.failpoints import Failpoints

_MATTERS = ("event", "message", "outbox", "other")


class _Watched:
    """A transaction that remembers what was written in it."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._written: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self._tx, name)
        if name == "add_event":
            return self._noting(method, "event", lambda event, *_: str(event.kind))
        if name == "add_messages":
            return self._noting(method, "message", lambda new, *_: f"{new[0].author}_message")
        if name == "take_from_outbox":
            return self._noting(method, "outbox", lambda *_: "outbox_taken")
        return method

    def _noting(self, method: Callable[..., Any], what: str, name_of: Callable[..., str]) -> Callable[..., Any]:
        def noting(*arguments: Any, **options: Any) -> Any:
            self._written[what] = name_of(*arguments)
            return method(*arguments, **options)

        return noting

    @property
    def name(self) -> str:
        """What this unit of work is called."""
        return next((self._written[what] for what in _MATTERS if what in self._written), "other")


class StoreWithSteps:
    """A store whose units of work can be struck before and after their commit."""

    def __init__(self, store: Store, failpoints: Failpoints) -> None:
        self._store = store
        self._failpoints = failpoints

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open a unit of work that commits when the block ends."""
        async with self._store.write() as tx:
            watched = _Watched(tx)
            yield watched  # type: ignore[misc]  # it has all that the transaction has
            self._failpoints.reach(f"{watched.name}.written")
        self._failpoints.reach(f"{watched.name}.committed")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open a consistent view."""
        async with self._store.read() as tx:
            yield tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class BotWithSteps:
    """A bot whose turns can be struck before and after they are answered."""

    def __init__(self, bot: Bot, failpoints: Failpoints) -> None:
        self._bot = bot
        self._failpoints = failpoints

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        """Answer one message."""
        self._failpoints.reach("turn.asked")
        result = await self._bot.take_turn(request)
        self._failpoints.reach("turn.answered")
        return result

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bot, name)


def with_steps(store: Store, bot: Bot, folder: Path) -> tuple[StoreWithSteps, BotWithSteps]:
    """Return a store and a bot that obey the orders in `folder`."""
    failpoints = Failpoints(folder)
    return StoreWithSteps(store, failpoints), BotWithSteps(bot, failpoints)
