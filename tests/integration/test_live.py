"""Live pages of customers and agents: news comes by itself, each page goes on where it was, no page costs another."""

from __future__ import annotations

import asyncio
import json
import socket as network
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from handoff.api import desk_socket as desk_socket_module
from handoff.api import live as live_module
from tests.integration.conftest import AgentPage, Customer, GatewayUnderTest

Json = dict[str, Any]


@asynccontextmanager
async def customer_socket(gateway: GatewayUnderTest, customer: Customer, after: int = 0) -> AsyncIterator[Frames]:
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    address = f"{gateway.base_url.replace('http', 'ws')}/api/chat/socket?ticket={ticket}"
    async with connect(address, proxy=None) as socket:
        await socket.send(json.dumps({"type": "resume", "after": after}))
        yield Frames(socket)


@asynccontextmanager
async def desk_socket(gateway: GatewayUnderTest, agent: AgentPage, *, hello: bool = True) -> AsyncIterator[Frames]:
    cookie = "; ".join(f"{name}={value}" for name, value in agent.http.cookies.items())
    address = f"{gateway.base_url.replace('http', 'ws')}/api/desk/socket"
    async with connect(address, additional_headers={"Cookie": cookie}, proxy=None) as socket:
        if hello:
            await socket.send('{"type":"hello"}')
        yield Frames(socket)


