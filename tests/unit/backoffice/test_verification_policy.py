"""Why verification failed: the names of causes, and the likely one as far as the log can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.demo.catalogue import FAILURE_CAUSES
from backoffice.verification.diagnosis import Clue, Diagnosis, diagnose
from backoffice.verification.policy import Attempt
from backoffice.verification.rules import load_causes, load_codes, load_diagnosis
from backoffice.verification.tables import Method, Result, Stage

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
CAUSES, CODES, RULES = load_causes(), load_codes(), load_diagnosis()


def failure(**fields: Any) -> Attempt:
    return Attempt(**{"at": NOW, "method": None, "result": "failure", "cause": None} | fields)


def tries(*causes: str | None, days_ago: int = 0) -> list[Attempt]:
    """Attempts, newest first; `ok` succeeded, None failed for no known cause."""
    return [
        failure(
            at=NOW - timedelta(days=days_ago, minutes=number),
            result="success" if cause == "ok" else "failure",
            cause=None if cause == "ok" else cause,
        )
        for number, cause in enumerate(causes)
    ]


def find(attempts: list[Attempt], **more: Any) -> Diagnosis | None:
    return diagnose(
        attempts,
        now=NOW + timedelta(seconds=1),
        causes=CAUSES,
        rules=RULES,
        is_in_app=CODES.is_in_app,
        **more,
    )


@pytest.mark.parametrize(
    ("attempts", "cause"),
    [
        (tries(), None),
        (tries("browser"), "browser"),
        (tries("browser", "network", "network"), "network"),
        (tries("browser", "network"), "browser"),
        (tries("network", "browser"), "network"),
        (tries("ok", "network", "network"), None),
        (tries("browser", "ok", "network", "network"), "browser"),
        (tries(None, None), None),
        (tries(None, "network"), "network"),
        (tries("network", days_ago=RULES.recent_days), None),
        (tries("network", days_ago=RULES.recent_days - 1), "network"),
    ],
)
def test_the_likely_cause_is_what_recent_failures_share(attempts: list[Attempt], cause: str | None) -> None:
    found = find(attempts)
    assert (found.cause if found else None) == cause


# Where the log has no cause: what the stage, the method, the carrier and the browser tell, and whether it is sure.
@pytest.mark.parametrize(
    ("stage", "method", "carrier", "browser", "cause", "is_sure"),
    [
        ("channel", "SMS", "SKT", "Chrome", "sms_not_received", True),
        ("channel", "PASS", "KT", "Safari", "pass_app", True),
        ("channel", "ARS", "KT", "Safari", "network", True),
        ("request", "SMS", "SKT", "카카오톡 인앱", "browser", True),
        ("request", "PASS", "LGU+", "Chrome", "browser", True),
        (None, None, None, "카카오톡 인앱", "browser", False),
        ("carrier", "SMS", "알뜰폰", "Chrome", "info_mismatch", True),
        ("carrier", "SMS", "SKT", "Chrome", "info_mismatch", False),
        ("code_entered", "SMS", "SKT", "Chrome", "info_mismatch", False),
    ],
)
def test_where_an_attempt_stopped_tells_its_likely_cause(
    stage: str | None, method: str | None, carrier: str | None, browser: str, cause: str, is_sure: bool
) -> None:
    found = find([failure(stage=stage, method=method, carrier=carrier, browser=browser)])
    assert found is not None
    assert (found.cause, found.is_sure) == (cause, is_sure)
    assert found.reasons and found.rules_version == RULES.version


def test_a_known_trouble_with_the_method_makes_its_cause_likely() -> None:
    attempts = [failure(stage="code_entered", method="SMS", carrier="SKT")]
    without, with_it = find(attempts), find(attempts, is_troubled=lambda attempt: attempt.carrier == "SKT")
    assert without and without.cause == "info_mismatch"
    assert with_it and with_it.cause == "sms_not_received"
    assert "같은 통신사 문자에 지금 장애" in with_it.reasons


def test_the_same_failure_again_makes_its_cause_surer() -> None:
    once, twice = find(tries("browser")), find(tries("browser", "browser"))
    assert once and twice and once.confidence < twice.confidence
    assert once.reasons == twice.reasons


attempts_of_any_kind = st.lists(
    st.builds(
        failure,
        at=st.integers(0, 23 * 24).map(lambda hours: NOW - timedelta(hours=hours)),
        method=st.none() | st.sampled_from(list(Method)),
        result=st.none() | st.sampled_from(list(Result)),
        cause=st.none() | st.sampled_from(list(CAUSES.causes)),
        stage=st.none() | st.sampled_from(list(Stage)),
        carrier=st.none() | st.sampled_from(list(CODES.carriers)),
        browser=st.none() | st.text(max_size=20),
    ),
    max_size=6,
)


@given(attempts_of_any_kind)
def test_a_confidence_is_a_share_and_always_has_its_reasons(attempts: list[Attempt]) -> None:
    found = find(attempts)
    if found is not None:
        assert found.cause in CAUSES.causes
        assert 1 / len(CAUSES.causes) <= found.confidence <= 1
        assert found.reasons


@given(attempts_of_any_kind)
def test_what_was_before_the_last_success_changes_nothing(attempts: list[Attempt]) -> None:
    success = replace(failure(), result="success")
    assert find([*attempts, success, *tries("network", "network")]) == find(attempts)


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
    assert CAUSES.name(cause, code) == name


def test_an_unknown_cause_is_told_too() -> None:
    assert CAUSES.find(None) is CAUSES.unknown


@pytest.mark.parametrize(
    ("cause", "share_percent"),
    [("sms_not_received", 35), ("pass_app", 25), ("browser", 20), ("info_mismatch", 15), ("network", 5)],
)
def test_each_cause_has_its_usual_share(cause: str, share_percent: int) -> None:
    assert CAUSES.causes[cause].share_ratio == share_percent / 100
    assert FAILURE_CAUSES[cause][0] == share_percent


@pytest.mark.parametrize("words", ["연동", "오류 코드", "타임아웃", "API", "세션"])
def test_causes_are_told_in_everyday_words(words: str) -> None:
    told = [text for rule in (*CAUSES.causes.values(), CAUSES.unknown) for text in (rule.plain, rule.remedy)]
    assert not [text for text in told if words in text]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("skt", "SKT"),
        ("SK텔레콤", "SKT"),
        ("kt", "KT"),
        ("LG U+", "LGU+"),
        ("유플러스", "LGU+"),
        ("mvno", "알뜰폰"),
        ("보다폰", None),
        (None, None),
    ],
)
def test_carriers_have_many_names(written: str | None, name: str | None) -> None:
    assert CODES.find_carrier(written) == name


@pytest.mark.parametrize(
    ("written", "browser", "is_in_app"),
    [
        ("Chrome", "Chrome", False),
        ("카카오톡 인앱", "카카오톡 인앱", True),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/126.0.6478.127 Mobile Safari KAKAOTALK 10",
            "카카오톡 인앱",
            True,
        ),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Instagram 330.0", "인스타그램 인앱", True),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge", False),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/25.0 Chrome/121.0", "삼성 인터넷", False),
        ("Mozilla/5.0 (iPhone) AppleWebKit Version/17.5 Safari/604.1", "Safari", False),
        ("Lynx", "기타", False),
        (None, None, False),
    ],
)
def test_browsers_are_known_by_what_they_say(written: str | None, browser: str | None, is_in_app: bool) -> None:
    assert (CODES.name_browser(written), CODES.is_in_app(written)) == (browser, is_in_app)


@pytest.mark.parametrize(
    ("when", "weights"), [({}, {"browser": 2}), ({"moon": "full"}, {"browser": 2}), ({"cause": "x"}, {"browser": 0.5})]
)
def test_a_clue_that_does_not_fit_is_refused(when: dict[str, str], weights: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Clue(when=when, weights=weights, because="x")
