"""Passwords are checked, guesses slowed down, and neither costs memory without end."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import extract_parameters

from handoff.adapters.hub import LocalHub
from handoff.adapters.memory import MemoryStore
from handoff.errors import Forbidden, Invalid, NotFound, TooManyAttempts, Unauthorized
from handoff.service import staff
from handoff.service.presence import Presence
from handoff.service.staff import ATTEMPTS_MAX, ATTEMPTS_WINDOW_S, LOGINS_REMEMBERED, Logins, require_role
from kernel.clock import ProductClock
from tests import building

PASSWORD = "a long password"


class RealTime:
    """Stands in for the machine's clock."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> RealTime:
    made = RealTime()
    monkeypatch.setattr(staff, "time", made)
    return made


@pytest.fixture
def quick_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow by design; these tests are about counting."""
    monkeypatch.setattr(staff, "_verify", lambda password_hash, password: password_hash == password)


@pytest.fixture
async def logins(real_time: RealTime, quick_hash: None) -> Logins:
    store = MemoryStore()
    async with store.write() as tx:
        await tx.add_agent(building.agent("haneul", password_hash=PASSWORD))
    return Logins(store, LocalHub())


async def _outcome(logins: Logins, login: str, password: str) -> str:
    try:
        return (await logins.check(login, password)).login
    except (Unauthorized, TooManyAttempts) as refused:
        return refused.code


async def test_ten_wrong_passwords_close_the_door_for_five_minutes(logins: Logins, real_time: RealTime) -> None:
    for _ in range(ATTEMPTS_MAX):
        assert await _outcome(logins, "haneul", "wrong") == "wrong_credentials"
    assert await _outcome(logins, "haneul", PASSWORD) == "too_many_attempts"
    assert await _outcome(logins, "somebody", "wrong") == "wrong_credentials"
    real_time.now += ATTEMPTS_WINDOW_S + 1
    assert await _outcome(logins, "haneul", PASSWORD) == "haneul"


async def test_a_right_password_forgives_the_wrong_ones_before_it(logins: Logins) -> None:
    for _ in range(3):
        for _ in range(ATTEMPTS_MAX - 1):
            await _outcome(logins, "haneul", "wrong")
        assert await _outcome(logins, "haneul", PASSWORD) == "haneul"


async def test_guesses_made_at_once_are_counted_before_they_are_checked(logins: Logins) -> None:
    outcomes = await asyncio.gather(*(_outcome(logins, "haneul", f"guess {n}") for n in range(40)))
    assert outcomes.count("wrong_credentials") == ATTEMPTS_MAX


async def test_a_flood_of_invented_logins_is_forgotten_again(logins: Logins, real_time: RealTime) -> None:
    for number in range(LOGINS_REMEMBERED * 3):
        real_time.now += 1
        await _outcome(logins, f"invented {number}", "x")
    assert len(logins._attempts) <= LOGINS_REMEMBERED


async def test_a_real_password_is_hashed_and_checked() -> None:
    store = MemoryStore()
    added = await staff.add(store, login="haneul", name="김하늘", password=PASSWORD, role="agent")
    assert PASSWORD not in added.password_hash and added.password_hash not in repr(added)
    assert (await Logins(store, LocalHub()).check("haneul", PASSWORD)).agent_id == added.agent_id
    changed = await staff.add(store, login="haneul", name="김하늘", password="another password", role="supervisor")
    assert (changed.agent_id, changed.role) == (added.agent_id, "supervisor")
    with pytest.raises(Unauthorized):
        await Logins(store, LocalHub()).check("haneul", PASSWORD)


async def test_what_somebody_is_asked_to_take_stays_unless_it_is_changed() -> None:
    store, values = MemoryStore(), {"login": "haneul", "name": "김하늘", "password": PASSWORD, "role": "agent"}
    added = await staff.add(
        store, **values, routing={"skills": ["delivery", "delivery"], "capacity": 2, "team": "배송팀"}
    )
    assert (added.skills, added.capacity, added.languages, added.team) == (("delivery",), 2, None, "배송팀")
    renewed = await staff.add(store, **values | {"name": "김하늘빛"})
    assert (renewed.name, renewed.skills, renewed.capacity) == ("김하늘빛", ("delivery",), 2)
    changed = await staff.change(store, "haneul", {"skills": None, "languages": ["ko", "en"]})
    assert (changed.skills, changed.languages, changed.capacity) == (None, ("ko", "en"), 2)
    assert (await Logins(store, LocalHub()).check("haneul", PASSWORD)).agent_id == added.agent_id


async def test_nobody_can_be_changed_who_is_not_there() -> None:
    with pytest.raises(NotFound):
        await staff.change(MemoryStore(), "nobody", {"capacity": 2})


async def test_a_weak_password_and_an_unknown_role_or_presence_are_refused() -> None:
    store = MemoryStore()
    for changed, code in (
        ({"password": "1234567"}, "weak_password"),
        ({"role": "king"}, "unknown_role"),
        ({"name": " "}, "invalid_name"),
        ({"login": "a\nb"}, "invalid_login"),
        ({"routing": {"skills": ["delivery", "cooking"]}}, "unknown_skill"),
        ({"routing": {"team": "팀" * 61}}, "invalid_name"),
    ):
        values = {"login": "x", "name": "x", "password": PASSWORD, "role": "agent"} | changed
        with pytest.raises(Invalid) as refused:
            await staff.add(store, **values)
        assert refused.value.code == code
    async with store.read() as tx:
        assert await tx.list_agents() == []
    with pytest.raises(Invalid):
        await Presence(store, LocalHub(), ProductClock()).say(building.agent(), "asleep")


async def test_a_session_of_somebody_who_left_is_over() -> None:
    with pytest.raises(Unauthorized):
        await Logins(MemoryStore(), LocalHub()).get("a_gone", 1)


@pytest.mark.parametrize("role", staff.ROLES)
def test_each_role_sees_its_own_pages(role: str) -> None:
    agent = building.agent(role=role)
    for allowed in (staff.DESK_ROLES, staff.STUDIO_ROLES):
        if role in allowed:
            require_role(agent, allowed)
        else:
            with pytest.raises(Forbidden):
                require_role(agent, allowed)


def test_an_unknown_login_is_checked_with_as_much_work_as_a_known_one() -> None:
    assert extract_parameters(staff._NOBODY) == extract_parameters(staff._hasher.hash("a password"))
    assert staff._verify(staff._NOBODY, "a password") is False
