"""Two gateway processes on one PostgreSQL: what one accepts, the other shows; nothing is done twice."""

from __future__ import annotations

import asyncio
import dataclasses
from uuid import uuid4

from tests.integration.conftest import AgentPage, Customer, GatewayUnderTest

Two = tuple[GatewayUnderTest, GatewayUnderTest]


def _at(customer: Customer, gateway: GatewayUnderTest) -> Customer:
    """The same customer's page, connected to another gateway."""
    return dataclasses.replace(customer, http=gateway.http)


async def test_a_conversation_goes_on_at_the_other_gateway(two_gateways_on_postgres: Two) -> None:
    one, two = two_gateways_on_postgres
    here = await one.customer()
    there = _at(here, two)
    await here.say("첫 번째")
    await there.say("두 번째")
    view = await there.read_until(lambda view: len(view["messages"]) == 4)
    assert view == await here.read()
    assert sorted(m["seq"] for m in view["messages"]) == [1, 2, 3, 4]


async def test_the_same_message_sent_to_both_gateways_is_answered_once(two_gateways_on_postgres: Two) -> None:
    one, two = two_gateways_on_postgres
    here = await one.customer()
    there = _at(here, two)
    ids = [str(uuid4()) for _ in range(20)]
    await asyncio.gather(*(page.say(f"말 {number}", ids[number]) for number in range(20) for page in (here, there)))
    view = await here.read_until(lambda view: len(view["messages"]) >= 40, within_s=20)
    assert len(view["messages"]) == 40
    assert sorted(m["text"] for m in view["messages"] if m["author"] == "bot") == sorted(
        f"“말 {number}”라고 하셨네요." for number in range(20)
    )


async def test_of_many_agents_at_two_gateways_one_gets_the_conversation(two_gateways_on_postgres: Two) -> None:
    one, two = two_gateways_on_postgres
    customer = await one.customer()
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    agents: list[AgentPage] = [await one.agent(), await two.agent("other"), await two.agent("lead"), await one.agent()]
    version = (await agents[0].queue())[0]["version"]
    answers = await asyncio.gather(
        *(page.do(customer.conversation_id, "claim", version=version) for page in agents for _ in range(5))
    )
    assert [a.status_code for a in answers].count(200) == 1
    assert {a.status_code for a in answers} == {200, 409}
