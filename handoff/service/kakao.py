"""A KakaoTalk user's message: stored, answered within Kakao's time, with whatever agents wrote meanwhile.

Kakao takes an answer only as the response to a message, so what the customer has not seen yet waits
in the outbox and goes out, oldest first, with the next response that has room for it, whichever of their
conversations it was written in. A request that Kakao repeats gets the same answer again; what a request
took whose answer never went out is put back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from handoff.channels import kakao
from handoff.channels.kakao import Utterance
from handoff.domain.conversation import Conversation, Json, Message, Owner
from handoff.domain.text import accept_text, strip_controls
from handoff.errors import IllegalTransition, Invalid, NotFound, StateConflict
from handoff.service import ticketing
from handoff.service.customers import Customers
from handoff.service.leaving import Leaving
from handoff.service.ports import Shop
from handoff.service.ratings import Ratings
from handoff.service.store import Store, Transaction
from handoff.service.views import View
from kernel.clock import Clock
from kernel.ids import new_id

log = structlog.get_logger()


class Kakao:
    """The skill endpoint's use case."""

    def __init__(
        self, store: Store, customers: Customers, leaving: Leaving, ratings: Ratings, shop: Shop, clock: Clock
    ) -> None:
        self._store = store
        self._customers = customers
        self._leaving = leaving
        self._ratings = ratings
        self._shop = shop
        self._clock = clock
        self._taking: set[asyncio.Task[Json]] = set()

    async def answer_within(self, limit_s: float, utterance: Utterance, *, request_id: str | None) -> Json:
        """Return what `take` does, or that it takes longer: then it is still stored, and answered next time."""
        wanted = True
        task = asyncio.create_task(self.take(utterance, request_id=request_id, wanted=lambda: wanted), name="kakao")
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)
        task.add_done_callback(_log_failure)
        try:
            done, _ = await asyncio.wait([task], timeout=limit_s)
        except asyncio.CancelledError:
            wanted = False
            raise
        if done:
            return task.result()
        wanted = False
        return kakao.response([kakao.STILL_THINKING], more=True)

    async def take(
        self, utterance: Utterance, *, request_id: str | None, wanted: Callable[[], bool] = lambda: True
    ) -> Json:
        """Store what was said and return the SkillResponse; `wanted` tells whether it can still be sent."""
        began = time.monotonic()
        if utterance.rate is not None:
            return kakao.response([await self._rate(utterance.user_key, utterance.rate)])
        request, conversation = await self._place(utterance, request_id)
        conversation_id = conversation.conversation_id
        if not utterance.more:
            try:
                if not (utterance.leaves and await self._leave(conversation_id)):
                    await self._accept(conversation_id, utterance, request)
            except Invalid as refused:
                return kakao.response([refused.detail])
            await self._bot_answered(conversation_id, kakao.WAIT_FOR_BOT_S - (time.monotonic() - began))
        answer, has_taken = await self._answer(conversation_id, utterance, request)
        if has_taken and not wanted():
            async with self._store.write() as tx:
                await tx.give_back("kakao", utterance.user_key, by=request)
        return answer

    async def _place(self, utterance: Utterance, request_id: str | None) -> tuple[str, Conversation]:
        """Return the id that this request shares with its repetitions, and the conversation that it is part of.

        A repetition belongs where the first one went, even if that conversation was closed meanwhile; otherwise it
        is the user's open conversation, a new one when there is none. Who only wants more says nothing, and is
        where the user is now.
        """
        requests = _ids_of(utterance, request_id)
        async with self._store.read() as tx:  # one view: what was there before a close is seen with the close
            is_open = await tx.find_channel_conversation("kakao", utterance.user_key)
            for request in requests if is_open is None or not utterance.more else ():
                known = await tx.find_channel_request("kakao", utterance.user_key, request)
                if known is not None and (request_id or await self._is_recent(tx, known, request)):
                    return request, known
        if is_open is not None:
            return requests[-1], is_open
        customer_id = await self._shop.find_by_kakao_user(utterance.user_key)
        opened = await self._customers.open(channel="kakao", customer_id=customer_id, channel_user=utterance.user_key)
        return requests[-1], opened

    async def _is_recent(self, tx: Transaction, conversation: Conversation, request: str) -> bool:
        known = await tx.find_by_client_id(conversation.conversation_id, request)
        return known is not None and self._clock.now() - known.at < timedelta(seconds=kakao.DUPLICATE_WINDOW_S)

    async def _accept(self, conversation_id: str, utterance: Utterance, request: str) -> None:
        if utterance.choice is not None:
            try:
                await self._customers.accept(conversation_id, client_msg_id=request, choice_id=utterance.choice)
                return
            except NotFound:  # a button of an earlier conversation: its label still says what is meant
                pass
        text = accept_text(strip_controls(utterance.text))
        await self._customers.accept(conversation_id, client_msg_id=request, text=text)

    async def _leave(self, conversation_id: str) -> bool:
        """Let the bot go on, as it may do already; False where a person is there by now, who is told the words."""
        try:
            await self._leaving.leave(conversation_id)
        except IllegalTransition as refused:
            return refused.winner.owner != Owner.HUMAN
        return True

    async def _rate(self, user_key: str, rate: kakao.Rate) -> str:
        """Keep how content the user was with a conversation of theirs, and return what they are told."""
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(rate.conversation_id)
        if conversation is None or (conversation.channel, conversation.channel_user) != ("kakao", user_key):
            return kakao.RATING_UNKNOWN
        try:
            rated = await self._ratings.rate(rate.conversation_id, score=rate.score, words=None)
        except StateConflict as refused:
            return refused.detail
        return kakao.RATING_SORRY if rated.rating.is_low else kakao.RATING_THANKS

    async def _bot_answered(self, conversation_id: str, wait_s: float) -> None:
        """Wait until no turn is queued any more, or the time is up."""
        deadline = time.monotonic() + wait_s
        with self._customers.listen(conversation_id) as news:
            while (left := deadline - time.monotonic()) > 0:
                async with self._store.read() as tx:
                    if await tx.next_turn(conversation_id) is None:
                        return
                await news.wait(min(left, 1.0))

    async def _answer(self, conversation_id: str, utterance: Utterance, request: str) -> tuple[Json, bool]:
        """Return the response, and whether it took messages that no repetition of the request had taken before."""
        view = await self._customers.read(conversation_id, after=0)
        with_person = view.owner in (Owner.WAITING, Owner.HUMAN)
        user = ("kakao", utterance.user_key)
        async with self._store.write() as tx:
            await tx.lock_channel_user(*user)
            messages = [*await tx.list_taken(*user, by=request)]
            if is_new := not messages:
                messages = _fitting(await tx.list_outbox(*user, limit=kakao.OUTPUTS_MAX))
                for taken_from in {message.conversation_id for message in messages}:
                    seqs = [message.seq for message in messages if message.conversation_id == taken_from]
                    await tx.take_from_outbox(taken_from, seqs, self._clock.now(), by=request)
            left_count = await tx.count_outbox(*user)
        also, replies = await self._offered(view, messages) if left_count == 0 else ("", [])
        if messages:
            more = left_count > 0 or with_person
            return kakao.answer(messages, more=more, also=also, quick_replies=replies), is_new
        said = await self._sentence(view, utterance)
        return kakao.response([also, said] if also else [said], replies, more=True), False

    async def _offered(self, view: View, messages: Sequence[Message]) -> tuple[str, list[Json]]:
        """Return what is said after the messages, and the buttons with it: the place in the queue, or the rating."""
        if view.owner is Owner.WAITING:
            return kakao.say_place(view.position or 1, view.estimated_wait_s), [kakao.leave_reply()]
        if messages and await self._ratings.may_rate_after(messages[-1]):
            return kakao.RATING_ASKED, kakao.rating_replies(messages[-1].conversation_id)
        return "", []

    async def _sentence(self, view: View, utterance: Utterance) -> str:
        """Return what is said when there is no message to show."""
        if view.owner is Owner.WAITING and view.ticket is not None:
            async with self._store.read() as tx:
                return await ticketing.say_waiting(tx, view.ticket, at=self._clock.now())
        if utterance.more:
            return kakao.NOTHING_NEW
        if utterance.leaves:
            return kakao.WITH_BOT
        return kakao.WITH_AGENT if view.owner is Owner.HUMAN else kakao.STILL_THINKING


def _ids_of(utterance: Utterance, request_id: str | None) -> list[str]:
    """Return under which ids an earlier delivery of this request may be known, its own the last."""
    if request_id:
        return [kakao.client_msg_id(utterance, request_id=request_id, at_s=0)]
    if utterance.more:
        return [new_id("k")]
    now_s, ago_s = time.time(), kakao.DUPLICATE_WINDOW_S
    return [kakao.client_msg_id(utterance, request_id=None, at_s=at_s) for at_s in (now_s - ago_s, now_s)]


def _fitting(waiting: Sequence[Message]) -> list[Message]:
    """Return the first messages that three bubbles hold, at least one."""
    fitting: list[Message] = []
    room = kakao.OUTPUTS_MAX
    for message in waiting:
        room -= kakao.bubbles_of(message)
        if room < 0 and fitting:
            break
        fitting.append(message)
    return fitting


def _log_failure(task: asyncio.Task[Json]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("kakao_skill_failed", exc_info=task.exception())
