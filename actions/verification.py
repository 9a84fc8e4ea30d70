"""Identity verification: advice step by step, what the log says of earlier attempts, other ways, attempts by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from actions import blocks, handing_over, trouble, verification_text
from actions.advice import load_advice
from actions.advised import Advised, Situation
from actions.base import ShopAction, Turn
from actions.question import Question
from actions.reply import Reply
from actions.wording import is_brief, says_it_works
from backoffice.verification.diagnosis import Diagnosis, diagnose
from backoffice.verification.policy import Attempt
from backoffice.verification.rules import load_causes, load_codes, load_diagnosis
from backoffice.verification.service import list_attempts
from backoffice.verification.watch import Alert

_ATTEMPTS_LOOKED_AT = 20
_SUSPICIOUS_WITHIN = timedelta(days=1)
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


class VerificationAction(ShopAction):
    """What the answers about verification share: what is known of the customer's phone, and known trouble."""

    async def read_log(self, turn: Turn) -> Sequence[Attempt]:
        """Return the customer's latest attempts, none of somebody unknown."""
        if turn.customer_id is None:
            return ()
        return await list_attempts(self.shop.engine, turn.customer_id, limit=_ATTEMPTS_LOOKED_AT)

    def hear(self, turn: Turn) -> Advised:
        """Return what was advised and said so far, with what this message says of the phone."""
        advised, carrier = Advised.read(turn.advised), load_codes().find_carrier(turn.entities.get("carrier"))
        return replace(advised, said=advised.said.with_words(turn.text, carrier))

    async def find_trouble(
        self, situation: Situation, attempts: Sequence[Attempt], cause: str | None = None
    ) -> Alert | None:
        """Return the known trouble that concerns this customer."""
        now = self.shop.clock.now()
        return await trouble.find(self.shop.engine, now=now, situation=situation, cause=cause, attempts=attempts)


def tell_trouble(reply: Reply, alert: Alert | None, advised: Advised) -> Advised:
    """Put known trouble first, unless this conversation has heard of it."""
    if alert is None or alert.alert_id == advised.told:
        return advised
    reply.bubbles[:0] = trouble.say(alert, load_advice())
    return replace(advised, told=alert.alert_id)


class ActionVerificationAdvice(VerificationAction):
    """Advises on the cause that the customer names, step by step, then other ways and a person."""

    action_name: ClassVar[str] = "action_verification_advice"

    async def answer(self, turn: Turn) -> Reply:
        """Return the first step, or the next one where this conversation has had some already."""
        if suspects_somebody(turn):
            return await guard(self, turn)
        return await self.advise_further(turn, turn.intent)

    async def advise_further(self, turn: Turn, intent: str) -> Reply:
        """Return what comes after the step that was given last for `intent` in this conversation."""
        cause, book = load_advice().find_cause(intent), load_advice()
        if cause is None:
            return self._give_up(turn, intent)
        advised = self.hear(turn)
        given = advised.steps.get(cause, -1)
        if turn.question and turn.asks("solved", intent):
            given = max(given, turn.question.step)
        return await self.advise(turn, cause, advised, given, book.causes[cause].intent)

    async def hear_phone(self, turn: Turn) -> Reply | None:
        """Return the step for the phone that an answer to "does it work now?" tells of; None where it tells of none."""
        cause = load_advice().find_cause(turn.question.topic) if turn.question else None
        if cause is None or turn.question is None or not is_brief(turn.text) or says_it_works(turn.text):
            return None
        before, advised = Advised.read(turn.advised).said, self.hear(turn)
        if advised.said == before:
            return None
        attempts, codes, advice = await self.read_log(turn), load_codes(), load_advice().causes[cause]
        known, now_known = before.with_attempts(attempts, codes), advised.said.with_attempts(attempts, codes)
        place = advice.find_step_about(now_known.differs_from(known), now_known)
        given = max(advised.steps.get(cause, -1), turn.question.step) if place is None else place - 1
        return await self.advise(turn, cause, advised, given, advice.intent)

    async def advise(self, turn: Turn, cause: str, advised: Advised, given: int, intent: str) -> Reply:
        """Return the next step that fits after the one at `given`; the other ways after the last, then a person."""
        book = load_advice()
        advice = book.causes[cause]
        attempts = await self.read_log(turn)
        situation = advised.said.with_attempts(attempts, load_codes())
        step, is_first = advice.find_step(given, situation), cause not in advised.steps
        if step is not None:
            reply = verification_text.step(turn.turn_id, book, cause, step, situation, is_first=is_first)
            if not advice.steps[step].when:  # said once more for this phone; what was tried meanwhile is not repeated
                step = max(step, advised.steps.get(cause, step))
        elif given < len(advice.steps) and verification_text.list_ways(book, cause):
            step = len(advice.steps)
            reply = verification_text.other_ways(turn.turn_id, book, cause)
        else:
            return self._give_up(turn, intent)
        if is_first:
            of_method = replace(situation, method=advice.method or situation.method)
            advised = tell_trouble(reply, await self.find_trouble(of_method, attempts, cause), advised)
        reply.question = Question("solved", intent, step)
        reply.slots |= {"last_topic": intent, "advice": advised.after(cause, step).write()}
        return reply

    def _give_up(self, turn: Turn, intent: str) -> Reply:
        reply = verification_text.last_resort()
        reply.slots["last_topic"] = intent
        return handing_over.connect(reply, turn, self.shop.skills.find(intent), detail="안내한 방법을 모두 해 보심")


