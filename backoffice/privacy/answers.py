"""Ends privacy requests: with an answer, and what follows from it, or with a refusal that names its ground."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.privacy.consents import record
from backoffice.privacy.erasure import order_erasure
from backoffice.privacy.policy import OPTIONAL_CONSENTS, check_ground
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.requests import PrivacyRequest, end_notice_key, get_within, move
from backoffice.privacy.rules import load_request_rules
from kernel import korean
from kernel.database import write


async def answer_request(
    engine: AsyncEngine, request_id: str, *, answer: str, by: str, now: datetime
) -> PrivacyRequest:
    """Answer a request, tell the customer, and have done what the answer means.

    Deletion and leaving erase the customer soon after they were told; a stop takes back every consent that the
    service can do without. Raises RequestNotFound, WrongState, or NotErasable while orders are under way.
    """
    async with write(engine) as connection:
        request = await get_within(connection, request_id)
        await move(connection, request, RequestState.ANSWERED, by=by, note=None, now=now, ended_at=now, answer=answer)
        rule = load_request_rules().kinds[request.kind]
        if rule.closes_account:
            await order_erasure(connection, request, now=now)
        if request.kind is RequestKind.STOP:
            await _take_back_consents(connection, request, now)
        await _tell_end(connection, request, f"요청하신 {rule.label}에 답해 드려요. {answer}", now)
        return await get_within(connection, request_id)


async def refuse_request(
    engine: AsyncEngine, request_id: str, *, ground: str, explanation: str, by: str, now: datetime
) -> PrivacyRequest:
    """Refuse a request on a ground of the table, and tell the customer why and how to object.

    Raises RequestNotFound, UnknownGround or WrongState.
    """
    async with write(engine) as connection:
        request = await get_within(connection, request_id)
        rules = load_request_rules()
        check_ground(ground, request.state, rules)
        told = tell_refusal(ground, explanation)
        changed = {"ended_at": now, "answer": told, "refusal_ground": ground}
        await move(connection, request, RequestState.REFUSED, by=by, note=ground, now=now, **changed)
        label = korean.josa(rules.kinds[request.kind].label, "을/를")
        await _tell_end(connection, request, f"요청하신 {label} 들어드리지 못해 죄송해요. {told}", now)
        return await get_within(connection, request_id)


def tell_refusal(ground: str, explanation: str = "") -> str:
    """Return why a request was refused and how to object, as the customer is told."""
    rules = load_request_rules()
    parts = (f"{rules.grounds[ground].because}.", explanation.strip(), rules.objection)
    return " ".join(part for part in parts if part)


async def _take_back_consents(connection: AsyncConnection, request: PrivacyRequest, now: datetime) -> None:
    await record(
        connection,
        customer_id=request.subject_id,
        kinds=OPTIONAL_CONSENTS,
        granted=False,
        channel="privacy_request",
        now=now,
        event_key=request.request_id,
    )


async def _tell_end(connection: AsyncConnection, request: PrivacyRequest, text: str, now: datetime) -> None:
    await tell(
        connection,
        customer_id=request.subject_id,
        key=end_notice_key(request.request_id),
        category=NoticeCategory.PRIVACY,
        text=text,
        now=now,
    )
