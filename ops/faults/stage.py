"""Sets a stage up and takes it down: a fresh instance with its database, disk and proxies, and a busy crowd."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from ops.errors import OperationFailed
from ops.faults.agents import Agent, log_in
from ops.faults.calls import Caller, GaveUp
from ops.faults.customers import Customer, Party
from ops.faults.disk import Disk, small_disk
from ops.faults.kakao import KakaoUser
from ops.faults.postgres import Postgres
from ops.faults.prober import Prober
from ops.faults.product import Product
from ops.faults.proxy import Proxy
from ops.faults.scene import Scene
from ops.faults.second_gateway import SecondGateway

CUSTOMERS = 24
KAKAO_USERS = 5
_LENGTH = (60, 300)
_KAKAO_LENGTH = (5, 25)
_FINISH_WITHIN_S = 120.0


@asynccontextmanager
async def open_scene(store: str, party: Party, dice: random.Random) -> AsyncIterator[Scene]:
    """Start the product on `sqlite` or `postgres`; everything is gone again when the block ends."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ieum-faults-")))
        postgres = wire = disk = url = None
        data_dir = folder / "var"
        if store == "postgres":
            (folder / "pg").mkdir()
            postgres = await asyncio.to_thread(Postgres, folder / "pg")
            stack.callback(postgres.stop)
            wire = await stack.enter_async_context(Proxy(postgres.socket))
            url = postgres.url(wire.port)
        kind = stack.enter_context(small_disk(data_dir)) if postgres is None else None
        product = Product(data_dir, folder / "failpoints", url)
        if kind is not None:
            disk = Disk(data_dir, kind, lambda: [pid for pids in product.pids().values() for pid in pids])
        product.failpoints_dir.mkdir()
        stack.push_async_callback(asyncio.to_thread, product.ieum, "down")
        await asyncio.to_thread(product.up)
        door = await stack.enter_async_context(Proxy(("127.0.0.1", product.port)))
        session = await stack.enter_async_context(_open_session())
        second = None
        if postgres is not None:
            second = SecondGateway(product)
            stack.push_async_callback(asyncio.to_thread, second.stop)
            await asyncio.to_thread(second.start)
        yield Scene(product, party, session, dice, door, disk, postgres, wire, second)


def _open_session() -> aiohttp.ClientSession:
    # Each page keeps cookies of its own; connections are shared, as browsers behind one address do.
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())


@dataclass
class Crowd:
    """Everybody who is at the product during a run."""

    scene: Scene
    prober: Prober
    tasks: list[asyncio.Task[None]]
    kakao_users: list[KakaoUser]

    async def leave(self) -> None:
        """Let everybody finish; pages are compared as they close, KakaoTalk's users look until nothing is left."""
        self.scene.party.is_over.set()
        _, late = await asyncio.wait(self.tasks, timeout=_FINISH_WITHIN_S)
        for task in late:
            self.scene.party.failures.append(f"{task.get_name()} did not come to its end")
            task.cancel()
        for result in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(result, Exception):
                self.scene.party.failures.append(f"{type(result).__name__}: {result}")
        for place in range(0, len(self.kakao_users), KAKAO_USERS):  # no more at once than there were all the time
            few = self.kakao_users[place : place + KAKAO_USERS]
            await asyncio.gather(*(user.look_until_nothing_is_left() for user in few))


@asynccontextmanager
async def crowd_at(scene: Scene) -> AsyncIterator[Crowd]:
    """Fill the scene with customers, KakaoTalk users, agents and the prober."""
    status = await asyncio.to_thread(scene.product.status)
    passwords = await asyncio.to_thread(scene.product.add_agents)
    identities = [customer["customer_id"] for customer in status["demo"]["customers"]][:8]
    prober = Prober(scene.party, Caller(scene.session, scene.product.base_url))
    crowd = Crowd(scene, prober, [], [])
    asking = asyncio.create_task(prober.ask_on(), name="prober")
    async with AsyncExitStack() as desks:
        for number, (login, password) in enumerate(passwords.items(), start=1):
            session = await desks.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)))
            at = scene.product if scene.second is None or number % 2 else scene.second
            caller = Caller(session, at.base_url)
            agent = Agent(scene.party, caller, await log_in(caller, login, password))
            crowd.tasks.append(asyncio.create_task(agent.work(), name=login))
        crowd.tasks += [
            asyncio.create_task(_customers(scene, number, identities), name=f"customer {number}")
            for number in range(CUSTOMERS)
        ]
        address = status["kakao_skill_url"].removeprefix(scene.product.base_url)
        crowd.tasks += [
            asyncio.create_task(_kakao_users(crowd, address, number), name=f"KakaoTalk {number}")
            for number in range(KAKAO_USERS)
        ]
        try:
            yield crowd
        finally:
            asking.cancel()
            for task in crowd.tasks:
                task.cancel()
            await asyncio.gather(asking, *crowd.tasks, return_exceptions=True)


async def _customers(scene: Scene, number: int, identities: list[str]) -> None:
    """One customer after the other at the same place."""
    while not scene.party.is_over.is_set():
        caller = Caller(scene.session, scene.base_url_of(number))
        customer = Customer(scene.party, caller, kind=scene.dice.choice(("poll", "socket")))
        identity = scene.dice.choice([None, *identities])
        try:
            token = await _identity_token(caller, identity) if identity else None
            await customer.live(token, length=scene.dice.randint(*_LENGTH))
        except (GaveUp, OperationFailed) as error:
            scene.party.failures.append(f"customer {number}: {error}")
            await asyncio.sleep(0.5)


async def _identity_token(caller: Caller, customer_id: str) -> str | None:
    answer = await caller.call("GET", "/api/demo/customers")
    found: Iterable[dict[str, str]] = answer.body.get("customers", ())
    return next((one["identity_token"] for one in found if one["customer_id"] == customer_id), None)


async def _kakao_users(crowd: Crowd, address: str, number: int) -> None:
    scene = crowd.scene
    while not scene.party.is_over.is_set():
        user = KakaoUser(scene.party, Caller(scene.session, scene.base_url_of(number)), address)
        crowd.kakao_users.append(user)
        await user.live(length=scene.dice.randint(*_KAKAO_LENGTH))