class Frames:
    """What comes over a socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.seen: list[Json] = []

    async def say(self, **body: Any) -> None:
        await self.socket.send(json.dumps(body))

    async def until(self, holds: Callable[[Json], object], within_s: float = 4.0) -> Json:
        """Return the first frame from now on for which something holds."""
        async with asyncio.timeout(within_s):
            while True:
                frame = json.loads(await self.socket.recv())
                self.seen.append(frame)
                if holds(frame):
                    return frame

    async def none(self, holds: Callable[[Json], object], for_s: float = 0.3) -> None:
        """Fail when a frame comes for which something holds."""
        with pytest.raises(TimeoutError):
            await self.until(holds, for_s)


def _is(kind: str) -> Callable[[Json], bool]:
    return lambda frame: frame["type"] == kind


async def _waiting(gateway: GatewayUnderTest) -> Customer:
    customer = await gateway.customer()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    return customer


async def _held(gateway: GatewayUnderTest, agent: AgentPage) -> tuple[Customer, int]:
    customer = await _waiting(gateway)
    item = next(i for i in await agent.queue() if i["conversation_id"] == customer.conversation_id)
    done = await agent.do(customer.conversation_id, "claim", version=item["version"])
    return customer, done.json()["version"]


async def test_a_waiting_conversation_comes_to_the_desk_by_itself_and_leaves_when_it_is_taken(
    gateway: GatewayUnderTest,
) -> None:
    agent = await gateway.agent()
    async with desk_socket(gateway, agent) as desk:
        assert (await desk.until(_is("queue_changes")))["items"] == []
        customer = await _waiting(gateway)
        came = await desk.until(lambda f: f["type"] == "queue_changes" and f["items"])
        assert came["order"] == [customer.conversation_id] and came["waiting_count"] == 1
        assert came["items"][0] == (await agent.queue())[0]
        await agent.do(customer.conversation_id, "claim", version=came["items"][0]["version"])
        seen: dict[str, Json] = {}
        async with asyncio.timeout(4):
            while set(seen) < {"queue_changes", "mine_changes"}:
                frame = await desk.until(lambda f: f["type"] in ("queue_changes", "mine_changes"))
                seen[frame["type"]] = frame
        assert seen["queue_changes"]["gone"] == [customer.conversation_id]
        assert [i["conversation_id"] for i in seen["mine_changes"]["items"]] == [customer.conversation_id]


async def test_an_open_conversation_is_followed_from_a_seq_on(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, version = await _held(gateway, agent)
    async with desk_socket(gateway, agent) as desk:
        await desk.say(type="watch", conversation_id=customer.conversation_id, after=1)
        first = await desk.until(_is("messages"))
        assert [m["seq"] for m in first["messages"]] == [2, 3, 4]
        assert (first["owner"], first["version"], first["agent"]["name"]) == ("human", version, "이름 agent")
        await customer.say("저 왔어요")
        assert [m["text"] for m in (await desk.until(_is("messages")))["messages"]] == ["저 왔어요"]
        await agent.do(customer.conversation_id, "notes", version=version, text="메모")
        noted = await desk.until(lambda f: f["type"] == "messages" and "notes" in f and f["notes"])
        assert [n["text"] for n in noted["notes"]] == ["메모"]
        await desk.say(type="unwatch", conversation_id=customer.conversation_id)
        await asyncio.sleep(0.05)
        await customer.say("아무도 없나요")
        await desk.none(_is("messages"))


async def test_a_conversation_of_a_colleague_is_refused_and_left_when_it_becomes_theirs(
    gateway: GatewayUnderTest,
) -> None:
    agent, other = await gateway.agent(), await gateway.agent("other")
    customer, _ = await _held(gateway, other)
    async with desk_socket(gateway, agent) as desk:
        for conversation_id, code in ((customer.conversation_id, "not_yours"), ("c_nobody", "conversation_not_found")):
            await desk.say(type="watch", conversation_id=conversation_id, after=0)
            assert (await desk.until(_is("refused")))["code"] == code
        waiting = await _waiting(gateway)
        await desk.say(type="watch", conversation_id=waiting.conversation_id, after=0)
        await desk.until(_is("messages"))
        version = next(i for i in await other.queue() if i["conversation_id"] == waiting.conversation_id)["version"]
        await other.do(waiting.conversation_id, "claim", version=version)
        assert (await desk.until(_is("refused")))["conversation_id"] == waiting.conversation_id
        await waiting.say("비밀이에요")
        await desk.none(lambda frame: "비밀이에요" in json.dumps(frame, ensure_ascii=False))


async def test_typing_is_seen_by_the_other_side_while_a_person_speaks(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, version = await _held(gateway, agent)
    talk = customer.conversation_id
    async with desk_socket(gateway, agent) as desk, customer_socket(gateway, customer) as page:
        await desk.say(type="watch", conversation_id=talk, after=0)
        await desk.until(_is("messages"))
        await page.until(_is("messages"))
        await page.say(type="typing", is_typing=True)
        assert await desk.until(_is("typing")) == {
            "type": "typing",
            "author": "customer",
            "conversation_id": talk,
            "is_typing": True,
        }
        await desk.say(type="typing", conversation_id=talk, is_typing=True)
        told = {"type": "typing", "author": "agent", "is_typing": True, "name": "이름 agent"}
        assert await page.until(_is("typing")) == told
        await agent.do(talk, "return-to-bot", version=version)
        await page.until(lambda f: f["type"] == "messages" and f["owner"] == "bot")
        await desk.say(type="typing", conversation_id=talk, is_typing=True)
        await page.none(_is("typing"))


async def test_a_customer_sees_how_far_the_agent_who_holds_the_conversation_has_read(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, _ = await _held(gateway, agent)
    other = await gateway.agent("lead")
    said = (await customer.say("보고 계신가요?")).json()["seq"]
    async with customer_socket(gateway, customer) as page:
        async with desk_socket(gateway, other) as looker:  # sees it, but does not speak with the customer
            await looker.say(type="watch", conversation_id=customer.conversation_id, after=0)
            await looker.until(_is("messages"))
            await looker.say(type="read", conversation_id=customer.conversation_id, up_to=said)
            await page.none(_is("read"))
        async with desk_socket(gateway, agent) as desk:
            await desk.say(type="watch", conversation_id=customer.conversation_id, after=0)
            await desk.say(type="read", conversation_id=customer.conversation_id, up_to=10_000)  # more than there is
            assert await page.until(_is("read")) == {"type": "read", "author": "agent", "seq": said}
            await desk.say(type="read", conversation_id=customer.conversation_id, up_to=2)  # never goes back
            await page.none(_is("read"))
    async with customer_socket(gateway, customer, after=said) as again:
        assert (await again.until(_is("read")))["seq"] == said


async def test_an_agent_sees_how_far_the_customer_has_read(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, _ = await _held(gateway, agent)
    async with desk_socket(gateway, agent) as desk:
        await desk.say(type="watch", conversation_id=customer.conversation_id, after=0)
        assert (await desk.until(_is("messages")))["read_up_to"] == 0
        async with customer_socket(gateway, customer) as page:
            await page.until(_is("messages"))
            await page.say(type="read", up_to=10_000)  # more than it was shown
            assert (await desk.until(_is("read")))["seq"] == 4
            await page.say(type="read", up_to=2)  # a mark never goes back
            await desk.none(_is("read"))
    assert (await agent.see(customer.conversation_id))["read_up_to"] == 4


async def test_a_customer_sees_whether_the_agent_is_there(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, _ = await _held(gateway, agent)
    async with customer_socket(gateway, customer) as page, desk_socket(gateway, await gateway.agent("lead")) as desk:
        assert (await page.until(_is("messages")))["agent_presence"] == "online"
        await desk.until(_is("team"))
        await agent.http.put("/api/desk/presence", json={"state": "away"})
        assert (await page.until(lambda f: f["type"] == "messages"))["agent_presence"] == "away"
        team = (await desk.until(_is("team")))["agents"]
        assert {a["name"]: a["presence"] for a in team}["이름 agent"] == "away"


async def test_waiting_customers_hear_their_place_and_nobody_else_does(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    first, second = await _waiting(gateway), await _waiting(gateway)
    bystander = await gateway.customer()
    async with customer_socket(gateway, second) as page, customer_socket(gateway, bystander) as beside:
        assert (await page.until(_is("messages")))["position"] == 2
        await beside.until(_is("messages"))
        version = next(i for i in await agent.queue() if i["conversation_id"] == first.conversation_id)["version"]
        await agent.do(first.conversation_id, "claim", version=version)
        assert (await page.until(lambda f: f["type"] == "messages"))["position"] == 1
        await beside.none(_is("messages"))


async def test_a_page_that_comes_back_gets_what_it_missed_once(gateway: GatewayUnderTest) -> None:
    customer = await gateway.customer()
    async with customer_socket(gateway, customer) as page:
        await customer.answered("하나")
        await page.until(lambda f: any(m["seq"] == 2 for m in f.get("messages", ())))
    await customer.answered("둘")
    async with customer_socket(gateway, customer, after=2) as page:
        seqs: list[int] = []
        async with asyncio.timeout(3):
            while len(seqs) < 2:
                seqs += [m["seq"] for m in (await page.until(_is("messages")))["messages"]]
    assert seqs == [3, 4]


async def test_a_long_history_comes_in_frames_of_bounded_size(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, _ = await _held(gateway, agent)
    for number in range(120):
        assert (await customer.say(f"{number} " + "가" * 1_900)).status_code == 202
    async with customer_socket(gateway, customer) as page:
        seqs: list[int] = []
        while len(seqs) < 124:
            frame = await page.until(_is("messages"))
            assert len(json.dumps(frame)) < 100_000
            seqs += [m["seq"] for m in frame["messages"]]
    assert seqs == list(range(1, 125))


async def test_a_page_that_does_not_read_is_cut_off_and_goes_on_when_it_comes_back(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "SEND_WITHIN_S", 0.5)
    agent = await gateway.agent()
    customer, _ = await _held(gateway, agent)
    stalled = await _stalled_socket(gateway, customer)
    for number in range(150):
        assert (await customer.say(f"{number} " + "가" * 1_900)).status_code == 202
    async with asyncio.timeout(8):
        while [task for task in asyncio.all_tasks() if task.get_name() == f"socket-{customer.conversation_id}"]:
            await asyncio.sleep(0.05)
    stalled.close()
    async with customer_socket(gateway, customer, after=150) as page:
        assert (await page.until(_is("messages")))["messages"][0]["seq"] == 151


async def _stalled_socket(gateway: GatewayUnderTest, customer: Customer) -> network.socket:
    """Open a customer's socket and never read from it."""
    ticket = (await gateway.http.post("/api/chat/tickets", headers=customer.headers)).json()["ticket"]
    raw = network.socket()
    raw.setsockopt(network.SOL_SOCKET, network.SO_RCVBUF, 4_096)
    raw.setblocking(False)
    loop, address = asyncio.get_running_loop(), urlsplit(gateway.base_url)
    await loop.sock_connect(raw, (address.hostname, address.port))
    ask = f"GET /api/chat/socket?ticket={ticket} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    ask += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    await loop.sock_sendall(raw, ask.encode())
    await loop.sock_recv(raw, 1_000)
    said = b'{"type":"resume","after":0}'
    await loop.sock_sendall(raw, bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)
    return raw


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "watch", "conversation_id": 5, "after": 0}, 4400),
        ({"type": "watch", "conversation_id": "c_1", "after": -1}, 4400),
        ({"type": "watch", "conversation_id": "x" * 200, "after": 0}, 4400),
        ({"type": "typing", "conversation_id": "c_1"}, 4400),
        ({"type": "dance"}, 4400),
        ({"after": 0}, 4400),
    ],
)
async def test_what_no_desk_page_says_closes_its_socket_only(gateway: GatewayUnderTest, frame: Json, code: int) -> None:
    agent = await gateway.agent()
    async with desk_socket(gateway, agent) as offending, desk_socket(gateway, agent) as beside:
        await offending.say(**frame)
        with pytest.raises(ConnectionClosed) as closed:
            await offending.until(lambda _: False)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == code
        await _waiting(gateway)
        await beside.until(lambda f: f["type"] == "queue_changes" and f["items"])


