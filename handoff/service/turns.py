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

from handoff.domain.context import Known, add_understanding
from handoff.domain.conversation import Author, Choice, Conversation, Lease, Memory, Message, Owner, Turn, TurnStatus
from handoff.domain.text import anonymise, conceal
from handoff.service.claims import read_claim
from handoff.service.handing_over import (
    APOLOGY_SENTENCES,
    append,
    draft,
    gather_facts,
    hand_over,
)
from handoff.service.ports import Bot, BotUnavailable, HandoffRequest, Hub, Shop, TurnRequest, TurnResult, topics_of
from handoff.service.store import Store, Transaction
from handoff.service.ticketing import Briefing, brief_bot
from kernel.clock import Clock
from kernel.ids import new_id
from kernel.tokens import TurnContext, sign_turn_context

log = structlog.get_logger()

LEASE_S = 20.0  # longer than the bot's whole time budget (see adapters/bot.py), so that a live runner keeps it
SWEEP_EVERY_S = 1.0
DOUBT_S = 2.0  # a lease that was not followed by work within this was committed without the answer reaching us
UNSURE_BELOW = 0.6  # trainers see utterances whose best intent is less likely than this
CANDIDATE_LENGTH_MAX = 500  # more is no example; an index of PostgreSQL holds 2,704 bytes
BOT_FAILED = HandoffRequest(reason="bot_error", requested_by="bot", skill="general")


