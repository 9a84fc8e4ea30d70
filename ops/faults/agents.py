"""Agents: they race for the head of the queue, write, and pass the conversation on, give it back or close it."""

from __future__ import annotations

import asyncio
import random
import time
from uuid import uuid4

from ops.faults.calls import Answer, Caller, GaveUp, Json
from ops.faults.customers import Party, new_word
from ops.faults.desk_page import open_desk_page
from ops.faults.history import Changed, Sent, Waiting

SKILLS = ("delivery", "orders", "general")
_AT_ONCE = 4
_LINES = (10, 60)
_BETWEEN_LINES_S = (0.05, 0.4)
_LOOKS_EVERY_S = (0.2, 0.8)
_ENDINGS = {"return-to-bot": "returned_to_bot", "close": "closed", "transfer": "transferred"}
_HOW_OFTEN = (5, 3, 2)


class Agent:
    """One agent at the desk, logged in."""

    def __init__(self, party: Party, caller: Caller, agent_id: str) -> None:
        self._party = party
        self._caller = caller
        self._agent_id = agent_id
        self._talks: set[asyncio.Task[None]] = set()

    async def work(self) -> None:
        """Take conversations until the run is over, then finish what is in hand."""
        while not self._party.is_over.is_set():
            self._talks = {talk for talk in self._talks if not talk.done()}
            if len(self._talks) < _AT_ONCE and (won := await self._take_one()) is not None:
                self._talks.add(asyncio.create_task(self._serve(*won), name=f"agent-{self._agent_id}"))
                continue
            await asyncio.sleep(random.uniform(*_LOOKS_EVERY_S))  # noqa: S311
        await asyncio.gather(*self._talks)

    async def _take_one(self) -> tuple[str, int] | None:
        """Claim the head of the queue; return the conversation and its version when it was won."""
        answer = await self._caller.try_once("GET", "/api/desk/queue")
        if answer is None or answer.status != 200:
            return None
        queue = answer.body["conversations"]
        self._party.history.queues.append(tuple(_as_waiting(item) for item in queue))
        if not queue:
            return None
        head = queue[0] if random.random() < 0.8 else random.choice(queue[:4])  # noqa: S311
        done = await self._change("claim", "claimed", head["conversation_id"], head["version"])
        return (head["conversation_id"], done) if done is not None else None

    async def _change(self, path: str, what: str, conversation_id: str, version: int, **more: str) -> int | None:
        """Do something with a conversation; return its new version, None when it was refused."""
        change = Changed(what, conversation_id, self._agent_id, version, time.monotonic())
        self._party.history.changed.append(change)
        address = f"/api/desk/conversations/{conversation_id}/{path}"
        is_first = True
        while True:
            answer = await self._caller.try_once("POST", address, {"version": version, **more})
            if answer is not None or self._party.is_over.is_set() or time.monotonic() - change.began_s > 30:
                break
            is_first = False
            await asyncio.sleep(random.uniform(0.05, 0.3))  # noqa: S311
        return await self._judge(change, answer, is_first=is_first)

    async def _judge(self, change: Changed, answer: Answer | None, *, is_first: bool) -> int | None:
        change.ended_s = time.monotonic()
        if answer is not None and answer.status == 200:
            change.outcome, change.new_version, change.seq = "done", answer.body["version"], answer.body.get("seq")
            return change.new_version
        if answer is not None and is_first:
            change.outcome = "refused"
            return None
        return await self._held_version(change) if change.what == "claimed" else None

    async def _held_version(self, change: Changed) -> int | None:
        """Find out what became of a claim whose answer was lost: an earlier attempt may have won."""
        view = await self._see(change.conversation_id)
        if view and view["owner"] == "human" and (view["agent"] or {}).get("agent_id") == self._agent_id:
            return int(view["version"])
        return None

    async def _see(self, conversation_id: str) -> Json | None:
        try:
            answer = await self._caller.call("GET", f"/api/desk/conversations/{conversation_id}", patience_s=20)
        except GaveUp:
            return None
        return answer.body if answer.status == 200 else None

    async def _serve(self, conversation_id: str, version: int) -> None:
        async with open_desk_page(self._party, self._caller, conversation_id) as page:
            if not await self._write_lines(conversation_id, version):
                return
            await page.settle()
        if self._party.is_over.is_set():
            return
        path = random.choices(list(_ENDINGS), _HOW_OFTEN)[0]  # noqa: S311
        more = {"skill": random.choice(SKILLS)} if path == "transfer" else {}  # noqa: S311
        await self._change(path, _ENDINGS[path], conversation_id, version, **more)

    async def _write_lines(self, conversation_id: str, version: int) -> bool:
        """Write for a while, or until the run is over; tell whether the conversation is still this agent's."""
        for _ in range(random.randint(*_LINES)):  # noqa: S311
            if self._party.is_over.is_set():
                break
            if not await self._write(conversation_id, version):
                return False
            await asyncio.sleep(random.uniform(*_BETWEEN_LINES_S))  # noqa: S311
        return True

    async def _write(self, conversation_id: str, version: int) -> bool:
        """Write to the customer; tell whether the conversation is still this agent's."""
        await self._party.pace.take()
        text = f"확인해 보겠습니다 {new_word()}"
        sent = Sent("desk", conversation_id, str(uuid4()), text, time.monotonic(), self._agent_id, version)
        self._party.history.sent.append(sent)
        body = {"version": version, "client_msg_id": sent.client_msg_id, "text": text}
        try:
            answer = await self._caller.call("POST", f"/api/desk/conversations/{conversation_id}/messages", body)
        except GaveUp:
            self._party.failures.append(f"agent's message not accepted: {conversation_id}")
            return False
        if answer.status == 200:
            sent.accepted_s = time.monotonic()
            self._party.pace.note(sent.accepted_s - sent.sent_s)
            sent.seqs.add(answer.body["seq"])
            return True
        sent.refused = answer.code
        return False


def _as_waiting(item: Json) -> Waiting:
    return Waiting(item["conversation_id"], item["version"], item["priority"], item["waiting_since"])


async def log_in(caller: Caller, login: str, password: str) -> str:
    """Log in; return the agent's id. Raises GaveUp."""
    answer = await caller.call("POST", "/api/desk/login", {"login": login, "password": password})
    if answer.status != 200:
        raise GaveUp(f"login was answered {answer.status} {answer.code}")
    caller.headers["X-CSRF-Token"] = answer.body["csrf"]
    return str(answer.body["agent"]["agent_id"])
