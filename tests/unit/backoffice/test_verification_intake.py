"""What an agency may report of an attempt, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.verification.errors import InvalidAttempt
from backoffice.verification.intake import KEPT, SKEW_MAX, Accepted, NewAttempt, accept
from backoffice.verification.rules import load_causes, load_codes
from backoffice.verification.tables import Method, Result, Stage

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def take(**fields: Any) -> Accepted:
    values = {"at": NOW, "method": "SMS", "stage": "channel", "result": "failure"} | fields
    return accept(NewAttempt(**values), now=NOW, causes=load_causes(), codes=load_codes())


@pytest.mark.parametrize("stage", ["request", "carrier", "channel", "code_entered"])
@pytest.mark.parametrize("method", ["SMS", "PASS", "ARS"])
def test_an_attempt_may_fail_at_each_stage_before_the_match(stage: str, method: str) -> None:
    taken = take(stage=stage, method=method)
    assert (taken.stage, taken.method, taken.is_failure) == (Stage(stage), Method(method), True)


def test_an_attempt_succeeds_when_it_matched() -> None:
    assert take(stage="matched", result="success").result is Result.SUCCESS


def test_values_get_the_names_they_are_kept_under() -> None:
    taken = take(
        carrier="sk텔레콤",
        network="kt",
        region="서울특별시",
        browser="Mozilla/5.0 (Linux; Android 14) Chrome/126.0.6478.127 KAKAOTALK",
        os="Mozilla/5.0 (Linux; Android 14)",
        error_code="sms-408",
    )
    assert (taken.carrier, taken.network, taken.region) == ("SKT", "KT", "서울")
    assert (taken.browser, taken.os) == ("카카오톡 인앱", "Android")
    assert (taken.error_code, taken.cause) == ("SMS-408", "sms_not_received")


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"method": "FAX"}, "unknown_value", "method"),
        ({"stage": "nearly"}, "unknown_value", "stage"),
        ({"result": "maybe"}, "unknown_value", "result"),
        ({"carrier": "보다폰"}, "unknown_value", "carrier"),
        ({"network": "보다폰"}, "unknown_value", "network"),
        ({"region": "달"}, "unknown_value", "region"),
        ({"cause": "bad mood"}, "unknown_value", "cause"),
        ({"retry_number": -1}, "unknown_value", "retry_number"),
        ({"retry_number": 10**9}, "unknown_value", "retry_number"),
        ({"retry_number": True}, "unknown_value", "retry_number"),
        ({"browser": "x" * 513}, "unknown_value", "browser"),
        ({"browser": "a\x00b"}, "unknown_value", "browser"),
        ({"transaction_id": "x"}, "unknown_value", "transaction_id"),
        ({"error_code": "ZZZ-1"}, "unknown_error_code", "error_code"),
        ({"at": NOW + SKEW_MAX + timedelta(seconds=1)}, "impossible_time", "at"),
        ({"at": NOW - KEPT - timedelta(seconds=1)}, "impossible_time", "at"),
        ({"at": NOW.replace(tzinfo=None)}, "impossible_time", "at"),
        ({"stage": "matched"}, "contradictory_attempt", "stage"),
        ({"result": "success"}, "contradictory_attempt", "stage"),
        ({"stage": "matched", "result": "success", "error_code": "SMS-408"}, "contradictory_attempt", "cause"),
        ({"error_code": "123456"}, "secret_in_attempt", "error_code"),
        ({"browser": "Chrome 482913"}, "secret_in_attempt", "browser"),
        ({"cause": "sms 900101-1234567"}, "secret_in_attempt", "cause"),
        ({"region": "9001011234567"}, "secret_in_attempt", "region"),
        ({"transaction_id": "900101-1234567"}, "secret_in_attempt", "transaction_id"),
        ({"ci": "9001013234567"}, "secret_in_attempt", "ci"),
    ],
)
def test_what_cannot_be_is_refused_by_a_stable_code(fields: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(InvalidAttempt) as caught:
        take(**fields)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_a_clock_a_little_ahead_and_another_zone_are_taken() -> None:
    assert take(at=NOW + SKEW_MAX).at == NOW + SKEW_MAX
    assert take(at=NOW.astimezone(timezone(timedelta(hours=9)))).at == NOW


@given(st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])-?[1-8][0-9]{6}", fullmatch=True))
def test_no_resident_number_ever_gets_in_or_into_an_error(number: str) -> None:
    for field in ("cause", "error_code", "carrier", "browser", "os", "transaction_id", "ci", "di"):
        with pytest.raises(InvalidAttempt) as caught:
            take(**{field: f"x {number}"})
        assert number not in str(caught.value)


def test_secrets_are_not_in_the_representation() -> None:
    new = NewAttempt(
        at=NOW, method="SMS", stage="channel", result="failure", transaction_id="tx-secret", ci="ci-secret"
    )
    assert "secret" not in repr(replace(new, di="di-secret"))
