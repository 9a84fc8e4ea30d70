"""What supervisors see of verification: counts by hour and what is unusual, and nobody else does."""

from __future__ import annotations

import pytest

from backoffice import demo
from kernel.clock import ProductClock
from kernel.database import create_engine
from tests.integration.conftest import GatewayUnderTest


async def test_supervisors_see_rates_and_alerts(gateway: GatewayUnderTest) -> None:
    settings = gateway.settings
    engine = create_engine(settings.shop_database_url)
    await demo.outage.begin(engine, ProductClock(settings.clock_offset_s), carrier="KT")
    await engine.dispose()
    lead = await gateway.agent("lead")
    rates = (await lead.http.get("/api/desk/verification/rates")).json()["rates"]
    whole = [rate for rate in rates if rate["dimension"] == "all"]
    assert sum(rate["attempts"] for rate in whole) >= 100
    assert {"carrier", "method", "carrier_method", "region", "browser", "hour", "cause"} <= {
        r["dimension"] for r in rates
    }
    assert (await lead.http.get("/api/desk/verification/alerts")).status_code == 200


@pytest.mark.parametrize("what", ["rates", "alerts"])
async def test_agents_see_neither(gateway: GatewayUnderTest, what: str) -> None:
    agent = await gateway.agent()
    assert (await agent.http.get(f"/api/desk/verification/{what}")).status_code == 403


@pytest.mark.parametrize("hours", ["0", "169", "-1", "x", "9" * 30])
async def test_impossible_hours_are_refused(gateway: GatewayUnderTest, hours: str) -> None:
    lead = await gateway.agent("lead")
    answer = await lead.http.get("/api/desk/verification/rates", params={"hours": hours})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_hours")
