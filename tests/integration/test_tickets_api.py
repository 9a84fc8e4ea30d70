"""Tickets at the desk: numbers told, types, statuses, causes, merges, promises; hours; refusals that say why."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.conftest import (
    AgentPage,
    Customer,
    FakeWorker,
    GatewayUnderTest,
    free_port,
    plain_turn,
    serving,
    settings_for,
)

Json = dict[str, Any]
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday in Seoul
LATE = datetime(2026, 11, 24, 13, tzinfo=UTC)  # that evening at ten


def _at(moment: datetime) -> str:
    return str((moment - datetime.now(UTC)).total_seconds())


def _turn(body: Json) -> Json:
    """As the plain bot, and “불만” is a complaint."""
    answer = plain_turn(body)
    if body["message"].get("text") == "불만":
        answer["handoff"] = {"reason": "complaint", "requested_by": "bot", "skill": "complaint", "detail": None}
    return answer


async def _serving(tmp_path: Path, filled: Path, moment: datetime) -> AsyncIterator[GatewayUnderTest]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    worker = FakeWorker()
    worker.turn = _turn
    async with serving(settings_for(tmp_path, free_port(), IEUM_CLOCK_OFFSET_S=_at(moment)), worker) as running:
        yield running


@pytest.fixture
async def noon(tmp_path: Path, filled: Path) -> AsyncIterator[GatewayUnderTest]:
    """A gateway in which it is noon on a Tuesday."""
    async for running in _serving(tmp_path, filled, NOON):
        yield running


@pytest.fixture
async def late(tmp_path: Path, filled: Path) -> AsyncIterator[GatewayUnderTest]:
    """A gateway in which it is ten in the evening of a Tuesday."""
    async for running in _serving(tmp_path, filled, LATE):
        yield running


async def _waiting(gateway: GatewayUnderTest, says: str = "상담원", customer_id: str | None = None) -> Customer:
    customer = await gateway.customer(customer_id)
    await customer.say(says)
    await customer.read_until(lambda view: view["owner"] == "waiting")
    return customer


async def _claimed(gateway: GatewayUnderTest, agent: AgentPage, customer: Customer) -> int:
    item = next(i for i in await agent.queue() if i["conversation_id"] == customer.conversation_id)
    done = await agent.do(customer.conversation_id, "claim", version=item["version"])
    assert done.status_code == 200
    return int(done.json()["version"])


async def _number(customer: Customer) -> str:
    return str((await customer.read())["ticket"]["number"])


async def _ticket(agent: AgentPage, number: str) -> Json:
    answer = await agent.http.get(f"/api/desk/tickets/{number}")
    answer.raise_for_status()
    found: Json = answer.json()
    return found


async def _post(agent: AgentPage, path: str, **body: Any) -> httpx.Response:
    return await agent.http.post(f"/api/desk/{path}", json=body)


def _refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_in_hours_the_customer_is_told_the_number(noon: GatewayUnderTest) -> None:
    customer = await _waiting(noon)
    view = await customer.read()
    assert view["ticket"] == {
        "number": "CS-20001",
        "status": "new",
        "status_text": "접수되어 담당자를 기다리고 있어요",
        "contact": None,
    }
    assert "문의 번호는 CS-20001이에요." in view["messages"][-1]["text"]
    assert "상담 시간이 아니" not in view["messages"][-1]["text"]


async def test_off_hours_the_customer_is_told_when_people_are_back_and_may_leave_a_number(
    late: GatewayUnderTest,
) -> None:
    customer = await _waiting(late)
    told = (await customer.read())["messages"][-1]["text"]
    assert "내일(11월 25일 수요일) 오전 9시부터" in told and "CS-20001이에요" in told
    await customer.say("번호 남겨요 010 1234 5678 로 연락 주세요")
    view = await customer.read_until(lambda view: view["messages"][-1]["author"] == "system")
    assert view["owner"] == "waiting" and view["ticket"]["contact"] == "010-****-5678"
    assert view["messages"][-2]["text"] == "번호 남겨요 010-****-5678 로 연락 주세요"
    assert "010-****-5678로 연락드릴게요" in view["messages"][-1]["text"]

    agent = await late.agent()
    await _claimed(late, agent, customer)  # at any hour
    ticket = await _ticket(agent, "CS-20001")
    assert ticket["contact"] == {"kind": "phone", "masked": "010-****-5678"}
    shown = await _post(agent, "tickets/CS-20001/contact", reason="전화 드리려고")
    assert shown.json()["value"] == "010-1234-5678"
    assert (await _ticket(agent, "CS-20001"))["events"][-1]["detail"] == {"reason": "전화 드리려고"}


async def test_a_number_that_is_none_is_asked_for_again_and_the_conversation_goes_on_waiting(
    late: GatewayUnderTest,
) -> None:
    customer = await _waiting(late)
    await customer.say("0101234")
    view = await customer.read_until(lambda view: "연락처를 읽지 못했어요" in view["messages"][-1]["text"])
    assert view["owner"] == "waiting" and view["ticket"]["contact"] is None
    assert view["messages"][-2]["text"] == "0101234"


@pytest.mark.parametrize("contact", ["010-12", "a@b", "없음", "010-1234-5678 오후에"])
async def test_only_a_whole_contact_is_taken_from_the_form(late: GatewayUnderTest, contact: str) -> None:
    customer = await _waiting(late)
    answer = await late.http.post("/api/chat/contact", json={"contact": contact}, headers=customer.headers)
    assert _refused(answer) == (422, "invalid_contact")


async def test_a_contact_without_a_ticket_is_refused_with_the_state(noon: GatewayUnderTest) -> None:
    customer = await noon.customer()
    answer = await noon.http.post("/api/chat/contact", json={"contact": "a@example.com"}, headers=customer.headers)
    assert _refused(answer) == (409, "no_open_ticket")
    assert (answer.json()["current"], answer.json()["asked"]) == ("bot", "contact")


async def test_a_ticket_lives_over_transfers_ends_with_the_conversation_and_opens_again(
    noon: GatewayUnderTest,
) -> None:
    customer, agent = await _waiting(noon), await noon.agent()
    version = await _claimed(noon, agent, customer)
    number = await _number(customer)
    await agent.do(customer.conversation_id, "transfer", version=version, skill="orders")
    ticket = await _ticket(agent, number)
    assert (ticket["skill"], ticket["agent_id"], ticket["status"]) == ("orders", None, "open")
    version = await _claimed(noon, agent, customer)
    await agent.do(customer.conversation_id, "return-to-bot", version=version)
    assert (await _ticket(agent, number))["status"] == "resolved"
    await customer.say("상담원")
    await customer.read_until(lambda view: view["owner"] == "waiting")
    ticket = await _ticket(agent, number)
    assert (await _number(customer), ticket["status"]) == (number, "open")
    assert [clock["state"] for clock in ticket["clocks"]] == ["done", "running", "running"]
    kinds = [event["kind"] for event in ticket["events"]]
    assert kinds == ["opened", "assigned", "assigned", "assigned", "resolved", "reopened", "assigned"]


async def test_a_complaint_is_not_resolved_without_its_cause(noon: GatewayUnderTest) -> None:
    customer, agent = await _waiting(noon, "불만"), await noon.agent()
    version = await _claimed(noon, agent, customer)
    ticket = await _ticket(agent, number := await _number(customer))
    assert ticket["type"] == "complaint"
    first = next(clock for clock in ticket["clocks"] if clock["kind"] == "first_response")
    assert first["target_s"] == 20 * 60
    answer = await _post(agent, f"tickets/{number}/status", version=ticket["version"], status="resolved")
    assert _refused(answer) == (409, "analysis_missing")
    assert (answer.json()["current"], answer.json()["asked"]) == ("open", "resolved")
    assert (await agent.do(customer.conversation_id, "close", version=version)).status_code == 200
    assert (await _ticket(agent, number))["status"] == "open"

    form = {"cause": "slow_answer", "contributing_factor": "주말 인원 부족", "action_taken": "사과하고 쿠폰 안내"}
    path = f"/api/desk/tickets/{number}/analysis"
    unknown = await agent.http.put(path, json={"version": ticket["version"], **form, "cause": "weather"})
    assert _refused(unknown) == (422, "unknown_cause")
    analysed = await agent.http.put(path, json={"version": ticket["version"], **form})
    assert analysed.status_code == 200
    answer = await _post(agent, f"tickets/{number}/status", version=analysed.json()["version"], status="resolved")
    assert answer.json()["status"] == "resolved"


async def test_waiting_for_the_customer_stops_the_clocks_until_they_write(noon: GatewayUnderTest) -> None:
    customer, agent = await _waiting(noon), await noon.agent()
    await _claimed(noon, agent, customer)
    ticket = await _ticket(agent, number := await _number(customer))
    pending = await _post(agent, f"tickets/{number}/status", version=ticket["version"], status="pending")
    assert [clock["state"] for clock in pending.json()["clocks"]] == ["paused", "paused"]
    await customer.say("사진 보냈어요")
    ticket = await _ticket(agent, number)
    assert ticket["status"] == "open"
    assert [clock["state"] for clock in ticket["clocks"]] == ["running", "running"]


async def test_tickets_of_one_customer_are_merged(noon: GatewayUnderTest) -> None:
    story = (await noon.http.get("/api/demo/customers")).json()["customers"][0]["customer_id"]
    agent = await noon.agent()
    one, two = [await _waiting(noon, customer_id=story) for _ in range(2)]
    for customer in (one, two):
        await _claimed(noon, agent, customer)
    source, target = [await _ticket(agent, await _number(customer)) for customer in (one, two)]
    body = {"version": source["version"], "into": target["number"], "into_version": target["version"]}
    stale = await _post(agent, f"tickets/{source['number']}/merge", **body | {"into_version": 99})
    assert _refused(stale) == (409, "version_conflict")
    assert (await _post(agent, f"tickets/{source['number']}/merge", **body)).status_code == 200
    view = await one.read_until(lambda view: view["owner"] == "closed")
    assert target["number"] in view["messages"][-1]["text"]
    (merged,) = (await _ticket(agent, target["number"]))["merged"]
    assert merged["ticket"]["status"] == "merged" and merged["messages"][0]["text"] == "상담원"
    again = await _post(agent, f"tickets/{target['number']}/merge", **body | {"into": target["number"]})
    assert again.status_code == 409


async def _merged(gateway: GatewayUnderTest) -> tuple[AgentPage, Customer, Customer]:
    """Two conversations of one customer, the first merged into the second, which the agent still holds."""
    story = (await gateway.http.get("/api/demo/customers")).json()["customers"][0]["customer_id"]
    agent = await gateway.agent()
    one, two = [await _waiting(gateway, customer_id=story) for _ in range(2)]
    for customer in (one, two):
        await _claimed(gateway, agent, customer)
    source, target = [await _ticket(agent, await _number(customer)) for customer in (one, two)]
    body = {"version": source["version"], "into": target["number"], "into_version": target["version"]}
    (await _post(agent, f"tickets/{source['number']}/merge", **body)).raise_for_status()
    return agent, one, two


async def test_what_is_written_to_a_merged_conversation_reaches_the_one_that_goes_on(noon: GatewayUnderTest) -> None:
    agent, one, two = await _merged(noon)
    before = len((await one.read())["messages"])
    said = await one.say("하나 더 여쭤볼게요", again := str(uuid4()))
    moved = said.json()["moved_to"]
    assert (said.status_code, moved["conversation_id"]) == (202, two.conversation_id)
    view = await Customer(noon.http, two.conversation_id, {"Authorization": f"Bearer {moved['token']}"}).read()
    assert (view["owner"], view["messages"][-1]["text"]) == ("human", "하나 더 여쭤볼게요")
    assert view["messages"][-1]["seq"] == said.json()["seq"]
    repeated = await one.say("하나 더 여쭤볼게요", again)
    assert (repeated.status_code, repeated.json()["seq"]) == (200, said.json()["seq"])
    closed = await one.read()
    assert (closed["owner"], len(closed["messages"])) == ("closed", before)
    tickets = (await agent.http.get("/api/desk/tickets?status=all")).json()["tickets"]
    assert sorted(ticket["status"] for ticket in tickets) == ["merged", "open"]


async def test_a_merged_conversation_goes_on_where_the_other_one_has_ended_too(noon: GatewayUnderTest) -> None:
    agent, one, two = await _merged(noon)
    version = (await agent.see(two.conversation_id))["version"]
    await agent.do(two.conversation_id, "close", version=version, wrap_up=False)
    assert (await one.say("아직 안 됐어요")).json()["moved_to"]["conversation_id"] == two.conversation_id
    assert (await two.read())["owner"] == "human"  # back with the agent who knows it
    assert (await one.read())["owner"] == "closed"


async def test_a_merged_conversation_is_not_rated_for_it_goes_on(noon: GatewayUnderTest) -> None:
    _, one, _ = await _merged(noon)
    asked = await noon.http.get("/api/chat/rating", headers=one.headers)
    assert asked.json() == {"rating": None, "may_rate": False}


async def test_tickets_of_strangers_are_not_merged(noon: GatewayUnderTest) -> None:
    agent = await noon.agent("lead")
    one, two = [await _ticket(agent, await _number(await _waiting(noon))) for _ in range(2)]
    body = {"version": one["version"], "into": two["number"], "into_version": two["version"]}
    assert _refused(await _post(agent, f"tickets/{one['number']}/merge", **body)) == (409, "not_mergeable")


async def test_a_promise_comes_due_for_its_agent_and_is_kept(noon: GatewayUnderTest) -> None:
    customer, agent = await _waiting(noon), await noon.agent()
    await _claimed(noon, agent, customer)
    number, soon = await _number(customer), (NOON + timedelta(minutes=1)).isoformat()
    path = f"tickets/{number}/promises"
    past = await _post(agent, path, kind="callback", due_at=(NOON - timedelta(hours=1)).isoformat(), note="전화")
    assert _refused(past) == (422, "time_passed")
    night = await _post(agent, path, kind="callback", due_at=LATE.isoformat(), note="전화")
    assert _refused(night) == (422, "off_hours") and "오전 9시" in night.json()["detail"]
    assert _refused(await _post(agent, path, kind="visit", due_at=soon, note="전화")) == (422, "unknown_kind")
    assert _refused(await _post(agent, path, kind="callback", due_at="내일", note="전화")) == (422, "invalid_time")
    naive = await _post(agent, path, kind="callback", due_at="2026-11-24T15:00:00", note="전화")
    assert _refused(naive) == (422, "invalid_time")
    planned = await _post(agent, path, kind="callback", due_at=soon, note="교환 일정 알려 드리기")
    assert planned.status_code == 201
    ticket = await _ticket(agent, number)
    refused = await _post(agent, f"tickets/{number}/status", version=ticket["version"], status="resolved")
    assert _refused(refused) == (409, "promise_open")
    promise = planned.json()
    done = await _post(agent, f"promises/{promise['promise_id']}/done", version=1, outcome="통화했어요")
    assert done.json()["status"] == "done"
    again = await _post(agent, f"promises/{promise['promise_id']}/done", version=2, outcome="또")
    assert _refused(again) == (409, "illegal_transition") and again.json()["current"] == "done"


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("type", {"type": "wish"}, "unknown_type"),
        ("status", {"status": "asleep"}, "unknown_status"),
        ("status", {"status": "merged"}, "unknown_status"),
    ],
)
async def test_unknown_types_and_statuses_are_refused(noon: GatewayUnderTest, path: str, body: Json, code: str) -> None:
    agent, number = await noon.agent(), await _number(await _waiting(noon))
    assert _refused(await _post(agent, f"tickets/{number}/{path}", version=1, **body)) == (422, code)
    assert _refused(await agent.http.get(f"/api/desk/tickets?{path}=nonsense")) == (422, f"unknown_{path}")


async def test_stale_versions_and_strangers_are_refused(noon: GatewayUnderTest) -> None:
    customer, agent, other = await _waiting(noon), await noon.agent(), await noon.agent("other")
    await _claimed(noon, agent, customer)
    number = await _number(customer)
    stale = await _post(agent, f"tickets/{number}/type", version=1, type="problem")
    assert _refused(stale) == (409, "version_conflict")
    assert (stale.json()["current"], stale.json()["asked"]) == ("open @2", "@1")
    assert _refused(await _post(other, f"tickets/{number}/type", version=2, type="problem")) == (403, "not_yours")
    assert (await _post(agent, "tickets/CS-1/type", version=1, type="problem")).status_code == 404
    wrong = await agent.http.put(f"/api/desk/tickets/{number}/tags", json={"version": 2, "tags": ["a" * 31]})
    assert _refused(wrong) == (422, "invalid_tag")
    tagged = await agent.http.put(f"/api/desk/tickets/{number}/tags", json={"version": 2, "tags": [" 환불 ", "환불"]})
    assert tagged.json()["tags"] == ["환불"]
    for tag, count in (("환불", 1), ("교환", 0)):
        listed = await agent.http.get("/api/desk/tickets", params={"tag": tag, "mine": "1"})
        assert len(listed.json()["tickets"]) == count


async def test_hours_are_changed_by_supervisors_and_impossible_ones_refused(noon: GatewayUnderTest) -> None:
    agent, lead = await noon.agent(), await noon.agent("lead")
    teams = {team["team"]: team for team in (await agent.http.get("/api/desk/hours")).json()["teams"]}
    assert teams["care"]["is_open"] and teams["care"]["week"]["sat"] == ["10:00-14:00"]
    body: Json = {"version": 1, "week": {"tue": ["13:00-18:00"]}, "holidays": "closed"}
    assert (await agent.http.put("/api/desk/hours/care", json=body)).status_code == 403
    for week, code in (
        ({"tue": ["18:00-09:00"]}, "impossible_hours"),
        ({"tue": ["25:00-26:00"]}, "impossible_hours"),
        ({"tue": ["09:00-12:00", "11:00-13:00"]}, "impossible_hours"),
        ({"tue": ["9-18"]}, "impossible_hours"),
        ({}, "impossible_hours"),
        ({"someday": ["09:00-18:00"]}, "unknown_weekday"),
    ):
        refused = await lead.http.put("/api/desk/hours/care", json=body | {"week": week})
        assert _refused(refused) == (422, code), week
    assert _refused(await lead.http.put("/api/desk/hours/nobody", json=body)) == (404, "unknown_team")
    assert (await lead.http.put("/api/desk/hours/care", json=body)).json()["version"] == 2
    assert _refused(await lead.http.put("/api/desk/hours/care", json=body)) == (409, "version_conflict")
    told = (await (await _waiting(noon)).read())["messages"][-1]["text"]
    assert "오늘 오후 1시부터" in told


async def test_tickets_are_asked_for_by_conversation_and_by_customer(noon: GatewayUnderTest) -> None:
    known = (await noon.http.get("/api/demo/customers")).json()["customers"][0]["customer_id"]
    first, second, agent = await _waiting(noon, customer_id=known), await _waiting(noon), await noon.agent()

    async def numbers(**asked: str) -> list[str]:
        answer = await agent.http.get("/api/desk/tickets", params=asked)
        return [ticket["number"] for ticket in answer.raise_for_status().json()["tickets"]]

    assert await numbers(conversation_id=first.conversation_id) == ["CS-20001"]
    assert await numbers(customer_id=known) == ["CS-20001"]
    assert await numbers(conversation_id=second.conversation_id, customer_id=known) == []
    for unknown in ({"conversation_id": "c_none"}, {"customer_id": "nobody"}):
        assert await numbers(**unknown) == []
    await agent.do(first.conversation_id, "close", version=await _claimed(noon, agent, first))
    assert await numbers(conversation_id=first.conversation_id) == ["CS-20001"]  # resolved, but it is the one
    assert await numbers(conversation_id=first.conversation_id, status="unresolved") == []
    assert (await numbers(customer_id=known), await numbers(customer_id=known, status="all")) == ([], ["CS-20001"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("conversation_id=", "invalid_parameter"),
        ("conversation_id=c%01", "invalid_parameter"),
        ("customer_id=" + "c" * 101, "invalid_parameter"),
        ("mine=maybe", "invalid_parameter"),
        ("status=sleeping", "unknown_status"),
        ("type=joke", "unknown_type"),
    ],
)
async def test_tickets_asked_for_by_what_cannot_be_are_refused(noon: GatewayUnderTest, asked: str, code: str) -> None:
    agent = await noon.agent()
    assert _refused(await agent.http.get(f"/api/desk/tickets?{asked}")) == (422, code)
