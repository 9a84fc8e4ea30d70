"""The shop's table of blocks, row by row, and what a file of rules may not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import backoffice.blocking
from backoffice.blocking.notice_text import tell_placed, tell_released
from backoffice.blocking.policy import Block, find_end, find_in_the_way, keep_until, set_terms
from backoffice.blocking.rules import load_block_rules, read_block_rules
from backoffice.blocking.tables import BlockReason, BlockSignal
from backoffice.demo.catalogue import BLOCK_REASONS

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
RULES = load_block_rules()
NEVER = None
SECURITY_ONLY = [BlockSignal.FOREIGN_IP, BlockSignal.VPN, BlockSignal.MASS_ATTEMPTS]


@pytest.mark.parametrize(
    ("reason", "share_percent", "lifted_after_h", "reviewed_by", "meanwhile"),
    [
        ("info_mismatch", 35, 24, "id_card_check", "상담원이 신분증으로"),
        ("sms_failures", 25, 6, "carrier_check", "ARS 전화나 PASS 앱"),
        ("abnormal_access", 20, 48, "security_team", "평소 쓰시던 인터넷"),
        ("identity_misuse", 15, NEVER, "id_card_comparison", "방문하시면"),
        ("other", 5, NEVER, "case_by_case", None),
    ],
)
def test_each_reason_has_its_end_its_reviewer_and_what_works_meanwhile(
    reason: str, share_percent: int, lifted_after_h: int | None, reviewed_by: str, meanwhile: str | None
) -> None:
    rule, terms = RULES.reasons[BlockReason(reason)], set_terms(RULES, BlockReason(reason))
    assert rule.share_percent == share_percent
    assert terms.release_after == (timedelta(hours=lifted_after_h) if lifted_after_h else None)
    assert terms.reviewed_by == reviewed_by
    assert meanwhile is None if rule.meanwhile is None else meanwhile in rule.meanwhile
    assert rule.by_case is (reason == "other")
    assert (terms.rule_id, terms.rules_version) == (reason, RULES.version)


def test_invented_blocks_have_the_shares_of_the_table() -> None:
    assert {reason: share for reason, (share, _, _) in BLOCK_REASONS.items()} == {
        reason.value: rule.share_percent for reason, rule in RULES.reasons.items()
    }


@pytest.mark.parametrize(
    ("reason", "signals", "lifted_after_h", "skill", "may_be_lifted_by_code", "rule_id"),
    [
        ("abnormal_access", ["repeated_ip"], 6, "security_review", False, "abnormal_access+repeated_ip"),
        ("other", ["repeated_ip"], 6, "security_review", False, "other+repeated_ip"),
        ("info_mismatch", ["repeated_ip"], 24, "verification", True, "info_mismatch"),
        ("identity_misuse", ["repeated_ip"], NEVER, "security_review", False, "identity_misuse"),
        ("sms_failures", [], 6, "verification", True, "sms_failures"),
        ("sms_failures", ["foreign_ip"], 6, "security_review", False, "sms_failures+foreign_ip"),
        ("info_mismatch", ["vpn"], 24, "security_review", False, "info_mismatch+vpn"),
        ("sms_failures", ["mass_attempts"], 6, "security_review", False, "sms_failures+mass_attempts"),
        ("abnormal_access", ["repeated_ip", "foreign_ip"], 48, "security_review", False, "abnormal_access+foreign_ip"),
    ],
)
def test_how_it_was_noticed_shortens_a_block_or_keeps_all_but_security_out(
    reason: str,
    signals: list[str],
    lifted_after_h: int | None,
    skill: str,
    may_be_lifted_by_code: bool,
    rule_id: str,
) -> None:
    terms = set_terms(RULES, BlockReason(reason), [BlockSignal(signal) for signal in signals])
    assert terms.release_after == (timedelta(hours=lifted_after_h) if lifted_after_h else None)
    assert (terms.skill, terms.may_lift_early, terms.rule_id) == (skill, may_be_lifted_by_code, rule_id)


@given(reason=st.sampled_from(list(BlockReason)), signals=st.sets(st.sampled_from(list(BlockSignal))))
def test_what_points_to_an_attack_is_always_for_the_security_team(
    reason: BlockReason, signals: set[BlockSignal]
) -> None:
    terms, plain = set_terms(RULES, reason, signals), set_terms(RULES, reason)
    if signals & set(SECURITY_ONLY):
        assert (terms.reviewed_by, terms.skill, terms.may_lift_early) == ("security_team", "security_review", False)
        assert terms.release_after == plain.release_after
    assert not (terms.may_lift_early and not plain.may_lift_early)


def test_one_block_that_no_code_lifts_is_in_the_way_of_all() -> None:
    mistyped = Block(BlockReason.SMS_FAILURES, NOW)
    watched = Block(BlockReason.SMS_FAILURES, NOW, signals=(BlockSignal.VPN,))
    assert find_in_the_way([mistyped], RULES) is None
    assert find_in_the_way([], RULES) is None
    found = find_in_the_way([mistyped, watched], RULES)
    assert found is not None and found.skill == "security_review"


@pytest.mark.parametrize(
    ("ends_at", "now", "ended_at"),
    [
        (None, NOW, NOW),
        (NOW + timedelta(hours=1), NOW, NOW),
        (NOW - timedelta(hours=1), NOW, NOW - timedelta(hours=1)),
        (None, NOW - timedelta(days=3), NOW - timedelta(hours=2)),
    ],
)
def test_a_block_ends_at_its_own_time_and_never_before_it_began(
    ends_at: datetime | None, now: datetime, ended_at: datetime
) -> None:
    assert find_end(ends_at, NOW - timedelta(hours=2), now) == ended_at


@pytest.mark.parametrize(
    ("at", "kept_until"),
    [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), datetime(2031, 11, 24, 3, tzinfo=UTC)),
        (datetime(2028, 2, 29, 3, tzinfo=UTC), datetime(2033, 3, 1, 3, tzinfo=UTC)),
        (datetime(2028, 2, 28, 16, tzinfo=UTC), datetime(2033, 2, 28, 16, tzinfo=UTC)),  # the 29th in Seoul
    ],
)
def test_a_release_is_kept_for_five_years(at: datetime, kept_until: datetime) -> None:
    assert RULES.keep_releases_years == 5
    assert keep_until(at, RULES.keep_releases_years) == kept_until


def test_notices_are_kind_and_teach_nothing() -> None:
    for rule in RULES.reasons.values():
        for said in (
            tell_placed(rule, NOW),
            tell_placed(rule, None),
            tell_released(rule, is_our_fault=False),
            tell_released(rule, is_our_fault=True),
        ):
            assert said.startswith("[이음] ") and said.endswith("요.")
            assert not any(word in said for word in ("VPN", "IP", "해외", "도용"))
    assert "죄송" in tell_released(RULES.reasons[BlockReason.OTHER], is_our_fault=True)
    assert "마지막에 받은 문자" in tell_released(RULES.reasons[BlockReason.SMS_FAILURES], is_our_fault=False)


FILE = Path(backoffice.blocking.__file__).with_name("rules.yml")


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda data: data["reasons"].pop("other"), "other"),
        (lambda data: data["signals"].pop("vpn"), "vpn"),
        (lambda data: data["reasons"]["other"].update(colour="red"), "colour"),
        (lambda data: data["reasons"]["other"].update(release_after_h=-1), "release_after_h"),
        (lambda data: data["reasons"]["other"].update(share_percent=6), "100 percent"),
        (lambda data: data["reasons"]["other"].update(skill="cooking"), "skill"),
        (lambda data: data["signals"]["vpn"].update(release_after_h=2, instead_of=["other"]), "vpn"),
        (lambda data: data["signals"]["repeated_ip"].pop("instead_of"), "repeated_ip"),
        (lambda data: data.pop("author"), "author"),
        (lambda data: data.update(keep_releases_years=3), "keep_releases_years"),
    ],
)
def test_rules_that_do_not_fit_are_refused_by_name(change: Callable[[Any], object], names: str) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(data)
    with pytest.raises(ValueError, match=names):
        read_block_rules(data)
