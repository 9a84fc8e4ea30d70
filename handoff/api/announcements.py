"""The door for announcements: what the bot tells every customer for a while, entered by who leads the team."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from backoffice.announcements import service
from backoffice.announcements.errors import AnnouncementEnded, AnnouncementNotFound, InvalidPeriod
from backoffice.announcements.tables import Topic
from backoffice.errors import BackofficeError
from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body, problem, read_body
from handoff.api.staff import member
from handoff.domain.conversation import Json
from handoff.domain.text import accept_text
from handoff.service.desk import SEES_ALL
from handoff.service.staff import DESK_ROLES

announcements = Blueprint("announcements", url_prefix="/api/desk/announcements")

_SAID: dict[type[BackofficeError], tuple[int, str]] = {
    InvalidPeriod: (422, "기간을 확인해 주세요. 앞으로 60일까지 알릴 수 있어요."),
    AnnouncementNotFound: (404, "그런 안내를 찾지 못했어요."),
    AnnouncementEnded: (409, "이미 끝난 안내예요."),
}
Moment = Annotated[AwareDatetime, Field(strict=False)]


class Announce(Body):
    """`text` is told as it is written. `request_id` is the page's own: the same one sent again changes nothing."""

    request_id: UUID = Field(strict=False)
    topic: Topic = Field(strict=False)
    text: str = Field(max_length=200)
    begins_at: Moment
    ends_at: Moment


@announcements.exception(*_SAID)
async def refuse(request: Request, error: BackofficeError) -> HTTPResponse:
    """Say why something is not announced."""
    status, said = _SAID[type(error)]
    return problem(status, error.code, said)


@announcements.get("/")
async def list_lasting(request: Request) -> HTTPResponse:
    """Return what is told now or will be."""
    await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    found = await service.list_lasting(gateway.shop_engine, now=gateway.clock.now())
    return respond({"announcements": [_shown(one) for one in found]})


@announcements.post("/")
@takes(Announce)
async def announce(request: Request) -> HTTPResponse:
    """Have the bot tell something with greetings, and with answers about its topic, from when until when."""
    agent = await member(request, SEES_ALL)
    gateway, body = gateway_of(request), read_body(request, Announce)
    new = service.NewAnnouncement(
        request_id=str(body.request_id),
        topic=body.topic,
        text=accept_text(body.text),
        begins_at=body.begins_at,
        ends_at=body.ends_at,
    )
    entered = await service.announce(gateway.shop_engine, new, by=agent.agent_id, now=gateway.clock.now())
    return respond(_shown(entered), status=201)


@announcements.post("/<announcement_id:str>/withdraw")
async def withdraw(request: Request, announcement_id: str) -> HTTPResponse:
    """Have the bot tell it no longer; 409 where it had ended."""
    agent = await member(request, SEES_ALL)
    gateway = gateway_of(request)
    await service.withdraw(gateway.shop_engine, announcement_id, by=agent.agent_id, now=gateway.clock.now())
    return respond({"announcement_id": announcement_id})


def _shown(one: service.Announcement) -> Json:
    return {
        "announcement_id": one.announcement_id,
        "topic": one.topic.value,
        "text": one.text,
        "begins_at": shapes.moment(one.begins_at),
        "ends_at": shapes.moment(one.ends_at),
    }
