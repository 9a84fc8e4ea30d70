"""The description of the whole interface: OpenAPI 3.1 at /api/openapi.json, readable at /api/docs.

It is made from the routes themselves: path and method as they are served, the sentence from the
handler's docstring, the body from the model that the handler reads (`takes`).
"""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic.json_schema import models_json_schema
from sanic import Blueprint, Request, Sanic
from sanic.response import HTTPResponse, json
from sanic.response import html as html_page

from handoff.api.problems import Body

Json = dict[str, Any]
Handler = TypeVar("Handler", bound=Callable[..., Any])

openapi = Blueprint("openapi", url_prefix="/api")

_TITLES = {
    "chat": "Customer (web)",
    "chat_socket": "Customer (web)",
    "app_channel": "The shop's systems",
    "desk_outbox": "Desk",
    "staff": "Staff",
    "desk": "Desk",
    "desk_routing": "Desk",
    "desk_replies": "Desk",
    "chat_rating": "Customer (web)",
    "desk_tickets": "Tickets",
    "desk_promises": "Tickets",
    "desk_hours": "Tickets",
    "desk_socket": "Desk",
    "amends": "Desk",
    "verification": "Verification",
    "privacy": "Privacy",
    "studio": "Studio",
    "kakao": "KakaoTalk",
    "shop_systems": "The shop's systems",
    "pages": "Operation",
}
_SECURITY = {
    "chat": [{"conversation": []}],
    "desk": [{"staff": []}],
    "desk_routing": [{"staff": []}],
    "desk_replies": [{"staff": []}],
    "chat_rating": [{"conversation": []}],
    "desk_tickets": [{"staff": []}],
    "desk_promises": [{"staff": []}],
    "desk_hours": [{"staff": []}],
    "desk_socket": [{"staff": []}],
    "amends": [{"staff": []}],
    "verification": [{"staff": []}],
    "privacy": [{"staff": []}],
    "studio": [{"staff": []}],
    "shop_systems": [{"key": []}],
    "app_channel": [{"key": []}],
    "desk_outbox": [{"staff": []}],
}
_OPEN = {"/api/chat/conversations", "/api/chat/socket"}
_PARAMETER = re.compile(r"<(\w+)(?::\w+)?>")


def takes(kind: type[Body]) -> Callable[[Handler], Handler]:
    """Tell the description which body a handler reads."""

    def mark(handler: Handler) -> Handler:
        handler.body_kind = kind  # type: ignore[attr-defined]
        return handler

    return mark


def asks(**query: str) -> Callable[[Handler], Handler]:
    """Tell the description which query parameters a handler reads."""

    def mark(handler: Handler) -> Handler:
        handler.query = query  # type: ignore[attr-defined]
        return handler

    return mark


@openapi.get("/openapi.json")
async def document(request: Request) -> HTTPResponse:
    """Return this description."""
    return json(describe(request.app))


@openapi.get("/docs")
async def browse(request: Request) -> HTTPResponse:
    """Return this description as a page."""
    return html_page(_as_page(describe(request.app)))


def describe(app: Sanic) -> Json:
    """Return the OpenAPI document of an app's routes under /api."""
    routes = [route for route in app.router.routes if ("/" + route.path).startswith("/api/")]
    kinds = sorted({kind for route in routes if (kind := _body_kind(route))}, key=lambda kind: kind.__name__)
    names, definitions = models_json_schema(
        [(kind, "validation") for kind in kinds], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Json] = {}
    for route in sorted(routes, key=lambda route: route.path):
        path = "/" + _PARAMETER.sub(r"{\1}", route.path)
        for method in sorted(route.methods - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(route, path, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ieum", "version": "1", "description": "Errors are application/problem+json (RFC 9457)."},
        "paths": paths,
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Problem": _PROBLEM},
            "securitySchemes": {
                "conversation": {"type": "http", "scheme": "bearer"},
                "key": {"type": "http", "scheme": "bearer"},
                "staff": {"type": "apiKey", "in": "cookie", "name": "ieum_desk"},
            },
        },
    }


_PROBLEM: Json = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "detail")}
    | {"status": {"type": "integer"}},
}


def _operation(route: Any, path: str, names: dict[Any, Json]) -> Json:
    topic = route.name.split(".")[-2] if route.name.count(".") > 1 else "pages"
    text = inspect.getdoc(route.handler) or ""
    operation: Json = {
        "operationId": route.name.split(".", 1)[-1].replace(".", "_"),
        "tags": [_TITLES.get(topic, topic)],
        "summary": text.partition("\n")[0],
        "security": [] if path in _OPEN else _SECURITY.get(topic, []),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", path)
        ]
        + [
            {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
            for name, meaning in getattr(route.handler, "query", {}).items()
        ],
        "responses": {
            "2XX": {"description": "done", "content": {"application/json": {"schema": {"type": "object"}}}},
            "4XX": {
                "description": "refused; `code` says why",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if kind := _body_kind(route):
        schema = names[(kind, "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _body_kind(route: Any) -> type[Body] | None:
    kind: type[Body] | None = getattr(route.handler, "body_kind", None)
    return kind


def _as_page(described: Json) -> str:
    """Return a plain page: every address with its sentence, parameters and body, grouped by topic."""
    topics: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = body.get("$ref", "").rpartition("/")[2]
            parameters = ", ".join(f"{p['name']} ({p['in']})" for p in operation["parameters"])
            details = "".join(
                f"<dd>{html.escape(label)}: {content}</dd>"
                for label, content in (
                    ("parameters", html.escape(parameters)),
                    ("body", f'<a href="#{html.escape(name)}">{html.escape(name)}</a>' if name else ""),
                )
                if content
            )
            entry = f"<dt><code>{method.upper()} {html.escape(path)}</code></dt>"
            topics.setdefault(operation["tags"][0], []).append(
                f"{entry}<dd>{html.escape(operation['summary'])}</dd>{details}"
            )
    sections = "".join(f"<h2>{html.escape(topic)}</h2><dl>{''.join(entries)}</dl>" for topic, entries in topics.items())
    schemas = "".join(
        f'<h3 id="{html.escape(name)}">{html.escape(name)}</h3><p>{html.escape(schema.get("description", ""))}</p>'
        f"<pre>{html.escape(_properties(schema))}</pre>"
        for name, schema in described["components"]["schemas"].items()
    )
    style = "body{font:16px/1.6 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem}dd{margin-left:1.5rem}"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Ieum: interface</title><style>{style}</style>'
        f'<h1>Ieum: interface</h1><p><a href="/api/openapi.json">OpenAPI {described["openapi"]}</a></p>'
        f"{sections}<h2>Bodies</h2>{schemas}</html>"
    )


def _properties(schema: Json) -> str:
    required = set(schema.get("required", []))
    lines = []
    for name, details in schema.get("properties", {}).items():
        kinds = [details] if "type" in details else details.get("anyOf", [{}])
        kind = " | ".join(str(part.get("format") or part.get("type", "any")) for part in kinds)
        lines.append(f"{name}: {kind}{'' if name in required else '   (optional)'}")
    return "\n".join(lines)
