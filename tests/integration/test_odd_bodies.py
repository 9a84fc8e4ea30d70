"""Whatever JSON a door is sent, it answers with what it takes or with a problem, never with an error of ours."""

from __future__ import annotations

import json
import random
from uuid import uuid4

from tests.integration.conftest import GatewayUnderTest


def _any_json(chance: random.Random, depth: int = 0) -> object:
    """Some JSON: mostly of the shapes and names that the doors know, with values they do not."""
    names = [
        "text",
        "choice",
        "client_msg_id",
        "version",
        "skill",
        "login",
        "password",
        "state",
        "intent",
        "userRequest",
    ]
    leaves = [None, True, -1, 0, 1, 2**63, 1.5, 1e308, "", "x", "\u0000", "\ud800", str(uuid4()), "가" * 3_000, "agent"]
    kind = chance.random()
    if depth > 2 or kind < 0.4:
        return chance.choice(leaves)
    if kind < 0.5:
        return [_any_json(chance, depth + 1) for _ in range(chance.randrange(3))]
    return {chance.choice(names): _any_json(chance, depth + 1) for _ in range(chance.randrange(4))}


async def test_no_body_is_an_error_of_ours(gateway: GatewayUnderTest) -> None:
    chance, customer = random.Random(11), await gateway.customer()
    staff = await gateway.agent("lead")
    desk, studio = "/api/desk/conversations/c_1", "/api/studio/candidates/u_1"
    doors = [
        (gateway.http, "POST", path) for path in ("/api/chat/conversations", "/api/chat/messages", "/api/desk/login")
    ]
    doors += [(gateway.http, "POST", f"/api/kakao/skill/{gateway.settings.kakao_secret}")]
    doors += [(staff.http, "POST", f"{desk}/{what}") for what in ("claim", "messages", "notes", "transfer", "close")]
    doors += [(staff.http, "POST", f"{studio}/label"), (staff.http, "PUT", "/api/desk/presence")]
    for http, method, path in doors:
        for _ in range(25):
            content = json.dumps(_any_json(chance))
            answer = await http.request(method, path, content=content, headers=customer.headers)
            assert answer.status_code < 500, (path, content[:200], answer.text)
            assert answer.is_success or answer.headers["content-type"] == "application/problem+json"
