"""Which row of the compensation table fits a case, and who may give it. Pure: a case and the rules in, a verdict out.

The same case gets the same verdict, whoever asks on whatever channel; only the authority differs by role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backoffice.compensation.tables import Cause, GiftKind, Outcome

ALREADY_GRANTED = "already_granted"
BY_HAND = "by_hand"
_STRICT = {"extra": "forbid"}  # read by the check of the rules file: a field it does not know is an error


@dataclass(frozen=True, kw_only=True)
class GiftRule:
    """One thing a row gives; `paid_percent` is of what was paid for the order."""

    kind: GiftKind
    amount_krw: int | None = None
    paid_percent: float | None = None
    rate_percent: float | None = None
    __pydantic_config__ = _STRICT


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table; for a delay it fits from `from_days` to `to_days` business days, None: or more."""

    cause: Cause
    gifts: Sequence[GiftRule]
    say: str
    from_days: int | None = None
    to_days: int | None = None
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class SecondDelay:
    """The row of a further delay within so many days of amends for one."""

    within_days: int
    row: str
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class CouponTerms:
    """What holds for the coupons that are given."""

    valid_days: int
    stackable: bool
    excludes_lowest_price: bool
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class PointTerms:
    """How long points last that are given."""

    valid_days: int
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Cap:
    """What a customer may be given within so many days before an agent decides."""

    days: int
    points_krw: int
    grants: int
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Unusual:
    """How many claims, or accounts at one address, make a case one for a person."""

    claims: int
    claims_within_days: int
    accounts: int
    accounts_within_days: int
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Authority:
    """How much a role may give at once; `causes` None: for any of them."""

    points_krw: int
    coupon_percent: float
    causes: Sequence[Cause] | None
    beyond_cap: bool
    despite_unusual: bool
    passes_on_to: str | None
    __pydantic_config__ = _STRICT


@dataclass(frozen=True)
class Words:
    """A reason in one sentence, and what is possible instead."""

    say: str
    instead: str
    __pydantic_config__ = _STRICT


@dataclass(frozen=True, kw_only=True)
class CompensationRules:
    """The table in force."""

    version: int
    author: str
    changed_on: date
    rows: Mapping[str, Row]
    ladder: Sequence[str]
    second_delay: SecondDelay
    dissatisfied_up_to: int
    points: PointTerms
    coupons: CouponTerms
    cap: Cap
    unusual: Unusual
    roles: Mapping[str, Authority]
    approvers: Sequence[str]
    cause_aliases: Mapping[str, Cause]
    refusals: Mapping[str, Words]
    referrals: Mapping[str, Words]
    terms: Sequence[str]
    __pydantic_config__ = _STRICT