class ActionVerificationHistory(ActionVerificationAdvice):
    """Tells why verification failed: the attempts, the likely cause, and the first step against it."""

    action_name: ClassVar[str] = "action_verification_history"

    async def answer(self, turn: Turn) -> Reply:
        """Return the attempts and advice on the likely cause; general advice to somebody unknown."""
        if suspects_somebody(turn):
            return await guard(self, turn)
        attempts = await self.read_log(turn)
        advised = self.hear(turn)
        situation = advised.said.with_attempts(attempts, load_codes())
        alert = await self.find_trouble(situation, attempts)
        blocked = await blocks.find_told(self.shop, turn.customer_id) if turn.customer_id else None
        if blocked is not None and not attempts:
            return blocked
        if not attempts:
            is_known = turn.customer_id is not None
            reply = verification_text.ask_cause(load_advice(), self.shop.skills, is_known=is_known)
            advised = tell_trouble(reply, alert, advised)
            reply.slots |= {"last_topic": turn.intent, "advice": advised.write()}
            return reply
        reply = verification_text.history(attempts, load_causes())
        found = self._diagnose(attempts, alert)
        if found is not None:
            advised = self._advise_on(reply, turn, found, situation, advised)
        advised = tell_trouble(reply, alert, advised)
        if blocked is not None:
            reply.bubbles[:0] = blocked.bubbles
        reply.slots.setdefault("last_topic", turn.intent)
        reply.slots["advice"] = advised.write()
        return reply

    def _diagnose(self, attempts: Sequence[Attempt], alert: Alert | None) -> Diagnosis | None:
        since = alert.opened_at - timedelta(hours=1) if alert else None

        def is_troubled(attempt: Attempt) -> bool:
            return since is not None and attempt.at >= since

        return diagnose(
            attempts,
            now=self.shop.clock.now(),
            causes=load_causes(),
            rules=load_diagnosis(),
            is_in_app=load_codes().is_in_app,
            is_troubled=is_troubled,
        )

    def _advise_on(self, reply: Reply, turn: Turn, found: Diagnosis, situation: Situation, advised: Advised) -> Advised:
        """Add the likely cause and the first step against it that fits."""
        book, cause = load_advice(), found.cause
        step = book.causes[cause].find_step(-1, situation)
        assert step is not None, "each cause has a step that fits anybody"
        first = verification_text.step(turn.turn_id, book, cause, step, situation, is_first=True, has_feeling=False)
        reply.bubbles += [verification_text.likely(found, load_causes()), *first.bubbles]
        reply.closing, reply.cards = first.closing, [*reply.cards, *first.cards]
        reply.choices = [*first.choices[:-1], verification_text.RETRY, first.choices[-1]]
        reply.question = Question("solved", book.causes[cause].intent, step)
        reply.slots["last_topic"] = book.causes[cause].intent
        return advised.after(cause, step)


class ActionVerificationAlternatives(VerificationAction):
    """Tells other ways to verify, with what each takes."""

    action_name: ClassVar[str] = "action_verification_alternatives"

    async def answer(self, turn: Turn) -> Reply:
        """Return the ways; to somebody without a phone only what works without one."""
        reply, advised = verification_text.ways(turn, load_advice()), self.hear(turn)
        attempts = await self.read_log(turn)
        situation = advised.said.with_attempts(attempts, load_codes())
        advised = tell_trouble(reply, await self.find_trouble(situation, attempts), advised)
        reply.slots |= {"last_topic": turn.intent, "advice": advised.write()}
        return reply


def suspects_somebody(turn: Turn) -> bool:
    """Return whether the customer says that somebody else tried to verify in their name."""
    return not turn.is_pressed and any(words in turn.text for words in _IN_MY_NAME)


async def guard(action: VerificationAction, turn: Turn) -> Reply:
    """Return what to do against attempts by somebody else, and a person of the security team with what the log shows."""
    reply = Reply(
        bubbles=["고객님 모르게 인증이 시도된 것 같아 걱정되셨겠어요.", "인증번호는 누구에게도 알려 주지 마세요."],
        slots={"last_topic": turn.intent},
    )
    since = action.shop.clock.now() - _SUSPICIOUS_WITHIN
    lately = [attempt for attempt in await action.read_log(turn) if attempt.at >= since]
    places = ", ".join(dict.fromkeys(attempt.region for attempt in lately if attempt.region))
    seen = f"최근 하루 시도 {len(lately)}번" + (f"({places})" if places else "")
    topic = action.shop.skills.find("block_status")
    return handing_over.connect(reply, turn, topic, detail=f"다른 사람이 인증을 시도한 것으로 의심 · {seen}")
