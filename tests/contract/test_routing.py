"""Who is asked to take a waiting conversation, for how long, and who after them; on every store."""

from __future__ import annotations

import asyncio

import pytest

from handoff.domain.conversation import Author, Owner
from handoff.errors import Conflict, Forbidden, NotFound
from handoff.policy.routing import load_routing_policy
from handoff.service import staff
from handoff.service.store import Store
from kernel.clock import FixedClock
from tests.contract.desk_world import DeskWorld

POLICY = load_routing_policy()


@pytest.fixture
def world(store: Store, clock: FixedClock) -> DeskWorld:
    """A contact centre with nobody in it."""
    return DeskWorld(store, clock)


async def test_a_waiting_conversation_is_offered_to_the_least_busy_agent_with_the_skill(world: DeskWorld) -> None:
    busy, free = await world.agent("busy"), await world.agent("free")
    await world.agent("other", skills=("privacy",))
    await world.agent("away", "away")
    await world.claim(await world.waiting("first"), busy)
    await world.waiting("second", skill="delivery")
    await world.router.drain()
    assert await world.offered() == {"c_second": free.agent_id}


async def test_an_offer_that_is_not_answered_goes_to_the_next_agent(world: DeskWorld) -> None:
    one, two = await world.agent("one"), await world.agent("two")
    talk = await world.waiting("talk")
    await world.router.drain()
    first = (await world.offered())["c_talk"]
    await world.stay(one, two, seconds=POLICY.answer_within_s - 1)
    assert (await world.offered())["c_talk"] == first
    await world.stay(one, two, seconds=1)
    assert {first, (await world.offered())["c_talk"]} == {one.agent_id, two.agent_id}
    assert (await world.get(talk)).version == talk.version


async def test_a_declined_offer_goes_to_the_next_agent_and_not_back_at_once(world: DeskWorld) -> None:
    one = await world.agent("one")
    talk = await world.waiting("talk")
    await world.router.drain()
    await world.offers.decline((await world.offer_of(talk)).offer_id, one)
    await world.router.drain()
    assert await world.offered() == {}
    two = await world.agent("two")
    await world.router.drain()
    assert await world.offered() == {"c_talk": two.agent_id}
    await world.offers.decline((await world.offer_of(talk)).offer_id, two)
    await world.stay(one, two, seconds=POLICY.ask_again_after_s + 1)
    assert set(await world.offered()) == {"c_talk"}


async def test_anothers_offer_is_not_mine_to_decline(world: DeskWorld) -> None:
    one, two = await world.agent("one"), await world.agent("two", "away")
    talk = await world.waiting("talk")
    await world.router.drain()
    for offer_id in ((await world.offer_of(talk)).offer_id, "o_unknown"):
        with pytest.raises(NotFound):
            await world.offers.decline(offer_id, two)
    (mine,) = await world.offers.list_mine(one)
    assert (mine.item.conversation, mine.seconds_left) == (talk, POLICY.answer_within_s)
    assert await world.offers.list_mine(two) == []


async def test_whoever_claims_gets_it_although_it_was_offered_to_another(world: DeskWorld) -> None:
    one, two = await world.agent("one"), await world.agent("two", "away")
    talk = await world.waiting("talk")
    await world.router.drain()
    assert await world.offered() == {"c_talk": one.agent_id}
    await world.desk.claim(talk.conversation_id, two, version=talk.version)
    assert await world.offered() == {}
    with pytest.raises(Conflict) as refused:
        await world.desk.claim(talk.conversation_id, one, version=talk.version)
    assert refused.value.winner.agent_name == "two"


async def test_what_waits_is_offered_as_soon_as_somebody_comes_or_gets_free(world: DeskWorld) -> None:
    one = await world.agent("one", "offline", capacity=1)
    first, second = await world.waiting("first"), await world.waiting("second")
    world.router.start()
    await world.presence.say(one, "online")
    await _until_offered(world, {"c_first": one.agent_id})
    held = await world.claim(first, one)
    await world.desk.close("c_first", one, version=held.version, wrap_up=False)
    await _until_offered(world, {"c_second": one.agent_id})
    assert (await world.get(second)).owner is Owner.WAITING
    await world.router.stop()


async def _until_offered(world: DeskWorld, expected: dict[str, str]) -> None:
    async with asyncio.timeout(0.9):  # before the router would look by itself
        while await world.offered() != expected:
            await asyncio.sleep(0.005)


async def test_nobody_is_asked_beyond_their_places(world: DeskWorld) -> None:
    await world.agent("one", capacity=2)
    for name in "abcd":
        await world.waiting(name)
        world.clock.advance(1)
    await world.router.drain()
    assert set(await world.offered()) == {"c_a", "c_b"}


async def test_how_long_agents_take_to_accept_is_known_of_what_they_took(world: DeskWorld) -> None:
    one, other = await world.agent("one", capacity=3), await world.agent("other", presence="away")
    for name, seconds in (("a", 3), ("b", 7)):
        talk = await world.waiting(name)
        await world.router.drain()
        world.clock.advance(seconds)
        await world.claim(talk, one)
        await world.router.drain()
    talk = await world.waiting("taken by another")
    await world.router.drain()
    await world.claim(talk, other)
    await world.router.drain()
    async with world.store.read() as tx:
        assert list(await tx.list_accepted_after_s(limit=10)) == [7.0, 3.0]
        assert list(await tx.list_accepted_after_s(limit=1)) == [7.0]


