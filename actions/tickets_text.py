"""What became of what the customer asked people for, and when people are there. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from actions.phrases import PERSON
from actions.reply import Reply
from actions.turn import Turn
from kernel import korean

_TOLD_MAX = 3
_NUMBER = re.compile(r"(?<![A-Za-z0-9])CS[-\s]?(\d{3,9})(?!\d)", re.IGNORECASE)


def tell(turn: Turn, now: datetime) -> Reply:
    """Return how far the customer's tickets are: the one that the message names, else the newest few."""
    named = [f"CS-{digits}" for digits in _NUMBER.findall(turn.text)]
    theirs = [ticket for ticket in turn.tickets if ticket["number"] in named]
    reply = Reply(choices=[PERSON], slots={"last_topic": turn.intent or None})
    if named and not theirs:
        reply.say("말씀하신 번호로는 문의를 찾지 못했어요. 대신 지금까지 접수하신 문의를 알려 드릴게요.")
    for ticket in (theirs or turn.tickets)[:_TOLD_MAX]:
        reply.say(_tell_one(ticket, now))
    if turn.opens_at is not None and any(ticket["is_open"] for ticket in theirs or turn.tickets):
        reply.say(f"지금은 상담 시간이 아니어서, {korean.say_when(turn.opens_at, now)}부터 이어서 도와드려요.")
    return reply


def tell_hours(turn: Turn, now: datetime) -> Reply:
    """Return when people are there, and whether they are there now."""
    reply = Reply(choices=[PERSON], slots={"last_topic": turn.intent or None})
    reply.say(
        f"상담원이 답해 드리는 시간은 {korean.josa(turn.hours_text or '', '이에요/예요')}. 저는 하루 24시간 답해 드려요."
    )
    if turn.opens_at is None:
        return reply.say("지금은 상담 시간이라 바로 상담원을 불러 드릴 수 있어요.")
    back = korean.say_when(turn.opens_at, now)
    return reply.say(f"지금 문의를 남겨 두시면 상담원이 {back}부터 차례대로 답해 드려요.")


def _tell_one(ticket: Mapping[str, Any], now: datetime) -> str:
    opened = korean.date(datetime.fromisoformat(ticket["opened_at"]))
    told = f"{opened}에 접수하신 문의 {korean.josa(ticket['number'], '은/는')} {ticket['status_text']}."
    if ticket.get("promised_at"):
        promised = korean.say_when(datetime.fromisoformat(ticket["promised_at"]), now)
        told += f" {promised}에 다시 연락드리기로 했어요."
    return told
