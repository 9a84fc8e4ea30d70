"""What live pages read of every store: what has changed, who waits in which order, how far customers have read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.adapters.hub import LocalHub
from handoff.domain.conversation import Owner
from handoff.domain.live import Allowance, ReadMark
from handoff.service.ports import QUEUE_TOPIC, conversation_topic, position_topic
from handoff.service.queue_board import BOARD_TOPIC, QueueBoard
from handoff.service.read_marks import ReadMarks
from handoff.service.reading import Reader
from handoff.service.store import Store
from handoff.service.waiting import Waits
from handoff.service.watching import Watcher
from kernel.clock import FixedClock
from tests import building


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


async def test_a_read_mark_never_goes_back(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    async with store.write() as tx:
        await tx.add_conversation(talk)
    for seq in (3, 5, 4):
        async with store.write() as tx:
            await tx.save_read_marks([ReadMark(talk.conversation_id, seq, now)])
    async with store.read() as tx:
        assert await tx.find_read_mark(talk.conversation_id) == ReadMark(talk.conversation_id, 5, now)
        assert await tx.find_read_mark("c_other") is None


async def test_each_sides_read_mark_moves_by_itself(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    async with store.write() as tx:
        await tx.add_conversation(talk)
    for seq, agent_seq in ((2, 0), (0, 4), (1, 3)):
        async with store.write() as tx:
            await tx.save_read_marks([ReadMark(talk.conversation_id, seq, now, agent_seq)])
    async with store.read() as tx:
        assert await tx.find_read_mark(talk.conversation_id) == ReadMark(talk.conversation_id, 2, now, 4)


async def test_marks_are_written_together_and_known_before(store: Store, clock: FixedClock, now: datetime) -> None:
    talks = [building.conversation(now) for _ in range(3)]
    async with store.write() as tx:
        for talk in talks:
            await tx.add_conversation(talk)
    marks = ReadMarks(store, LocalHub(), clock)
    for seq, talk in enumerate(talks, start=1):
        marks.mark(talk.conversation_id, seq)
        marks.mark(talk.conversation_id, seq - 1)
    assert [(await marks.find(talk.conversation_id)).seq for talk in talks] == [1, 2, 3]
    await marks.write()
    async with store.read() as tx:
        found = [await tx.find_read_mark(talk.conversation_id) for talk in talks]
    assert [mark.seq for mark in found if mark] == [1, 2, 3]


async def test_the_board_wakes_those_whose_place_has_changed(store: Store, clock: FixedClock, now: datetime) -> None:
    hub = LocalHub()
    talks = [
        building.conversation(now, owner=Owner.WAITING, waiting_since=now + timedelta(seconds=n)) for n in range(4)
    ]
    async with store.write() as tx:
        for talk in talks:
            await tx.add_conversation(talk)
    board = QueueBoard(store, hub, Waits(clock))
    await board.refresh()
    places = [board.wait_of(talk.conversation_id) for talk in talks]
    assert [wait.position for wait in places if wait] == [1, 2, 3, 4]
    board._tell_places()
    topics = [BOARD_TOPIC, *(position_topic(talk.conversation_id) for talk in talks)]
    with hub.subscribe(*topics) as news:
        await board.refresh()
        board._tell_places()
        assert await news.wait(0.01) == frozenset()  # nothing has changed
        async with store.write() as tx:
            await tx.save_conversation(replace(talks[1], owner=Owner.HUMAN, version=2))
        await board.refresh()
        board._tell_places()
        moved = {position_topic(talk.conversation_id) for talk in talks[2:]}
        assert set(await news.wait(0.5)) == {BOARD_TOPIC} | moved
    assert board.wait_of(talks[1].conversation_id) is None


async def test_the_watcher_finds_what_no_hint_told_of(store: Store, now: datetime) -> None:
    hub = LocalHub()
    talk, other = building.conversation(now), building.conversation(now)
    async with store.write() as tx:
        await tx.add_conversation(talk)
        await tx.add_conversation(other)
    watcher = Watcher(store, hub, topics=hub.list_topics, is_connected=lambda: False)
    mine, theirs = conversation_topic(talk.conversation_id), conversation_topic(other.conversation_id)
    with hub.subscribe(mine, theirs, QUEUE_TOPIC) as news:
        await watcher.look()
        await news.wait(0.01)
        assert await watcher.look() == 0
        async with store.write() as tx:
            await tx.save_conversation(replace(talk, last_seq=1))
        assert await watcher.look() == 1
        assert set(await news.wait(0.5)) == {mine}


async def test_pages_at_one_place_share_a_reading(store: Store, clock: FixedClock, now: datetime) -> None:
    talk = building.conversation(now, last_seq=2)
    async with store.write() as tx:
        await tx.add_conversation(talk)
        await tx.add_messages([building.message(talk.conversation_id, seq, now) for seq in (1, 2)])
    reader = Reader(store, Waits(clock))
    views = await asyncio.gather(
        *(reader.read(talk.conversation_id, after=after) for after in (0, 0, 1, 2)),
        reader.read("c_nobody", after=0),
        return_exceptions=True,
    )
    assert [[m.seq for m in view.messages] for view in views[:4]] == [[1, 2], [1, 2], [2], []]
    assert views[0] is views[1] and getattr(views[4], "code", "") == "conversation_not_found"


@given(
    burst=st.floats(1, 100),
    per_s=st.floats(0.1, 100),
    wishes=st.lists(st.tuples(st.floats(0, 5), st.floats(0, 20)), max_size=50),
)
def test_nobody_takes_more_than_the_burst_and_what_came_since(
    burst: float, per_s: float, wishes: list[tuple[float, float]]
) -> None:
    now_s, taken = 0.0, 0.0
    allowance = Allowance.full(burst, per_s, now_s=now_s)
    for pause_s, amount in wishes:
        now_s += pause_s
        if allowance.take(amount, now_s=now_s):
            taken += amount
        assert taken <= burst + now_s * per_s + 1e-6
