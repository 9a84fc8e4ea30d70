"""The one map from errors to HTTP: problem+json (RFC 9457) with a stable code, never a stack trace."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import structlog
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sanic import Request, Sanic
from sanic.exceptions import MethodNotAllowed, PayloadTooLarge, SanicException
from sanic.exceptions import NotFound as RouteNotFound
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff import errors

log = structlog.get_logger()

B = TypeVar("B", bound="Body")

BODY_BYTES_MAX = 64 * 1024

_STATUS: dict[type[errors.HandoffError], int] = {
    errors.NotFound: 404,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.TooManyAttempts: 429,
    errors.Conflict: 409,
    errors.StateConflict: 409,
}
_OF_PYDANTIC = {
    "extra_forbidden": (422, "unknown_field", "알 수 없는 항목이 들어 있어요."),
    "missing": (422, "missing_field", "필요한 항목이 빠져 있어요."),
    "string_unicode": (422, "invalid_unicode", "글자가 깨져서 읽을 수 없어요. 다시 입력해 주세요."),
}
_WRONG_TYPE = (422, "invalid_field", "입력한 내용을 확인해 주세요.")
# Nobody types it, and PostgreSQL stores no text with it.
_NUL = "\x00"


class NotJson(errors.HandoffError):
    """The body is not JSON at all."""

    code = "invalid_json"


def to_utc(at: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError for one without a zone, or of a year that UTC does not have."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("UTC has no such year") from error


Moment = Annotated[AwareDatetime, AfterValidator(to_utc), Field(strict=False)]


class Body(BaseModel):
    """A request body: unknown fields are refused, types are not bent."""

    model_config = ConfigDict(extra="forbid", strict=True)


def read_body(request: Request, kind: type[B]) -> B:
    """Return the request's JSON as `kind`. Raises Invalid or ValidationError, which become problems."""
    try:
        content = json.loads(request.body or b"")
        holds_nul = _holds_nul(content)
    except (ValueError, RecursionError) as error:
        raise NotJson("요청을 읽을 수 없어요. 형식을 확인해 주세요.") from error
    if holds_nul:
        raise errors.Invalid("보낼 수 없는 문자가 들어 있어요. 지우고 다시 보내 주세요.", code="control_characters")
    return kind.model_validate(content)


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return _NUL in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))


def problem(status: int, code: str, detail: str, **more: Any) -> HTTPResponse:
    """Return an error as problem+json."""
    body = {"type": f"urn:ieum:problem:{code}", "title": code.replace("_", " "), "status": status, "code": code}
    return respond(body | {"detail": detail} | more, status=status, content_type="application/problem+json")


def install(app: Sanic) -> None:
    """Make every error of the app a problem."""
    app.on_request(_refuse_nul)
    app.error_handler.add(errors.HandoffError, _refused)
    app.error_handler.add(ValidationError, _invalid)
    app.error_handler.add(SanicException, _http)
    app.error_handler.add(Exception, _unexpected)


async def _refuse_nul(request: Request) -> HTTPResponse | None:
    """Refuse an address that no name of ours can stand in."""
    if b"%00" in request.raw_url:
        return problem(400, "bad_request", "요청을 처리할 수 없어요. 형식을 확인해 주세요.")
    return None


def _refused(request: Request, error: errors.HandoffError) -> HTTPResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
    more: dict[str, Any] = {}
    if isinstance(error, errors.Conflict):
        winner = error.winner
        more["winner"] = {"owner": winner.owner, "agent_name": winner.agent_name, "version": winner.version}
    if isinstance(error, errors.StateConflict | errors.IllegalTransition):
        more |= {"current": error.current, "asked": error.asked}
    return problem(status, error.code, error.detail, **more)


def _invalid(request: Request, error: ValidationError) -> HTTPResponse:
    first = error.errors(include_url=False, include_input=False)[0]
    status, code, detail = _OF_PYDANTIC.get(first["type"], _WRONG_TYPE)
    field = ".".join(str(part) for part in first["loc"])
    return problem(status, code, detail, **({"field": field} if field else {}))


def _http(request: Request, error: SanicException) -> HTTPResponse:
    if isinstance(error, PayloadTooLarge):
        return problem(413, "body_too_large", "보낸 내용이 너무 커요. 나누어 보내 주세요.")
    if isinstance(error, RouteNotFound):
        return problem(404, "no_such_address", "찾는 주소가 없어요.")
    if isinstance(error, MethodNotAllowed):
        return problem(405, "method_not_allowed", "이 주소에서는 할 수 없는 요청이에요.")
    return problem(error.status_code, "bad_request", "요청을 처리할 수 없어요. 형식을 확인해 주세요.")


def _unexpected(request: Request, error: Exception) -> HTTPResponse:
    # The route, not the address: that of KakaoTalk holds a secret.
    log.error("request_failed", method=request.method, route=request.uri_template, exc_info=error)
    return problem(500, "internal_error", "잠시 문제가 생겼어요. 조금 뒤에 다시 시도해 주세요.")
