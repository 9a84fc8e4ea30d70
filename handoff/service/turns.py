"""The turn runner: gives queued messages to the bot and commits its answers.

One runner carries out one conversation at a time under a lease on it, many conversations at once.
The lease's token is the fence: an answer is committed only under the same token, by a conversation
that the bot still owns at the version the turn began with. A runner that died is followed at once
by its next life (same name, another boot), or by any other when the lease has run out.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from handoff.domain.context import add_understanding
from handoff.domain.conversation import Author, Choice, Conversation, Lease, Memory, Message, Owner, Turn, TurnStatus
from handoff.domain.text import anonymise
from handoff.service.handing_over import (
    APOLOGY_SENTENCES,
    WAITING_SENTENCE,
    HandoverFacts,
    append,
    draft,
    gather_facts,
    hand_over,
)
from handoff.service.ports import Bot, BotUnavailable, HandoffRequest, Hub, Shop, TurnRequest, TurnResult, topics_of
from handoff.service.store import Store, Transaction
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.tokens import TurnContext, sign_turn_context

log = structlog.get_logger()

LEASE_S = 20.0  # longer than the bot's whole time budget (see adapters/bot.py), so that a live runner keeps it
SWEEP_EVERY_S = 1.0
UNSURE_BELOW = 0.6  # trainers see utterances whose best intent is less likely than this


@dataclass(frozen=True)
class _Work:
    conversation: Conversation
    turn: Turn
    memory: Memory


class TurnRunner:
    """Carries out turns until stopped."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        shop: Shop,
        hub: Hub,
        clock: Clock,
        *,
        name: str,
        context_key: str,
        at_once: int = 64,
    ) -> None:
        self._store = store
        self._bot = bot
        self._shop = shop
        self._hub = hub
        self._clock = clock
        self._context_key = context_key
        self._runner = f"{name}/{secrets.token_hex(4)}"
        self._at_once = at_once
        self._running: dict[str, asyncio.Task[None]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._nudged = asyncio.Event()
        self._stopping = False

    def start(self) -> None:
        """Begin to look for turns that nobody carries out."""
        self._sweeper = asyncio.create_task(self._sweep(), name="turn-sweeper")

    async def stop(self, grace_s: float = 12.0) -> None:
        """Take no new work, let running turns end within `grace_s`, then stop."""
        self._stopping = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        if self._running:
            _, pending = await asyncio.wait(self._running.values(), timeout=grace_s)
            for task in pending:
                task.cancel()

    def offer_lease(self, conversation: Conversation) -> Lease | None:
        """Return a lease to store with a new turn, or None when another holds one or this runner is full."""
        held = conversation.lease
        if self._stopping or len(self._running) >= self._at_once:
            return None
        if held is not None and held.until_s > time.time() and not self._is_earlier_life(held):
            return None
        return self._new_lease()

    def carry_out(self, conversation_id: str, lease: Lease) -> None:
        """Start on a conversation whose lease was just committed."""
        task = asyncio.create_task(self._carry_out(conversation_id, lease), name=f"turns-{conversation_id}")
        self._running[lease.token] = task
        task.add_done_callback(lambda _: self._running.pop(lease.token, None))

    def nudge(self) -> None:
        """Look for turns now rather than at the next sweep."""
        self._nudged.set()

    def _new_lease(self) -> Lease:
        return Lease(runner=self._runner, token=secrets.token_hex(8), until_s=time.time() + LEASE_S)

    def _is_earlier_life(self, lease: Lease) -> bool:
        return lease.runner != self._runner and lease.runner.partition("/")[0] == self._runner.partition("/")[0]

    async def _sweep(self) -> None:
        while True:
            try:
                await self._take_abandoned()
            except Exception:  # the database may be away for a while; the next sweep tries again
                log.exception("turn_sweep_failed")
            try:
                await asyncio.wait_for(self._nudged.wait(), SWEEP_EVERY_S)
            except TimeoutError:
                pass
            self._nudged.clear()

    async def _take_abandoned(self) -> None:
        free = self._at_once - len(self._running)
        async with self._store.read() as tx:
            found = await tx.list_runnable(now_s=time.time(), runner=self._runner, limit=max(free, 0))
        for conversation_id in found:
            async with self._store.write() as tx:
                conversation = await tx.lock_conversation(conversation_id)
                lease = self.offer_lease(conversation) if conversation else None
                if conversation is None or lease is None:
                    continue
                await tx.save_conversation(replace(conversation, lease=lease))
            self.carry_out(conversation_id, lease)

    async def _carry_out(self, conversation_id: str, lease: Lease) -> None:
        try:
            held: Lease | None = lease
            while held is not None and (work := await self._load(conversation_id, held)) is not None:
                held = await self._run(work, held)
        except Exception:  # left to the sweep, which tries again when the lease has run out
            log.exception("turn_failed", conversation_id=conversation_id)

    async def _load(self, conversation_id: str, lease: Lease) -> _Work | None:
        async with self._store.read() as tx:
            conversation = await tx.find_conversation(conversation_id)
            turn = await tx.next_turn(conversation_id)
            if conversation is None or turn is None or not _holds(conversation, lease):
                return None
            return _Work(conversation, turn, await tx.load_memory(conversation_id))

    async def _run(self, work: _Work, lease: Lease) -> Lease | None:
        if work.conversation.owner is not Owner.BOT:
            return await self._commit(work, lease, None, None)
        try:
            result = await self._bot.take_turn(self._request(work))
            request = _handoff_of(result)
        except BotUnavailable:
            log.warning("bot_unavailable", conversation_id=work.turn.conversation_id, turn_id=work.turn.turn_id)
            result, request = None, HandoffRequest(reason="bot_error", requested_by="bot", skill="general")
        return await self._commit(work, lease, result, request)

    def _request(self, work: _Work) -> TurnRequest:
        context = TurnContext(
            turn_id=work.turn.turn_id,
            conversation_id=work.conversation.conversation_id,
            customer_id=work.conversation.customer_id,
            channel=work.conversation.channel,
        )
        return TurnRequest(
            turn_id=work.turn.turn_id,
            conversation_id=work.conversation.conversation_id,
            text=work.turn.text,
            payload=work.turn.payload,
            state=work.memory.state,
            context=sign_turn_context(context, self._context_key),
        )

    async def _commit(
        self, work: _Work, lease: Lease, result: TurnResult | None, request: HandoffRequest | None
    ) -> Lease | None:
        """Write the outcome of a turn; return the lease for the next one, None when there is none to do."""
        known = None
        if request is not None:
            async with self._store.read() as tx:
                known = await gather_facts(self._shop, tx, work.conversation)
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(work.conversation.conversation_id)
            if conversation is None or not _holds(conversation, lease):
                return None
            still_ours = conversation.owner is Owner.BOT and conversation.version == work.conversation.version
            if still_ours and (result is not None or request is not None):
                conversation = await self._answer(tx, conversation, work, result, request, known)
            else:
                await tx.finish_turn(work.turn.turn_id, TurnStatus.DROPPED, self._clock.now())
            following = await self._next(tx, conversation)
            await tx.save_conversation(replace(conversation, lease=following))
        self._hub.publish(*topics_of(conversation))
        return following

    async def _answer(
        self,
        tx: Transaction,
        conversation: Conversation,
        work: _Work,
        result: TurnResult | None,
        request: HandoffRequest | None,
        known: HandoverFacts | None,
    ) -> Conversation:
        now = self._clock.now()
        understanding = work.memory.understanding
        drafts: list[Message] = []
        if result is not None:
            understanding = add_understanding(
                understanding,
                seq=work.turn.seq,
                nlu=result.nlu,
                slots=result.slots,
                tried=list(result.tried),
                failed=list(result.failed_actions),
            )
            drafts = _bot_messages(conversation, result, now)
            await tx.save_memory(conversation.conversation_id, Memory(result.state, understanding))
            await self._keep_candidate(tx, work.turn, result)
        if request is not None:
            if apology := APOLOGY_SENTENCES.get(request.reason):
                drafts.append(draft(conversation, Author.BOT, apology, now))
            drafts.append(draft(conversation, Author.SYSTEM, WAITING_SENTENCE, now))
        status = TurnStatus.DONE if result is not None else TurnStatus.FAILED
        await tx.finish_turn(work.turn.turn_id, status, now)
        if request is None or known is None:
            conversation = replace(conversation, version=conversation.version + 1)
        else:
            conversation = await hand_over(
                tx, conversation, request, known=known, understanding=understanding, new_messages=drafts, at=now
            )
        conversation, _ = await append(tx, conversation, drafts, at=now)
        return conversation

    async def _next(self, tx: Transaction, conversation: Conversation) -> Lease | None:
        """Renew the lease when the bot has more to answer; what it may not answer any more leaves the queue."""
        while (turn := await tx.next_turn(conversation.conversation_id)) is not None:
            if conversation.owner is Owner.BOT:
                return None if self._stopping else self._new_lease()
            await tx.finish_turn(turn.turn_id, TurnStatus.DROPPED, self._clock.now())
        return None

    async def _keep_candidate(self, tx: Transaction, turn: Turn, result: TurnResult) -> None:
        if turn.payload is None and (result.nlu.get("confidence") or 0.0) < UNSURE_BELOW:
            ranking = result.nlu.get("ranking", [])
            await tx.add_candidate(new_id("u"), anonymise(turn.text), ranking, self._clock.now())


def _holds(conversation: Conversation, lease: Lease) -> bool:
    return conversation.lease is not None and conversation.lease.token == lease.token


def _handoff_of(result: TurnResult) -> HandoffRequest | None:
    if result.failed_actions:
        return HandoffRequest(reason="action_failed", requested_by="bot", skill=_skill_of(result))
    return result.handoff


def _skill_of(result: TurnResult) -> str:
    return result.handoff.skill if result.handoff else "general"


def _bot_messages(conversation: Conversation, result: TurnResult, now: datetime) -> list[Message]:
    """Return the bot's bubbles. A button's id opens with the seq of its bubble, so that it can be found."""
    messages = []
    for number, reply in enumerate(result.replies, start=1):
        seq = conversation.last_seq + number
        choices = tuple(Choice(f"{seq}-{secrets.token_urlsafe(6)}", label, payload) for label, payload in reply.choices)
        message = draft(conversation, Author.BOT, reply.text, now)
        messages.append(replace(message, choices=choices, cards=reply.cards))
    return messages
