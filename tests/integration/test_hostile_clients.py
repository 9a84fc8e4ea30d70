"""Clients that hang up, flood, forge and probe: nothing breaks, nothing leaks, and everybody else is served."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from handoff.api import pages
from kernel.settings import ROOT
from tests.integration.conftest import PASSWORD, Customer, GatewayUnderTest


@pytest.fixture(autouse=True)
def no_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a client does, no handler may fail by it."""
    with structlog.testing.capture_logs() as events:
        yield
    assert [event for event in events if event["log_level"] in ("error", "critical")] == []
    loud = [record.getMessage() for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    assert loud == []


async def _raw_get(gateway: GatewayUnderTest, path: str) -> tuple[int, str]:
    """Ask for a path as it stands: clients tidy it up. Return status and the whole answer."""
    address = urlsplit(gateway.base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return int(answer.split()[1]), answer


async def _socket(gateway: GatewayUnderTest, customer: Customer) -> ClientConnection:
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    return await connect(f"{gateway.base_url.replace('http', 'ws')}/api/chat/socket?ticket={ticket}", proxy=None)


NOT_AN_ADDRESS = "/assets/%00"
PATHS = [
    NOT_AN_ADDRESS,
    "/assets/../domain.yml",
    "/assets/../../domain.yml",
    "/assets/%2e%2e/%2e%2e/domain.yml",
    "/assets/..%2f..%2fdomain.yml",
    "/assets/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/assets/..\\..\\domain.yml",
    "/assets//etc/passwd",
    "/assets/",
    "/assets/..",
    "/assets/.",
    "/assets/nothing.js",
    "/assets/" + "a" * 3_000,
    "//etc/passwd",
    "/../domain.yml",
    "/desk/../../domain.yml",
]


async def test_no_path_leads_out_of_the_pages_and_no_error_is_kept_by_caches(gateway: GatewayUnderTest) -> None:
    for path in PATHS:
        status, answer = await _raw_get(gateway, path)
        refusal = (400, "bad_request") if path == NOT_AN_ADDRESS else (404, "no_such_address")
        assert status == refusal[0] and f'"code":"{refusal[1]}"' in answer, path
        assert "max-age" not in answer and "intents:" not in answer and str(ROOT) not in answer, path


async def test_assets_are_kept_by_browsers_and_pages_are_not(
    gateway: GatewayUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (pages.DIST / "assets").is_dir():
        pytest.skip("the pages are not built")
    name = next(path.name for path in sorted((pages.DIST / "assets").iterdir()) if path.suffix == ".js")
    asset = await gateway.http.get(f"/assets/{name}")
    assert asset.status_code == 200 and "javascript" in asset.headers["content-type"]
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    for address in ("/", "/desk", "/studio"):
        page = await gateway.http.get(address)
        assert page.headers["cache-control"] == "no-cache"
        assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"


async def test_nothing_is_answered_to_the_pages_of_other_sites(gateway: GatewayUnderTest) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    asked = await gateway.http.options("/api/chat/messages", headers=origin | {"Access-Control-Request-Method": "POST"})
    answers = [asked, await gateway.http.get("/api/health", headers=origin)]
    assert not [name for a in answers for name in a.headers if name.startswith("access-control")]


@pytest.mark.parametrize("login", ["agent\u0000", "\u0000", "\ud800", "😀" * 50, "' OR 1=1 --", "AGENT"])
async def test_odd_logins_are_wrong_logins(gateway: GatewayUnderTest, login: str) -> None:
    content = json.dumps({"login": login, "password": PASSWORD})
    refused = await gateway.http.post("/api/desk/login", content=content)
    assert refused.status_code in (401, 422)


async def test_a_login_from_another_sites_page_is_refused(gateway: GatewayUnderTest) -> None:
    body = {"login": "agent", "password": PASSWORD}
    refused = await gateway.http.post("/api/desk/login", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_origin")
    assert "set-cookie" not in refused.headers
    own = await gateway.http.post("/api/desk/login", json=body, headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 200


async def test_passwords_guessed_at_once_are_counted_like_those_one_after_the_other(gateway: GatewayUnderTest) -> None:
    async def attempt(number: int) -> str:
        body = {"login": "agent", "password": f"guess {number}"}
        code: str = (await gateway.http.post("/api/desk/login", json=body)).json()["code"]
        return code

    codes = await asyncio.gather(*(attempt(number) for number in range(25)))
    assert codes.count("wrong_credentials") == 10 and codes.count("too_many_attempts") == 15


async def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(gateway: GatewayUnderTest) -> None:
    answer = await gateway.http.post("/api/desk/login", json={"login": "agent", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/api" in cookie
    assert answer.json()["csrf"] not in answer.headers["set-cookie"]


async def test_a_colleagues_csrf_token_is_not_good(gateway: GatewayUnderTest) -> None:
    one, two = await gateway.agent(), await gateway.agent("other")
    one.http.headers["X-CSRF-Token"] = two.http.headers["X-CSRF-Token"]
    refused = await one.http.put("/api/desk/presence", json={"state": "online"})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")


async def _post_and_hang_up(gateway: GatewayUnderTest, customer: Customer, msg_id: str, after_s: float) -> None:
    """Send a message over a bare connection and break it off without reading the answer."""
    address = urlsplit(gateway.base_url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    body = json.dumps({"client_msg_id": msg_id, "text": "끊겨요"}).encode()
    writer.write(
        f"POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {customer.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await asyncio.sleep(after_s)
    writer.transport.abort()


async def test_pages_that_hang_up_while_they_send_lose_and_repeat_nothing(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    ids = [str(uuid4()) for _ in range(30)]
    await asyncio.gather(*(_post_and_hang_up(gateway, customer, ids[n], n * 0.0003) for n in range(30)))
    answers = [await customer.say("끊겨요", msg_id) for msg_id in ids]
    assert all(answer.status_code in (200, 202) for answer in answers)
    view = await customer.read_until(lambda view: len(view["messages"]) >= 60)
    assert [m["seq"] for m in view["messages"]] == list(range(1, 61))
    assert sum(m["author"] == "customer" for m in view["messages"]) == 30


async def test_half_sent_bodies_hold_nobody_up(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    address = urlsplit(gateway.base_url)
    writers = []
    for _ in range(20):
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(
            f"POST /api/chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {customer.headers['Authorization']}\r\n"
            "Content-Length: 500\r\n\r\n{".encode()
        )
        writers.append(writer)
    async with asyncio.timeout(3):
        await customer.answered("그래도 돼요?")
    for writer in writers:
        writer.transport.abort()


@pytest.mark.parametrize(
    "frame",
    [
        "[" * 4_000,
        "null",
        "[]",
        '{"type":"resume","after":99999999999999999999}',
        '{"type":"resume","after":true}',
        "\x00" * 10,
    ],
)
async def test_a_first_frame_that_is_no_resume_closes_the_socket(gateway: GatewayUnderTest, frame: str) -> None:
    async with await _socket(gateway, await gateway.customer()) as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 3)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4400


async def _closed_code(socket: ClientConnection) -> int:
    """Read until the gateway closes; return its code."""
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(5):
            while True:
                await socket.recv()
    return closed.value.rcvd.code if closed.value.rcvd else 1006


async def _send_all(socket: ClientConnection, frames: Iterable[str | bytes]) -> None:
    with suppress(ConnectionClosed):
        for frame in frames:
            await socket.send(frame)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        (["x" * 1_000_000], 1009),
        ([b"\x00" * 100], 4400),
        (["[" * 3_000], 4400),
        (['{"a":' * 600 + "1" + "}" * 600], 4400),
        (['{"type":"dance"}'], 4400),
        (['{"type":"read","up_to":-1}'], 4400),
        (['{"type":"read","up_to":true}'], 4400),
        (['{"type":"typing","is_typing":"yes"}'], 4400),
        (['{"type":"typing","is_typing":true}'] * 300, 4429),
        (['{"type":"ping","pad":"' + "x" * 3_900 + '"}'] * 60, 4429),
    ],
)
async def test_what_no_page_says_closes_the_socket_of_whoever_says_it(
    gateway: GatewayUnderTest, frames: list[str | bytes], code: int
) -> None:
    customer = await gateway.customer()
    async with await _socket(gateway, customer) as offending, await _socket(gateway, customer) as beside:
        for socket in (offending, beside):
            await socket.send('{"type":"resume","after":0}')
        await _send_all(offending, frames)
        assert await _closed_code(offending) == code
        view = await customer.answered("저는 말할 수 있나요?")
        assert view["messages"][-1]["author"] == "bot"
        seen: list[int] = []
        async with asyncio.timeout(3):
            while seen != [1, 2]:
                seen += [m["seq"] for m in json.loads(await beside.recv())["messages"]]


async def test_a_flood_of_pings_closes_the_socket(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    async with await _socket(gateway, customer) as socket:
        await socket.send('{"type":"resume","after":0}')
        with suppress(ConnectionClosed):
            for _ in range(30_000):
                await socket.ping()
        assert await _closed_code(socket) == 4429


async def test_sockets_that_vanish_leave_no_task_and_no_listener(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    sockets = [await _socket(gateway, customer) for _ in range(20)]
    for number, socket in enumerate(sockets):
        if number % 2:
            await socket.send('{"type":"resume","after":0}')
            await socket.recv()
    for socket in sockets:
        socket.transport.abort()

    async with asyncio.timeout(5):
        while [task for task in asyncio.all_tasks() if task.get_name().startswith("socket-")]:
            await asyncio.sleep(0.02)


async def test_many_long_polls_of_one_page_are_all_woken(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    polls = [asyncio.create_task(customer.read(after=0, wait_s=20)) for _ in range(50)]
    await asyncio.sleep(0.2)
    await customer.say("모두에게")
    async with asyncio.timeout(4):
        views = await asyncio.gather(*polls)
    assert all(view["messages"] for view in views)


async def test_a_client_msg_id_that_somebody_else_used_is_refused_not_swallowed(gateway: GatewayUnderTest) -> None:
    customer, agent, msg_id = await gateway.customer(), await gateway.agent(), str(uuid4())
    await customer.say("상담원", msg_id)
    await customer.read_until(lambda view: view["owner"] == "waiting")
    talk = customer.conversation_id
    version = (await agent.do(talk, "claim", version=(await agent.queue())[0]["version"])).json()["version"]
    refused = await agent.do(talk, "messages", version=version, client_msg_id=msg_id, text="같은 번호")
    assert (refused.status_code, refused.json()["code"]) == (422, "client_msg_id_taken")
    theirs = str(uuid4())
    await agent.do(talk, "messages", version=version, client_msg_id=theirs, text="안녕하세요")
    refused = await customer.say("제 말도 들려요?", theirs)
    assert (refused.status_code, refused.json()["code"]) == (422, "client_msg_id_taken")


async def test_every_conflict_names_who_holds_the_conversation(gateway: GatewayUnderTest) -> None:
    customer, agent = await gateway.customer(), await gateway.agent()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    talk = customer.conversation_id
    version = (await agent.do(talk, "claim", version=(await agent.queue())[0]["version"])).json()["version"]
    other = await gateway.agent("other")
    message = {"client_msg_id": str(uuid4()), "text": "끼어들기"}
    for what, body in {"claim": {}, "close": {}, "notes": {"text": "x"}, "messages": message}.items():
        for seen in (version, version - 1):
            refused = await other.do(talk, what, version=seen, **body)
            assert refused.status_code == 409
            assert refused.json()["winner"] == {"owner": "human", "agent_name": "이름 agent", "version": version}, what