@dataclass(frozen=True, kw_only=True)
class Gift:
    """Something given, in won or percent."""

    kind: GiftKind
    amount_krw: int | None = None
    rate_percent: float | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """The facts a verdict is made from.

    `late_days` None: nothing was promised. `earlier_amends_at` are those for delays of other orders.
    `given_*` count within the cap's days, `claims` and `accounts` this one too. `score` is of 5.
    """

    cause: Cause
    role: str
    paid_krw: int | None = None
    has_ended: bool = False
    is_granted: bool = False
    late_days: int | None = 0
    is_vip: bool = False
    is_second_delay: bool = False
    given_points_krw: int = 0
    given_count: int = 0
    claims: int = 1
    accounts: int = 1
    score: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What follows: the rule, what is given where it is, the sentence for the customer, what else is possible.

    `row` is the table's row that fits, also where somebody else has to give it.
    """

    outcome: Outcome
    rule: str
    sentence: str
    gifts: Sequence[Gift] = ()
    alternative: str | None = None
    row: str | None = None


def decide(case: Case, rules: CompensationRules) -> Verdict:
    """Return what the table says about `case`, and whether `case.role` may give it."""
    refusal = _find_refusal(case, rules)
    if refusal is not None:
        words = rules.refusals[refusal]
        return Verdict(outcome=Outcome.REFUSED, rule=refusal, sentence=words.say, alternative=words.instead)
    name = find_row(case, rules)
    if name is None:
        return _refer("no_promise", None, (), rules)
    row = rules.rows[name]
    gifts = tuple(_give(gift, case.paid_krw) for gift in row.gifts)
    barrier = find_barrier(case, gifts, rules)
    if barrier is None and any(gift.kind is GiftKind.POINTS and not gift.amount_krw for gift in gifts):
        barrier = "no_amount"
    if barrier is not None:
        return _refer(barrier, name, gifts, rules)
    return Verdict(outcome=Outcome.GRANTED, rule=name, sentence=row.say, gifts=gifts, row=name)


def decide_by_hand(case: Case, gifts: Sequence[Gift], rules: CompensationRules) -> Verdict:
    """Return whether `case.role` may give what a person chose, whatever the table says; still once for order and cause."""
    if case.is_granted:
        words = rules.refusals[ALREADY_GRANTED]
        return Verdict(outcome=Outcome.REFUSED, rule=ALREADY_GRANTED, sentence=words.say, alternative=words.instead)
    barrier = find_barrier(case, gifts, rules)
    if barrier is not None:
        return _refer(barrier, None, gifts, rules)
    sentence = "상담원이 고객님의 불편을 확인하고 드린 보상이에요."
    return Verdict(outcome=Outcome.GRANTED, rule=BY_HAND, sentence=sentence, gifts=tuple(gifts))


def find_row(case: Case, rules: CompensationRules) -> str | None:
    """Return the name of the row that fits: one up for a VIP, the last for a second delay; None where none does."""
    if case.cause is not Cause.LATE:
        return next((name for name, row in rules.rows.items() if row.cause is case.cause), None)
    if case.late_days is None:
        return None
    fitting = next((name for name in rules.ladder if _fits(rules.rows[name], case.late_days)), None)
    if fitting is None:
        return None
    if case.is_second_delay:
        fitting = rules.second_delay.row
    place = rules.ladder.index(fitting)
    return rules.ladder[min(place + case.is_vip, len(rules.ladder) - 1)]


def find_barrier(case: Case, gifts: Sequence[Gift], rules: CompensationRules) -> str | None:
    """Return why `case.role` may not give `gifts` by itself, None where it may."""
    role = rules.roles[case.role]
    if role.causes is not None and case.cause not in role.causes:
        return "needs_person"
    unusual = rules.unusual
    if not role.despite_unusual and (case.claims >= unusual.claims or case.accounts >= unusual.accounts):
        return "unusual"
    points = sum(gift.amount_krw or 0 for gift in gifts if gift.kind is GiftKind.POINTS)
    is_full = case.given_count >= rules.cap.grants or case.given_points_krw + points > rules.cap.points_krw
    if not role.beyond_cap and is_full:
        return "beyond_cap"
    percent = max((gift.rate_percent or 0 for gift in gifts if gift.kind is GiftKind.COUPON), default=0)
    if points > role.points_krw or percent > role.coupon_percent:
        return "beyond_authority"
    return None


def is_second_delay(amends_at: Sequence[datetime], *, now: datetime, rules: CompensationRules) -> bool:
    """Return whether earlier amends for a delay, made at `amends_at`, are so recent that this is the second one."""
    return any(now - at <= timedelta(days=rules.second_delay.within_days) for at in amends_at)


def read_cause(name: str | None, rules: CompensationRules) -> Cause | None:
    """Return the cause that the shop's records name, None for one it does not know."""
    if name in list(Cause):
        return Cause(name)
    return rules.cause_aliases.get(name or "")


def _find_refusal(case: Case, rules: CompensationRules) -> str | None:
    if case.is_granted:
        return ALREADY_GRANTED
    if case.has_ended:
        return "order_ended"
    if case.cause is Cause.LATE and case.late_days is not None and case.late_days <= 0:
        return "not_late"
    if case.cause is Cause.DISSATISFIED and case.score is not None and case.score > rules.dissatisfied_up_to:
        return "satisfied"
    return None


def _fits(row: Row, late_days: int) -> bool:
    return (row.from_days or 0) <= late_days and (row.to_days is None or late_days <= row.to_days)


def _give(gift: GiftRule, paid_krw: int | None) -> Gift:
    amount = gift.amount_krw
    if gift.paid_percent is not None:
        amount = round((paid_krw or 0) * gift.paid_percent) // 100
    return Gift(kind=gift.kind, amount_krw=amount, rate_percent=gift.rate_percent)


def _refer(rule: str, row: str | None, gifts: Sequence[Gift], rules: CompensationRules) -> Verdict:
    words = rules.referrals[rule]
    return Verdict(
        outcome=Outcome.REFERRED,
        rule=rule,
        sentence=words.say,
        gifts=tuple(gifts),
        alternative=words.instead,
        row=row,
    )
