"""Identity verification: advice remedy by remedy, what the log says of earlier attempts, other ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from actions import handing_over, verification_text
from actions.advice import load_advice
from actions.base import ShopAction, Turn
from actions.question import Question
from actions.reply import Reply
from backoffice.verification.diagnosis import diagnose
from backoffice.verification.policy import Attempt
from backoffice.verification.rules import load_causes, load_codes, load_diagnosis
from backoffice.verification.service import list_attempts

_ATTEMPTS_LOOKED_AT = 20
_IN_MY_NAME = (
    "누가",
    "누군가",
    "다른 사람",
    "남이",
    "제 이름으로",
    "내 이름으로",
    "도용",
    "제가 안",
    "제가 하지",
    "내가 안",
    "안 했는데",
)


class ActionVerificationAdvice(ShopAction):
    """Advises on the cause that the customer names, one remedy at a time, then other ways and a person."""

    action_name: ClassVar[str] = "action_verification_advice"

    async def answer(self, turn: Turn) -> Reply:
        """Return the first remedy, or the next one where this one was asked about just now."""
        if turn.asks("solved", turn.intent):
            return await self.advise_further(turn, turn.intent)
        return await self._advise(turn, turn.intent, 0)

    async def advise_further(self, turn: Turn, intent: str) -> Reply:
        """Return what comes after the remedy that was given last for `intent`."""
        step = turn.question.step + 1 if turn.question and turn.asks("solved", intent) else 1
        return await self._advise(turn, intent, step)

    async def _advise(self, turn: Turn, intent: str, step: int) -> Reply:
        book = load_advice()
        cause = book.find_cause(intent)
        if cause is None or step >= len(book.causes[cause].remedies):
            return self._give_up(turn, intent, cause)
        carrier = turn.entities.get("carrier")
        if step == 0 and carrier is None and turn.customer_id is not None:
            carrier = _carrier(await list_attempts(self.shop.engine, turn.customer_id, limit=1))
        reply = verification_text.remedy(turn.turn_id, book, cause, step, carrier)
        reply.question = Question("solved", intent, step)
        reply.slots["last_topic"] = intent
        return reply

    def _give_up(self, turn: Turn, intent: str, cause: str | None) -> Reply:
        book = load_advice()
        reply = verification_text.last_resort(book, cause)
        reply.slots["last_topic"] = intent
        return handing_over.connect(reply, turn, self.shop.skills.find(intent), detail="안내한 방법을 모두 해 보심")


class ActionVerificationHistory(ActionVerificationAdvice):
    """Tells why verification failed: the cause most recent failures share, the attempts, and the first remedy."""

    action_name: ClassVar[str] = "action_verification_history"

    async def answer(self, turn: Turn) -> Reply:
        """Return the attempts and advice on the likely cause; general advice to somebody unknown."""
        if any(words in turn.text for words in _IN_MY_NAME):
            return self._guard(turn)
        if turn.customer_id is None:
            return self._advise_in_general(turn)
        attempts = await list_attempts(self.shop.engine, turn.customer_id, limit=_ATTEMPTS_LOOKED_AT)
        if not attempts:
            return self._advise_in_general(turn, is_known=True)
        causes, book = load_causes(), load_advice()
        reply = verification_text.history(attempts, causes)
        found = diagnose(
            attempts,
            now=self.shop.clock.now(),
            causes=causes,
            rules=load_diagnosis(),
            is_in_app=load_codes().is_in_app,
        )
        cause = found.cause if found else None
        intent = book.causes[cause].intent if cause and cause in book.causes else turn.intent
        if cause and cause in book.causes:
            first = verification_text.remedy(
                turn.turn_id, book, cause, 0, turn.entities.get("carrier") or _carrier(attempts), is_first=False
            )
            reply.bubbles += [f"까닭을 보니 {causes.find(cause).plain}.", *first.bubbles]
            reply.closing, reply.choices = first.closing, first.choices
            reply.question = Question("solved", intent, 0)
        reply.slots["last_topic"] = intent
        return reply

    def _advise_in_general(self, turn: Turn, *, is_known: bool = False) -> Reply:
        reply = verification_text.ask_cause(load_advice(), self.shop.skills, is_known=is_known)
        reply.slots["last_topic"] = turn.intent
        return reply

    def _guard(self, turn: Turn) -> Reply:
        reply = Reply(
            bubbles=["고객님 모르게 인증이 시도된 것 같아 걱정되셨겠어요.", "인증번호는 누구에게도 알려 주지 마세요."],
            slots={"last_topic": turn.intent},
        )
        topic = self.shop.skills.find("block_status")
        return handing_over.connect(reply, turn, topic, detail="다른 사람이 인증을 시도한 것으로 의심")


class ActionVerificationAlternatives(ShopAction):
    """Tells other ways to verify, with what each takes."""

    action_name: ClassVar[str] = "action_verification_alternatives"

    async def answer(self, turn: Turn) -> Reply:
        """Return the ways; to somebody without a phone only what works without one."""
        reply = verification_text.ways(turn, load_advice())
        reply.slots["last_topic"] = turn.intent
        return reply


def _carrier(attempts: Sequence[Attempt]) -> str | None:
    return next((attempt.carrier for attempt in attempts if attempt.carrier), None)
