"""Who may take a conversation from whom: every pair of owner and change, and any sequence of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handoff.domain.conversation import Conversation, Owner
from handoff.domain.ownership import Change, change_owner, require_agent, require_version
from handoff.errors import Conflict, IllegalTransition
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
BOT, WAITING, HUMAN, CLOSED = Owner.BOT, Owner.WAITING, Owner.HUMAN, Owner.CLOSED

# owner after the change, None where it is refused
TABLE: dict[Change, dict[Owner, Owner | None]] = {
    Change.HANDED_OVER: {BOT: WAITING, WAITING: None, HUMAN: None, CLOSED: None},
    Change.CLAIMED: {BOT: None, WAITING: HUMAN, HUMAN: None, CLOSED: None},
    Change.TRANSFERRED: {BOT: None, WAITING: None, HUMAN: WAITING, CLOSED: None},
    Change.RETURNED: {BOT: None, WAITING: None, HUMAN: BOT, CLOSED: None},
    Change.CLOSED: {BOT: CLOSED, WAITING: CLOSED, HUMAN: CLOSED, CLOSED: None},
    Change.REOPENED: {BOT: None, WAITING: None, HUMAN: None, CLOSED: BOT},
    Change.LEFT_QUEUE: {BOT: None, WAITING: BOT, HUMAN: None, CLOSED: None},
    Change.PULLED: {BOT: None, WAITING: HUMAN, HUMAN: HUMAN, CLOSED: None},
    Change.PUSHED: {BOT: None, WAITING: HUMAN, HUMAN: HUMAN, CLOSED: None},
    Change.AGENT_GONE: {BOT: None, WAITING: None, HUMAN: WAITING, CLOSED: None},
    Change.SNOOZED: {BOT: None, WAITING: None, HUMAN: HUMAN, CLOSED: None},
    Change.WOKEN: {BOT: None, WAITING: None, HUMAN: HUMAN, CLOSED: None},
}
PAIRS = [(owner, change) for change in Change for owner in Owner]


def _owned_by(owner: Owner) -> Conversation:
    """A conversation as it looks while this owner has it."""
    at_work = owner in (WAITING, HUMAN)
    return building.conversation(
        NOW,
        owner=owner,
        version=7,
        agent_id="a_1" if owner is HUMAN else None,
        skill="delivery" if at_work else None,
        priority=2 if at_work else 0,
        waiting_since=NOW if owner is WAITING else None,
        closed_at=NOW if owner is CLOSED else None,
    )


def test_the_table_has_every_pair() -> None:
    assert {(owner, change) for change, row in TABLE.items() for owner in row} == set(PAIRS)


@pytest.mark.parametrize(("owner", "change"), PAIRS)
def test_each_change_is_allowed_or_refused_as_the_table_says(owner: Owner, change: Change) -> None:
    before, later = _owned_by(owner), NOW + timedelta(minutes=1)
    target = TABLE[change][owner]
    if target is None:
        with pytest.raises(IllegalTransition) as refused:
            change_owner(before, change, at=later, agent_id="a_2", skill="orders", priority=3)
        assert (refused.value.current, refused.value.asked) == (owner, change)
        assert (refused.value.winner.owner, refused.value.winner.version) == (owner, 7)
        return
    after = change_owner(before, change, at=later, agent_id="a_2", skill="orders", priority=3)
    assert (after.owner, after.version, after.updated_at) == (target, 8, later)
    expected = {
        BOT: (None, None, 0, None, None),
        WAITING: (None, "orders", 3, later, None),
        HUMAN: ("a_2", "delivery", 2, None, None),
        CLOSED: (None, None, 0, None, later),
    }[target]
    assert (after.agent_id, after.skill, after.priority, after.waiting_since, after.closed_at) == expected


def test_a_change_of_owner_touches_nothing_else() -> None:
    before = replace(_owned_by(WAITING), customer_id="demo-1", channel_user="u", last_seq=9)
    after = change_owner(before, Change.CLAIMED, at=NOW, agent_id="a_1")
    kept = ("conversation_id", "channel", "customer_id", "channel_user", "last_seq", "created_at", "lease")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


@pytest.mark.parametrize("version", [6, 8, 0, -1])
def test_who_decided_on_another_version_is_refused(version: int) -> None:
    require_version(_owned_by(HUMAN), 7)
    with pytest.raises(Conflict) as refused:
        require_version(_owned_by(HUMAN), version)
    assert (refused.value.code, refused.value.winner.version) == ("version_conflict", 7)


@pytest.mark.parametrize(
    ("owner", "agent_id"), [(HUMAN, "a_2"), (HUMAN, ""), (WAITING, "a_1"), (BOT, "a_1"), (CLOSED, "a_1")]
)
def test_only_the_agent_who_holds_it_may_act(owner: Owner, agent_id: str) -> None:
    require_agent(_owned_by(HUMAN), "a_1")
    with pytest.raises(Conflict) as refused:
        require_agent(_owned_by(owner), agent_id)
    assert refused.value.code == "not_owner"


class AnySequence(RuleBasedStateMachine):
    """Changes in any order, decided on any version that was once seen."""

    def __init__(self) -> None:
        super().__init__()
        self.conversation = building.conversation(NOW)
        self.versions = [1]
        self.at = NOW

    @rule(change=st.sampled_from(Change), agent=st.sampled_from(["a_1", "a_2"]), behind=st.integers(0, 3))
    def try_to_change(self, change: Change, agent: str, behind: int) -> None:
        """Change as a use case does: check the version seen, then change."""
        before = self.conversation
        seen = self.versions[max(0, len(self.versions) - 1 - behind)]
        self.at += timedelta(seconds=1)
        try:
            require_version(before, seen)
            after = change_owner(before, change, at=self.at, agent_id=agent, skill="general", priority=1)
        except Conflict:
            assert seen != before.version or TABLE[change][before.owner] is None
            return
        assert seen == before.version and after.owner is TABLE[change][before.owner]
        self.conversation = after
        self.versions.append(after.version)

    @invariant()
    def versions_only_grow(self) -> None:
        assert self.versions == list(range(1, len(self.versions) + 1))

    @invariant()
    def what_belongs_to_an_owner_is_there_and_nothing_else(self) -> None:
        c = self.conversation
        assert (c.agent_id is not None) == (c.owner is HUMAN)
        assert (c.waiting_since is not None) == (c.owner is WAITING)
        assert (c.closed_at is not None) == (c.owner is CLOSED)
        assert (c.skill is not None) == (c.owner in (WAITING, HUMAN))
        assert c.priority == 0 or c.owner in (WAITING, HUMAN)


TestAnySequence = AnySequence.TestCase
