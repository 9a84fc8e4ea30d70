"""A real gateway on a free port of the loopback: HTTP, sockets, SQLite; the bot is a function of the test."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import secrets
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backoffice import demo
from handoff.adapters.sql.store import SqlStore, upgrade
from handoff.api.server import create_app
from handoff.service import staff
from kernel import database
from kernel.clock import ProductClock
from kernel.settings import ROOT, Settings, load_settings
from kernel.tokens import sign_identity

BOT_URL = "http://bot.invalid"
PASSWORD = "a long password"
Json = dict[str, Any]


def plain_turn(body: Json) -> Json:
    """The bot's answer: repeats what was said; “상담원” brings a person, “메뉴” a button."""
    text = body["message"].get("text") or body["message"]["payload"]
    reply: Json = {"text": f"“{text}”라고 하셨네요.", "choices": [], "cards": []}
    if text == "메뉴":
        reply["choices"] = [{"label": "배송 조회", "payload": "/delivery_status"}]
    asked = {"reason": "customer_request", "requested_by": "customer", "skill": "delivery", "detail": None}
    return {
        "replies": [reply],
        "state": {"v": 1},
        "nlu": {"intent": "greet", "confidence": 0.9, "ranking": [], "entities": [], "out_of_scope": False},
        "handoff": asked if text == "상담원" else None,
        "slots": {},
        "tried": [],
        "failed_actions": [],
        "model_id": "test",
        "ms": 1.0,
    }


class FakeWorker(httpx.AsyncBaseTransport):
    """A bot worker at the end of the gateway's HTTP client."""

    def __init__(self) -> None:
        self.turn: Callable[[Json], Json] = plain_turn
        self.asked: list[Json] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"ready": True, "model_id": "test", "pid": 1})
        body = json.loads(await request.aread())
        self.asked.append(body)
        await self.gate.wait()
        return httpx.Response(200, json=self.turn(body))


