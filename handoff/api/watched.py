"""A conversation that an agent's page has open: what to tell the page about it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from handoff.api import shapes
from handoff.api.app import Gateway
from handoff.domain.conversation import Agent, Note, Owner
from handoff.errors import HandoffError
from handoff.service.views import View


class Watched:
    """Follows one conversation from a seq on; who may see it is asked again whenever its ownership changes."""

    def __init__(self, gateway: Gateway, agent: Agent, conversation_id: str, after: int) -> None:
        self._gateway = gateway
        self._agent = agent
        self._id = conversation_id
        self._after = after
        self._view: View | None = None
        self._note_count = -1
        self._read_up_to = self._told_up_to = 0
        self.is_over = False

    def is_held_by(self, agent: Agent) -> bool:
        """Tell whether this agent speaks with the customer now."""
        return self._view is not None and self._view.owner is Owner.HUMAN and self._view.agent_id == agent.agent_id

    def read(self, up_to: int) -> None:
        """Take that the agent has these messages in sight."""
        self._read_up_to = max(self._read_up_to, up_to)

    def tell_read(self) -> None:
        """Tell the customer how far the agent who holds the conversation has read, each time it is further."""
        if self._view is None or not self.is_held_by(self._agent):
            return
        seq = min(self._read_up_to, self._view.last_seq)  # nobody has read what is not written
        if seq > self._told_up_to:
            self._told_up_to = seq
            self._gateway.read_marks.mark_by_agent(self._id, seq)

    async def news(self) -> AsyncIterator[shapes.Json]:
        """Yield what the page does not have yet; a refusal, and then nothing any more, when it may not see it."""
        while True:
            try:
                frame = await self._read()
            except HandoffError as error:
                self.is_over = True
                yield {"type": "refused", "conversation_id": self._id, "code": error.code, "detail": error.detail}
                return
            if frame is None:
                return
            yield frame

    def _tell_notes(self, notes: Sequence[Note]) -> shapes.Json:
        if len(notes) == self._note_count:
            return {}
        self._note_count = len(notes)
        return {"notes": [shapes.note(note) for note in notes]}

    async def _read(self) -> shapes.Json | None:
        view = await self._gateway.reader.read(self._id, after=self._after)
        frame: shapes.Json = {}
        if self._view is None or view.version != self._view.version:
            seen = await self._gateway.desk.view(self._id, self._agent)  # raises when it is not theirs to see
            frame["read_up_to"] = (await self._gateway.read_marks.find(self._id)).seq
            frame |= self._tell_notes(seen.notes)
        elif not view.messages:
            frame |= self._tell_notes(await self._gateway.reader.list_notes(self._id))
        if not (frame or view.messages):
            self._view = view
            return None
        if view.messages:
            self._after = view.messages[-1].seq
        self._view = view
        holder = {"agent_id": view.agent_id, "name": view.agent_name} if view.agent_id else None
        return {
            "type": "messages",
            "conversation_id": self._id,
            "messages": [shapes.desk_message(message) for message in view.messages],
            "owner": view.owner.value,
            "version": view.version,
            "agent": holder,
            **frame,
        }
