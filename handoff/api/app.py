"""The gateway: everything that a request needs, opened and closed with the server."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from handoff.adapters.bot import BotPool
from handoff.adapters.hub import LocalHub
from handoff.adapters.shop import SqlShop
from handoff.api.desk_lists import ShapedOnce
from handoff.api.limits import AddressLimits
from handoff.api.tickets import Tickets
from handoff.service.alerts import Alerts
from handoff.service.aside import Aside
from handoff.service.clockwork import Clockwork
from handoff.service.customers import Customers
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
from handoff.service.routing import Router
from handoff.service.staff import Logins
from handoff.service.store import Store
from handoff.service.suggestions import Suggestions
from handoff.service.supervising import Supervision
from handoff.service.team import Team
from handoff.service.tickets import TicketDesk
from handoff.service.turns import TurnRunner
from handoff.service.undelivered import Undelivered
from handoff.service.utterances import Utterances
from kernel.clock import Clock
from kernel.settings import Settings
from studio.intents import Intents
from studio.trainings import Trainings


@dataclass(frozen=True)
class Gateway:
    """The parts of a running gateway, as handlers see them."""

    settings: Settings
    clock: Clock
    engine: AsyncEngine
    shop_engine: AsyncEngine
    store: Store
    hub: LocalHub
    bot: BotPool
    shop: SqlShop
    runner: TurnRunner
    clockwork: Clockwork
    customers: Customers
    desk: Desk
    handing_back: HandingBack
    macros: Macros
    suggestions: Suggestions
    ratings: Ratings
    ticket_desk: TicketDesk
    promises: Promises
    alerts: Alerts
    hours: OpeningHours
    offers: Offers
    aside: Aside
    supervision: Supervision
    leaving: Leaving
    team: Team
    presence: Presence
    router: Router
    privacy: PrivacyDesk
    kakao: Kakao
    logins: Logins
    tickets: Tickets
    limits: AddressLimits
    reader: Reader
    board: QueueBoard
    queue_lines: ShapedOnce
    read_marks: ReadMarks
    undelivered: Undelivered
    intents: Intents
    utterances: Utterances
    trainings: Trainings


def gateway_of(request: Request) -> Gateway:
    """Return the gateway that serves this request."""
    gateway: Gateway = request.app.ctx.gateway
    return gateway
