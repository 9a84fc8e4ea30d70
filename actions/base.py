"""What every action has in common: the turn it answers, the shop it may ask, the way its reply leaves."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.customer import read_speaker
from actions.reply import Reply
from actions.skills import Skills
from backoffice.delivery.service import DeliveryService
from kernel.clock import Clock

_ORDER_ID_LENGTH = 64


@dataclass(frozen=True)
class Shop:
    """Everything actions may use; opened and closed with the server."""

    engine: AsyncEngine
    clock: Clock
    deliveries: DeliveryService
    skills: Skills
    context_key: str


@dataclass(frozen=True)
class Turn:
    """One message of a customer, as far as actions need it.

    `order_id` is what the message itself names, by entity or button; never an earlier turn's.
    """

    turn_id: str
    customer_id: str | None
    intent: str
    order_id: str | None
    last_topic: str | None
    not_understood_count: int


class ShopAction(Action):  # type: ignore[misc]  # the SDK is not typed
    """An action that answers one turn. Subclasses give `action_name` and `answer`."""

    action_name: str
    is_understood = True

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def name(self) -> str:
        """Return the name used in rules."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        """Answer the turn in `tracker`. Raises InvalidTurnContext; database errors pass through and fail the action."""
        turn = read_turn(tracker, self.shop.context_key)
        reply = await self.answer(turn)
        if self.is_understood and turn.not_understood_count:
            reply.slots["not_understood_count"] = 0.0
        return reply.send(dispatcher)

    async def answer(self, turn: Turn) -> Reply:
        """Return what to say to `turn`."""
        raise NotImplementedError


def read_turn(tracker: Tracker, key: str) -> Turn:
    """Return the turn that `tracker` holds. Raises InvalidTurnContext."""
    message = tracker.latest_message
    speaker = read_speaker(message.get("metadata"), key)
    slots = tracker.slots or {}
    return Turn(
        turn_id=speaker.turn_id,
        customer_id=speaker.customer_id,
        intent=(message.get("intent") or {}).get("name") or "",
        order_id=_order_id(message.get("entities") or []),
        last_topic=slots.get("last_topic"),
        not_understood_count=int(slots.get("not_understood_count") or 0),
    )


def _order_id(entities: list[dict[str, Any]]) -> str | None:
    for entity in entities:
        if entity.get("entity") == "order_id" and isinstance(entity.get("value"), str):
            value = unicodedata.normalize("NFKC", entity["value"]).replace(" ", "").lstrip("#")
            if 0 < len(value) <= _ORDER_ID_LENGTH and value.isprintable():
                return value
    return None
