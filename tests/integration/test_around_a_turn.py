"""What stands around a turn in the real product: demo files, a second instance beside it, the workers' shut doors."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import psutil
import pytest

from tests.people import cards
from tests.product import Product

ONE = "demo-story-01"
WHERE_IS_IT = "택배 언제 와요?"
IMPORTED = {
    "customer_id": "imported-1",
    "name": "나들이",
    "grade": "vip",
    "phone": "010-0000-7777",
    "orders": [
        {
            "order_id": "2026-70001",
            "ordered_at": "2026-11-22T01:00:00Z",
            "items": [{"product": "캠핑 의자", "quantity": 2, "price_krw": 30000}],
            "paid_krw": 60000,
            "status": "in_transit",
            "promised_date": "2026-11-25",
            "eta": "2026-11-25",
            "courier": "한달음택배",
            "tracking_no": "000099998888",
            "stages": [
                {"stage": "received", "planned_at": "2026-11-22T01:00:00Z", "actual_at": "2026-11-22T01:00:00Z"},
                {"stage": "sorting", "planned_at": "2026-11-23T13:00:00Z", "actual_at": "2026-11-23T13:00:00Z"},
                {"stage": "delivered", "planned_at": "2026-11-25T05:00:00Z"},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def workers(running: Product) -> list[str]:
    """The addresses that the bot workers listen at."""
    pids = running.status()["pids"]["bot"]
    found = [c for pid in pids for c in psutil.Process(pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert len(found) == len(pids) == 2
    return [f"http://{c.laddr.ip}:{c.laddr.port}" for c in found]


def test_an_imported_customer_can_ask_about_their_order(running: Product, tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    file.write_text(json.dumps({"customers": [IMPORTED]}, ensure_ascii=False), encoding="utf-8")
    (entry,) = json.loads(running.ieum("demo", "import", str(file)))["customers"]
    assert entry["customer_id"] == IMPORTED["customer_id"]
    customer = running.open(entry["identity_token"])
    (card,) = cards(customer.ask(WHERE_IS_IT))
    assert (card["주문번호"], card["택배사"]) == ("2026-70001", "한달음택배")
    assert "11월 25일" in card["도착 예정"]
    customer.ask("상담원 연결해 주세요")

    shown = running.show("imported-1")
    assert {name: shown[name] for name in ("name", "grade", "phone")} == {
        name: IMPORTED[name] for name in ("name", "grade", "phone")
    }
    (order,) = shown["orders"]
    asked = IMPORTED["orders"][0]
    assert {name: order[name] for name in asked if name != "stages"} == {
        name: value for name, value in asked.items() if name != "stages"
    } | {"items": order["items"]}
    assert [item["product"] for item in order["items"]] == ["캠핑 의자"]
    assert [item["conversation_id"] for item in shown["conversations"]] == [customer.conversation_id]
    assert [ticket["reason"] for ticket in shown["tickets"]] == ["customer_request"]


def test_a_demo_file_with_an_unknown_field_is_refused_whole(running: Product, tmp_path: Path) -> None:
    file = tmp_path / "demo.json"
    file.write_text(json.dumps({"customers": [{"customer_id": "imported-2", "name": "가", "nmae": "나"}]}))
    with pytest.raises(AssertionError, match="nmae"):
        running.ieum("demo", "import", str(file))
    with pytest.raises(AssertionError, match="imported-2"):
        running.show("imported-2")


def test_two_instances_know_nothing_of_one_another(running: Product, breakable: Product) -> None:
    here, there = running.customer(ONE), breakable.customer(ONE)
    assert cards(here.ask(WHERE_IS_IT)) and cards(there.ask(WHERE_IS_IT))
    foreign = {"Authorization": here.http.headers["Authorization"]}
    assert there.http.get("/api/chat/messages", headers=foreign).status_code == 401
    pids = [{pid for group in one.status()["pids"].values() for pid in group} for one in (running, breakable)]
    assert len(pids[0]) == len(pids[1]) == 5 and not pids[0] & pids[1]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/version",
        "/status",
        "/domain",
        "/model/parse",
        "/model/train",
        "/conversations/c/tracker",
        "/webhooks/rest/webhook",
        "/webhooks/ieum/",
        "/socket.io/",
    ],
)
def test_a_worker_keeps_every_other_door_shut(running: Product, workers: list[str], path: str) -> None:
    token = json.loads((running.data_dir / "secrets.json").read_text())["bot_token"]
    for url in workers:
        for method in ("GET", "POST"):
            asked = {"url": url + path, "trust_env": False}
            assert httpx.request(method, **asked).status_code in {401, 404}
            assert httpx.request(method, **asked, headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_a_worker_answers_nobody_without_the_token(workers: list[str]) -> None:
    for url in workers:
        assert httpx.post(f"{url}/webhooks/ieum/turn", json={}, trust_env=False).status_code == 401
        assert httpx.get(f"{url}/webhooks/ieum/health", trust_env=False).status_code == 401


def test_only_the_gateway_is_reached_from_outside_the_loopback_and_it_only_if_asked(running: Product) -> None:
    for process in running.list_processes():
        listening = [c.laddr.ip for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert set(listening) <= {"127.0.0.1"}
