"""Macros, answers kept, and ratings: the same on every store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handoff.domain.borrowing import SolvedReply
from handoff.domain.conversation import Agent, Conversation, Owner
from handoff.domain.macros import Macro
from handoff.domain.promises import PromiseKind, PromiseStatus
from handoff.domain.tickets import UNRESOLVED, TicketStatus
from handoff.errors import Invalid, NotFound, StateConflict
from handoff.policy.macros import load_macros
from handoff.service.macros import Macros
from handoff.service.ratings import Ratings
from handoff.service.store import Store
from handoff.service.suggestions import Suggestions
from kernel.clock import FixedClock
from kernel.ids import new_id
from studio.intents import Intents
from tests import building
from tests.contract.desk_world import DeskWorld

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATE = {
    "order_id": "2026-10002",
    "summary": "러닝화",
    "status": "in_transit",
    "delivery": {
        "stage_label": "이동 중",
        "promised_date": "2026-11-20",
        "arrival_first": "2026-11-26",
        "late_business_days": 4,
    },
}


@pytest.fixture
def world(store: Store) -> DeskWorld:
    return DeskWorld(store, FixedClock(NOW))


@pytest.fixture
def macros(store: Store) -> Macros:
    return Macros(store, Intents.load(), FixedClock(NOW))


def suggestions(world: DeskWorld) -> Suggestions:
    return Suggestions(world.store, world.desk, world.clock)


async def test_the_products_macros_are_added_once_and_a_removed_one_stays_away(store: Store, macros: Macros) -> None:
    lead = building.agent("lead")
    assert await macros.deliver() == len(load_macros().macros) >= 30
    first = (await macros.search("", skill=None))[0]
    await macros.retire(first.macro_id, lead, version=1)
    assert await Macros(store, Intents.load(), FixedClock(NOW)).deliver() == 0
    assert first.macro_id not in {macro.macro_id for macro in await macros.search("", skill=None)}
    with pytest.raises(NotFound):
        await macros.get(first.macro_id)


async def test_of_two_who_change_a_macro_the_second_is_refused(macros: Macros) -> None:
    lead = building.agent("lead")
    made = await macros.add(lead, name="인사", text="{이름} 고객님, 반가워요.", skill=None, intents=["greet"])
    words = {"name": "인사", "skill": "delivery", "intents": []}
    changed = await macros.change(made.macro_id, lead, version=1, text="안녕하세요.", **words)  # type: ignore[arg-type]
    assert (changed.version, changed.skill, changed.intents) == (2, "delivery", ())
    with pytest.raises(StateConflict) as refused:
        await macros.change(made.macro_id, lead, version=1, text="반갑습니다.", **words)  # type: ignore[arg-type]
    assert refused.value.code == "version_conflict"
    assert (await macros.get(made.macro_id)).text == "안녕하세요."


async def test_a_store_takes_a_changed_macro_only_over_the_version_before_it(store: Store) -> None:
    macro = Macro("m_1", "인사", "안녕하세요.", None, (), 1, "a_lead", NOW)
    async with store.write() as tx:
        assert await tx.add_macro(macro) and not await tx.add_macro(replace(macro, text="다른 말"))
        assert await tx.save_macro(replace(macro, version=2, text="둘"))
        assert not await tx.save_macro(replace(macro, version=2, text="또 둘"))
        assert not await tx.save_macro(replace(macro, version=4, text="넷"))
        found = await tx.find_macro("m_1")
    assert found is not None and (found.version, found.text) == (2, "둘")


async def test_what_cannot_be_filled_or_is_not_known_is_refused_by_name(macros: Macros) -> None:
    lead = building.agent("lead")
    for text, code in (
        ("{주소}로 보내요", "unknown_placeholder"),
        ("{상품:하고}", "unknown_placeholder"),
        ("{상품", "unclosed_brace"),
        ("상품}", "unclosed_brace"),
    ):
        with pytest.raises(Invalid) as refused:
            await macros.add(lead, name="하나", text=text, skill=None, intents=[])
        assert refused.value.code == code
    with pytest.raises(Invalid, match="weather"):
        await macros.add(lead, name="하나", text="네", skill=None, intents=["weather"])
    with pytest.raises(Invalid, match="팀"):
        await macros.add(lead, name="하나", text="네", skill="astrology", intents=[])
    await macros.add(lead, name="하나", text="네", skill=None, intents=[])
    with pytest.raises(Invalid, match="같은 이름"):
        await macros.add(lead, name="하나", text="네네", skill=None, intents=[])


async def test_macros_are_found_by_their_words_and_by_team(macros: Macros) -> None:
    await macros.deliver()
    assert (await macros.search("영수증", skill=None))[0].name == "영수증 다시 보내기"
    assert {macro.skill for macro in await macros.search("", skill="privacy")} == {None, "privacy"}
    assert await macros.search("양자역학 콜라주", skill=None) == []


async def held(world: DeskWorld, agent: Agent, name: str, said: str, **context: object) -> Conversation:
    """Return a conversation about deliveries that `agent` holds, in which the customer said something."""
    talk = await world.waiting(name, skill="delivery", customer_id=f"customer-{name}")
    async with world.store.write() as tx:
        handoff = await tx.find_open_handoff(talk.conversation_id)
        assert handoff is not None
        known = {
            "verified": True,
            "topic": {"area": "delivery", "intent": "delivery_delay", "name": "배송 지연"},
            "intent_history": [{"seq": 1, "intent": "delivery_delay", "confidence": 0.9}],
            "customer": {"name": "이*래"},
            "orders": [LATE],
        }
        await tx.save_handoff(replace(handoff, context=known | context))
        await tx.add_messages([building.message(talk.conversation_id, 1, NOW, text=said)])
        await tx.save_conversation(replace(talk, last_seq=1))
    return await world.claim(talk, agent)


async def ended(world: DeskWorld, agent: Agent, name: str, answer: str) -> Conversation:
    """Return a conversation that the agent answered and closed."""
    order = LATE | {"order_id": "2026-99999", "summary": "무선 이어폰"}
    talk = await held(world, agent, name, "주문한 이어폰이 너무 늦어요", orders=[order], customer={"name": "박*준"})
    sent = await world.desk.send(
        talk.conversation_id, agent, version=talk.version, client_msg_id=new_id("x"), text=answer
    )
    await world.desk.close(talk.conversation_id, agent, version=sent.version)
    return await world.get(talk)


async def test_suggestions_say_where_they_come_from_and_hold_nothing_of_anybody_else(
    world: DeskWorld, macros: Macros
) -> None:
    await macros.deliver()
    agent = await world.agent("a")
    other = await ended(
        world,
        agent,
        "other",
        "박서준 고객님, 2026-99999 무선 이어폰은 택배사에 확인해 다시 010-1234-5678로 알려 드릴게요.",
    )
    talk = await held(world, agent, "mine", "주문한 게 너무 늦어요. 왜 안 오나요?")
    found = await suggestions(world).list_for(talk.conversation_id, agent)
    (solved,) = [one for one in found if one.solved]
    assert solved.solved is not None
    assert (solved.solved.conversation_id, solved.solved.at) == (other.conversation_id, NOW)
    assert solved.filled.text == "이*래 고객님, 2026-10002 러닝화는 택배사에 확인해 다시 ○○로 알려 드릴게요."
    assert solved.has_gaps
    best = next(one for one in found if one.macro)
    assert best.macro is not None and "delivery_delay" in best.macro.intents
    said = " ".join(one.filled.text for one in found)
    assert not any(own in said for own in ("박서준", "99999", "이어폰", "1234", "5678"))
    assert "이*래 고객님" in said and "11월 26일(목)" in said


async def test_what_is_not_known_is_told_as_missing(world: DeskWorld, macros: Macros) -> None:
    await macros.deliver()
    agent = await world.agent("a")
    talk = await held(world, agent, "mine", "너무 늦어요", orders=[], customer=None)
    late = next(m for m in await macros.search("배송 지연 사과", skill="delivery"))
    filled = await suggestions(world).fill(talk.conversation_id, agent, late)
    assert filled.missing == ("약속일", "상품", "배송단계", "도착예정일") and filled.text.startswith(
        "고객님, 약속드린 {약속일}"
    )


async def test_only_what_a_person_answered_is_kept_and_no_more_than_so_many(store: Store) -> None:
    async with store.write() as tx:
        await tx.add_conversation(building.conversation(NOW, conversation_id="c_1"))
        replies = [
            SolvedReply(f"c_1.{n}", "c_1", NOW + timedelta(seconds=n), "delivery", ("greet",), "언제", f"답 {n}")
            for n in range(10)
        ]
        await tx.add_solved(replies)
        assert await tx.trim_solved("delivery", keep=10) == 0
        assert await tx.trim_solved("delivery", keep=4) == 6
        kept = await tx.list_solved("delivery", limit=10)
        assert [reply.text for reply in kept] == ["답 9", "답 8", "답 7", "답 6"] and kept[0] == replies[9]
        await tx.forget_solved("c_1")
        assert await tx.list_solved("delivery", limit=10) == []


async def test_a_rating_is_taken_once_it_has_ended_and_the_last_word_counts(world: DeskWorld) -> None:
    agent, ratings = await world.agent("a"), Ratings(world.store, world.hub, world.clock)
    talk = await held(world, agent, "mine", "늦어요")
    with pytest.raises(StateConflict) as refused:
        await ratings.rate(talk.conversation_id, score=5, words=None)
    assert (refused.value.code, refused.value.current) == ("not_closed", "human")
    assert (await ratings.find(talk.conversation_id)) == (None, False)
    await world.desk.close(talk.conversation_id, agent, version=talk.version)
    assert (await ratings.find(talk.conversation_id)) == (None, True)
    first = await ratings.rate(talk.conversation_id, score=4, words="좋아요")
    again = await ratings.rate(talk.conversation_id, score=5, words=None)
    assert (first.is_new, again.is_new, again.rating.words) == (True, False, "좋아요")
    ((listed, name),) = await ratings.list_for(agent, most=5)
    assert (listed.score, listed.agent_id, listed.skill, name) == (5, "a_a", "delivery", "a")
    assert await ratings.list_for(await world.agent("b"), most=5) == []
    async with world.store.read() as tx:
        assert [t for t in await tx.list_tickets_of([talk.conversation_id]) if t.status in UNRESOLVED] == []


@pytest.mark.parametrize("score", [1, 2, 3])
async def test_a_low_rating_is_followed_up_once_and_its_answers_are_suggested_to_nobody(
    world: DeskWorld, score: int
) -> None:
    agent, ratings = await world.agent("a"), Ratings(world.store, world.hub, world.clock)
    talk = await ended(world, agent, "mine", "택배사에 확인해서 바로 알려 드릴게요. 조금만 기다려 주세요.")
    async with world.store.read() as tx:
        assert len(await tx.list_solved("delivery", limit=5)) == 1
    for words in ("답이 없었어요", None):
        rated = await ratings.rate(talk.conversation_id, score=score, words=words)
    assert rated.rating.words == "답이 없었어요"
    async with world.store.read() as tx:
        assert await tx.list_solved("delivery", limit=5) == []
        (ticket,) = [t for t in await tx.list_tickets_of([talk.conversation_id]) if t.status in UNRESOLVED]
        (promise,) = await tx.list_promises(statuses=tuple(PromiseStatus), number=ticket.number)
    assert ticket.number == rated.rating.ticket_number and ticket.status is TicketStatus.NEW
    assert (promise.kind, promise.agent_id, promise.due_at) == (PromiseKind.FOLLOW_UP, None, NOW)
    assert f"{score}점" in promise.note
    assert (await world.get(talk)).owner is Owner.CLOSED


async def test_a_conversation_that_ends_again_is_rated_again(world: DeskWorld) -> None:
    agent, ratings = await world.agent("a"), Ratings(world.store, world.hub, world.clock)
    talk = await ended(world, agent, "mine", "확인해서 바로 알려 드릴게요. 조금만 기다려 주세요.")
    await ratings.rate(talk.conversation_id, score=5, words=None)
    async with world.store.write() as tx:
        again = replace(await world.get(talk), version=talk.version + 2)
        await tx.save_conversation(again)
    second = await ratings.rate(talk.conversation_id, score=4, words=None)
    assert second.is_new and second.rating.closed_version == talk.version + 2
    assert len(await ratings.list_for(agent, most=5)) == 2


def test_nobody_speaks_in_prepared_words_but_politely() -> None:
    for macro in load_macros().macros:
        assert macro.text.rstrip().endswith((".", "?")), macro.name
        assert "  " not in macro.text
