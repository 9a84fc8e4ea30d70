"""What every conversation store promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handoff.domain.conversation import (
    Author,
    Choice,
    Conversation,
    Event,
    Handoff,
    Lease,
    Memory,
    Note,
    Owner,
    TurnStatus,
)
from handoff.service.store import Store
from kernel.clock import FixedClock
from tests import building


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


async def _stored(store: Store, *conversations: Conversation) -> None:
    async with store.write() as tx:
        for conversation in conversations:
            await tx.add_conversation(conversation)


async def test_a_conversation_comes_back_as_it_was_stored(store: Store, now: datetime) -> None:
    stored = building.conversation(
        now,
        owner=Owner.WAITING,
        customer_id="demo-1",
        channel_user="user",
        skill="delivery",
        priority=3,
        waiting_since=now,
        lease=Lease("gateway/1", "token", 12.5),
    )
    await _stored(store, stored)
    async with store.read() as tx:
        assert await tx.find_conversation(stored.conversation_id) == stored
        assert await tx.find_conversation("c_unknown") is None


async def test_nothing_of_a_unit_of_work_that_raises_remains(store: Store, now: datetime) -> None:
    kept = building.conversation(now)
    await _stored(store, kept)
    with pytest.raises(RuntimeError):
        async with store.write() as tx:
            await tx.add_messages([building.message(kept.conversation_id, 1, now)])
            await tx.save_conversation(replace(kept, last_seq=1, owner=Owner.CLOSED))
            raise RuntimeError("in the middle")
    async with store.read() as tx:
        assert await tx.find_conversation(kept.conversation_id) == kept
        assert await tx.list_messages(kept.conversation_id) == []


async def test_units_of_work_on_one_conversation_run_one_after_the_other(store: Store, now: datetime) -> None:
    counted = building.conversation(now)
    await _stored(store, counted)

    async def add_one() -> None:
        async with store.write() as tx:
            locked = await tx.lock_conversation(counted.conversation_id)
            assert locked is not None
            await asyncio.sleep(0)
            await tx.save_conversation(replace(locked, last_seq=locked.last_seq + 1))

    await asyncio.gather(*(add_one() for _ in range(20)))
    async with store.read() as tx:
        found = await tx.find_conversation(counted.conversation_id)
    assert found is not None and found.last_seq == 20


async def test_messages_come_in_order_after_the_seq_asked_for(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    button = Choice("2-abc", "배송 조회", "/delivery_status")
    messages = [
        building.message(talk.conversation_id, 1, now, client_msg_id="m1"),
        building.message(
            talk.conversation_id, 2, now, author=Author.BOT, choices=(button,), cards=({"kind": "order", "rows": []},)
        ),
        building.message(talk.conversation_id, 3, now, author=Author.AGENT, author_id="a_1", author_name="김하늘"),
    ]
    async with store.write() as tx:
        await tx.add_messages(messages)
        await tx.save_conversation(replace(talk, last_seq=3))
    async with store.read() as tx:
        assert list(await tx.list_messages(talk.conversation_id)) == messages
        assert list(await tx.list_messages(talk.conversation_id, after=1, limit=1)) == messages[1:2]
        assert await tx.find_by_client_id(talk.conversation_id, "m1") == messages[0]
        assert await tx.find_by_client_id(talk.conversation_id, "m2") is None
        assert await tx.last_messages([talk.conversation_id]) == {talk.conversation_id: messages[2]}


async def test_a_seq_or_client_id_is_never_stored_twice(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    async with store.write() as tx:
        await tx.add_messages([building.message(talk.conversation_id, 1, now, client_msg_id="m1")])
    for again in (
        building.message(talk.conversation_id, 1, now),
        building.message(talk.conversation_id, 2, now, client_msg_id="m1"),
    ):
        with pytest.raises(Exception, match=r"(?i)unique|duplicate|m1|seq|1"):
            async with store.write() as tx:
                await tx.add_messages([again])
    async with store.read() as tx:
        assert len(await tx.list_messages(talk.conversation_id)) == 1


async def test_a_button_is_found_only_in_its_own_conversation(store: Store, now: datetime) -> None:
    mine, other = building.conversation(now), building.conversation(now)
    await _stored(store, mine, other)
    async with store.write() as tx:
        button = Choice("1-abc", "배송 조회", "/delivery_status")
        await tx.add_messages([building.message(mine.conversation_id, 1, now, author=Author.BOT, choices=(button,))])
    async with store.read() as tx:
        assert await tx.find_choice(mine.conversation_id, "1-abc") == ("배송 조회", "/delivery_status")
        for conversation_id, choice_id in [
            (other.conversation_id, "1-abc"),
            (mine.conversation_id, "1-xyz"),
            (mine.conversation_id, "9" * 60),
            (mine.conversation_id, "²-abc"),
            (mine.conversation_id, ""),
        ]:
            assert await tx.find_choice(conversation_id, choice_id) is None


async def test_turns_leave_the_queue_in_order_and_once(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    first, second = building.turn(talk.conversation_id, 1, now), building.turn(talk.conversation_id, 2, now)
    async with store.write() as tx:
        await tx.add_turn(second)
        await tx.add_turn(first)
    async with store.write() as tx:
        assert await tx.next_turn(talk.conversation_id) == first
        assert await tx.finish_turn(first.turn_id, TurnStatus.DONE, now)
        assert not await tx.finish_turn(first.turn_id, TurnStatus.DROPPED, now)
        assert await tx.next_turn(talk.conversation_id) == second


async def test_runnable_are_queued_turns_that_no_living_runner_holds(store: Store, now: datetime) -> None:
    leases = {
        "free": None,
        "expired": Lease("other/1", "t", 99.0),
        "held": Lease("other/1", "t", 101.0),
        "earlier life": Lease("gateway/1", "t", 101.0),
        "my own": Lease("gateway/2", "t", 101.0),
        "a longer name": Lease("gateway-b/1", "t", 101.0),
    }
    talks = {name: building.conversation(now, lease=lease) for name, lease in leases.items()}
    done = building.conversation(now)
    await _stored(store, *talks.values(), done)
    async with store.write() as tx:
        for talk in talks.values():
            await tx.add_turn(building.turn(talk.conversation_id, 1, now))
    async with store.read() as tx:
        found = await tx.list_runnable(now_s=100.0, runner="gateway/2", limit=10)
    assert set(found) == {talks[name].conversation_id for name in ("free", "expired", "earlier life")}


async def test_waiting_conversations_are_served_by_priority_then_by_time(store: Store, now: datetime) -> None:
    late = building.conversation(now, owner=Owner.WAITING, priority=1, waiting_since=now + timedelta(seconds=5))
    early = building.conversation(now, owner=Owner.WAITING, priority=1, waiting_since=now)
    urgent = building.conversation(now, owner=Owner.WAITING, priority=3, waiting_since=now + timedelta(seconds=9))
    await _stored(store, late, early, urgent, building.conversation(now))
    async with store.read() as tx:
        assert list(await tx.list_conversations(owner=Owner.WAITING)) == [urgent, early, late]
        assert [sum((await tx.count_ahead(c)).values()) for c in (urgent, early, late)] == [0, 1, 2]


async def test_an_agent_sees_what_is_theirs(store: Store, now: datetime) -> None:
    mine = building.conversation(now, owner=Owner.HUMAN, agent_id="a_me")
    theirs = building.conversation(now, owner=Owner.HUMAN, agent_id="a_you")
    await _stored(store, mine, theirs)
    async with store.read() as tx:
        assert list(await tx.list_conversations(owner=Owner.HUMAN, agent_id="a_me")) == [mine]


async def test_a_channel_user_goes_on_in_the_newest_open_conversation(store: Store, now: datetime) -> None:
    closed = building.conversation(
        now + timedelta(hours=2), channel="kakao", channel_user="u", owner=Owner.CLOSED, last_seq=1
    )
    older = building.conversation(now, channel="kakao", channel_user="u")
    newer = building.conversation(now + timedelta(hours=1), channel="kakao", channel_user="u")
    await _stored(store, closed, older, newer)
    async with store.write() as tx:
        await tx.add_messages([building.message(closed.conversation_id, 1, now, author=Author.AGENT)])
        await tx.add_to_outbox(closed.conversation_id, [1], now)
    async with store.read() as tx:
        assert await tx.find_channel_conversation("kakao", "u") == newer
        assert await tx.find_channel_conversation("kakao", "v") is None


async def test_the_bots_memory_is_replaced_whole(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    async with store.read() as tx:
        assert await tx.load_memory(talk.conversation_id) == Memory()
    for memory in (Memory({"v": 1, "이름": "값"}, {"tried": []}), Memory(None, {"tried": ["x"]})):
        async with store.write() as tx:
            await tx.save_memory(talk.conversation_id, memory)
        async with store.read() as tx:
            assert await tx.load_memory(talk.conversation_id) == memory


async def test_one_version_has_one_event(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    event = Event(talk.conversation_id, 2, "claimed", "a_1", now, {"skill": "delivery"})
    async with store.write() as tx:
        await tx.add_event(event)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate|2"):
        async with store.write() as tx:
            await tx.add_event(replace(event, actor="a_2"))
    async with store.read() as tx:
        assert list(await tx.list_events(talk.conversation_id)) == [event]


async def test_a_handoff_is_open_until_it_ends(store: Store, now: datetime) -> None:
    talk = building.conversation(now)
    await _stored(store, talk)
    handoff = Handoff("h_1", talk.conversation_id, "customer_request", "customer", "general", 1, {"a": 1}, now)
    claimed = replace(handoff, claimed_at=now, claimed_by="a_1")
    async with store.write() as tx:
        await tx.add_handoff(handoff)
        await tx.save_handoff(claimed)
    async with store.write() as tx:
        assert await tx.find_open_handoff(talk.conversation_id) == claimed
        await tx.save_handoff(replace(claimed, ended_at=now))
        assert await tx.find_open_handoff(talk.conversation_id) is None
        assert len(await tx.list_handoffs([talk.conversation_id])) == 1


async def test_notes_and_staff_come_back(store: Store, now: datetime) -> None:
    talk, haneul = building.conversation(now), building.agent()
    await _stored(store, talk)
    note = Note("n_1", talk.conversation_id, haneul.agent_id, haneul.name, "메모", now)
    async with store.write() as tx:
        await tx.add_note(note)
        await tx.add_agent(haneul)
        await tx.save_agent(replace(haneul, role="supervisor", skills=("orders",), capacity=2, team="서울"))
    async with store.read() as tx:
        assert list(await tx.list_notes(talk.conversation_id)) == [note]
        assert await tx.find_agent(login="haneul") == replace(
            haneul, role="supervisor", skills=("orders",), capacity=2, team="서울"
        )
        assert await tx.find_agent(agent_id="a_unknown") is None
        assert len(await tx.list_agents()) == 1
    with pytest.raises(Exception, match=r"(?i)unique|duplicate|haneul"):
        async with store.write() as tx:
            await tx.add_agent(building.agent())


async def test_the_outbox_gives_the_oldest_first_and_forgets_what_was_taken(store: Store, now: datetime) -> None:
    talk = building.conversation(now, channel="kakao", channel_user="u")
    await _stored(store, talk)
    messages = [building.message(talk.conversation_id, seq, now, author=Author.BOT) for seq in (1, 2, 3)]
    async with store.write() as tx:
        await tx.add_messages(messages)
        await tx.add_to_outbox(talk.conversation_id, [3, 1, 2], now)
    async with store.write() as tx:
        assert list(await tx.list_outbox("kakao", "u", limit=2)) == messages[:2]
        await tx.take_from_outbox(talk.conversation_id, [1, 2], now)
        assert await tx.count_outbox("kakao", "u") == 1
        assert list(await tx.list_outbox("kakao", "u", limit=5)) == messages[2:]


async def test_the_same_unsure_utterance_is_asked_about_once(store: Store, now: datetime) -> None:
    ranking = [{"intent": "greet", "confidence": 0.4}]
    async with store.write() as tx:
        await tx.add_candidate("u_1", "드문 말", ranking, now)
        await tx.add_candidate("u_2", "잦은 말", ranking, now)
        await tx.add_candidate("u_3", "잦은 말", ranking, now)
    async with store.write() as tx:
        assert [(c["candidate_id"], c["count"]) for c in await tx.list_candidates(limit=9)] == [("u_2", 2), ("u_1", 1)]
        assert await tx.settle_candidate("u_2", intent="greet", by="a_1", at=now) == "잦은 말"
        assert await tx.settle_candidate("u_2", intent="help", by="a_1", at=now) is None
        assert await tx.settle_candidate("u_1", intent=None, by="a_1", at=now) == "드문 말"
        assert await tx.list_candidates(limit=9) == []
        assert await tx.count_labelled_since(None) == 1
        assert await tx.count_labelled_since(now) == 0


async def test_a_message_and_its_turn_can_be_given_another_text(store: Store, now: datetime) -> None:
    talk, other = building.conversation(now), building.conversation(now)
    await _stored(store, talk, other)
    async with store.write() as tx:
        for one in (talk, other):
            await tx.add_messages([building.message(one.conversation_id, seq, now) for seq in (1, 2)])
            await tx.add_turn(building.turn(one.conversation_id, 1, now))
        await tx.replace_text(talk.conversation_id, 1, "●●●●●●")
    async with store.read() as tx:
        for one, texts in ((talk, ["●●●●●●", "말 2"]), (other, ["말 1", "말 2"])):
            assert [message.text for message in await tx.list_messages(one.conversation_id)] == texts
            turn = await tx.next_turn(one.conversation_id)
            assert turn is not None and turn.text == texts[0]
