"""What every store promises to a channel that fetches its messages: nothing twice, nothing lost, one conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handoff.domain.conversation import Author, Conversation, Message, Owner
from handoff.service.store import Store
from kernel.clock import FixedClock
from tests import building


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


@pytest.fixture
async def talk(store: Store, now: datetime) -> Conversation:
    """A KakaoTalk conversation with three bubbles that its customer has not seen."""
    made = building.conversation(now, channel="kakao", channel_user="u", last_seq=3)
    messages = [building.message(made.conversation_id, seq, now, author=Author.BOT) for seq in (1, 2, 3)]
    async with store.write() as tx:
        await tx.add_conversation(made)
        await tx.add_messages(messages)
        await tx.add_to_outbox(made.conversation_id, [1, 2, 3], now)
    return made


def _seqs(messages: Sequence[Message]) -> list[int]:
    return [message.seq for message in messages]


def _places(messages: Sequence[Message]) -> list[tuple[str, int]]:
    return [(message.conversation_id, message.seq) for message in messages]


async def test_a_request_finds_again_what_it_took_and_nothing_else(
    store: Store, talk: Conversation, now: datetime
) -> None:
    async with store.write() as tx:
        await tx.take_from_outbox(talk.conversation_id, [1, 2], now, by="r1")
        await tx.take_from_outbox(talk.conversation_id, [3], now, by="r2")
    async with store.read() as tx:
        assert _seqs(await tx.list_taken("kakao", "u", by="r1")) == [1, 2]
        assert _seqs(await tx.list_taken("kakao", "u", by="r2")) == [3]
        assert _seqs(await tx.list_taken("kakao", "u", by="r3")) == []
        assert _seqs(await tx.list_taken("kakao", "v", by="r1")) == []


async def test_what_was_given_back_is_waiting_again(store: Store, talk: Conversation, now: datetime) -> None:
    async with store.write() as tx:
        await tx.take_from_outbox(talk.conversation_id, [1, 2], now, by="r1")
        await tx.take_from_outbox(talk.conversation_id, [3], now, by="r2")
        await tx.give_back("kakao", "v", by="r1")
        assert await tx.count_outbox("kakao", "u") == 0
        await tx.give_back("kakao", "u", by="r1")
    async with store.read() as tx:
        assert _seqs(await tx.list_outbox("kakao", "u", limit=9)) == [1, 2]
        assert _seqs(await tx.list_taken("kakao", "u", by="r1")) == []


async def test_the_oldest_of_all_conversations_of_a_user_come_first_each_in_its_order(
    store: Store, talk: Conversation, now: datetime
) -> None:
    """The older conversation was closed, and opened again when the newer one had begun; a clock was set back."""
    newer = building.conversation(now + timedelta(hours=1), channel="kakao", channel_user="u")
    other = building.conversation(now, channel="kakao", channel_user="v")
    async with store.write() as tx:
        for one in (newer, other):
            await tx.add_conversation(one)
            await tx.add_messages([building.message(one.conversation_id, seq, now) for seq in (1, 2)])
        await tx.add_messages([building.message(talk.conversation_id, 4, now)])
        await tx.add_to_outbox(other.conversation_id, [1], now)
        await tx.add_to_outbox(newer.conversation_id, [1], now + timedelta(hours=1))
        await tx.add_to_outbox(talk.conversation_id, [4], now + timedelta(hours=2))
        await tx.add_to_outbox(newer.conversation_id, [2], now - timedelta(hours=1))
    expected = [*((talk.conversation_id, seq) for seq in (1, 2, 3)), *((newer.conversation_id, seq) for seq in (1, 2))]
    expected.append((talk.conversation_id, 4))
    async with store.write() as tx:
        assert _places(await tx.list_outbox("kakao", "u", limit=9)) == expected
        assert _places(await tx.list_outbox("kakao", "u", limit=2)) == expected[:2]
        assert (await tx.count_outbox("kakao", "u"), await tx.count_outbox("kakao", "v")) == (6, 1)
        await tx.take_from_outbox(talk.conversation_id, [1, 2, 3], now, by="r1")
        await tx.take_from_outbox(newer.conversation_id, [1, 2], now, by="r1")
        assert _places(await tx.list_taken("kakao", "u", by="r1")) == expected[:5]
        await tx.give_back("kakao", "u", by="r1")
        assert _places(await tx.list_outbox("kakao", "u", limit=9)) == expected


async def test_of_requests_at_once_each_message_goes_to_one(store: Store, talk: Conversation, now: datetime) -> None:
    async def take(request: str) -> list[int]:
        async with store.write() as tx:
            await tx.lock_channel_user("kakao", "u")
            found = _seqs(await tx.list_outbox("kakao", "u", limit=1))
            await asyncio.sleep(0)
            await tx.take_from_outbox(talk.conversation_id, found, now, by=request)
            return found

    taken = await asyncio.gather(*(take(f"r{number}") for number in range(6)))
    assert sorted(seq for found in taken for seq in found) == [1, 2, 3]


async def test_a_closed_conversation_is_gone_on_with_until_nothing_of_it_waits(
    store: Store, talk: Conversation, now: datetime
) -> None:
    closed = replace(talk, owner=Owner.CLOSED)
    async with store.write() as tx:
        await tx.save_conversation(closed)
    async with store.write() as tx:
        assert await tx.find_channel_conversation("kakao", "u") == closed
        await tx.take_from_outbox(talk.conversation_id, [1, 2, 3], now, by="r1")
        assert await tx.find_channel_conversation("kakao", "u") is None


async def test_two_who_open_a_channel_users_conversation_open_one(store: Store, now: datetime) -> None:
    async def open_one() -> str:
        async with store.write() as tx:
            await tx.lock_channel_user("kakao", "v")
            known = await tx.find_channel_conversation("kakao", "v")
            await asyncio.sleep(0)
            if known is None:
                known = building.conversation(now, channel="kakao", channel_user="v")
                await tx.add_conversation(known)
            return known.conversation_id

    assert len(set(await asyncio.gather(*(open_one() for _ in range(6))))) == 1


async def test_a_request_is_known_again_in_a_closed_conversation(
    store: Store, talk: Conversation, now: datetime
) -> None:
    said = Message(talk.conversation_id, 4, Author.CUSTOMER, "네", now, client_msg_id="r0")
    async with store.write() as tx:
        await tx.add_messages([said])
        await tx.take_from_outbox(talk.conversation_id, [1], now, by="r1")
        await tx.save_conversation(replace(talk, owner=Owner.CLOSED, last_seq=4))
    async with store.read() as tx:
        for request in ("r0", "r1"):
            known = await tx.find_channel_request("kakao", "u", request)
            assert known is not None and known.conversation_id == talk.conversation_id
        assert await tx.find_channel_request("kakao", "u", "r2") is None
        assert await tx.find_channel_request("kakao", "v", "r0") is None
        assert await tx.find_channel_request("web", "u", "r0") is None


async def test_a_request_is_known_where_it_was_said_though_it_took_what_another_conversation_had(
    store: Store, talk: Conversation, now: datetime
) -> None:
    newer = building.conversation(now + timedelta(hours=1), channel="kakao", channel_user="u", last_seq=1)
    newest = building.conversation(now + timedelta(hours=2), channel="kakao", channel_user="u", last_seq=1)
    async with store.write() as tx:
        for one in (newer, newest):
            await tx.add_conversation(one)
            await tx.add_messages([building.message(one.conversation_id, 1, now, client_msg_id=one.conversation_id)])
        await tx.add_to_outbox(newest.conversation_id, [1], now)
        for one in (talk, newest):
            await tx.take_from_outbox(one.conversation_id, [1], now, by=newer.conversation_id)
    async with store.read() as tx:
        known = await tx.find_channel_request("kakao", "u", newer.conversation_id)
        assert known is not None and known.conversation_id == newer.conversation_id
