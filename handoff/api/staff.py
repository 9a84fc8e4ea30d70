"""Who is at the desk or in the studio: session cookie, CSRF header, role."""

from __future__ import annotations

import hmac
from contextlib import suppress

from pydantic import Field
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, empty, json

from backoffice.privacy.access import Viewer
from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import takes
from handoff.api.problems import B, Body, read_body
from handoff.api.tickets import SESSION_LIFETIME_S, Session, read_session, sign_session
from handoff.domain.conversation import Agent
from handoff.errors import Forbidden, Unauthorized
from handoff.service.staff import DESK_ROLES, LOGIN_LENGTH_MAX, require_role

staff = Blueprint("staff", url_prefix="/api/desk")

COOKIE = "ieum_desk"


class Login(Body):
    """A member of staff's name and password."""

    login: str = Field(min_length=1, max_length=LOGIN_LENGTH_MAX, pattern=r"^[^\x00-\x1f]+$")
    password: str = Field(min_length=1, max_length=1_000)


@staff.post("/login")
@takes(Login)
async def login(request: Request) -> HTTPResponse:
    """Log in, present from now on: sets the session cookie and returns the CSRF token for the header X-CSRF-Token."""
    if request.headers.get("sec-fetch-site") == "cross-site":  # nobody is logged in by another site's page
        raise Forbidden("다른 사이트에서는 로그인할 수 없어요.", code="wrong_origin")
    gateway = gateway_of(request)
    body = read_body(request, Login)
    agent = await gateway.logins.check(body.login, body.password)
    agent = await gateway.presence.say(agent, "online")
    cookie, session = sign_session(agent.agent_id, agent.session_number, gateway.settings.session_key)
    response = json({"csrf": session.csrf, "agent": shapes.agent(agent)})
    response.add_cookie(
        COOKIE,
        cookie,
        httponly=True,
        samesite="Strict",
        secure=request.scheme == "https",
        max_age=SESSION_LIFETIME_S,
        path="/api",
    )
    return response


@staff.get("/session")
async def session(request: Request) -> HTTPResponse:
    """Return who is logged in, for a page that was reloaded."""
    found, agent = await _logged_in(request)
    return json({"csrf": found.csrf, "agent": shapes.agent(agent)})


@staff.post("/logout")
async def logout(request: Request) -> HTTPResponse:
    """Log out on every page and device; the agent counts as gone."""
    gateway = gateway_of(request)
    with suppress(Unauthorized):
        _, agent = await _logged_in(request)
        await gateway.logins.end_sessions(agent.agent_id)
        await gateway.presence.say(agent, "offline")
    response = empty()
    response.delete_cookie(COOKIE, path="/api")
    return response


async def member(request: Request, roles: frozenset[str]) -> Agent:
    """Return who sends this request. Raises Unauthorized, or Forbidden for the role or a missing CSRF header."""
    found, agent = await _logged_in(request)
    if request.method not in ("GET", "HEAD") and not hmac.compare_digest(
        request.headers.get("x-csrf-token", "").encode(), found.csrf.encode()
    ):
        raise Forbidden("보안 확인에 실패했어요. 새로 고쳐 주세요.", code="csrf_failed")
    require_role(agent, roles)
    await gateway_of(request).presence.touch(agent.agent_id)
    return agent


def viewer_of(request: Request, agent: Agent) -> Viewer:
    """Return a member of staff as they are written down where personal data is concerned, with their address."""
    return Viewer(viewer_id=agent.agent_id, name=agent.name, role=agent.role, source=request.remote_addr or request.ip)


async def member_saying(request: Request, kind: type[B], roles: frozenset[str] = DESK_ROLES) -> tuple[Agent, B]:
    """Return who sends this request and what it says. Raises as `member` and `read_body` do, in this order."""
    return await member(request, roles), read_body(request, kind)


async def _logged_in(request: Request) -> tuple[Session, Agent]:
    gateway = gateway_of(request)
    found = read_session(request.cookies.get(COOKIE), gateway.settings.session_key)
    return found, await gateway.logins.get(found.agent_id, found.number)
