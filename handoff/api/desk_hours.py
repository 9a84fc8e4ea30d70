"""The desk's door to teams' opening hours."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api import ticket_shapes as shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import Body
from handoff.api.staff import member, member_saying
from handoff.domain.hours import WEEKDAYS
from handoff.errors import Invalid
from handoff.policy.hours import read_week
from handoff.service.staff import DESK_ROLES
from handoff.service.tickets import SEES_ALL
from kernel import korean

desk_hours = Blueprint("desk_hours", url_prefix="/api/desk")

Spans = Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=10)]


class ChangeHours(Body):
    """`week`: spans such as 09:00-18:00 by mon … sun, days left out are off; `closed_days`: 2026-12-31."""

    version: int = Field(ge=1, le=2**31 - 1)
    week: dict[str, Spans]
    holidays: Literal["open", "closed"]
    closed_days: list[Annotated[str, Field(max_length=10)]] = Field(default=[], max_length=400)


@desk_hours.get("/hours")
async def list_hours(request: Request) -> HTTPResponse:
    """Return when each team is there, whether it is open now, and when it opens next."""
    await member(request, DESK_ROLES)
    gateway = gateway_of(request)
    now = gateway.clock.now()
    teams = [
        shapes.hours(hours)
        | {
            "is_open": hours.is_open(now),
            "opens_at": shapes.moment(hours.next_opening(now)),
            "opens_text": korean.say_when(hours.next_opening(now), now),
        }
        for hours in await gateway.hours.list()
    ]
    return respond({"teams": teams})


@desk_hours.put("/hours/<team:str>")
@takes(ChangeHours)
async def change_hours(request: Request, team: str) -> HTTPResponse:
    """Give a team other hours from now on; running clocks go on in them."""
    agent, body = await member_saying(request, ChangeHours, SEES_ALL)
    if unknown := sorted(set(body.week) - set(WEEKDAYS)):
        raise Invalid(f"요일은 mon부터 sun까지예요: {', '.join(unknown)[:100]}", code="unknown_weekday")
    changed = await gateway_of(request).hours.change(
        team,
        agent,
        version=body.version,
        week=read_week(body.week),
        rests_on_holidays=body.holidays == "closed",
        closed_days=frozenset(_day(text) for text in body.closed_days),
    )
    return respond(shapes.hours(changed))


def _day(text: str) -> date:
    try:
        if len(text) == len("2026-12-31"):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid("쉬는 날은 2026-12-31처럼 적어 주세요.", code="impossible_hours")
