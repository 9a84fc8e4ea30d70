"""What the privacy officer and agents with the right do with personal data: the shop's rules, told as the desk tells them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.customers import service as customers
from backoffice.errors import BackofficeError, CustomerNotFound
from backoffice.privacy import errors, service
from backoffice.privacy.access import ARCHIVE, Viewer, check_reason, record_access
from backoffice.privacy.ports import Conversations
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.requests import note_step
from backoffice.privacy.rules import load_request_rules
from backoffice.privacy.service import NewRequest, PrivacyRequest
from handoff.domain.conversation import Agent, Json
from handoff.errors import Forbidden, HandoffError, Invalid, NotFound
from kernel.clock import Clock
from kernel.database import write

OFFICER_ROLES = frozenset({"privacy_officer", "administrator"})
_SAID: dict[type[BackofficeError], tuple[type[HandoffError], str]] = {
    CustomerNotFound: (NotFound, "그런 고객을 찾지 못했어요."),
    errors.RequestNotFound: (NotFound, "그런 요청을 찾지 못했어요."),
    errors.WrongState: (Invalid, "지금 상태에서는 할 수 없어요. 새로 고쳐 주세요."),
    errors.MandateMissing: (Invalid, "대리인의 요청에는 위임 서류를 적어 주세요."),
    errors.UnknownGround: (Invalid, "거절 사유를 목록에서 골라 주세요."),
    errors.NotErasable: (Invalid, "진행 중인 주문이 있어 아직 지울 수 없어요."),
    errors.UnmaskingRefused: (Forbidden, "이 정보를 볼 권한이 없어요."),
    errors.ReasonMissing: (Invalid, "왜 필요한지 다섯 글자 이상 적어 주세요."),
    errors.InvalidPeriod: (Invalid, "기간을 확인해 주세요."),
}


class PrivacyDesk:
    """The use cases behind `/api/desk/privacy`."""

    def __init__(self, shop: AsyncEngine, conversations: Conversations, clock: Clock) -> None:
        self._shop = shop
        self._conversations = conversations
        self._clock = clock

    async def list_requests(self) -> list[Json]:
        """Return what waits for an answer, the one due first at the top."""
        now = self._clock.now()
        return [_as_json(request, now) for request in await service.list_open(self._shop)]

    async def get(self, request_id: str) -> Json:
        """Return a request with its steps and its customer, masked."""
        async with _told():
            request, steps = await service.get_request(self._shop, request_id)
        facts = await customers.handoff_facts(self._shop, request.subject_id, self._clock)
        found = _as_json(request, self._clock.now()) | {"customer": facts["customer"]}
        return found | {"steps": [asdict(step) | {"at": _rfc3339(step.at)} for step in steps]}

    async def open(self, new: NewRequest) -> Json:
        """Take in a request that came by letter, telephone or in person."""
        async with _told():
            request, is_new = await service.open_request(self._shop, new, now=self._clock.now())
        return _as_json(request, self._clock.now()) | {"is_new": is_new}

    async def step(self, request_id: str, to: RequestState, agent: Agent, **said: str) -> Json:
        """Lead a request to its next state; `said` is what the state needs (how, answer, ground, explanation)."""
        ways = {
            RequestState.IDENTITY_CHECKED: service.confirm_identity,
            RequestState.IN_WORK: service.start_work,
            RequestState.ANSWERED: service.answer_request,
            RequestState.REFUSED: service.refuse_request,
        }
        async with _told():
            now = self._clock.now()
            request = await ways[to](self._shop, request_id, by=agent.agent_id, now=now, **said)  # type: ignore[operator]
        return _as_json(request, now)

    async def archive(self, request_id: str, viewer: Viewer) -> bytes:
        """Return everything about the customer of a request for access, and record that it was made."""
        async with _told():
            request, _ = await service.get_request(self._shop, request_id)
            if request.kind is not RequestKind.ACCESS or request.state is not RequestState.IN_WORK:
                raise errors.WrongState(state=request.state.value, wanted=ARCHIVE)
            now = self._clock.now()
            async with write(self._shop) as connection:
                reason = f"열람 요청 {request_id}"
                whose = request.subject_id
                await record_access(connection, whose, fields=[ARCHIVE], viewer=viewer, reason=reason, now=now)
                await note_step(connection, request_id, ARCHIVE, by=viewer.viewer_id, now=now)
            return await service.export_customer(self._shop, whose, conversations=self._conversations, now=now)

    async def unmask(self, customer_id: str, fields: list[str], viewer: Viewer, reason: str) -> Json:
        """Return fields of a customer as they are; recorded."""
        async with _told():
            check_reason(reason)
            now = self._clock.now()
            shown = await service.unmask(
                self._shop, customer_id, fields=fields, viewer=viewer, reason=reason.strip(), now=now
            )
        return dict(shown)

    async def list_affected(self, since: datetime, until: datetime, viewer_id: str | None) -> list[Json]:
        """Return whose data was seen in a period."""
        async with _told():
            found = await service.list_affected(self._shop, since=since, until=until, viewer_id=viewer_id)
        return [
            {
                "customer_id": one.subject_id,
                "times": one.times,
                "first_at": _rfc3339(one.first_at),
                "last_at": _rfc3339(one.last_at),
            }
            for one in found
        ]

    async def review(self, month: str) -> Json:
        """Return who saw how much in a month, and the review of it."""
        async with _told():
            found, made = await service.review(self._shop, month)
        review = made and {"by": made["reviewed_by"], "at": _rfc3339(made["reviewed_at"]), "note": made["note"]}
        return {"month": month, "viewers": [asdict(one) for one in found], "review": review}

    async def note_review(self, month: str, agent: Agent, note: str) -> Json:
        """Write down that a month was gone over."""
        async with _told():
            await service.note_review(self._shop, month, by=agent.name, note=note, now=self._clock.now())
        return await self.review(month)


@asynccontextmanager
async def _told() -> AsyncIterator[None]:
    """Turn what the shop refuses into what the desk says, with the shop's own code."""
    try:
        yield
    except BackofficeError as error:
        kind, sentence = _SAID.get(type(error), (Invalid, "처리할 수 없는 요청이에요."))
        raise kind(sentence, code=error.code) from error


def _as_json(request: PrivacyRequest, now: datetime) -> Json:
    found: dict[str, Any] = asdict(request)
    days_left = request.days_left(now)
    alarm = None if not request.is_open or days_left > 3 else "late" if now >= request.due_at else "soon"
    moments = {name: _rfc3339(found[name]) if found[name] else None for name in ("opened_at", "due_at", "ended_at")}
    label = load_request_rules().kinds[request.kind].label
    return found | moments | {"label": label, "days_left": days_left, "alarm": alarm}


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
