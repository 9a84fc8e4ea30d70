"""Which agent is asked for which conversation: pure choices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.conversation import Conversation, Owner
from handoff.domain.language import language_of
from handoff.domain.routing import Passes, Seat, has_skill, is_present, plan_offers, speaks
from tests import building

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def _talk(name: str, **changed: object) -> Conversation:
    values = {"conversation_id": name, "owner": Owner.WAITING, "skill": "general", "waiting_since": NOON}
    return building.conversation(NOON, **values | changed)


def _seat(name: str, load: int = 0, asked_ago_s: int | None = None, **changed: object) -> Seat:
    asked = None if asked_ago_s is None else NOON - timedelta(seconds=asked_ago_s)
    return Seat(building.agent(name, agent_id=name, **changed), load, asked)


def _plan(waiting: list[Conversation], seats: list[Seat], *passed: tuple[str, str]) -> dict[str, str]:
    planned = plan_offers(waiting, seats, Passes(frozenset(passed)))
    return {talk.conversation_id: agent.agent_id for talk, agent in planned}


def test_the_least_busy_for_their_places_is_asked() -> None:
    seats = [_seat("half", 2, capacity=4), _seat("third", 2, capacity=6), _seat("full", 1, capacity=1)]
    assert _plan([_talk("t")], seats) == {"t": "third"}


def test_of_equally_busy_agents_the_one_asked_longest_ago_or_never_is_asked() -> None:
    assert _plan([_talk("t")], [_seat("a", asked_ago_s=10), _seat("b", asked_ago_s=60)]) == {"t": "b"}
    assert _plan([_talk("t")], [_seat("a", asked_ago_s=10), _seat("b")]) == {"t": "b"}


def test_who_should_be_asked_first_is_unless_they_are_full_or_lack_the_skill() -> None:
    talk = _talk("t", preferred_agent_id="known")
    assert _plan([talk], [_seat("idle"), _seat("known", 3)]) == {"t": "known"}
    assert _plan([talk], [_seat("idle"), _seat("known", 4)]) == {"t": "idle"}
    assert _plan([talk], [_seat("idle"), _seat("known", skills=("orders",))]) == {"t": "idle"}


def test_one_who_speaks_the_language_is_asked_and_waited_for_as_long_as_one_is_there() -> None:
    talk, korean = _talk("t", language="en"), _seat("korean")
    english = _seat("english", 3, languages=("ko", "en"))
    assert _plan([talk], [korean, english]) == {"t": "english"}
    assert _plan([talk], [korean, _seat("english", 4, languages=("en",))]) == {}
    assert _plan([talk], [korean, english], ("t", "english")) == {"t": "korean"}
    assert _plan([talk], [korean]) == {"t": "korean"}
    assert _plan([_talk("t")], [_seat("english", languages=("en",)), korean]) == {"t": "english"}


def test_what_nobody_free_can_take_is_passed_over_for_what_comes_behind_it() -> None:
    waiting = [_talk("privacy", skill="privacy"), _talk("orders", skill="orders")]
    assert _plan(waiting, [_seat("a", skills=("orders",))]) == {"orders": "a"}


def test_nobody_is_asked_again_for_what_they_let_pass() -> None:
    assert _plan([_talk("t"), _talk("u")], [_seat("a")], ("t", "a")) == {"u": "a"}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4)), max_size=6),
    st.integers(0, 20),
)
def test_places_are_filled_and_never_overfilled(loads: list[tuple[int, int]], waiting_count: int) -> None:
    seats = [_seat(f"a{n}", load, capacity=capacity) for n, (load, capacity) in enumerate(loads)]
    waiting = [_talk(f"t{n:02}") for n in range(waiting_count)]
    planned = _plan(waiting, seats)
    free = sum(seat.free_count for seat in seats)
    assert list(planned) == [talk.conversation_id for talk in waiting[: min(free, waiting_count)]]
    for seat in seats:
        assert list(planned.values()).count(seat.agent.agent_id) <= seat.free_count


def test_presence_needs_a_word_and_a_sign_of_life() -> None:
    agent = building.agent(presence="online", seen_at_s=100.0)
    assert is_present(agent, now_s=130.0, within_s=30)
    assert not is_present(agent, now_s=130.1, within_s=30)
    for changed in ({"presence": "away", "seen_at_s": 100.0}, {"presence": "online", "seen_at_s": None}):
        assert not is_present(building.agent(**changed), now_s=100.0, within_s=30)


def test_skills_and_languages_unset_mean_all_skills_and_korean() -> None:
    agent = building.agent()
    assert has_skill(agent, "privacy") and has_skill(building.agent(skills=("orders",)), None)
    assert not has_skill(building.agent(skills=("orders",)), "privacy")
    assert speaks(agent, "ko") and speaks(agent, None) and not speaks(agent, "en")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        (["배송이 언제 오나요"], "ko"),
        (["iPhone 15 Pro Max 케이스 주문했는데요"], "ko"),
        (["ㅇㅇ"], "ko"),
        (["Hello, where is my order?"], "en"),
        (["상담원", "I can't read Korean, please speak English with me, thank you very much"], "en"),
        (["注文はどこですか"], "ja"),
        (["我的订单在哪里"], "zh"),
        (["OK", "2026-10001"], None),
        ([], None),
    ],
)
def test_the_language_is_read_from_the_letters(said: list[str], language: str | None) -> None:
    assert language_of(said) == language
