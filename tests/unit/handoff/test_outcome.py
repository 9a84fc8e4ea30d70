"""How a conversation ended, told from its owner and its handoffs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handoff.domain.conversation import Handoff, Owner
from handoff.domain.outcome import LABELS, Outcome, describe_previous, outcome_of
from handoff.domain.ratings import Rating
from tests import building

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ASKED = Handoff("h_1", "c_1", "complaint", "bot", "complaint", 3, {"topic": {"name": "배송 지연"}}, NOW)
CLAIMED = replace(ASKED, claimed_at=NOW, claimed_by="a_1")


@pytest.mark.parametrize(
    ("owner", "handoffs", "outcome"),
    [
        (Owner.BOT, [], Outcome.BY_BOT),
        (Owner.CLOSED, [], Outcome.BY_BOT),
        (Owner.WAITING, [ASKED], Outcome.WAITING),
        (Owner.HUMAN, [CLAIMED], Outcome.WITH_AGENT),
        (Owner.BOT, [CLAIMED], Outcome.RETURNED),
        (Owner.CLOSED, [CLAIMED], Outcome.CLOSED_BY_AGENT),
        (Owner.CLOSED, [CLAIMED, ASKED], Outcome.LEFT),
        (Owner.BOT, [ASKED], Outcome.LEFT),
    ],
)
def test_what_became_of_it(owner: Owner, handoffs: list[Handoff], outcome: Outcome) -> None:
    conversation = replace(building.conversation(NOW), owner=owner)
    assert outcome_of(conversation, handoffs) is outcome
    told = describe_previous(conversation, handoffs, {"a_1": "이하나"})
    assert told["outcome"] == outcome.value and told["summary"].endswith(LABELS[outcome])
    assert (told["rating"], told["ticket"]) == (None, None)
    assert told["agent_name"] == ("이하나" if handoffs and handoffs[-1].claimed_by else None)


def test_a_rating_is_told_with_it() -> None:
    conversation = replace(building.conversation(NOW), owner=Owner.CLOSED)
    rating = Rating("c_1", 4, 2, None, NOW, "web", "a_1", "delivery")
    told = describe_previous(conversation, [CLAIMED], {}, rating=rating)
    assert told["rating"] == 2 and told["summary"] == "배송 지연 · 상담원이 마무리 · 만족도 2점"
