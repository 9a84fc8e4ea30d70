"""The longest that any door lets in can be stored by every store, whatever its indexes say."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from handoff.domain.conversation import MESSAGE_LENGTH_MAX
from handoff.service.store import Store
from handoff.service.turns import CANDIDATE_LENGTH_MAX
from kernel.clock import FixedClock
from tests import building

ASTRAL = [chr(code) for code in range(0x20000, 0x2A000)]  # four bytes each, and nothing to compress


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


def _letters(count: int) -> str:
    return "".join(random.Random(count).choices(ASTRAL, k=count))


async def test_the_longest_message_of_the_longest_names_is_stored(store: Store, now: datetime) -> None:
    talk = building.conversation(now, channel="kakao", channel_user=_letters(200))
    text, msg_id = _letters(MESSAGE_LENGTH_MAX), f"kakao:{_letters(120)}"
    async with store.write() as tx:
        await tx.add_conversation(talk)
        await tx.add_messages([building.message(talk.conversation_id, 1, now, text=text, client_msg_id=msg_id)])
        await tx.add_to_outbox(talk.conversation_id, [1], now)
        await tx.take_from_outbox(talk.conversation_id, [1], now, by=msg_id)
    async with store.read() as tx:
        assert await tx.find_channel_conversation("kakao", _letters(200)) == talk
        assert [m.text for m in await tx.list_taken("kakao", _letters(200), by=msg_id)] == [text]


async def test_the_longest_utterance_for_trainers_is_stored(store: Store, now: datetime) -> None:
    text = _letters(CANDIDATE_LENGTH_MAX)
    async with store.write() as tx:
        await tx.add_candidate("u_1", text, [], now)
        await tx.add_candidate("u_2", text, [], now)
    async with store.read() as tx:
        assert [(c["text"], c["count"]) for c in await tx.list_candidates(limit=5)] == [(text, 2)]
