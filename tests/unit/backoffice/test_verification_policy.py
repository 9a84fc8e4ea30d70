"""Why verification failed, as far as the log can tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backoffice.verification.policy import RECENT_DAYS, Attempt, find_likely_cause
from backoffice.verification.rules import load_causes

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def tries(*causes: str | None, days_ago: int = 0) -> list[Attempt]:
    """Attempts, newest first; `ok` succeeded, None failed for no known cause."""
    return [
        Attempt(
            at=NOW - timedelta(days=days_ago, minutes=number),
            method="SMS",
            result="success" if cause == "ok" else "failure",
            cause=None if cause == "ok" else cause,
        )
        for number, cause in enumerate(causes)
    ]


@pytest.mark.parametrize(
    ("attempts", "cause"),
    [
        (tries(), None),
        (tries("browser"), "browser"),
        (tries("browser", "network", "network"), "network"),
        (tries("browser", "network"), "browser"),
        (tries("ok", "network", "network"), None),
        (tries("browser", "ok", "network", "network"), "browser"),
        (tries(None, None), None),
        (tries(None, "network"), "network"),
        (tries("network", days_ago=RECENT_DAYS), None),
        (tries("network", days_ago=RECENT_DAYS - 1), "network"),
    ],
)
def test_the_likely_cause_is_what_recent_failures_share(attempts: list[Attempt], cause: str | None) -> None:
    assert find_likely_cause(attempts, now=NOW + timedelta(seconds=1)) == cause


@pytest.mark.parametrize(
    ("cause", "code", "name"),
    [
        ("sms_not_received", None, "sms_not_received"),
        ("SMS_TIMEOUT", None, "sms_not_received"),
        ("in_app_browser", None, "browser"),
        (None, "PASS-201", "pass_app"),
        (None, "id-102", "info_mismatch"),
        (None, "NET-504", "network"),
        ("something new", "WEB-310", "browser"),
        ("something new", None, None),
        (None, None, None),
        ("", "", None),
    ],
)
def test_causes_have_many_names(cause: str | None, code: str | None, name: str | None) -> None:
    assert load_causes().name(cause, code) == name


def test_an_unknown_cause_is_told_too() -> None:
    assert load_causes().find(None) is load_causes().unknown
