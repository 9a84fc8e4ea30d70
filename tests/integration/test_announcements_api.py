"""Who leads the team has the bot announce something; agents see it; others and bad input are refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.conftest import GatewayUnderTest

PATH = "/api/desk/announcements/"
STRIKE = "택배 파업으로 배송이 2~3일 늦어요."


def wish(**fields: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    times = {"begins_at": now.isoformat(), "ends_at": (now + timedelta(days=3)).isoformat()}
    return {"request_id": str(uuid4()), "topic": "delivery", "text": STRIKE, **times, **fields}


async def test_a_supervisor_announces_and_takes_back(gateway: GatewayUnderTest) -> None:
    lead, agent = await gateway.agent("lead"), await gateway.agent()
    body = wish()
    first, again = [await lead.http.post(PATH, json=body) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    (shown,) = (await agent.http.get(PATH)).json()["announcements"]
    assert (shown["text"], shown["topic"]) == (STRIKE, "delivery")
    withdraw = f"{PATH}{shown['announcement_id']}/withdraw"
    refused = await agent.http.post(withdraw)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert (await lead.http.post(withdraw)).status_code == 200
    late = await lead.http.post(withdraw)
    assert (late.status_code, late.json()["code"]) == (409, "announcement_ended")
    missing = await lead.http.post(f"{PATH}n_none/withdraw")
    assert (missing.status_code, missing.json()["code"]) == (404, "announcement_not_found")
    assert (await agent.http.get(PATH)).json()["announcements"] == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "  "}, "empty_text"),
        ({"text": "가" * 201}, "invalid_field"),
        ({"topic": "weather"}, "invalid_field"),
        ({"begins_at": "2026-11-24T00:00:00"}, "invalid_field"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "invalid_period"),
        ({"ends_at": "9999-12-31T00:00:00Z"}, "invalid_period"),
        ({"request_id": "x"}, "invalid_field"),
        ({"author": "x"}, "unknown_field"),
    ],
)
async def test_bad_input_announces_nothing(gateway: GatewayUnderTest, fields: dict[str, Any], code: str) -> None:
    lead = await gateway.agent("lead")
    refused = await lead.http.post(PATH, json=wish(**fields))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert (await lead.http.get(PATH)).json()["announcements"] == []


async def test_an_agent_announces_nothing(gateway: GatewayUnderTest) -> None:
    refused = await (await gateway.agent()).http.post(PATH, json=wish())
    assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
