"""Builds the gateway's Sanic app: routes, resources that open and close with the server, errors."""

from __future__ import annotations

import os
import socket
from contextlib import AsyncExitStack
from typing import TextIO

import httpx
import orjson
from redis.asyncio import Redis
from sanic import Sanic

from backoffice.backstage import HANDLERS, Backstage
from backoffice.notices.service import ConsoleNotifier, make_notifier
from backoffice.orders.port import open_orders
from backoffice.privacy.handlers import with_conversations
from handoff.adapters.bot import BotPool
from handoff.adapters.failpoints import with_steps
from handoff.adapters.hub import LocalHub
from handoff.adapters.redis_hub import RedisHub
from handoff.adapters.shop import SqlShop
from handoff.adapters.sql.store import SqlStore
from handoff.adapters.talks import SqlTalks
from handoff.adapters.webhook import Webhook
from handoff.api import pages, problems
from handoff.api.amends import amends
from handoff.api.announcements import announcements
from handoff.api.app import Gateway
from handoff.api.app_channel import app_channel
from handoff.api.blocks import blocks
from handoff.api.chat import chat
from handoff.api.chat_rating import chat_rating
from handoff.api.chat_socket import chat_socket
from handoff.api.desk import desk
from handoff.api.desk_hours import desk_hours
from handoff.api.desk_lists import ShapedOnce
from handoff.api.desk_outbox import desk_outbox
from handoff.api.desk_promises import desk_promises
from handoff.api.desk_replies import desk_replies
from handoff.api.desk_routing import desk_routing
from handoff.api.desk_socket import desk_socket
from handoff.api.desk_tickets import desk_tickets
from handoff.api.kakao import kakao
from handoff.api.limits import AddressLimits
from handoff.api.live import FRAME_BYTES_MAX
from handoff.api.openapi import openapi
from handoff.api.privacy import privacy
from handoff.api.shop_systems import shop_systems
from handoff.api.staff import staff
from handoff.api.studio import studio
from handoff.api.tickets import Tickets
from handoff.api.verification import verification
from handoff.service.alerts import Alerts, ServiceLevelWatch
from handoff.service.aside import Aside
from handoff.service.clockwork import Clockwork, Task
from handoff.service.customers import Customers
from handoff.service.delivering import Deliverer
from handoff.service.desk import Desk
from handoff.service.handing_back import HandingBack
from handoff.service.hours import OpeningHours
from handoff.service.kakao import Kakao
from handoff.service.leaving import Leaving
from handoff.service.macros import Macros
from handoff.service.offers import Offers
from handoff.service.presence import Presence
from handoff.service.privacy import PrivacyDesk
from handoff.service.promises import Promises
from handoff.service.queue_board import QueueBoard
from handoff.service.ratings import Ratings
from handoff.service.read_marks import ReadMarks
from handoff.service.reading import Reader
from handoff.service.reopening import Reopening
from handoff.service.routing import Router
from handoff.service.staff import Logins
from handoff.service.suggestions import Suggestions
from handoff.service.supervising import Supervision
from handoff.service.team import Team
from handoff.service.tickets import TicketDesk
from handoff.service.turns import TurnRunner
from handoff.service.undelivered import Undelivered
from handoff.service.utterances import Utterances
from handoff.service.waiting import Waits
from handoff.service.watching import Watcher
from kernel.database import create_engine
from kernel.failpoints import make_clock
from kernel.settings import Settings
from studio.curated import CuratedExamples
from studio.intents import Intents
from studio.trainings import Trainings

LONGEST_ANSWER_S = 60  # a long poll waits 25 s
PING_EVERY_S = 10  # a page whose machine is gone is noticed within two of them
LEAVE_WITHIN_S = 3.0  # once turns in hand are done; pages that keep asking would hold a stopping gateway up for longer


def create_app(
    settings: Settings,
    *,
    bot_transport: httpx.AsyncBaseTransport | None = None,
    app_name: str = "ieum_gateway",
) -> Sanic:
    """Return the app; nothing is opened before the server starts. Tests may stand in for the bot by a transport."""
    app = Sanic(app_name, configure_logging=False, dumps=_dumps)
    app.config.REQUEST_MAX_SIZE = problems.BODY_BYTES_MAX
    app.config.RESPONSE_TIMEOUT = LONGEST_ANSWER_S
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = LEAVE_WITHIN_S
    app.config.WEBSOCKET_MAX_SIZE = FRAME_BYTES_MAX
    app.config.WEBSOCKET_PING_INTERVAL = PING_EVERY_S
    app.config.WEBSOCKET_PING_TIMEOUT = PING_EVERY_S
    app.config.PROXIES_COUNT = settings.proxy_count or None
    app.config.ACCESS_LOG = False
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.AUTO_EXTEND = False
    blueprints = (
        chat,
        chat_socket,
        app_channel,
        desk_outbox,
        staff,
        desk,
        desk_routing,
        desk_socket,
        desk_tickets,
        desk_promises,
        desk_replies,
        chat_rating,
        desk_hours,
        amends,
        blocks,
        announcements,
        privacy,
        verification,
        studio,
        kakao,
        shop_systems,
        pages.pages,
        openapi,
    )
    for blueprint in blueprints:
        app.blueprint(blueprint)
    pages.install(app)
    problems.install(app)

    @app.before_server_start
    async def open_gateway(app: Sanic) -> None:
        app.ctx.resources = AsyncExitStack()
        app.ctx.gateway = await _open(settings, app.ctx.resources, bot_transport)

    @app.before_server_stop
    async def close_gateway(app: Sanic) -> None:
        await app.ctx.gateway.runner.stop()

    @app.after_server_stop
    async def close_resources(app: Sanic) -> None:
        await app.ctx.resources.aclose()

    return app