async def test_offers_that_pass_together_count_once(world: DeskWorld) -> None:
    one = await world.agent("one")
    for name in "abcd":  # one place each, asked a second apart
        await world.waiting(name)
        await world.stay(one, seconds=1)
    await world.stay(one, seconds=POLICY.answer_within_s + 4)
    async with world.store.read() as tx:
        found = await tx.find_agent(agent_id=one.agent_id)
    assert found is not None and (found.presence, found.missed_offers) == ("online", 1)


async def test_who_lets_offers_pass_again_and_again_is_away_however_they_overlap(world: DeskWorld) -> None:
    one = await world.agent("one")
    for number in range(POLICY.answer_within_s * POLICY.away_after_missed // 5 + 2):
        await world.waiting(f"n{number}")
        await world.stay(one, seconds=5)
    async with world.store.read() as tx:
        found = await tx.find_agent(agent_id=one.agent_id)
    assert found is not None and found.presence == "away"


async def test_who_lets_offers_pass_in_a_row_is_taken_to_be_away(world: DeskWorld) -> None:
    one = await world.agent("one", capacity=1)
    for name in "abcd":
        await world.waiting(name)
    await world.stay(one, seconds=POLICY.answer_within_s * POLICY.away_after_missed + 5)
    async with world.store.read() as tx:
        found = await tx.find_agent(agent_id=one.agent_id)
    assert found is not None and (found.presence, found.missed_offers) == ("away", 0)
    assert await world.offered() == {}


async def test_an_agent_without_a_sign_of_life_loses_offers_soon_and_conversations_later(world: DeskWorld) -> None:
    gone, there = await world.agent("gone"), await world.agent("there", capacity=1)
    held = await world.claim(await world.waiting("held"), gone)
    await world.claim(await world.waiting("busy"), there)
    world.clock.advance(5)
    await world.waiting("after")
    await world.router.drain()
    assert await world.offered() == {"c_after": "a_gone"}
    await world.stay(there, seconds=POLICY.offers_end_after_s - 4)
    assert await world.offered() == {}
    assert (await world.get(held)).agent_id == "a_gone"
    await world.stay(there, seconds=POLICY.conversations_return_after_s)
    back = await world.get(held)
    assert (back.owner, back.preferred_agent_id, back.skill) == (Owner.WAITING, "a_gone", "general")
    async with world.store.read() as tx:
        queue = [c.conversation_id for c in await tx.list_conversations(owner=Owner.WAITING)]
        (*_, told) = await tx.list_messages("c_held")
        (*_, event) = await tx.list_events("c_held")
        handoff = await tx.find_open_handoff("c_held")
        agent = await tx.find_agent(agent_id="a_gone")
    assert queue == ["c_held", "c_after"]
    assert (told.author, event.kind, event.version) == (Author.SYSTEM, "agent_gone", back.version)
    assert handoff is not None and handoff.context["orders"] == [{"order_id": "2026-10001"}]
    assert agent is not None and agent.presence == "offline"


async def test_whose_work_is_not_at_the_desk_is_asked_for_nothing(world: DeskWorld) -> None:
    for role in ("trainer", "security_reviewer", "privacy_officer"):
        await world.agent(role, role=role)
    await world.agent("left", is_active=False)
    await world.waiting("talk")
    await world.router.drain()
    assert await world.offered() == {}
    there = await world.agent("there")
    await world.router.drain()
    assert await world.offered() == {"c_talk": there.agent_id}


async def test_what_somebody_held_who_left_goes_back_at_once(world: DeskWorld) -> None:
    left, there = await world.agent("left"), await world.agent("there")
    await world.stay(left, there, seconds=POLICY.conversations_return_after_s + 1)
    held = await world.claim(await world.waiting("held"), left)
    await staff.deactivate(world.store, "left")
    await world.stay(there, seconds=2)
    assert (await world.get(held)).owner is Owner.WAITING
    assert await world.offered() == {"c_held": there.agent_id}


async def test_a_gateway_that_could_not_look_takes_nobody_for_gone(world: DeskWorld) -> None:
    agent = await world.agent("agent")
    held = await world.claim(await world.waiting("held"), agent)
    for _ in range(3):
        world.clock.advance(POLICY.conversations_return_after_s * 2)
        await world.presence.sweep()
    assert (await world.get(held)).owner is Owner.HUMAN
    await world.stay(seconds=POLICY.conversations_return_after_s + 2)
    assert (await world.get(held)).owner is Owner.WAITING


async def test_without_the_skill_nobody_claims_but_who_sees_all(world: DeskWorld) -> None:
    agent = await world.agent("agent", skills=("delivery",))
    lead = await world.agent("lead", role="supervisor", skills=("delivery",))
    talk = await world.waiting("talk", skill="privacy")
    with pytest.raises(Forbidden) as refused:
        await world.claim(talk, agent)
    assert refused.value.code == "skill_required"
    assert (await world.claim(talk, lead)).agent_id == lead.agent_id


async def test_what_an_agent_held_who_is_gone_waits_in_the_order_they_had_taken_it(world: DeskWorld) -> None:
    gone = await world.agent("gone")
    for name in ("z", "y", "x"):
        await world.claim(await world.waiting(name), gone)
        world.clock.advance(1)
    there = await world.agent("there", "away")
    await world.waiting("a", priority=2)
    await world.stay(there, seconds=POLICY.conversations_return_after_s + 2)
    async with world.store.read() as tx:
        queue = [c.conversation_id for c in await tx.list_conversations(owner=Owner.WAITING)]
    assert queue == ["c_z", "c_y", "c_x", "c_a"]