@dataclass(frozen=True)
class Work:
    """A turn to carry out, with all that the bot needs of its conversation, under the conversation's lease."""

    conversation: Conversation
    turn: Turn
    memory: Memory
    lease: Lease
    briefing: Briefing
    # Who the customer proved to be in this turn.
    identified: str | None = None

    @property
    def if_failed(self) -> HandoffRequest | None:
        """What follows when the bot fails: a person, unless no customer is waiting for the answer."""
        return None if self.turn.is_handing_back else BOT_FAILED


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
        # Leases that nobody here works under yet, or any more: by token the conversation and since when.
        self._in_doubt: dict[str, tuple[str, float]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._nudged = asyncio.Event()
        self._stopping = False
        self._more_waits = False  # somebody was turned away because this runner was full

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
            await asyncio.gather(*pending, return_exceptions=True)

    async def take(self, tx: Transaction, conversation: Conversation, *, goes_on: bool = False) -> Work | None:
        """Lease a locked conversation for its next turn; the caller saves it as it is in the work, then calls `carry_out`.

        None when another runner holds it, this one is stopping or full (unless it `goes_on`), or no turn is queued.
        """
        held = conversation.lease
        if not goes_on and len(self._running) >= self._at_once:
            self._more_waits = True
            return None
        if self._stopping:
            return None
        if held is not None and held.until_s > time.time() and not self._is_abandoned(held):
            return None
        turn = await tx.next_turn(conversation.conversation_id)
        if turn is None:
            return None
        memory = await tx.load_memory(conversation.conversation_id)
        lease = self._new_lease()
        briefing = await brief_bot(tx, conversation, at=self._clock.now())
        self._doubt(lease, conversation.conversation_id)
        return Work(replace(conversation, lease=lease), turn, memory, lease, briefing)

    def carry_out(self, work: Work) -> None:
        """Start on work whose lease was just committed."""
        token = work.lease.token
        task = asyncio.create_task(self._carry_out(work), name=f"turns-{work.conversation.conversation_id}")
        self._running[token] = task
        task.add_done_callback(lambda _: self._ended(token))

    def _ended(self, token: str) -> None:
        del self._running[token]
        if self._more_waits:
            self._nudged.set()

    def _new_lease(self) -> Lease:
        return Lease(runner=self._runner, token=secrets.token_hex(8), until_s=time.time() + LEASE_S)

    def _doubt(self, lease: Lease, conversation_id: str) -> None:
        self._in_doubt[lease.token] = (conversation_id, time.monotonic())

    def _list_doubtful(self) -> dict[str, str]:
        """Return the leases, with their conversations, that were in doubt for too long.

        Their commit failed or, when the database went away in the middle of it, may have succeeded unheard: then
        nobody else would touch the conversation for as long as the lease lasts.
        """
        long_ago_s = time.monotonic() - DOUBT_S
        return {token: about for token, (about, since_s) in self._in_doubt.items() if since_s <= long_ago_s}

    def _is_abandoned(self, lease: Lease) -> bool:
        return self._is_earlier_life(lease) or lease.token in self._list_doubtful()

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
        free = max(self._at_once - len(self._running), 0)
        async with self._store.read() as tx:
            found = await tx.list_runnable(now_s=time.time(), runner=self._runner, limit=free)
        self._more_waits = len(found) == free
        doubtful = self._list_doubtful()
        for conversation_id in dict.fromkeys([*found, *doubtful.values()]):
            async with self._store.write() as tx:
                conversation = await tx.lock_conversation(conversation_id)
                work = await self.take(tx, conversation) if conversation else None
                if work is None:
                    continue
                await tx.save_conversation(work.conversation)
            self.carry_out(work)
        for token in doubtful:
            self._in_doubt.pop(token, None)

    async def _carry_out(self, first: Work) -> None:
        work: Work | None = first
        try:
            while work is not None:
                self._in_doubt.pop((lease := work.lease).token, None)
                work = await self._run(work)
        except Exception:  # left to the sweep, which tries again in a while
            self._doubt(lease, first.conversation.conversation_id)
            log.exception("turn_failed", conversation_id=first.conversation.conversation_id)

    async def _run(self, work: Work) -> Work | None:
        """Carry out one turn; return the next one, if this runner goes on with it."""
        if work.conversation.owner is not Owner.BOT:
            return await self._commit(work, None, None)
        try:
            result = await self._bot.take_turn(self._request(work))
            claimed = read_claim(result.identity, work.turn, work.conversation, self._context_key)
            work = replace(work, identified=claimed)
            request = None if work.turn.is_handing_back else _handoff_of(result)
        except BotUnavailable:
            log.warning("bot_unavailable", conversation_id=work.turn.conversation_id, turn_id=work.turn.turn_id)
            result, request = None, work.if_failed
        except Exception:  # whatever is wrong with an answer, a person has to give another one
            log.exception("bot_answer_unusable", turn_id=work.turn.turn_id)
            result, request = None, work.if_failed
        for _ in range(2):
            try:
                return await self._commit(work, result, request)
            except Exception:  # the database may be away for a moment, or never take this answer
                log.exception("turn_commit_failed", turn_id=work.turn.turn_id)
        return await self._commit(replace(work, identified=None), None, work.if_failed)

    def _request(self, work: Work) -> TurnRequest:
        context = TurnContext(
            turn_id=work.turn.turn_id,
            conversation_id=work.conversation.conversation_id,
            customer_id=work.conversation.customer_id,
            channel=work.conversation.channel,
            tickets=work.briefing.tickets,
            opens_at=work.briefing.opens_at.isoformat() if work.briefing.opens_at else None,
            hours_text=work.briefing.hours_text,
        )
        return TurnRequest(
            turn_id=work.turn.turn_id,
            conversation_id=work.conversation.conversation_id,
            text=work.turn.text,
            payload=work.turn.payload,
            state=work.memory.state,
            said_at=work.turn.created_at,
            context=sign_turn_context(context, self._context_key),
        )

    async def _commit(self, work: Work, result: TurnResult | None, request: HandoffRequest | None) -> Work | None:
        """Write the outcome of a turn; return the next one, None when there is none to do."""
        known = None
        if request is not None:
            known = await gather_facts(self._shop, self._store, _as_known(work.conversation, work))
        async with self._store.write() as tx:
            conversation = await tx.lock_conversation(work.conversation.conversation_id)
            if conversation is None or conversation.lease is None or conversation.lease.token != work.lease.token:
                return None  # another runner took over: whatever it does stands
            still_ours = conversation.owner is Owner.BOT and conversation.version == work.conversation.version
            if work.turn.is_handing_back and conversation.last_seq > work.turn.seq:
                still_ours = False  # the customer has gone on by themselves: that is answered, and nothing else
            if still_ours and (result is not None or request is not None):
                conversation = await self._answer(tx, conversation, work, result, request, known)
            else:
                if result is not None:
                    await _conceal(tx, work.turn, result)
                await tx.finish_turn(work.turn.turn_id, TurnStatus.DROPPED, self._clock.now())
            following = await self._next(tx, replace(conversation, lease=None))
            conversation = following.conversation if following else replace(conversation, lease=None)
            await tx.save_conversation(conversation)
        self._hub.publish(*topics_of(conversation))
        return following

    async def _answer(
        self,
        tx: Transaction,
        conversation: Conversation,
        work: Work,
        result: TurnResult | None,
        request: HandoffRequest | None,
        known: Known | None,
    ) -> Conversation:
        now = self._clock.now()
        understanding = work.memory.understanding
        drafts: list[Message] = []
        if result is not None:
            has_asked = not work.turn.is_handing_back
            understanding = add_understanding(
                understanding,
                seq=work.turn.seq,
                nlu=result.nlu if has_asked else {},
                slots=result.slots,
                tried=list(result.tried) if has_asked else [],
                failed=list(result.failed_actions),
            )
            drafts = _bot_messages(conversation, result, now)
            await tx.save_memory(conversation.conversation_id, Memory(result.state, understanding))
            await self._keep_candidate(tx, work.turn, result)
            await _conceal(tx, work.turn, result)
            conversation = _as_known(conversation, work)
        if request is not None and (apology := APOLOGY_SENTENCES.get(request.reason)):
            drafts.append(draft(conversation, Author.BOT, apology, now))
        status = TurnStatus.DONE if result is not None else TurnStatus.FAILED
        await tx.finish_turn(work.turn.turn_id, status, now)
        if request is None or known is None:
            conversation = replace(conversation, version=conversation.version + 1)
        else:
            conversation, told = await hand_over(
                tx, conversation, request, known=known, understanding=understanding, new_messages=drafts, at=now
            )
            drafts.append(draft(conversation, Author.SYSTEM, told, now))
        return (await append(tx, conversation, drafts, at=now))[0]

    async def _next(self, tx: Transaction, conversation: Conversation) -> Work | None:
        """Take the next turn when the bot may answer it; what it may not answer any more leaves the queue."""
        if conversation.owner is Owner.BOT:
            return await self.take(tx, conversation, goes_on=True)
        while (turn := await tx.next_turn(conversation.conversation_id)) is not None:
            await tx.finish_turn(turn.turn_id, TurnStatus.DROPPED, self._clock.now())
        return None

    async def _keep_candidate(self, tx: Transaction, turn: Turn, result: TurnResult) -> None:
        is_unsure = (result.nlu.get("confidence") or 0.0) < UNSURE_BELOW
        if turn.payload is None and result.conceal is None and is_unsure:
            ranking = result.nlu.get("ranking", [])
            await tx.add_candidate(new_id("u"), anonymise(turn.text)[:CANDIDATE_LENGTH_MAX], ranking, self._clock.now())


async def _conceal(tx: Transaction, turn: Turn, result: TurnResult) -> None:
    """Take out of a message what nobody may read later."""
    if result.conceal is not None:
        await tx.replace_text(turn.conversation_id, turn.seq, conceal(turn.text, result.conceal))


def _as_known(conversation: Conversation, work: Work) -> Conversation:
    return replace(conversation, customer_id=work.identified) if work.identified else conversation


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
