"""What a customer's page shows of a conversation: read in one place for long polls, sockets and channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.domain.conversation import Message, Owner
from handoff.domain.tickets import Ticket
from handoff.errors import NotFound
from handoff.service.store import Transaction
from handoff.service.waiting import Waits


@dataclass(frozen=True)
class View:
    """What a customer's page shows beyond what it has."""

    messages: tuple[Message, ...]
    owner: Owner
    position: int | None
    agent_name: str | None
    estimated_wait_s: int | None = None
    ticket: Ticket | None = None
    agent_presence: str | None = None
    agent_id: str | None = None
    version: int = 0
    last_seq: int = 0

    def same_state(self, other: View) -> bool:
        """Tell whether nothing but messages differs; how long it will take may change without being news."""
        return self._state() == other._state()

    def _state(self) -> tuple[object, ...]:
        ticket = (self.ticket.number, self.ticket.status) if self.ticket else None
        return (self.owner, self.position, self.agent_name, self.agent_presence, ticket)


async def view_of(tx: Transaction, conversation_id: str, *, after: int, limit: int, waits: Waits) -> View:
    """Return the first `limit` messages after `after`, and who speaks now. Raises NotFound."""
    conversation = await tx.find_conversation(conversation_id)
    if conversation is None:
        raise NotFound("상담을 찾을 수 없어요. 새 상담을 시작해 주세요.", code="conversation_not_found")
    messages: Sequence[Message] = ()
    if conversation.last_seq > after:
        messages = await tx.list_messages(conversation_id, after=after, limit=limit)
    wait = agent = ticket = None
    if conversation.owner is not Owner.BOT:
        ticket = await tx.find_newest_ticket(conversation_id)
    if conversation.owner is Owner.WAITING:
        wait = await waits.tell(tx, conversation)
    elif conversation.owner is Owner.HUMAN and conversation.agent_id is not None:
        agent = await tx.find_agent(agent_id=conversation.agent_id)
    return View(
        messages=tuple(messages),
        owner=conversation.owner,
        position=wait.position if wait else None,
        estimated_wait_s=wait.estimated_s if wait else None,
        agent_name=agent.name if agent else None,
        ticket=ticket,
        agent_presence=agent.presence if agent else None,
        agent_id=agent.agent_id if agent else None,
        version=conversation.version,
        last_seq=conversation.last_seq,
    )
