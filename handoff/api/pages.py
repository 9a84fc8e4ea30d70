"""The built pages, and what they and operators ask that belongs to no one else: demo customers, health."""

from __future__ import annotations

import os
import re
from pathlib import Path

import sqlalchemy as sa
from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, file, json

from backoffice import demo
from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.errors import NotFound
from kernel import tokens
from kernel.settings import ROOT

pages = Blueprint("pages")

DIST = ROOT / "web" / "dist"
_ASSET = re.compile(r"[\w-][\w.-]{0,99}", re.ASCII)
_PAGES = {"/": "index.html", "/desk": "desk.html", "/studio": "studio.html"}
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self' 'unsafe-inline'",
        "connect-src 'self' ws: wss:",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)


def install(app: Sanic, dist: Path = DIST) -> None:
    """Serve the pages and their assets (whose names change with their content, so browsers may keep them)."""
    for address, name in _PAGES.items():
        app.add_route(_page(dist / name), address, name=f"page-{name.removesuffix('.html')}")
    app.add_route(_assets(dist / "assets"), "/assets/<name:str>", name="assets")
    app.register_middleware(_secure, "response")


def _page(path: Path) -> object:
    async def page(request: Request) -> HTTPResponse:
        if not path.is_file():
            raise NotFound("화면이 아직 만들어지지 않았어요. ./ieum up 으로 다시 시작해 주세요.", code="page_not_built")
        return await file(path, mime_type="text/html; charset=utf-8")

    return page


def _assets(folder: Path) -> object:
    async def asset(request: Request, name: str) -> HTTPResponse:
        path = folder / name
        if not _ASSET.fullmatch(name) or not path.is_file():
            raise NotFound("찾는 주소가 없어요.", code="no_such_address")
        return await file(path, headers={"cache-control": "public, max-age=31536000, immutable"})

    return asset


async def _secure(request: Request, response: HTTPResponse) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    elif not request.path.startswith("/assets/"):
        response.headers["Content-Security-Policy"] = _POLICY


@pages.get("/api/demo/customers")
async def demo_customers(request: Request) -> HTTPResponse:
    """Return the demo customers with identity tokens, only where demo data is loaded."""
    gateway = gateway_of(request)
    if not gateway.settings.demo:
        raise NotFound("데모가 켜져 있지 않아요.", code="no_demo")
    stories = await demo.stories(gateway.shop_engine)
    return json(
        {
            "customers": [
                {
                    "customer_id": customer.customer_id,
                    "name": customer.name,
                    "story": customer.story,
                    "identity_token": tokens.sign_identity(customer.customer_id, gateway.settings.identity_key),
                }
                for customer in stories
            ]
        }
    )


@pages.get("/api/health")
async def health(request: Request) -> HTTPResponse:
    """Return whether customers are served: the database answers and at least one bot worker is ready."""
    gateway = gateway_of(request)
    workers = await gateway.bot.health()
    ready = [worker for worker in workers if worker["ready"]]
    database = await _database_answers(request)
    body = {
        "ready": database and bool(ready),
        "bot": {
            "ready": len(ready),
            "of": len(workers),
            "model_ids": sorted({worker["model_id"] for worker in ready}),
        },
        "redis": gateway.hub.connected,
        "database": database,
        "pid": os.getpid(),
        "clock": shapes.moment(gateway.clock.now()),
    }
    return json(body, status=200 if body["ready"] else 503)


async def _database_answers(request: Request) -> bool:
    try:
        async with gateway_of(request).engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
    except (sa.exc.SQLAlchemyError, OSError):
        return False
    return True
