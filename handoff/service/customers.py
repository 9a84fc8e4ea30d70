"""What a customer's page does: open a conversation, write, read, wait for news."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from handoff.domain.contact import Contact
from handoff.domain.context import Known
from handoff.domain.conversation import Author, Conversation, Owner, Turn, TurnStatus
from handoff.domain.ownership import Change, change_owner
from handoff.domain.tickets import Ticket
from handoff.errors import Invalid, NotFound, StateConflict
from handoff.service import ticketing
from handoff.service.handing_over import append, draft
from handoff.service.passing_on import record
from handoff.service.ports import Hub, Subscription, conversation_topic, position_topic, topics_of
from handoff.service.reopening import Reopening
from handoff.service.store import Store, Transaction
from handoff.service.turns import TurnRunner, Work
from handoff.service.views import View, view_of
from handoff.service.waiting import Waits
from kernel.clock import Clock
from kernel.ids import new_id

RECHECK_S = 3.0  # how long a lost hint can delay a waiting page
READ_AT_ONCE = 200


@dataclass(frozen=True)
class Accepted:
    """A message is stored under `seq`; `duplicate` when it already was.

    `conversation_id` is another one than was written to when the two were merged.
    """

    seq: int
    duplicate: bool
    conversation_id: str


@dataclass(frozen=True)
class _Said:
    """What a page sent: a text, or the id of a pressed button."""

    client_msg_id: str
    text: str | None
    choice_id: str | None


@dataclass(frozen=True)
class _FactsNeeded:
    """Nothing was stored: the conversation goes back to people, who need what the shop knows."""

    reopening: Reopening
    conversation: Conversation


@dataclass(frozen=True)
class _GoesOnIn:
    """Nothing was stored: the conversation was merged into this one, which gets the text."""

    conversation_id: str
    text: str


class Customers:
    """The customer's side of conversations, for every channel."""

    def __init__(
        self,
        store: Store,
        runner: TurnRunner,
        hub: Hub,
        clock: Clock,
        *,
        reopening: Reopening | None = None,
        waits: Waits | None = None,
    ) -> None:
        self._store = store
        self._reopening = reopening
        self._runner = runner
        self._hub = hub
        self._clock = clock
        self._waits = waits or Waits(clock)
        self._accepting: set[asyncio.Task[Accepted]] = set()

    async def open(self, *, channel: str, customer_id: str | None, channel_user: str | None = None) -> Conversation:
        """Start a conversation with the bot; a channel's user who has one open goes on in it."""
        now = self._clock.now()
        conversation = Conversation(
            conversation_id=new_id("c"),
            channel=channel,
            channel_user=channel_user,
            customer_id=customer_id,
            owner=Owner.BOT,
            version=1,
            last_seq=0,
            created_at=now,
            updated_at=now,
        )
        async with self._store.write() as tx:
            if channel_user is not None:
                await tx.lock_channel_user(channel, channel_user)
                if (known := await tx.find_channel_conversation(channel, channel_user)) is not None:
                    return known
            await tx.add_conversation(conversation)
        return conversation

    async def accept(
        self, conversation_id: str, *, client_msg_id: str, text: str | None = None, choice_id: str | None = None
    ) -> Accepted:
        """Store a message (or a pressed button) and queue its turn, in one commit.

        The same `client_msg_id` again changes nothing and gets the first seq. A closed conversation
        opens again: with people when a person closed it lately, else with the bot; of one that was merged into
        another, the other gets the message. Raises NotFound for an unknown conversation or button.
        """
        # To the end even when the page hangs up meanwhile: a turn whose lease is committed has to be carried out.
        said = _Said(client_msg_id, text, choice_id)
        task = asyncio.create_task(self._accept(conversation_id, said), name="accept")
        self._accepting.add(task)
        task.add_done_callback(self._accepting.discard)
        return await asyncio.shield(task)

    async def _accept(self, conversation_id: str, said: _Said) -> Accepted:
        accepted = await self._accept_with(conversation_id, said, None)
        if isinstance(accepted, _GoesOnIn):
            conversation_id = accepted.conversation_id
            said = replace(said, text=accepted.text, choice_id=None)
            accepted = await self._accept_with(conversation_id, said, None, has_moved=True)
        if isinstance(accepted, Accepted):
            return accepted
        assert isinstance(accepted, _FactsNeeded), "it moves once"
        # It goes back to people. The shop is asked outside of the unit of work, which then begins anew.
        facts = await accepted.reopening.gather(accepted.conversation)
        accepted = await self._accept_with(conversation_id, said, facts, has_moved=True)
        assert isinstance(accepted, Accepted), "facts were given"
        return accepted

    async def _accept_with(
        self, conversation_id: str, said: _Said, facts: Known | None, *, has_moved: bool = False
    ) -> Accepted | _FactsNeeded | _GoesOnIn:
        async with self._store.write() as tx:
            conversation = await _locked(tx, conversation_id)
            known = await tx.find_by_client_id(conversation_id, said.client_msg_id)
            if known is not None and known.author is not Author.CUSTOMER:
                raise Invalid("같은 번호의 다른 메시지가 있어요. 다시 보내 주세요.", code="client_msg_id_taken")
            if known is not None:
                return Accepted(known.seq, duplicate=True, conversation_id=conversation_id)
            if conversation.owner is Owner.CLOSED and not has_moved:
                other = await ticketing.find_merged_into(tx, conversation)
                if other is not None:
                    text, _ = await _content(tx, conversation_id, said)
                    return _GoesOnIn(other.conversation_id, text)
            now, goes_to_people = self._clock.now(), False
            if self._reopening is not None and self._reopening.is_for_people(conversation, now):
                goes_to_people = True
                if facts is None:
                    return _FactsNeeded(self._reopening, conversation)
            text, payload = await _content(tx, conversation_id, said)
            conversation, seq = await self._store_message(tx, conversation, said.client_msg_id, text)
            work = None
            if goes_to_people and self._reopening is not None and facts is not None:
                conversation = await self._reopening.go_on(tx, conversation, facts, at=now)
            elif conversation.owner is Owner.BOT:
                work = await self._queue_turn(tx, conversation, seq, text, payload)
                conversation = work.conversation if work else conversation
            await tx.save_conversation(conversation)
        self._hub.publish(*topics_of(conversation))
        if work is not None:
            self._runner.carry_out(work)
        return Accepted(seq, duplicate=False, conversation_id=conversation_id)

    async def _store_message(
        self, tx: Transaction, conversation: Conversation, client_msg_id: str, text: str
    ) -> tuple[Conversation, int]:
        """Append what the customer said and return its seq; closed is the bot's again, put aside is woken."""
        now = self._clock.now()
        if conversation.owner is Owner.CLOSED:
            conversation = change_owner(conversation, Change.REOPENED, at=now)
            conversation = await record(tx, conversation, Change.REOPENED, actor="customer", at=now)
        elif conversation.snoozed_until is not None:
            conversation = change_owner(conversation, Change.WOKEN, at=now)
            conversation = await record(tx, conversation, Change.WOKEN, actor="customer", at=now)
        left = await ticketing.take_contact(tx, conversation, text, at=now)
        said = replace(draft(conversation, Author.CUSTOMER, left.text, now), client_msg_id=client_msg_id)
        conversation, _ = await append(tx, conversation, [said], at=now)
        seq = conversation.last_seq
        if left.answer is not None:
            answer = draft(conversation, Author.SYSTEM, left.answer, now)
            conversation, _ = await append(tx, conversation, [answer], at=now)
        return conversation, seq

    async def _queue_turn(
        self, tx: Transaction, conversation: Conversation, seq: int, text: str, payload: str | None
    ) -> Work | None:
        """Ask the bot for an answer to the message just appended; None when another runner will carry it out."""
        turn = Turn(
            turn_id=new_id("t"),
            conversation_id=conversation.conversation_id,
            seq=seq,
            text=text,
            payload=payload,
            status=TurnStatus.QUEUED,
            created_at=self._clock.now(),
        )
        await tx.add_turn(turn)
        return await self._runner.take(tx, conversation)

    async def leave_contact(self, conversation_id: str, contact: Contact) -> Ticket:
        """Keep how the customer wants to be reached about what people do for them. Raises NotFound or StateConflict."""
        now = self._clock.now()
        async with self._store.write() as tx:
            conversation = await _locked(tx, conversation_id)
            ticket = await ticketing.find_current(tx, conversation_id)
            if ticket is None:
                raise StateConflict(
                    "접수된 문의가 없어요. 상담원을 먼저 불러 주세요.",
                    code="no_open_ticket",
                    current=conversation.owner,
                    asked="contact",
                )
            if ticket.contact == contact:
                return ticket
            answer = await ticketing.keep_contact(tx, ticket, contact, at=now)
            said = [draft(conversation, Author.SYSTEM, answer, now)]
            conversation, _ = await append(tx, conversation, said, at=now)
            await tx.save_conversation(conversation)
        self._hub.publish(*topics_of(conversation))
        return replace(ticket, contact=contact, version=ticket.version + 1)

    async def read(self, conversation_id: str, *, after: int) -> View:
        """Return what came after `after`, and who speaks now. Raises NotFound."""
        async with self._store.read() as tx:
            return await view_of(tx, conversation_id, after=after, limit=READ_AT_ONCE, waits=self._waits)

    async def wait(self, conversation_id: str, *, after: int, wait_s: float) -> View:
        """Return as `read` does, but only once there is news or `wait_s` seconds have passed."""
        deadline = asyncio.get_running_loop().time() + wait_s
        with self.listen(conversation_id) as news:
            first = view = await self.read(conversation_id, after=after)
            while not view.messages and view.same_state(first):
                left = deadline - asyncio.get_running_loop().time()
                if left <= 0:
                    break
                view = await self.next_view(conversation_id, news, after=after, wait_s=left)
        return view

    def listen(self, conversation_id: str) -> _Listening:
        """Listen to everything that can change what this conversation's page shows."""
        return _Listening(self._hub, conversation_id)

    async def next_view(self, conversation_id: str, news: Subscription, *, after: int, wait_s: float) -> View:
        """Wait for a hint (or a while without one) and read again."""
        loop = asyncio.get_running_loop()
        until = loop.time() + min(wait_s, RECHECK_S)
        while (left := until - loop.time()) > 0:
            if await news.wait(left):
                break
        return await self.read(conversation_id, after=after)


class _Listening:
    """A subscription to a conversation and to its place in the queue."""

    def __init__(self, hub: Hub, conversation_id: str) -> None:
        self._subscription = hub.subscribe(conversation_topic(conversation_id), position_topic(conversation_id))

    def __enter__(self) -> Subscription:
        return self._subscription.__enter__()

    def __exit__(self, *error: object) -> None:
        self._subscription.__exit__(None, None, None)


async def _locked(tx: Transaction, conversation_id: str) -> Conversation:
    conversation = await tx.lock_conversation(conversation_id)
    if conversation is None:
        raise NotFound("상담을 찾을 수 없어요. 새 상담을 시작해 주세요.", code="conversation_not_found")
    return conversation


async def _content(tx: Transaction, conversation_id: str, said: _Said) -> tuple[str, str | None]:
    if said.choice_id is None:
        return said.text or "", None
    choice = await tx.find_choice(conversation_id, said.choice_id)
    if choice is None:
        raise NotFound("고를 수 없는 버튼이에요. 새로 고친 뒤 다시 눌러 주세요.", code="choice_not_found")
    return choice
