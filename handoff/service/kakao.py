"""A KakaoTalk user's message: stored, answered within Kakao's time, with whatever agents wrote meanwhile.

Kakao takes an answer only as the response to a message, so what the customer has not seen yet waits
in the outbox and goes out, oldest first, with the next response that has room for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import structlog

from handoff.channels import kakao
from handoff.channels.kakao import Utterance
from handoff.domain.conversation import Conversation, Json, Message, Owner
from handoff.domain.text import accept_text, strip_controls
from handoff.errors import Invalid, NotFound
from handoff.service.customers import Customers
from handoff.service.ports import Shop
from handoff.service.store import Store
from kernel.clock import Clock

log = structlog.get_logger()


class Kakao:
    """The skill endpoint's use case."""

    def __init__(self, store: Store, customers: Customers, shop: Shop, clock: Clock) -> None:
        self._store = store
        self._customers = customers
        self._shop = shop
        self._clock = clock
        self._opening: dict[str, asyncio.Lock] = {}

    async def take(self, utterance: Utterance, *, request_id: str | None) -> Json:
        """Store what was said and return the SkillResponse, within the time that Kakao gives."""
        began = time.monotonic()
        conversation = await self._conversation(utterance.user_key)
        if not utterance.more:
            try:
                await self._accept(conversation, utterance, request_id)
            except Invalid as refused:
                return kakao.response([refused.detail])
        left_s = kakao.WAIT_FOR_BOT_S - (time.monotonic() - began)
        await self._bot_answered(conversation.conversation_id, utterance, left_s)
        return await self._answer(conversation.conversation_id, utterance)

    async def _conversation(self, user_key: str) -> Conversation:
        """Return the user's open conversation, a new one when there is none. Two first messages at once share one."""
        lock = self._opening.setdefault(user_key, asyncio.Lock())
        try:
            async with lock:
                async with self._store.read() as tx:
                    known = await tx.find_channel_conversation("kakao", user_key)
                if known is not None:
                    return known
                customer_id = await self._shop.find_by_kakao_user(user_key)
                return await self._customers.open(channel="kakao", customer_id=customer_id, channel_user=user_key)
        finally:
            if not lock.locked():
                self._opening.pop(user_key, None)

    async def _accept(self, conversation: Conversation, utterance: Utterance, request_id: str | None) -> None:
        msg_id = kakao.client_msg_id(utterance, request_id=request_id, at_s=time.time())
        if utterance.choice is not None:
            try:
                await self._customers.accept(
                    conversation.conversation_id, client_msg_id=msg_id, choice_id=utterance.choice
                )
                return
            except NotFound:  # a button of an earlier conversation: its label still says what is meant
                pass
        text = accept_text(strip_controls(utterance.text))
        await self._customers.accept(conversation.conversation_id, client_msg_id=msg_id, text=text)

    async def _bot_answered(self, conversation_id: str, utterance: Utterance, wait_s: float) -> None:
        """Wait until no turn is queued any more, or the time is up."""
        if utterance.more:
            return
        deadline = time.monotonic() + wait_s
        with self._customers.listen(conversation_id) as news:
            while (left := deadline - time.monotonic()) > 0:
                async with self._store.read() as tx:
                    if await tx.next_turn(conversation_id) is None:
                        return
                await news.wait(min(left, 1.0))

    async def _answer(self, conversation_id: str, utterance: Utterance) -> Json:
        view = await self._customers.read(conversation_id, after=0)
        messages, left_count = await self._take_what_fits(conversation_id)
        if messages:
            return kakao.answer(messages, more=left_count > 0 or view.owner in (Owner.WAITING, Owner.HUMAN))
        if view.owner is Owner.WAITING:
            return kakao.response([kakao.WAITING.format(ahead=(view.position or 1) - 1)], more=True)
        if view.owner is Owner.HUMAN:
            return kakao.response([kakao.NOTHING_NEW if utterance.more else kakao.WITH_AGENT], more=True)
        return kakao.response([kakao.NOTHING_NEW if utterance.more else kakao.STILL_THINKING], more=True)

    async def _take_what_fits(self, conversation_id: str) -> tuple[Sequence[Message], int]:
        """Take as many undelivered messages as three bubbles hold; return them and how many are left."""
        async with self._store.write() as tx:
            waiting = await tx.list_outbox(conversation_id, limit=kakao.OUTPUTS_MAX)
            taken: list[Message] = []
            room = kakao.OUTPUTS_MAX
            for message in waiting:
                room -= kakao.bubbles_of(message)
                if room < 0 and taken:
                    break
                taken.append(message)
            if taken:
                await tx.take_from_outbox(conversation_id, [message.seq for message in taken], self._clock.now())
            return taken, await tx.count_outbox(conversation_id)
