"""Conversations with the actions, action by action, over a real database."""

from __future__ import annotations

import io
import json
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.base import Shop, ShopAction
from actions.conversation import ActionAffirm, ActionDeny, ActionNotSolved
from actions.delivery import ActionSelectOrder
from actions.handoff import ActionNotUnderstood
from actions.registry import TOPICS
from actions.skills import load_skills
from backoffice.backstage import HANDLERS
from backoffice.delivery.service import DeliveryService
from backoffice.identity.rules import load_code_rules
from backoffice.jobs.service import Jobs
from backoffice.notices.service import ConsoleNotifier, Sender
from backoffice.orders.port import SqlOrders
from kernel.clock import FixedClock
from kernel.tokens import TurnContext, read_identity_claim, sign_turn_context

KEY = "k" * 40
RULES = load_code_rules()
ANSWERS: dict[str, type[ShopAction]] = {
    **TOPICS,
    "affirm": ActionAffirm,
    "deny": ActionDeny,
    "not_solved": ActionNotSolved,
    "inform_order": ActionSelectOrder,
    "nlu_fallback": ActionNotUnderstood,
}


class Said:
    """What one turn brought."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        self.text = "\n".join(message["text"] for message in messages if message["text"])
        self.extras = messages[-1]["custom"] or {}
        self.labels = [button["title"] for button in messages[-1]["buttons"]]


class Talk:
    """One conversation with the actions, which remembers slots as the bot does."""

    def __init__(self, engine: AsyncEngine, clock: FixedClock, who: str | None, name: str = "c1") -> None:
        self.shop = Shop(
            engine=engine,
            clock=clock,
            deliveries=DeliveryService(engine, clock),
            orders=SqlOrders(engine),
            skills=load_skills(),
            context_key=KEY,
        )
        self.engine, self.clock, self.who, self.name = engine, clock, who, name
        self.slots: dict[str, Any] = {}
        self.turns = 0
        self.stream = io.StringIO()

    async def say(self, text: str, intent: str = "nlu_fallback", *, again: bool = False, **entities: str) -> Said:
        """Say something, or what was said last once `again`, as when the turn is run a second time."""
        self.turns += not again
        before = dict(self.slots)
        self.turn_id = f"{self.name}-t{self.turns}"
        context = sign_turn_context(TurnContext(self.turn_id, self.name, self.who, "web"), KEY)
        message = {
            "text": text,
            "intent": {"name": intent},
            "intent_ranking": [{"name": intent, "confidence": 0.9}],
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {"context": context},
        }
        dispatcher = CollectingDispatcher()
        tracker = Tracker(self.name, before, message, [], False, None, {}, None)
        for event in await ANSWERS[intent](self.shop).run(dispatcher, tracker, {}):
            self.slots[event["name"]] = event["value"]
        said = Said(dispatcher.messages)
        if "identity" in said.extras:
            claim = read_identity_claim(said.extras["identity"], KEY)
            assert (claim.turn_id, claim.conversation_id) == (self.turn_id, self.name)
            self.who = claim.customer_id
        return said

    async def press(self, label: str, said: Said) -> Said:
        assert label in said.labels
        return await self.say("/affirm", "affirm")

    async def texts(self) -> list[dict[str, str]]:
        """What was texted so far."""
        await Jobs(self.engine, self.clock, HANDLERS).carry_out_due()
        await Sender(self.engine, self.clock, ConsoleNotifier(self.stream)).send_due()
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    async def code(self) -> str:
        """The newest code that arrived."""
        codes = [line["text"] for line in await self.texts() if "인증번호는 " in line["text"]]
        return codes[-1].split("인증번호는 ")[1][: RULES.digits]


def wrong(code: str) -> str:
    """A code that is not `code`."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
