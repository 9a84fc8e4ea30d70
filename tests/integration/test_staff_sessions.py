"""A session of staff ends when they log out, leave, or get another password: at the next call, and on open sockets at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from websockets.exceptions import ConnectionClosed

from handoff.adapters.sql.store import SqlStore
from handoff.service import staff
from kernel.database import create_engine
from tests.integration.conftest import PASSWORD, AgentPage, GatewayUnderTest
from tests.integration.test_live import Frames, desk_socket

Ending = Callable[[GatewayUnderTest, AgentPage], Awaitable[None]]


async def _log_out(gateway: GatewayUnderTest, page: AgentPage) -> None:
    (await page.http.post("/api/desk/logout")).raise_for_status()


async def _deactivate(gateway: GatewayUnderTest, page: AgentPage) -> None:
    engine = create_engine(gateway.settings.database_url)  # as the command line does, in a process of its own
    await staff.deactivate(SqlStore(engine), "agent")
    await engine.dispose()


async def _change(gateway: GatewayUnderTest, *, password: str = PASSWORD, role: str = "agent") -> None:
    engine = create_engine(gateway.settings.database_url)
    await staff.add(SqlStore(engine), login="agent", name="이름 agent", password=password, role=role)
    await engine.dispose()


async def _change_password(gateway: GatewayUnderTest, page: AgentPage) -> None:
    await _change(gateway, password="another long password")


async def _change_role(gateway: GatewayUnderTest, page: AgentPage) -> None:
    await _change(gateway, role="trainer")


async def _closed(frames: Frames) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as closed:
        await frames.until(lambda _: False)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


@pytest.mark.parametrize("end", [_log_out, _deactivate, _change_password, _change_role])
async def test_an_ended_session_is_over_on_every_page_of_the_agent_and_on_nobody_elses(
    gateway: GatewayUnderTest, end: Ending
) -> None:
    page, second, other = await gateway.agent(), await gateway.agent(), await gateway.agent("other")
    async with (
        desk_socket(gateway, page) as one,
        desk_socket(gateway, second, hello=False) as two,
        desk_socket(gateway, other) as beside,
    ):
        for frames in (one, two, beside):
            await frames.until(lambda _: True)
        await end(gateway, page)
        for mine in (page, second):
            refused = await mine.http.get("/api/desk/queue")
            assert (refused.status_code, refused.json()["code"]) in ((401, "session_over"), (401, "login_required"))
        assert [await _closed(one), await _closed(two)] == [(4401, "session_over")] * 2
        await beside.say(type="ping")
        assert (await other.http.get("/api/desk/queue")).status_code == 200


async def test_a_cookie_kept_from_before_a_logout_opens_nothing(gateway: GatewayUnderTest) -> None:
    page = await gateway.agent()
    kept = dict(page.http.cookies)
    await _log_out(gateway, page)
    page.http.cookies.update(kept)
    for answer in (
        await page.http.get("/api/desk/session"),
        await page.http.get("/api/desk/queue"),
        await page.http.put("/api/desk/presence", json={"state": "online"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "session_over")
    async with desk_socket(gateway, page, hello=False) as desk:
        assert await _closed(desk) == (4401, "session_over")


async def test_a_session_goes_on_when_the_operator_gives_the_same_password_again(gateway: GatewayUnderTest) -> None:
    page = await gateway.agent()
    await _change(gateway)
    assert (await page.http.get("/api/desk/queue")).status_code == 200


async def test_who_left_cannot_log_in_until_the_operator_lets_them(gateway: GatewayUnderTest) -> None:
    page = await gateway.agent()
    await _deactivate(gateway, page)
    body = {"login": "agent", "password": PASSWORD}
    refused = await gateway.http.post("/api/desk/login", json=body)
    assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")
    await _change(gateway)
    assert (await gateway.http.post("/api/desk/login", json=body)).status_code == 200


async def test_who_left_is_not_of_the_team(gateway: GatewayUnderTest) -> None:
    page = await gateway.agent()
    await _deactivate(gateway, page)
    other = await gateway.agent("other")
    assert [one["name"] for one in (await other.http.get("/api/desk/agents")).json()["agents"]] == [
        "이름 lead",
        "이름 other",
    ]
