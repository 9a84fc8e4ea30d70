"""A small contact centre on any store: agents who are there or not, customers who wait, a clock that is moved."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from handoff.adapters.hub import LocalHub
from handoff.domain.conversation import Agent, Author, Conversation, Handoff, Owner
from handoff.domain.routing import Offer
from handoff.service.aside import Aside
from handoff.service.customers import Customers
from handoff.service.desk import Desk
from handoff.service.handing_back import HandingBack
from handoff.service.leaving import Leaving
from handoff.service.offers import Offers
from handoff.service.presence import Presence
from handoff.service.reopening import Reopening
from handoff.service.routing import Router
from handoff.service.store import Store
from handoff.service.supervising import Supervision
from handoff.service.team import Team
from handoff.service.turns import TurnRunner
from kernel.clock import FixedClock
from kernel.ids import new_id
from tests import building
from tests.fakes import OneCustomerShop, ScriptedBot


class DeskWorld:
    """Staff, customers, and the services between them; real time is the clock's."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock, self.hub = store, clock, LocalHub()
        self.desk = Desk(store, self.hub, clock)
        self.offers = Offers(store, self.hub, clock)
        self.router = Router(store, self.hub, clock, real_s=self.real_s)
        self.bot, self.shop = ScriptedBot(), OneCustomerShop()
        self.runner = TurnRunner(store, self.bot, self.shop, self.hub, clock, name="gateway", context_key="k" * 32)
        reopening = Reopening(store, self.shop, real_s=self.real_s)
        self.customers = Customers(store, self.runner, self.hub, clock, reopening=reopening)
        self.leaving = Leaving(store, self.runner, self.hub, clock)
        self.handing_back = HandingBack(store, self.runner, self.shop, self.hub, clock)
        self.aside = Aside(store, self.hub, clock)
        self.supervision = Supervision(store, self.shop, self.hub, clock, real_s=self.real_s)
        self.team = Team(store, self.hub, clock, real_s=self.real_s)
        self.presence = Presence(store, self.hub, clock, real_s=self.real_s)

    def real_s(self) -> float:
        return self.clock.now().timestamp()

    async def agent(self, login: str, presence: str = "online", **changed: Any) -> Agent:
        """Add an agent who is there."""
        agent = building.agent(login, **{"agent_id": f"a_{login}", "name": login, **changed})
        async with self.store.write() as tx:
            await tx.add_agent(agent)
        return await self.presence.say(agent, presence)

    async def waiting(self, name: str = "", **changed: Any) -> Conversation:
        """Let a customer wait."""
        now = self.clock.now()
        values = {"conversation_id": f"c_{name}" if name else new_id("c"), "skill": "general", "priority": 1}
        talk = building.conversation(now, owner=Owner.WAITING, waiting_since=now, **values | changed)
        handoff = Handoff(
            handoff_id=new_id("h"),
            conversation_id=talk.conversation_id,
            reason="customer_request",
            requested_by="customer",
            skill=talk.skill or "general",
            priority=talk.priority,
            context={"summary": "손님이 상담원을 원하셨습니다.", "orders": [{"order_id": "2026-10001"}]},
            waiting_since=now,
        )
        async with self.store.write() as tx:
            await tx.add_conversation(talk)
            await tx.add_handoff(handoff)
        return talk

    async def get(self, talk: Conversation | str) -> Conversation:
        """Return a conversation as it is now."""
        async with self.store.read() as tx:
            found = await tx.find_conversation(talk if isinstance(talk, str) else talk.conversation_id)
        assert found is not None
        return found

    async def claim(self, talk: Conversation, agent: Agent) -> Conversation:
        """Let an agent take a conversation as it is now."""
        now = await self.get(talk)
        await self.desk.claim(talk.conversation_id, agent, version=now.version)
        return await self.get(talk)

    async def say(self, talk: Conversation | str, text: str) -> int:
        """Let the customer write."""
        conversation_id = talk if isinstance(talk, str) else talk.conversation_id
        return (await self.customers.accept(conversation_id, client_msg_id=str(uuid4()), text=text)).seq

    async def texts(self, talk: Conversation | str, *authors: Author) -> list[str]:
        """Return what these said."""
        conversation_id = talk if isinstance(talk, str) else talk.conversation_id
        async with self.store.read() as tx:
            return [m.text for m in await tx.list_messages(conversation_id) if m.author in authors]

    async def events(self, talk: Conversation) -> list[str]:
        """Return the kinds of a conversation's changes, which have every version after the first exactly once."""
        async with self.store.read() as tx:
            found = await tx.list_events(talk.conversation_id)
        return [event.kind for event in found]

    async def idle(self, talk: Conversation) -> None:
        """Wait until the bot has answered everything."""
        async with asyncio.timeout(3):
            while True:
                async with self.store.read() as tx:
                    if await tx.next_turn(talk.conversation_id) is None:
                        return
                await asyncio.sleep(0.005)

    async def offered(self) -> dict[str, str]:
        """Return the agent whom each conversation is offered to."""
        async with self.store.read() as tx:
            return {offer.conversation_id: offer.agent_id for offer in await tx.list_open_offers()}

    async def offer_of(self, talk: Conversation) -> Offer:
        """Return the open offer of a conversation."""
        async with self.store.read() as tx:
            (found,) = [o for o in await tx.list_open_offers() if o.conversation_id == talk.conversation_id]
        return found

    async def stay(self, *agents: Agent, seconds: float) -> None:
        """Let time pass while these agents give signs of life; drains every second as the clockwork does."""
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:
            self.clock.advance(1)
            for agent in agents:
                await self.presence.touch(agent.agent_id)
            await self.router.drain()
            await self.presence.sweep()