@dataclass
class GatewayUnderTest:
    """The running gateway and what a test needs to speak to it."""

    base_url: str
    settings: Settings
    worker: FakeWorker
    http: httpx.AsyncClient

    async def customer(self, customer_id: str | None = None) -> Customer:
        """Open a conversation, as a known customer or anonymously."""
        body = {"identity_token": sign_identity(customer_id, self.settings.identity_key)} if customer_id else {}
        opened = (await self.http.post("/api/chat/conversations", json=body)).json()
        return Customer(self.http, opened["conversation_id"], {"Authorization": f"Bearer {opened['token']}"})

    async def agent(self, login: str = "agent") -> AgentPage:
        """Log in at the desk."""
        client = httpx.AsyncClient(base_url=self.base_url, trust_env=False, timeout=10)
        answer = await client.post("/api/desk/login", json={"login": login, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return AgentPage(client, answer.json()["agent"])


@dataclass
class Customer:
    """A customer's page."""

    http: httpx.AsyncClient
    conversation_id: str
    headers: dict[str, str]

    async def say(self, text: str, client_msg_id: str | None = None) -> httpx.Response:
        body = {"client_msg_id": client_msg_id or str(uuid4()), "text": text}
        return await self.http.post("/api/chat/messages", json=body, headers=self.headers)

    async def read(self, after: int = 0, wait_s: int = 0) -> Json:
        params = {"after": after, "wait_s": wait_s}
        answer = await self.http.get("/api/chat/messages", params=params, headers=self.headers)
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    async def read_until(self, holds: Callable[[Json], bool], within_s: float = 8.0) -> Json:
        """Poll the whole conversation until something holds."""
        async with asyncio.timeout(within_s):
            while not holds(view := await self.read()):
                last = view["messages"][-1]["seq"] if view["messages"] else 0
                await self.read(after=last, wait_s=1)
        return view

    async def answered(self, text: str) -> Json:
        """Say something and wait for the bot's answer to it."""
        seq = (await self.say(text)).json()["seq"]
        return await self.read_until(lambda view: any(m["seq"] > seq for m in view["messages"]))


@dataclass
class AgentPage:
    """An agent's page."""

    http: httpx.AsyncClient
    me: Json

    async def do(self, conversation_id: str, what: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/api/desk/conversations/{conversation_id}/{what}", json=body)

    async def see(self, conversation_id: str) -> Json:
        answer = await self.http.get(f"/api/desk/conversations/{conversation_id}")
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    async def queue(self) -> list[Json]:
        found: list[Json] = (await self.http.get("/api/desk/queue")).json()["conversations"]
        return found


def settings_for(data_dir: Path, port: int, **changed: str) -> Settings:
    """Settings of a gateway in a folder of its own, with secrets of its own."""
    names = ("BOT_TOKEN", "ACTIONS_TOKEN", "CONTEXT_KEY", "IDENTITY_KEY", "SESSION_KEY", "KAKAO_SECRET", "DATA_KEY")
    environment = {f"IEUM_{name}": secrets.token_urlsafe(32) for name in names}
    environment |= {"IEUM_DATA_DIR": str(data_dir), "IEUM_PORT": str(port), "IEUM_BOT_URLS": BOT_URL, "IEUM_DEMO": "1"}
    environment |= {"IEUM_TRAINING_DIR": str(data_dir / "training"), "IEUM_MODELS_DIR": str(data_dir / "models")}
    return load_settings(environment | changed)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with filled databases, made once and copied for each gateway."""
    folder = tmp_path_factory.mktemp("filled")
    asyncio.run(_fill(settings_for(folder, 1)))
    return folder


@pytest.fixture
async def gateway(tmp_path: Path, filled: Path) -> AsyncIterator[GatewayUnderTest]:
    """A gateway with the demo shop, two agents, a supervisor and a trainer."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    async with serving(settings_for(tmp_path, free_port()), FakeWorker()) as running:
        yield running


@pytest.fixture
async def two_gateways_on_postgres(
    tmp_path: Path, postgres_url: str
) -> AsyncIterator[tuple[GatewayUnderTest, GatewayUnderTest]]:
    """Two gateways on one PostgreSQL and with the same keys, as two machines behind a balancer; no Redis between them."""
    first = settings_for(tmp_path, free_port(), IEUM_DATABASE_URL=postgres_url)
    await _fill(first)
    worker = FakeWorker()
    async with (
        serving(first, worker) as one,
        serving(dataclasses.replace(first, port=free_port()), worker) as two,
    ):
        yield one, two


@asynccontextmanager
async def serving(settings: Settings, worker: FakeWorker) -> AsyncIterator[GatewayUnderTest]:
    """Run a gateway for as long as the block lasts."""
    app = create_app(settings, bot_transport=worker, app_name=f"gateway_{secrets.token_hex(4)}")
    app.config.TOUCHUP = False  # it can rewrite Sanic once a process; tests start many apps
    server = await app.create_server(host="127.0.0.1", port=settings.port, return_asyncio_server=True)
    await server.startup()
    await server.before_start()
    await server.start_serving()
    base_url = f"http://127.0.0.1:{settings.port}"
    async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=30) as http:
        yield GatewayUnderTest(base_url, settings, worker, http)
    worker.gate.set()
    await server.before_stop()
    server.close()
    await server.after_stop()


async def _fill(settings: Settings) -> None:
    await asyncio.to_thread(upgrade, settings.database_url)
    await asyncio.to_thread(
        database.upgrade,
        settings.shop_database_url,
        script_location=ROOT / "backoffice" / "migrations",
        version_table="alembic_version_backoffice",
    )
    engine, shop = database.create_engine(settings.database_url), database.create_engine(settings.shop_database_url)
    store = SqlStore(engine)
    for login, role in [("agent", "agent"), ("other", "agent"), ("lead", "supervisor"), ("trainer", "trainer")]:
        await staff.add(store, login=login, name=f"이름 {login}", password=PASSWORD, role=role)
    await demo.load(shop, ProductClock())
    await engine.dispose()
    await shop.dispose()
