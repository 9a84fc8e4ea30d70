"""Conversations that change hands in every way there is, on every store: the queue left, reopened, put aside, pulled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handoff.domain.conversation import Agent, Author, Conversation, Owner
from handoff.errors import Conflict, Forbidden, IllegalTransition, Invalid, NotFound
from handoff.policy.routing import load_routing_policy
from handoff.service.leaving import LEFT_SENTENCE
from handoff.service.store import Store
from handoff.service.ticketing import WAITING_SENTENCE
from kernel.clock import FixedClock
from tests import building
from tests.contract.desk_world import DeskWorld

POLICY = load_routing_policy()


@pytest.fixture
def world(store: Store, clock: FixedClock) -> DeskWorld:
    """A contact centre with nobody in it."""
    return DeskWorld(store, clock)


async def _closed(world: DeskWorld, agent: Agent, **changed: object) -> Conversation:
    held = await world.claim(await world.waiting("talk", skill="delivery", **changed), agent)
    await world.desk.close("c_talk", agent, version=held.version, wrap_up=False)
    return await world.get("c_talk")


# the customer leaves the queue


async def test_who_leaves_the_queue_is_answered_by_the_bot_what_they_last_said(world: DeskWorld) -> None:
    talk = await world.waiting("talk")
    await world.say(talk, "여보세요?")
    await world.say(talk, "배송 언제 와요")
    assert world.bot.asked == []
    left = await world.leaving.leave("c_talk")
    await world.idle(talk)
    assert (left.owner, left.version, left.ranked_at, left.skill) == (Owner.BOT, talk.version + 1, None, None)
    assert [request.text for request in world.bot.asked] == ["배송 언제 와요"]
    assert (await world.texts(talk, Author.SYSTEM, Author.BOT))[0] == LEFT_SENTENCE
    assert (await world.events(talk))[0] == "left_queue"
    async with world.store.read() as tx:
        assert await tx.find_open_handoff("c_talk") is None


async def test_who_said_nothing_while_waiting_is_asked_what_they_need(world: DeskWorld) -> None:
    talk = await world.waiting("talk")
    await world.leaving.leave("c_talk")
    assert world.bot.asked == []
    await world.say(talk, "주문 내역이요")
    await world.idle(talk)
    assert [request.text for request in world.bot.asked] == ["주문 내역이요"]


async def test_only_who_waits_can_leave_the_queue(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    talk = await world.claim(await world.waiting("talk"), agent)
    with pytest.raises(IllegalTransition) as refused:
        await world.leaving.leave("c_talk")
    assert (refused.value.current, refused.value.asked) == ("human", "left_queue")
    assert (await world.get(talk)).version == talk.version
    with pytest.raises(NotFound):
        await world.leaving.leave("c_unknown")


# reopening


async def test_a_closed_conversation_goes_back_to_its_agent_who_is_there(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    await world.agent("idle")
    closed = await _closed(world, agent)
    await world.say("c_talk", "아직 안 왔어요")
    again = await world.get("c_talk")
    assert (again.owner, again.agent_id, again.skill) == (Owner.HUMAN, agent.agent_id, "delivery")
    assert again.version == closed.version + 3
    assert (await world.events(again))[-3:] == ["reopened", "handed_over", "claimed"]
    async with world.store.read() as tx:
        handoff = await tx.find_open_handoff("c_talk")
    assert handoff is not None and (handoff.reason, handoff.claimed_by) == ("reopened", agent.agent_id)
    assert "아직 안 왔어요" in handoff.context["summary"]
    assert world.bot.asked == []


async def test_a_closed_conversation_waits_with_its_history_when_its_agent_is_not_there(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    await _closed(world, agent, customer_id="demo-1")
    await world.presence.say(agent, "away")
    seq = await world.say("c_talk", "아직 안 왔어요")
    waiting = await world.get("c_talk")
    assert (waiting.owner, waiting.preferred_agent_id, waiting.skill) == (Owner.WAITING, agent.agent_id, "delivery")
    async with world.store.read() as tx:
        messages = await tx.list_messages("c_talk")
        handoff = await tx.find_open_handoff("c_talk")
    assert [m.seq for m in messages[-2:]] == [seq, seq + 1] and messages[-1].text.startswith(WAITING_SENTENCE)
    assert handoff is not None and handoff.context["orders"] == [{"order_id": "2026-10001"}]
    other = await world.agent("other")
    await world.presence.say(agent, "online")
    await world.router.drain()
    assert await world.offered() == {"c_talk": agent.agent_id} and other.agent_id != agent.agent_id


async def test_a_full_agent_gets_nothing_more_by_a_reopening(world: DeskWorld) -> None:
    agent = await world.agent("agent", capacity=1)
    await _closed(world, agent)
    await world.claim(await world.waiting("next"), agent)
    await world.say("c_talk", "아직 안 왔어요")
    assert (await world.get("c_talk")).owner is Owner.WAITING


async def test_what_was_closed_long_ago_or_never_held_by_a_person_goes_to_the_bot(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    closed = await _closed(world, agent)
    unheld = building.conversation(
        world.clock.now(), conversation_id="c_unheld", owner=Owner.CLOSED, closed_at=world.clock.now()
    )
    async with world.store.write() as tx:
        await tx.add_conversation(unheld)
    await world.say(unheld, "안녕하세요")
    world.clock.advance(timedelta(days=POLICY.reopen_days, seconds=1).total_seconds())
    await world.say(closed, "안녕하세요")
    for talk in (closed, unheld):
        await world.idle(talk)
        assert (await world.get(talk)).owner is Owner.BOT
    assert len(world.bot.asked) == 2


async def test_the_same_message_sent_twice_reopens_once(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    closed = await _closed(world, agent)
    answers = [
        await world.customers.accept("c_talk", client_msg_id="11111111-1111-4111-8111-111111111111", text="저기요")
        for _ in range(2)
    ]
    assert [a.duplicate for a in answers] == [False, True] and len({a.seq for a in answers}) == 1
    assert (await world.get("c_talk")).version == closed.version + 3


# put aside, and after a close


async def test_what_is_put_aside_takes_no_place_and_wakes_at_its_time(world: DeskWorld) -> None:
    agent = await world.agent("agent", capacity=1)
    held = await world.claim(await world.waiting("held"), agent)
    until = world.clock.now() + timedelta(minutes=10)
    done = await world.aside.snooze("c_held", agent, version=held.version, until=until)
    snoozed = await world.get(held)
    assert (snoozed.owner, snoozed.agent_id, snoozed.snoozed_until, snoozed.version) == (
        Owner.HUMAN,
        agent.agent_id,
        until,
        done.version,
    )
    await world.waiting("next")
    await world.router.drain()
    assert set(await world.offered()) == {"c_next"}
    world.clock.advance(599)
    assert await world.aside.sweep() == 0
    world.clock.advance(1)
    assert [await world.aside.sweep(), await world.aside.sweep()] == [1, 0]
    assert (await world.get(held)).snoozed_until is None
    assert (await world.events(held))[-2:] == ["snoozed", "woken"]


async def test_what_is_put_aside_wakes_when_the_customer_writes(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    held = await world.claim(await world.waiting("held"), agent)
    until = world.clock.now() + timedelta(days=1)
    await world.aside.snooze("c_held", agent, version=held.version, until=until)
    await world.say(held, "찾았어요!")
    woken = await world.get(held)
    assert (woken.owner, woken.agent_id, woken.snoozed_until) == (Owner.HUMAN, agent.agent_id, None)
    with pytest.raises(Conflict) as refused:
        await world.aside.wake("c_held", agent, version=woken.version)
    assert refused.value.code == "not_snoozed"


@pytest.mark.parametrize("days", [0, -1, POLICY.snooze_days_max + 1])
async def test_nothing_is_put_aside_until_an_impossible_time(world: DeskWorld, days: int) -> None:
    agent = await world.agent("agent")
    held = await world.claim(await world.waiting("held"), agent)
    with pytest.raises(Invalid) as refused:
        await world.aside.snooze("c_held", agent, version=held.version, until=world.clock.now() + timedelta(days=days))
    assert refused.value.code == "impossible_time"


async def test_the_time_after_a_close_takes_a_place_until_it_is_done_or_up(world: DeskWorld) -> None:
    agent = await world.agent("agent", capacity=1)
    for name in ("first", "second"):
        talk = await world.claim(await world.waiting(name), agent)
        closed = await world.desk.close(talk.conversation_id, agent, version=talk.version)
        await world.waiting(f"{name}-next")
        await world.router.drain()
        assert await world.offered() == {}
        if name == "first":
            await world.aside.end_wrap_up(talk.conversation_id, agent, version=closed.version)
        else:
            world.clock.advance(POLICY.wrap_up_s - 1)
            assert await world.aside.sweep() == 0
            world.clock.advance(1)
            assert await world.aside.sweep() == 1
        await world.presence.touch(agent.agent_id)
        await world.router.drain()
        assert set(await world.offered()) == {f"c_{name}-next"}
        await world.leaving.leave(f"c_{name}-next")


async def test_the_time_after_anothers_close_is_not_mine_to_end(world: DeskWorld) -> None:
    agent, other = await world.agent("agent"), await world.agent("other")
    talk = await world.claim(await world.waiting("talk"), agent)
    closed = await world.desk.close("c_talk", agent, version=talk.version)
    for who, code in ((other, "not_in_wrap_up"), (agent, None), (agent, "not_in_wrap_up")):
        if code is None:
            await world.aside.end_wrap_up("c_talk", who, version=closed.version)
            continue
        with pytest.raises(Conflict) as refused:
            await world.aside.end_wrap_up("c_talk", who, version=closed.version)
        assert refused.value.code == code


# supervisors


async def test_a_supervisor_pulls_from_the_queue_from_a_colleague_and_from_the_bot(world: DeskWorld) -> None:
    agent, lead = await world.agent("agent"), await world.agent("lead", role="supervisor")
    queued = await world.waiting("queued")
    held = await world.claim(await world.waiting("held"), agent)
    bots = building.conversation(world.clock.now(), conversation_id="c_bots", customer_id="demo-1")
    async with world.store.write() as tx:
        await tx.add_conversation(bots)
    for talk in (queued, held, bots):
        await world.supervision.pull(talk.conversation_id, lead, version=talk.version)
        pulled = await world.get(talk)
        assert (pulled.owner, pulled.agent_id) == (Owner.HUMAN, lead.agent_id)
        async with world.store.read() as tx:
            handoff = await tx.find_open_handoff(talk.conversation_id)
            events = await tx.list_events(talk.conversation_id)
        assert handoff is not None and handoff.claimed_by == lead.agent_id
        assert (events[-1].kind, events[-1].version) == ("pulled", pulled.version)
    assert (await world.get(bots)).version == bots.version + 2
    with pytest.raises(Conflict) as refused:
        await world.desk.send("c_held", agent, version=held.version, client_msg_id="m", text="네")
    assert refused.value.winner.agent_name == "lead"
    with pytest.raises(Conflict) as again:
        await world.supervision.pull("c_bots", lead, version=bots.version + 2)
    assert again.value.code == "already_theirs"


async def test_a_supervisor_pushes_to_somebody_who_is_there(world: DeskWorld) -> None:
    lead = await world.agent("lead", role="supervisor")
    agent, other = await world.agent("agent"), await world.agent("other")
    away = await world.agent("away", "away")
    talk = await world.waiting("talk")
    for agent_id, code in ((away.agent_id, "agent_not_present"), ("a_nobody", "unknown_agent")):
        with pytest.raises(Invalid) as refused:
            await world.supervision.push("c_talk", lead, version=talk.version, agent_id=agent_id)
        assert refused.value.code == code
    done = await world.supervision.push("c_talk", lead, version=talk.version, agent_id=agent.agent_id)
    assert (await world.get(talk)).agent_id == agent.agent_id
    await world.supervision.push("c_talk", lead, version=done.version, agent_id=other.agent_id)
    pushed = await world.get(talk)
    assert (pushed.agent_id, pushed.last_agent_id) == (other.agent_id, agent.agent_id)
    closed = await world.desk.close("c_talk", other, version=pushed.version)
    with pytest.raises(IllegalTransition):
        await world.supervision.push("c_talk", lead, version=closed.version, agent_id=agent.agent_id)


async def test_who_joins_may_write_until_they_leave_or_it_changes_hands(world: DeskWorld) -> None:
    agent, lead = await world.agent("agent"), await world.agent("lead", role="supervisor")
    talk = await world.claim(await world.waiting("talk"), agent)

    async def write(msg_id: str) -> None:
        version = (await world.get(talk)).version
        await world.desk.send("c_talk", lead, version=version, client_msg_id=msg_id, text="제가 도울게요")

    with pytest.raises(Conflict):
        await write("0")
    joined = await world.supervision.join("c_talk", lead, version=talk.version)
    await world.supervision.join("c_talk", lead, version=joined.version)
    assert joined.version == talk.version
    await write("1")
    assert [a.name for a in (await world.desk.view("c_talk", agent)).participants] == ["lead"]
    await world.supervision.leave("c_talk", lead, version=talk.version)
    for _ in range(2):
        with pytest.raises(Conflict):
            await write("2")
        await world.supervision.join("c_talk", lead, version=(await world.get(talk)).version)
        await world.desk.transfer("c_talk", agent, version=(await world.get(talk)).version, skill="orders")
        await world.claim(talk, agent)
    assert (await world.texts(talk, Author.AGENT)) == ["제가 도울게요"]
    said = await world.texts(talk, Author.SYSTEM)
    assert said.count("책임자 lead 님이 상담에 함께해요.") == 3


async def test_a_whisper_is_seen_by_the_agent_and_never_by_the_customer(world: DeskWorld) -> None:
    agent, lead = await world.agent("agent"), await world.agent("lead", role="supervisor")
    talk = await world.waiting("talk")
    with pytest.raises(Conflict) as refused:
        await world.supervision.whisper("c_talk", lead, version=talk.version, text="쿠폰을 드리세요")
    assert refused.value.code == "not_held"
    talk = await world.claim(talk, agent)
    await world.supervision.whisper("c_talk", lead, version=talk.version, text="쿠폰을 드리세요")
    (note,) = (await world.desk.view("c_talk", agent)).notes
    assert (note.kind, note.text, note.author_name) == ("whisper", "쿠폰을 드리세요", "lead")
    assert not any("쿠폰" in text for text in await world.texts(talk, *Author))


async def test_agents_may_not_do_what_supervisors_do(world: DeskWorld) -> None:
    agent, other = await world.agent("agent"), await world.agent("other", role="senior_agent")
    talk = await world.claim(await world.waiting("talk"), agent)
    deeds = (
        world.supervision.pull("c_talk", other, version=talk.version),
        world.supervision.push("c_talk", other, version=talk.version, agent_id=other.agent_id),
        world.supervision.join("c_talk", other, version=talk.version),
        world.supervision.leave("c_talk", other, version=talk.version),
        world.supervision.whisper("c_talk", other, version=talk.version, text="저요"),
        world.team.change(other, agent.agent_id, {"capacity": 1}),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            await deed
    assert await world.get(talk) == talk


# whom routing asks


async def test_a_known_customer_is_offered_first_to_the_agent_of_their_last_conversation(world: DeskWorld) -> None:
    busy, idle = await world.agent("busy"), await world.agent("idle")
    await world.claim(await world.waiting("old", customer_id="demo-1"), busy)
    await world.claim(await world.waiting("more"), busy)
    talk = await world.customers.open(channel="web", customer_id="demo-1")
    async with world.store.write() as tx:
        found = await tx.find_last_agent("demo-1", since=world.clock.now() - timedelta(days=7))
        assert found == busy.agent_id
        assert await tx.find_last_agent("demo-1", since=world.clock.now() + timedelta(seconds=1)) is None
        assert await tx.find_last_agent("demo-2", since=world.clock.now() - timedelta(days=7)) is None
        waiting = replace(
            talk,
            owner=Owner.WAITING,
            skill="general",
            waiting_since=world.clock.now(),
            ranked_at=world.clock.now(),
            preferred_agent_id=found,
        )
        await tx.save_conversation(waiting)
    await world.router.drain()
    assert await world.offered() == {talk.conversation_id: busy.agent_id} and idle.agent_id != busy.agent_id


async def test_a_transfer_to_a_colleague_asks_them_first(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    chosen = await world.agent("chosen")
    await world.claim(await world.waiting("more"), chosen)
    await world.agent("idle")
    talk = await world.claim(await world.waiting("talk"), agent)
    with pytest.raises(Invalid):
        await world.desk.transfer("c_talk", agent, version=talk.version, skill="orders", to_agent_id="a_nobody")
    await world.desk.transfer("c_talk", agent, version=talk.version, skill="orders", to_agent_id=chosen.agent_id)
    await world.router.drain()
    assert await world.offered() == {"c_talk": chosen.agent_id}


async def test_skills_and_places_are_changed_by_supervisors_and_unknown_ones_named(world: DeskWorld) -> None:
    lead, agent = await world.agent("lead", role="supervisor"), await world.agent("agent")
    changed = await world.team.change(lead, agent.agent_id, {"skills": ["orders", "orders"], "capacity": 2})
    assert (changed.agent.skills, changed.agent.capacity, changed.is_present) == (("orders",), 2, True)
    back = await world.team.change(lead, agent.agent_id, {"skills": None})
    assert (back.agent.skills, back.agent.capacity) == (None, 2)
    for values, code in (
        ({"skills": ["cooking"]}, "unknown_skill"),
        ({"skills": []}, "unknown_skill"),
        ({"languages": ["xx"]}, "unknown_language"),
    ):
        with pytest.raises(Invalid) as refused:
            await world.team.change(lead, agent.agent_id, values)
        assert refused.value.code == code
    with pytest.raises(NotFound):
        await world.team.change(lead, "a_nobody", {"capacity": 1})
    assert [(m.agent.login, m.load) for m in await world.team.list_members()] == [("agent", 0), ("lead", 0)]
