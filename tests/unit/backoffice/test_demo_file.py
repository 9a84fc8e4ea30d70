"""Which demo files are refused, and how the fault is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from backoffice.demo.service import read_file
from backoffice.errors import InvalidDemoFile


def customer(**fields: Any) -> dict[str, Any]:
    return {"customers": [{"customer_id": "c1", **fields}]}


def order(**fields: Any) -> dict[str, Any]:
    return customer(orders=[{"order_id": "2026-12345", **fields}])


def problems_of(tmp_path: Path, content: Any) -> tuple[str, ...]:
    path = tmp_path / "demo.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(InvalidDemoFile) as refused:
        read_file(path)
    return refused.value.problems


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"customers": [], "shops": []}, "shops: unknown field"),
        (customer(nickname="x"), "customers[0].nickname: unknown field"),
        (order(colour="red"), "customers[0].orders[0].colour: unknown field"),
        (order(items=[{"product": "x", "sku": 1}]), "customers[0].orders[0].items[0].sku: unknown field"),
        (order(refund={"amount": 1}), "customers[0].orders[0].refund.amount: unknown field"),
        (order(eta_history=[{"when": "2026-11-24"}]), "customers[0].orders[0].eta_history[0].when: unknown field"),
        (customer(consents={"email": True}), "customers[0].consents.email: unknown field"),
        (customer(grade="gold"), "customers[0].grade: "),
        (order(status="lost"), "customers[0].orders[0].status: "),
        (order(paid_krw=-1), "customers[0].orders[0].paid_krw: "),
        (order(paid_krw=10**15), "customers[0].orders[0].paid_krw: "),
        (order(paid_krw=1.5), "customers[0].orders[0].paid_krw: "),
        (order(paid_krw="1000"), "customers[0].orders[0].paid_krw: "),
        (order(paid_krw=True), "customers[0].orders[0].paid_krw: "),
        (order(items=[{"product": "x", "quantity": 0}]), "customers[0].orders[0].items[0].quantity: "),
        (order(items=[{"product": "x", "price_krw": -5}]), "customers[0].orders[0].items[0].price_krw: "),
        (order(items=[{"product": ""}]), "customers[0].orders[0].items[0].product: "),
        (order(ordered_at="2026-11-24"), "customers[0].orders[0].ordered_at: not a time"),
        (order(ordered_at="2026-11-24T10:00:00"), "customers[0].orders[0].ordered_at: not a time"),
        (order(ordered_at="2026-13-24T10:00:00Z"), "customers[0].orders[0].ordered_at: month"),
        (order(ordered_at=1_700_000_000), "customers[0].orders[0].ordered_at: not a time"),
        (order(ordered_at="0001-01-01T00:00:00+09:00"), "customers[0].orders[0].ordered_at: the year"),
        (order(promised_date="2026-02-30"), "customers[0].orders[0].promised_date: day"),
        (order(promised_date="soon"), "customers[0].orders[0].promised_date: not a"),
        (order(eta="9999-12-31"), "customers[0].orders[0].eta: the year"),
        (order(order_id=""), "customers[0].orders[0].order_id: "),
        (order(order_id="a b"), "customers[0].orders[0].order_id: "),
        (customer(name="a\x00b"), "customers[0].name: holds a character"),
        (customer(blocks=[{"reason": "bored"}]), "customers[0].blocks[0].reason: "),
        (customer(verification_attempts=[{"method": "FAX"}]), "customers[0].verification_attempts[0].method: "),
        (customer(coupons=[{"rate_percent": 101}]), "customers[0].coupons[0].rate_percent: "),
        (customer(coupons=[{"rate_percent": 3.333}]), "customers[0].coupons[0].rate_percent: "),
        (customer(coupons=[{"amount_krw": -1}]), "customers[0].coupons[0].amount_krw: "),
        (customer(orders={}), "customers[0].orders: "),
        ({"customers": "all"}, "customers: "),
        ({}, "customers: "),
        ([], "file: "),
        (b"{", "file: "),
        (b"\xff\xfe", "file: "),
        (b'{"customers":[{"name":"\\ud800"}]}', "file: "),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, content: Any, place: str) -> None:
    assert any(problem.startswith(place) for problem in problems_of(tmp_path, content))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    content = {"customers": [{"grade": "gold"}, {"orders": [{"paid_krw": -1, "colour": 1}]}]}
    places = {problem.partition(":")[0] for problem in problems_of(tmp_path, content)}
    assert places == {"customers[0].grade", "customers[1].orders[0].paid_krw", "customers[1].orders[0].colour"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidDemoFile, match=r"nowhere\.json: No such file"):
        read_file(tmp_path / "nowhere.json")


def test_only_points_may_be_negative_because_spending_is_a_line_of_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(customer(points=[{"amount_krw": -500}])))
    assert read_file(path).customers[0].points[0].amount_krw == -500


def test_a_promised_moment_is_its_day_in_seoul(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    path.write_text(json.dumps(order(promised_date="2026-11-24T16:00:00Z")))
    assert read_file(path).customers[0].orders[0].promised_date.isoformat() == "2026-11-25"
