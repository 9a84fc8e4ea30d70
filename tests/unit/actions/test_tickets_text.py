"""What became of an inquiry: told from what the turn carries, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from actions import tickets_text
from actions.facts import ActionFacts
from actions.turn import Turn

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
NEW: dict[str, Any] = {
    "number": "CS-20931",
    "status_text": "접수되어 담당자를 기다리고 있어요",
    "is_open": True,
    "opened_at": "2026-11-23T03:00:00+00:00",
    "promised_at": None,
}
CALLED: dict[str, Any] = NEW | {
    "number": "CS-20930",
    "status_text": "담당자가 확인하고 있어요",
    "promised_at": "2026-11-25T06:00:00+00:00",
}


def _turn(text: str = "문의 어떻게 됐어요", *tickets: dict[str, Any], **changed: Any) -> Turn:
    return Turn("t1", "demo-1", "ticket_status", text=text, tickets=tickets, **changed)


def test_says_how_far_the_customers_tickets_are() -> None:
    reply = tickets_text.tell(_turn("문의 어떻게 됐어요", NEW, CALLED), NOON)
    assert reply.bubbles == [
        "11월 23일(월)에 접수하신 문의 CS-20931은 접수되어 담당자를 기다리고 있어요.",
        "11월 23일(월)에 접수하신 문의 CS-20930은 담당자가 확인하고 있어요."
        " 내일(11월 25일 수요일) 오후 3시에 다시 연락드리기로 했어요.",
    ]
    assert [choice.intent for choice in reply.choices] == ["human_agent"] and reply.handoff is None


@pytest.mark.parametrize("text", ["CS-20930 어떻게 됐어요", "cs20930요", "문의번호 CS 20930번"])
def test_a_number_in_the_message_chooses_one(text: str) -> None:
    (bubble,) = tickets_text.tell(_turn(text, NEW, CALLED), NOON).bubbles
    assert "CS-20930" in bubble


def test_somebody_elses_number_is_not_found() -> None:
    reply = tickets_text.tell(_turn("CS-20001 어떻게 됐어요", NEW), NOON)
    assert "찾지 못했어요" in reply.bubbles[0] and "CS-20001" not in " ".join(reply.bubbles)
    assert "CS-20931" in reply.bubbles[1]


def test_off_hours_it_is_said_when_people_are_back() -> None:
    night = datetime(2026, 11, 24, 13, tzinfo=UTC)
    opens = datetime(2026, 11, 25, 0, tzinfo=UTC)
    assert "오전 9시부터" in tickets_text.tell(_turn("문의", NEW, opens_at=opens), night).bubbles[-1]
    done = NEW | {"status_text": "처리가 끝났어요", "is_open": False}
    assert len(tickets_text.tell(_turn("문의", done, opens_at=opens), night).bubbles) == 1


def test_hours_are_told_with_whether_people_are_there_now() -> None:
    asked = Turn("t1", None, "business_hours", hours_text="평일 오전 9시~오후 6시")
    assert tickets_text.tell_hours(asked, NOON).bubbles == [
        "상담원이 답해 드리는 시간은 평일 오전 9시~오후 6시예요. 저는 하루 24시간 답해 드려요.",
        "지금은 상담 시간이라 바로 상담원을 불러 드릴 수 있어요.",
    ]
    night = Turn("t1", None, "business_hours", hours_text="평일", opens_at=datetime(2026, 11, 25, 0, tzinfo=UTC))
    assert "내일(11월 25일 수요일) 오전 9시부터" in tickets_text.tell_hours(night, NOON).bubbles[-1]


class _Shop:
    class clock:
        @staticmethod
        def now() -> datetime:
            return NOON


async def test_the_topics_action_tells_it_where_the_turn_carries_tickets() -> None:
    action = ActionFacts(_Shop())  # type: ignore[arg-type]
    reply = await action.answer(_turn("문의 어떻게 됐어요", NEW))
    assert "CS-20931" in reply.bubbles[0]
