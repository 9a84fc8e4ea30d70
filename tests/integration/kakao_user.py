"""Somebody who talks to the KakaoTalk channel, and what is stored of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa

from handoff.adapters.sql.store import SqlStore
from handoff.adapters.sql.tables import conversations
from handoff.channels import kakao
from handoff.domain.conversation import Author, Conversation, Message
from kernel import database
from tests.integration.conftest import AgentPage, GatewayUnderTest, Json


def payload(utterance: str, user: str = "kakao-user", extra: Json | None = None) -> Json:
    """A SkillPayload as Kakao sends it from the fallback block."""
    return {
        "intent": {"id": "i", "name": "폴백 블록"},
        "userRequest": {
            "timezone": "Asia/Seoul",
            "params": {"ignoreMe": "true"},
            "block": {"id": "b", "name": "폴백 블록"},
            "utterance": utterance,
            "lang": None,
            "user": {"id": user, "type": "botUserKey", "properties": {"botUserKey": user, "plusfriendUserKey": "p"}},
        },
        "bot": {"id": "bot!", "name": "이음"},
        "action": {"name": "이음", "clientExtra": extra, "params": {}, "id": "a", "detailParams": {}},
    }


class KakaoUser:
    """Somebody who talks to the channel."""

    def __init__(self, gateway: GatewayUnderTest, key: str = "kakao-user") -> None:
        self.gateway = gateway
        self.key = key

    async def post(self, payload: Json, request_id: str | None = None) -> httpx.Response:
        headers = {"X-Request-Id": request_id} if request_id else {}
        address = f"/api/kakao/skill/{self.gateway.settings.kakao_secret}"
        return await self.gateway.http.post(address, content=json.dumps(payload), headers=headers)

    async def say(self, utterance: str, *, extra: Json | None = None, request_id: str | None = "") -> Json:
        """Say something; each time is another request unless a request id is given."""
        request_id = uuid4().hex if request_id == "" else request_id
        answer = await self.post(payload(utterance, self.key, extra), request_id)
        assert answer.status_code == 200
        body: Json = answer.json()
        return body

    async def more(self) -> Json:
        return await self.say(kakao.MORE_LABEL, extra={"ieum_more": True})


def texts(answer: Json) -> list[str]:
    assert answer["version"] == "2.0"
    return [output["simpleText"]["text"] for output in answer["template"]["outputs"]]


def labels(answer: Json) -> list[str]:
    return [reply["label"] for reply in answer["template"].get("quickReplies", [])]


async def stored(gateway: GatewayUnderTest, key: str = "kakao-user") -> tuple[list[Conversation], list[Message]]:
    """Return the user's conversations, oldest first, and all their messages."""
    engine = database.create_engine(gateway.settings.database_url)
    ours = sa.select(conversations.c.conversation_id).where(conversations.c.channel_user == key)
    try:
        async with database.read(engine) as connection:
            ids = sorted((await connection.execute(ours)).scalars())
        async with SqlStore(engine).read() as tx:
            found = [await tx.find_conversation(conversation_id) for conversation_id in ids]
            messages = [m for conversation_id in ids for m in await tx.list_messages(conversation_id)]
    finally:
        await engine.dispose()
    return [conversation for conversation in found if conversation], messages


async def gives_back(gateway: GatewayUnderTest, request_id: str, key: str = "kakao-user") -> None:
    """Do what the gateway does when nobody waits any more for the answer to a request."""
    engine = database.create_engine(gateway.settings.database_url)
    try:
        async with SqlStore(engine).write() as tx:
            await tx.give_back("kakao", key, by=f"kakao:{request_id}")
    finally:
        await engine.dispose()


async def customer_texts(gateway: GatewayUnderTest, key: str = "kakao-user") -> list[str]:
    return [m.text for m in (await stored(gateway, key))[1] if m.author is Author.CUSTOMER]


async def until(holds: Callable[[], Any], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not await holds():
            await asyncio.sleep(0.02)


async def taken_and_given_back(gateway: GatewayUnderTest) -> bool:
    """Tell whether the bot has answered and no request is under way any more."""
    busy = any(task.get_name() == "kakao" for task in asyncio.all_tasks())
    return not busy and len((await stored(gateway))[1]) == 2


async def claimed(gateway: GatewayUnderTest, user: KakaoUser) -> tuple[str, AgentPage, int]:
    """Bring the user to an agent; return the conversation, the agent and the version."""
    await user.say("상담원")
    agent = await gateway.agent()
    (item,) = await agent.queue()
    done = await agent.do(item["conversation_id"], "claim", version=item["version"])
    return item["conversation_id"], agent, done.json()["version"]


async def writes(agent: AgentPage, talk: str, version: int, text: str) -> None:
    sent = await agent.do(talk, "messages", version=version, client_msg_id=str(uuid4()), text=text)
    assert sent.status_code == 200
