"""KakaoTalk's door: the skill endpoint. Whatever happens, Kakao gets an answer it can show."""

from __future__ import annotations

import hmac
import json

from sanic import Blueprint, Request
from sanic.response import HTTPResponse
from sanic.response import json as respond

from handoff.api.app import gateway_of
from handoff.api.problems import NotJson
from handoff.channels import kakao as protocol
from handoff.errors import Invalid, NotFound

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
    try:
        return respond(
            await gateway.kakao.answer_within(
                protocol.ANSWER_WITHIN_S - 0.2, utterance, request_id=request.headers.get("x-request-id")
            )
        )
    except Exception:  # logged by the use case; what Kakao cannot show would leave the customer without a word
        return respond(protocol.response([protocol.TRY_AGAIN]))
