"""Stand-ins for what use cases need of the outside: a scripted bot and a shop with one customer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from handoff.domain.conversation import Json
from handoff.service.ports import BotReply, BotUnavailable, HandoffRequest, TurnRequest, TurnResult


def answer(text: str = "네", **changed: Any) -> TurnResult:
    """A turn's plain result."""
    values: dict[str, Any] = {
        "replies": (BotReply(text),),
        "state": {"v": 1},
        "nlu": {"intent": "greet", "confidence": 0.99, "ranking": [], "entities": [], "out_of_scope": False},
        "handoff": None,
        "slots": {},
        "tried": (),
        "failed_actions": (),
    }
    return TurnResult(**values | changed)


def wants_person(reason: str = "customer_request", skill: str = "general") -> TurnResult:
    """A result that asks for a person."""
    return answer("상담원에게 연결할게요.", handoff=HandoffRequest(reason, "customer", skill))


class ScriptedBot:
    """Answers by a function of the request; records what it was asked; may be held back or be down."""

    def __init__(self) -> None:
        self.script: Callable[[TurnRequest], TurnResult] = lambda request: answer(f"“{request.text}”라고 하셨네요.")
        self.asked: list[TurnRequest] = []
        self.most_at_once: Counter[str] = Counter()
        self.gate = asyncio.Event()
        self.gate.set()
        self.down = False
        self._running: Counter[str] = Counter()

    async def take_turn(self, request: TurnRequest) -> TurnResult:
        """Answer when the gate is open."""
        talk = request.conversation_id
        self.asked.append(request)
        self._running[talk] += 1
        self.most_at_once[talk] = max(self.most_at_once[talk], self._running[talk])
        try:
            await self.gate.wait()
        finally:
            self._running[talk] -= 1
        if self.down:
            raise BotUnavailable("down")
        return self.script(request)


class OneCustomerShop:
    """Knows the customer `demo-1`, a VIP."""

    async def handoff_facts(self, customer_id: str) -> Json:
        """Return the facts about demo-1; for anyone else the shop fails."""
        if customer_id != "demo-1":
            raise LookupError(customer_id)
        return {
            "customer": {"name": "김*늘", "grade": "vip"},
            "orders": [{"order_id": "2026-10001"}],
            "blocks": [],
            "verification_attempts": [],
            "grants": [],
        }

    async def owns_order(self, customer_id: str, order_id: str) -> bool:
        """Tell whether it is the one order of demo-1."""
        return (customer_id, order_id) == ("demo-1", "2026-10001")

    async def find_by_kakao_user(self, user_key: str) -> str | None:
        """Return demo-1 for the user `linked`."""
        return "demo-1" if user_key == "linked" else None
