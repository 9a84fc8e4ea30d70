"""How verification is doing, for supervisors: rates by hour and what is unusual. Counts only, nobody's attempts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from backoffice.verification.rates import HourRate, list_rates
from backoffice.verification.watch import Alert, list_alerts
from handoff.api import shapes
from handoff.api.app import gateway_of
from handoff.api.openapi import asks
from handoff.api.staff import member
from handoff.errors import Invalid

verification = Blueprint("verification", url_prefix="/api/desk/verification")

WATCHING_ROLES = frozenset({"supervisor", "security_reviewer", "administrator"})
_HOURS, _HOURS_MAX = 24, 7 * 24
_ALERTS_SINCE = timedelta(days=7)


@verification.get("/rates")
@asks(hours="How many hours back, at most 168; 24 when not given.")
async def rates(request: Request) -> HTTPResponse:
    """Return attempts and failures by hour, carrier, method, region, browser and cause."""
    await member(request, WATCHING_ROLES)
    gateway, written = gateway_of(request), request.args.get("hours") or str(_HOURS)
    if not written.isascii() or not written.isdecimal() or not 0 < int(written[:9]) <= _HOURS_MAX:
        raise Invalid(f"시간은 1에서 {_HOURS_MAX} 사이의 숫자로 적어 주세요.", code="invalid_hours")
    found = await list_rates(gateway.shop_engine, now=gateway.clock.now(), hours=int(written))
    return respond({"rates": [_rate(one) for one in found]})


@verification.get("/alerts")
async def alerts(request: Request) -> HTTPResponse:
    """Return unusual rates, those that last and those of the last week, the newest first."""
    await member(request, WATCHING_ROLES)
    gateway = gateway_of(request)
    found = await list_alerts(gateway.shop_engine, since=gateway.clock.now() - _ALERTS_SINCE)
    return respond({"alerts": [_alert(one) for one in found]})


def _rate(one: HourRate) -> dict[str, Any]:
    return {
        "hour": shapes.moment(one.start_at),
        "dimension": one.cell.dimension.value,
        "value": one.cell.value,
        "attempts": one.counts.attempts,
        "failures": one.counts.failures,
        "failing_ratio": round(one.counts.failures / one.counts.attempts, 4) if one.counts.attempts else None,
    }


def _alert(one: Alert) -> dict[str, Any]:
    return {
        "alert_id": one.alert_id,
        "dimension": one.cell.dimension.value,
        "value": one.cell.value,
        "opened_at": shapes.moment(one.opened_at),
        "closed_at": shapes.moment(one.closed_at),
        "is_told_to_customers": one.is_told,
        "attempts": one.counts.attempts,
        "failures": one.counts.failures,
        "usual_ratio": round(one.usual_ratio, 4),
        "p_value": one.p_value,
        "rules_version": one.rules_version,
    }
