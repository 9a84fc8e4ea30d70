"""Tickets open one socket each, at whichever gateway, with Redis, without it, and while it dies."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from handoff.api.tickets import Tickets
from handoff.errors import Unauthorized
from tests.unit.handoff.conftest import Server

KEY = "k" * 32


def _tickets(url: str) -> Tickets:
    return Tickets(KEY, Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5))


async def test_a_ticket_is_used_once_whichever_gateway_is_asked(server: Server) -> None:
    one, two = _tickets(server.url), _tickets(server.url)
    ticket = one.issue("c_1")
    outcomes = await asyncio.gather(*(side.redeem(ticket) for side in (one, two) * 5), return_exceptions=True)
    assert outcomes.count("c_1") == 1
    assert all(isinstance(outcome, Unauthorized) for outcome in outcomes if outcome != "c_1")


async def test_without_redis_each_gateway_vouches_for_its_own_at_once(server: Server) -> None:
    tickets = _tickets(server.url)
    server.kill()
    ticket, began = tickets.issue("c_1"), time.monotonic()
    assert await tickets.redeem(ticket) == "c_1"
    with pytest.raises(Unauthorized):
        await tickets.redeem(ticket)
    assert time.monotonic() - began < 1


async def test_flushall_does_not_bring_a_ticket_back_to_its_own_gateway(server: Server) -> None:
    tickets = _tickets(server.url)
    ticket = tickets.issue("c_1")
    await tickets.redeem(ticket)
    redis = Redis.from_url(server.url)
    await redis.flushall()
    await redis.aclose()
    with pytest.raises(Unauthorized) as refused:
        await tickets.redeem(ticket)
    assert refused.value.code == "ticket_used"


async def test_another_key_or_no_ticket_at_all_opens_nothing() -> None:
    for bad in (Tickets("o" * 32, None).issue("c_1"), "", "a.b.c", "\ud800", "안녕"):
        with pytest.raises(Unauthorized) as refused:
            await Tickets(KEY, None).redeem(bad)
        assert refused.value.code == "invalid_ticket"
