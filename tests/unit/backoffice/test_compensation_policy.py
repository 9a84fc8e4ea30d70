"""The compensation table, row by row: what each case gets, who may give it, and why something is not given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backoffice.compensation import rules as compensation_rules
from backoffice.compensation.errors import InvalidRules
from backoffice.compensation.policy import Case, Gift, Verdict, decide, decide_by_hand, is_second_delay, read_cause
from backoffice.compensation.rules import load_compensation, read_rules
from backoffice.compensation.tables import Cause, GiftKind, Outcome

RULES = load_compensation()
LATE = Case(cause=Cause.LATE, role="bot", paid_krw=60_000)
FREE_SHIPPING = "free shipping coupon"
FIVE_PERCENT = "3,000 points"
COUPON_AND_POINTS = "10 % coupon, 3,000 points"
RESEND_AND_POINTS = "resend, 3,000 points"


def told(verdict: Verdict) -> str:
    """What a verdict gives, in the words of the table below."""
    words = {
        GiftKind.POINTS: lambda gift: f"{gift.amount_krw:,} points",
        GiftKind.COUPON: lambda gift: f"{gift.rate_percent:g} % coupon",
        GiftKind.FREE_SHIPPING: lambda gift: "free shipping coupon",
        GiftKind.RESEND: lambda gift: "resend",
    }
    return ", ".join(words[gift.kind](gift) for gift in verdict.gifts)


@pytest.mark.parametrize(
    ("late_days", "usual", "vip", "second_in_90_days"),
    [
        (1, FREE_SHIPPING, FIVE_PERCENT, COUPON_AND_POINTS),
        (2, FREE_SHIPPING, FIVE_PERCENT, COUPON_AND_POINTS),
        (3, FIVE_PERCENT, COUPON_AND_POINTS, COUPON_AND_POINTS),
        (4, FIVE_PERCENT, COUPON_AND_POINTS, COUPON_AND_POINTS),
        (6, FIVE_PERCENT, COUPON_AND_POINTS, COUPON_AND_POINTS),
        (7, COUPON_AND_POINTS, COUPON_AND_POINTS, COUPON_AND_POINTS),
        (40, COUPON_AND_POINTS, COUPON_AND_POINTS, COUPON_AND_POINTS),
    ],
)
def test_a_late_order_gets_its_row(late_days: int, usual: str, vip: str, second_in_90_days: str) -> None:
    late = replace(LATE, late_days=late_days)
    assert told(decide(late, RULES)) == usual
    assert told(decide(replace(late, is_vip=True), RULES)) == vip
    assert told(decide(replace(late, is_second_delay=True), RULES)) == second_in_90_days


@pytest.mark.parametrize(
    ("cause", "gets", "a_vip_gets"),
    [
        (Cause.WRONG_ITEM, RESEND_AND_POINTS, RESEND_AND_POINTS),
        (Cause.MISSING_ITEM, RESEND_AND_POINTS, RESEND_AND_POINTS),
        (Cause.DISSATISFIED, "10 % coupon", "10 % coupon"),
    ],
)
def test_every_other_cause_has_one_row_and_is_a_persons_to_judge(cause: Cause, gets: str, a_vip_gets: str) -> None:
    case = Case(cause=cause, role="agent", score=1)
    assert (told(decide(case, RULES)), told(decide(replace(case, is_vip=True), RULES))) == (gets, a_vip_gets)
    by_bot = decide(replace(case, role="bot"), RULES)
    assert (by_bot.outcome, by_bot.rule, told(by_bot)) == (Outcome.REFERRED, "needs_person", gets)


@pytest.mark.parametrize(
    ("score", "outcome"), [(1, Outcome.GRANTED), (3, Outcome.GRANTED), (4, Outcome.REFUSED), (5, Outcome.REFUSED)]
)
def test_dissatisfied_means_three_of_five_or_less(score: int, outcome: Outcome) -> None:
    assert decide(Case(cause=Cause.DISSATISFIED, role="agent", score=score), RULES).outcome is outcome


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"late_days": 0}, "not_late"),
        ({"late_days": 5, "has_ended": True}, "order_ended"),
        ({"late_days": 5, "is_granted": True}, "already_granted"),
        ({"cause": Cause.DISSATISFIED, "score": 5}, "satisfied"),
    ],
)
def test_a_refusal_has_a_reason_and_an_alternative_for_every_role(facts: Mapping[str, object], rule: str) -> None:
    for role in RULES.roles:
        verdict = decide(replace(LATE, role=role, **facts), RULES)
        assert (verdict.outcome, verdict.rule, verdict.gifts) == (Outcome.REFUSED, rule, ())
        assert verdict.sentence.endswith("요.") and verdict.alternative


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"late_days": None}, "no_promise"),
        ({"late_days": 4, "paid_krw": None}, "no_amount"),
        ({"late_days": 4, "claims": 4}, "unusual"),
        ({"late_days": 4, "accounts": 3}, "unusual"),
        ({"late_days": 4, "given_count": 6}, "beyond_cap"),
        ({"late_days": 4, "given_points_krw": 27_001}, "beyond_cap"),
        ({"late_days": 4, "paid_krw": 100_020}, "beyond_authority"),
    ],
)
def test_what_the_bot_may_not_give_goes_to_a_person_who_is_told_the_row(facts: Mapping[str, object], rule: str) -> None:
    verdict = decide(replace(LATE, **facts), RULES)
    assert (verdict.outcome, verdict.rule) == (Outcome.REFERRED, rule)
    assert verdict.sentence.endswith("요.") and verdict.alternative
    assert rule == "no_promise" or verdict.row == "late_medium"


@pytest.mark.parametrize(
    "facts",
    [
        {"claims": 3},
        {"accounts": 2},
        {"given_count": 5},
        {"given_points_krw": 27_000},
        {"paid_krw": 100_000},
    ],
)
def test_up_to_each_limit_the_bot_gives_by_itself(facts: Mapping[str, object]) -> None:
    assert decide(replace(LATE, late_days=4, **facts), RULES).outcome is Outcome.GRANTED


@pytest.mark.parametrize(
    ("role", "points_krw", "coupon_percent", "decides_beyond_the_cap"),
    [
        ("bot", 5_000, 10, False),
        ("agent", 10_000, 10, True),
        ("senior_agent", 30_000, 20, True),
        ("supervisor", 100_000, 30, True),
        ("administrator", 100_000, 30, True),
    ],
)
def test_each_role_has_its_limits(
    role: str, points_krw: int, coupon_percent: int, decides_beyond_the_cap: bool
) -> None:
    case = replace(LATE, role=role, late_days=1)
    for kind, limit in ((GiftKind.POINTS, points_krw), (GiftKind.COUPON, coupon_percent)):
        for more, outcome in ((0, Outcome.GRANTED), (1, Outcome.REFERRED)):
            amount, rate = (limit + more, None) if kind is GiftKind.POINTS else (None, limit + more)
            room = replace(case, given_points_krw=-limit)
            verdict = decide_by_hand(room, [Gift(kind=kind, amount_krw=amount, rate_percent=rate)], RULES)
            assert verdict.outcome is outcome, (kind, limit + more)
    full = decide(replace(case, given_count=6), RULES)
    assert (full.outcome is Outcome.GRANTED) is decides_beyond_the_cap


def test_by_hand_too_an_order_gets_one_grant_for_a_cause() -> None:
    gift = Gift(kind=GiftKind.POINTS, amount_krw=100)
    verdict = decide_by_hand(replace(LATE, role="supervisor", is_granted=True), [gift], RULES)
    assert (verdict.outcome, verdict.rule) == (Outcome.REFUSED, "already_granted")


def test_a_second_delay_is_one_within_90_days() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert is_second_delay([now - timedelta(days=90)], now=now, rules=RULES)
    assert not is_second_delay([now - timedelta(days=91)], now=now, rules=RULES)
    assert not is_second_delay([], now=now, rules=RULES)


def test_causes_are_known_by_their_other_names() -> None:
    assert read_cause("late", RULES) is read_cause("delay", RULES) is Cause.LATE
    assert read_cause("bad mood", RULES) is read_cause(None, RULES) is None


cases = st.builds(
    Case,
    cause=st.sampled_from(Cause),
    role=st.sampled_from(sorted(RULES.roles)),
    paid_krw=st.none() | st.integers(0, 10_000_000),
    has_ended=st.booleans(),
    is_granted=st.booleans(),
    late_days=st.none() | st.integers(-5, 60),
    is_vip=st.booleans(),
    is_second_delay=st.booleans(),
    given_points_krw=st.integers(0, 100_000),
    given_count=st.integers(0, 20),
    claims=st.integers(1, 10),
    accounts=st.integers(1, 10),
    score=st.none() | st.integers(1, 5),
)


@given(case=cases)
def test_every_case_has_a_verdict_that_can_be_told_and_stays_within_the_roles_limits(case: Case) -> None:
    verdict = decide(case, RULES)
    assert verdict == decide(case, RULES)
    assert verdict.sentence.endswith("요.")
    assert (verdict.outcome is Outcome.GRANTED) or verdict.alternative
    if verdict.outcome is Outcome.GRANTED:
        role = RULES.roles[case.role]
        assert verdict.gifts
        points = sum(gift.amount_krw or 0 for gift in verdict.gifts if gift.kind is GiftKind.POINTS)
        assert points <= role.points_krw
        assert role.beyond_cap or case.given_points_krw + points <= RULES.cap.points_krw
        assert not case.is_granted


@given(case=cases)
def test_a_role_of_more_authority_never_gives_less(case: Case) -> None:
    by_agent, by_supervisor = (decide(replace(case, role=role), RULES) for role in ("agent", "supervisor"))
    assert by_supervisor.outcome is by_agent.outcome or by_agent.outcome is Outcome.REFERRED
    assert by_supervisor.gifts == by_agent.gifts


RULES_FILE = Path(compensation_rules.__file__).with_name("rules.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"rows": {"late_short": {"from_days": 2}}}, "ladder"),
        ({"rows": {"late_medium": {"to_days": 7}}}, "ladder"),
        ({"rows": {"late_long": {"to_days": 30}}}, "ladder"),
        ({"ladder": ["late_short", "late_huge"]}, "late_huge"),
        ({"rows": {"late_short": {"cause": "bad mood"}}}, "rows.late_short.cause"),
        ({"roles": {"bot": {"colour": "blue"}}}, "roles.bot.colour"),
        ({"approvers": ["owner"]}, "owner"),
        ({"second_delay": {"row": "nothing"}}, "second_delay.row"),
        ({"refusals": {"bad_mood": {"say": "싫어요.", "instead": "없어요."}}}, "bad_mood"),
        ({"version": None}, "version"),
        ({"author": None}, "author"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_by_name(change: Mapping[str, object], problem: str) -> None:
    read_rules(RULES_FILE)
    with pytest.raises(InvalidRules) as refused:
        read_rules(yaml.safe_dump(_changed(yaml.safe_load(RULES_FILE), change), allow_unicode=True))
    assert any(problem in line for line in refused.value.problems)


def _changed(data: dict[str, object], change: Mapping[str, object]) -> dict[str, object]:
    for key, value in change.items():
        inner = data.get(key)
        data[key] = _changed(inner, value) if isinstance(inner, dict) and isinstance(value, Mapping) else value
    return data
