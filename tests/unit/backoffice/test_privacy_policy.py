"""Privacy requests: how long an answer may take, what follows what, what of a history of consents holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.privacy.errors import UnknownGround, WrongState
from backoffice.privacy.policy import (
    ENDED,
    ConsentLine,
    alarms,
    check_ground,
    check_step,
    consents_withdrawn_with,
    current_consents,
    due_at,
)
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.rules import load_request_rules
from backoffice.privacy.tables import ConsentKind

RULES = load_request_rules()
NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)

# The table of days, as it is promised to customers.
ANSWERED_WITHIN_DAYS = {
    "access": 10,
    "correction": 10,
    "deletion": 10,
    "stop": 10,
    "leave": 10,
    "automated_refusal": 30,
    "automated_explanation": 30,
}
PATHS = [
    ["received", "identity_checked", "in_work", "answered"],
    ["received", "identity_checked", "in_work", "refused"],
    ["received", "identity_checked", "refused"],
    ["received", "refused"],
    ["received", "withdrawn"],
    ["received", "identity_checked", "withdrawn"],
    ["received", "identity_checked", "in_work", "withdrawn"],
]


@pytest.mark.parametrize(("kind", "days"), ANSWERED_WITHIN_DAYS.items())
def test_an_answer_is_due_after_so_many_days(kind: str, days: int) -> None:
    assert due_at(NOON, RULES.kinds[RequestKind(kind)]) == NOON + timedelta(days=days)


def test_every_kind_of_request_has_its_days() -> None:
    assert set(ANSWERED_WITHIN_DAYS) == {kind.value for kind in RequestKind}


@pytest.mark.parametrize("kind", RequestKind)
def test_the_officer_is_warned_before_the_deadline_and_at_it(kind: RequestKind) -> None:
    warned = alarms(NOON, RULES.kinds[kind])
    assert warned[0] == due_at(NOON, RULES.kinds[kind])
    assert any(NOON < at < warned[0] for at in warned.values())


def test_a_request_goes_these_ways_and_no_others() -> None:
    allowed = {pair for path in PATHS for pair in pairwise(path)}
    for before in RequestState:
        for after in RequestState:
            if (before.value, after.value) in allowed:
                check_step(before, after)
            else:
                with pytest.raises(WrongState):
                    check_step(before, after)


@pytest.mark.parametrize("ended", sorted(ENDED))
def test_nothing_follows_the_end(ended: RequestState) -> None:
    for after in RequestState:
        with pytest.raises(WrongState, match=f"{after.value} does not follow {ended.value}"):
            check_step(ended, after)


@pytest.mark.parametrize(
    ("ground", "before_identity"),
    [
        ("another_person", False),
        ("legal_duty", False),
        ("identity_not_proved", True),
        ("mandate_not_shown", True),
    ],
)
def test_a_refusal_names_a_ground_of_the_table(ground: str, before_identity: bool) -> None:
    check_ground(ground, RequestState.IN_WORK, RULES)
    if before_identity:
        check_ground(ground, RequestState.RECEIVED, RULES)
    else:
        with pytest.raises(WrongState):
            check_ground(ground, RequestState.RECEIVED, RULES)
    with pytest.raises(UnknownGround):
        check_ground("we would rather not", RequestState.IN_WORK, RULES)


def test_customers_are_told_how_to_object() -> None:
    assert "이의" in RULES.objection and "118" in RULES.objection


KINDS = st.sampled_from(ConsentKind)
LINES = st.lists(
    st.builds(
        ConsentLine, KINDS, st.booleans(), st.none() | st.integers(0, 50).map(lambda h: NOON + timedelta(hours=h))
    )
)


@given(LINES)
def test_what_holds_is_the_newest_line_of_each_kind(lines: list[ConsentLine]) -> None:
    current = current_consents(lines)
    assert set(current) == {line.kind for line in lines}
    for kind, line in current.items():
        own = [one for one in lines if one.kind is kind]
        timed = [one for one in own if one.at is not None]
        if timed:
            assert line.at == max(one.at for one in timed if one.at)
            assert line is [one for one in timed if one.at == line.at][-1]
        else:
            assert line is own[-1]


@given(LINES, KINDS)
def test_taking_back_at_once_always_holds(lines: list[ConsentLine], kind: ConsentKind) -> None:
    latest = max((line.at for line in lines if line.at), default=NOON)
    assert not current_consents([*lines, ConsentLine(kind, False, latest)])[kind].granted


def test_advertising_at_night_ends_with_advertising() -> None:
    assert consents_withdrawn_with(ConsentKind.MARKETING) == (ConsentKind.MARKETING, ConsentKind.NIGHT_ADS)
    assert consents_withdrawn_with(ConsentKind.NIGHT_ADS) == (ConsentKind.NIGHT_ADS,)
    assert consents_withdrawn_with(ConsentKind.THIRD_PARTY) == (ConsentKind.THIRD_PARTY,)
