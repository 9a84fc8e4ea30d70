"""A customer who waits for a person goes on with the bot instead."""

from __future__ import annotations

from handoff.domain.conversation import Author, Conversation, Message, Turn, TurnStatus
from handoff.domain.ownership import Change, change_owner
from handoff.errors import NotFound
from handoff.service.handing_back import turn_to_go_on, was_interrupted
from handoff.service.passing_on import end_handoff, record
from handoff.service.ports import Hub, topics_of
from handoff.service.store import Store, Transaction
from handoff.service.turns import TurnRunner
from kernel.clock import Clock
from kernel.ids import new_id

LEFT_SENTENCE = "상담원 연결을 취소했어요. 이어서 제가 도와드릴게요. 상담원이 필요하면 언제든 말씀해 주세요."
LOOKED_BACK = 20


class Leaving:
    """Takes customers out of the queue."""

    def __init__(self, store: Store, runner: TurnRunner, hub: Hub, clock: Clock) -> None:
        self._store = store
        self._runner = runner
        self._hub = hub
        self._clock = clock

    async def leave(self, conversation_id: str) -> Conversation:
        """Give a waiting conversation back to the bot, which answers what was last said while it waited.

        Where nothing was, it takes up the question that the handoff had interrupted.

        Raises NotFound, or IllegalTransition (naming both states) when it does not wait.
        """
        now = self._clock.now()
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(conversation_id)
            if conversation is None:
                raise NotFound("상담을 찾을 수 없어요. 새 상담을 시작해 주세요.", code="conversation_not_found")
            unanswered = await _said_while_waiting(tx, conversation)
            conversation = change_owner(conversation, Change.LEFT_QUEUE, at=now)
            await end_handoff(tx, conversation_id, now)
            conversation = await record(
                tx, conversation, Change.LEFT_QUEUE, actor="customer", sentence=LEFT_SENTENCE, at=now
            )
            if unanswered is not None:
                await tx.add_turn(_turn(unanswered))
            elif was_interrupted((await tx.load_memory(conversation_id)).understanding):
                await tx.add_turn(turn_to_go_on(conversation, at=now))
            work = await self._runner.take(tx, conversation)
            if work is not None:
                conversation = work.conversation
                await tx.save_conversation(conversation)
        self._hub.publish(*topics_of(conversation, queue_changed=True))
        if work is not None:
            self._runner.carry_out(work)
        return conversation


async def _said_while_waiting(tx: Transaction, conversation: Conversation) -> Message | None:
    """Return the customer's last message that came after everything else was said: the bot was never asked it."""
    after = max(0, conversation.last_seq - LOOKED_BACK)
    messages = await tx.list_messages(conversation.conversation_id, after=after)
    if messages and messages[-1].author is Author.CUSTOMER:
        return messages[-1]
    return None


def _turn(message: Message) -> Turn:
    return Turn(
        turn_id=new_id("t"),
        conversation_id=message.conversation_id,
        seq=message.seq,
        text=message.text,
        payload=None,
        status=TurnStatus.QUEUED,
        created_at=message.at,
    )