def _dumps(body: object) -> str:
    return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS).decode()


async def _open(
    settings: Settings, resources: AsyncExitStack, bot_transport: httpx.AsyncBaseTransport | None
) -> Gateway:
    clock = make_clock(settings.clock_offset_s, settings.failpoints_dir)
    engine, shop_engine = create_engine(settings.database_url), create_engine(settings.shop_database_url)
    resources.push_async_callback(engine.dispose)
    resources.push_async_callback(shop_engine.dispose)
    store = SqlStore(engine)
    orders = open_orders(settings.orders, shop_engine)
    resources.push_async_callback(orders.close)
    shop = SqlShop(shop_engine, clock, orders)
    hub = await _open_hub(settings, resources)
    bot = BotPool(settings.bot_urls, settings.bot_token, transport=bot_transport)
    resources.push_async_callback(bot.close)
    if settings.failpoints_dir is not None:
        store, bot = with_steps(store, bot, settings.failpoints_dir)
    # One process at a time can listen here: a lease under this name is this process's own or an earlier life's.
    name = f"{socket.gethostname()}:{settings.port}"
    runner = TurnRunner(store, bot, shop, hub, clock, name=name, context_key=settings.context_key)
    waits = Waits(clock)
    customers = Customers(store, runner, hub, clock, reopening=Reopening(store, shop), waits=waits)
    intents = Intents.load()
    trainings = Trainings(settings, clock)
    resources.push_async_callback(trainings.stop)
    runner.start()
    presence, router, aside = Presence(store, hub, clock), Router(store, hub, clock), Aside(store, hub, clock)
    resources.push_async_callback(router.stop)
    router.start()
    talks = SqlTalks(engine)
    handlers = {**HANDLERS, **with_conversations(talks)}
    notifier = (
        make_notifier(settings.notifier) if settings.notifier else ConsoleNotifier(_open_notices(settings, resources))
    )
    backstage = Backstage(shop_engine, clock, notifier, handlers)
    resources.push_async_callback(backstage.stop)
    backstage.start()
    if settings.webhook_url is not None:
        webhook = Webhook(settings.webhook_url, settings.webhook_secret)
        resources.push_async_callback(webhook.close)
        deliverer = Deliverer(store, hub, clock, webhook)
        resources.push_async_callback(deliverer.stop)
        deliverer.start()
    board, read_marks = QueueBoard(store, hub, waits), ReadMarks(store, hub, clock)
    watcher = Watcher(store, hub, topics=hub.list_topics, is_connected=lambda: hub.connected)
    for follower in (board, read_marks, watcher):
        follower.start()
        resources.push_async_callback(follower.stop)
    promises, desk, macros = Promises(store, hub, clock), Desk(store, hub, clock), Macros(store, intents, clock)
    levels, leaving, ratings, logins = (
        ServiceLevelWatch(store, hub, clock),
        Leaving(store, runner, hub, clock),
        Ratings(store, hub, clock),
        Logins(store, hub),
    )
    sweeps: list[Task] = [
        levels.check,
        promises.come_due,
        router.drain,
        presence.sweep,
        aside.sweep,
        macros.deliver,
        logins.sweep,
    ]  # what comes due in conversations; each is asked every second in every gateway
    clockwork = Clockwork(sweeps)
    resources.push_async_callback(clockwork.stop)
    clockwork.start()
    return Gateway(
        settings=settings,
        clock=clock,
        engine=engine,
        shop_engine=shop_engine,
        store=store,
        hub=hub,
        bot=bot,
        shop=shop,
        runner=runner,
        clockwork=clockwork,
        customers=customers,
        desk=desk,
        macros=macros,
        suggestions=Suggestions(store, desk, clock),
        ratings=ratings,
        handing_back=HandingBack(store, runner, shop, hub, clock),
        ticket_desk=TicketDesk(store, hub, clock),
        promises=promises,
        alerts=Alerts(store, hub, clock),
        hours=OpeningHours(store, clock),
        offers=Offers(store, hub, clock),
        aside=aside,
        supervision=Supervision(store, shop, hub, clock),
        leaving=leaving,
        team=Team(store, hub, clock),
        presence=presence,
        router=router,
        privacy=PrivacyDesk(shop_engine, talks, clock),
        kakao=Kakao(store, customers, leaving, ratings, shop, clock),
        logins=logins,
        tickets=Tickets(settings.session_key, _open_redis(settings, resources)),
        limits=AddressLimits(
            conversations_a_minute=settings.conversations_a_minute, sockets=settings.sockets_an_address
        ),
        reader=Reader(store, waits),
        board=board,
        queue_lines=ShapedOnce(),
        read_marks=read_marks,
        undelivered=Undelivered(store, hub, clock),
        intents=intents,
        utterances=Utterances(store, intents, CuratedExamples(settings.training_dir / "nlu" / "curated"), clock),
        trainings=trainings,
    )


def _open_notices(settings: Settings, resources: AsyncExitStack) -> TextIO:
    """Return the file that takes what would be texted to customers, which only its owner may read."""
    path = settings.data_dir / "logs" / "notices.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return resources.enter_context(os.fdopen(descriptor, "a", encoding="utf-8"))


async def _open_hub(settings: Settings, resources: AsyncExitStack) -> LocalHub:
    if settings.redis_url is None:
        return LocalHub()
    hub = RedisHub(settings.redis_url)
    await hub.open()
    resources.push_async_callback(hub.close)
    return hub


def _open_redis(settings: Settings, resources: AsyncExitStack) -> Redis | None:
    if settings.redis_url is None:
        return None
    redis = Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
    resources.push_async_callback(redis.aclose)
    return redis
