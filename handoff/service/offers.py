"""What an agent is asked to take, and that they would rather not. To take it is to claim the conversation."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.conversation import Agent
from handoff.domain.routing import Offer, Outcome
from handoff.errors import NotFound
from handoff.service.desk import QueueItem, list_items
from handoff.service.ports import ROUTING_TOPIC, Hub, agent_topic
from handoff.service.store import Store
from kernel.clock import Clock


@dataclass(frozen=True)
class Offered:
    """An open offer with what the agent is shown of its conversation; `seconds_left` of the product's clock."""

    offer: Offer
    item: QueueItem
    seconds_left: float


class Offers:
    """The agents' side of offers."""

    def __init__(self, store: Store, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._clock = clock

    async def list_mine(self, agent: Agent) -> list[Offered]:
        """Return what this agent is asked to take now, oldest first."""
        now = self._clock.now()
        async with self._store.read() as tx:
            offers = [offer for offer in await tx.list_open_offers(agent_id=agent.agent_id) if offer.due_at > now]
            found = [await tx.find_conversation(offer.conversation_id) for offer in offers]
            items = await list_items(tx, [conversation for conversation in found if conversation is not None])
        by_id = {item.conversation.conversation_id: item for item in items}
        return [Offered(offer, by_id[offer.conversation_id], (offer.due_at - now).total_seconds()) for offer in offers]

    async def decline(self, offer_id: str, agent: Agent) -> None:
        """Let an offer pass; the next agent is asked at once. One that has ended stays as it ended. Raises NotFound."""
        async with self._store.write() as tx:
            offer = await tx.find_offer(offer_id)
            if offer is None or offer.agent_id != agent.agent_id:
                raise NotFound("배정 요청을 찾을 수 없어요.", code="offer_not_found")
            if await tx.end_offer(offer_id, Outcome.DECLINED, self._clock.now()):
                await tx.forget_missed(agent.agent_id)
        self._hub.publish(ROUTING_TOPIC, agent_topic(agent.agent_id))
