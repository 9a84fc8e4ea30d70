"""KakaoTalk's door: the skill endpoint. Whatever happens, Kakao gets an answer it can show."""

from __future__ import annotations

import asyncio
import hmac
import json

import structlog
from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api.app import gateway_of
from handoff.api.problems import NotJson
from handoff.channels import kakao as protocol
from handoff.errors import Invalid, NotFound

log = structlog.get_logger()

kakao = Blueprint("kakao", url_prefix="/api/kakao")


@kakao.post("/skill/<secret:str>")
async def skill(request: Request, secret: str) -> HTTPResponse:
    """Take a SkillPayload, return a SkillResponse 2.0 within 4.5 s."""
    gateway = gateway_of(request)
    if not hmac.compare_digest(secret.encode(), gateway.settings.kakao_secret.encode()):
        raise NotFound("찾는 주소가 없어요.", code="no_such_address")
    try:
        payload = json.loads(request.body or b"")
    except (ValueError, RecursionError) as error:
        raise NotJson("SkillPayload를 읽을 수 없어요.") from error
    utterance = protocol.read_payload(payload)
    if utterance is None:
        raise Invalid("SkillPayload에 사용자 정보가 없어요.", code="invalid_payload")
    take = asyncio.create_task(
        gateway.kakao.take(utterance, request_id=request.headers.get("x-request-id")), name="kakao-skill"
    )
    done, _ = await asyncio.wait([take], timeout=protocol.ANSWER_WITHIN_S - 0.2)
    if not done:  # what was said goes on being stored; the answer comes with the next message
        take.add_done_callback(lambda late: late.exception())
        return respond(protocol.response([protocol.STILL_THINKING], more=True))
    if take.exception() is not None:
        log.error("kakao_skill_failed", exc_info=take.exception())
        return respond(protocol.response([protocol.TRY_AGAIN]))
    return respond(take.result())