async def test_no_page_watches_without_end(gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_socket_module, "WATCHED_MAX", 1)
    customers = [await _waiting(gateway), await _waiting(gateway)]
    async with desk_socket(gateway, await gateway.agent()) as desk:
        for customer in customers:
            await desk.say(type="watch", conversation_id=customer.conversation_id, after=0)
        with pytest.raises(ConnectionClosed) as closed:
            await desk.until(lambda _: False)
        assert closed.value.rcvd is not None and closed.value.rcvd.reason == "too_many_watched"


async def test_an_offer_comes_to_the_agents_page(gateway: GatewayUnderTest) -> None:
    async with desk_socket(gateway, await gateway.agent()) as desk:
        customer = await _waiting(gateway)
        offers = (await desk.until(lambda f: f["type"] == "offers" and f["offers"], 6))["offers"]
        assert offers[0]["conversation"]["conversation_id"] == customer.conversation_id


async def test_an_agents_message_reaches_an_open_page_by_itself(gateway: GatewayUnderTest) -> None:
    agent = await gateway.agent()
    customer, version = await _held(gateway, agent)
    async with customer_socket(gateway, customer, after=4) as page:
        await page.until(_is("messages"))
        body = {"version": version, "client_msg_id": str(uuid4()), "text": "도와드릴게요"}
        await agent.do(customer.conversation_id, "messages", **body)
        (message,) = (await page.until(lambda f: f.get("messages")))["messages"]
        assert (message["author"], message["text"]) == ("agent", "도와드릴게요")
