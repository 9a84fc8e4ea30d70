"""What an agent is told when a conversation is passed on: all that a person needs so that nobody has to ask twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff.domain.briefing import PASSED_ON, REASON_SENTENCES, summarise
from handoff.domain.conversation import UNDERSTANDING_KEPT, Conversation, Json, Message
from handoff.domain.findings import Findings, find_concerned, read_moment
from handoff.domain.next_step import StepRules, choose_step
from handoff.domain.topics import Topic, Topics
from kernel.korean import mask_phone

__all__ = ["REASON_SENTENCES", "Known", "add_understanding", "build_context", "find_in_context", "pass_on_context"]

RECENT = timedelta(days=7)
_NOT_IN_WORDS = "phone"  # an entity that is personal data: agents see its ends


@dataclass(frozen=True)
class Known:
    """What the shop and the store know of the customer; `has_answered` is False where the shop could not be asked."""

    facts: Json = field(default_factory=dict)
    previous: Sequence[Json] = ()
    has_answered: bool = True


def add_understanding(
    understanding: Json, *, seq: int, nlu: Json, slots: Json, tried: list[str], failed: list[str]
) -> Json:
    """Return what the bot has understood so far with one more turn added; the last turns are kept."""
    intents = [*understanding.get("intent_history", [])]
    if nlu.get("intent"):
        intents.append({"seq": seq, "intent": nlu["intent"], "confidence": round(nlu.get("confidence") or 0.0, 3)})
    new = [{"seq": seq, **_masked(entity)} for entity in nlu.get("entities", [])]
    entities = [*understanding.get("entities", []), *new]
    kept = {"handed_back": understanding["handed_back"]} if "handed_back" in understanding else {}
    return kept | {
        "intent_history": intents[-UNDERSTANDING_KEPT:],
        "entities": entities[-UNDERSTANDING_KEPT:],
        "slots": slots,
        "tried": [*understanding.get("tried", []), *tried][-UNDERSTANDING_KEPT:],
        "failed_actions": [*understanding.get("failed_actions", []), *failed][-UNDERSTANDING_KEPT:],
        "mood": nlu.get("mood") or understanding.get("mood"),
    }


def build_context(
    conversation: Conversation,
    *,
    reason: str,
    requested_by: str,
    skill: str,
    priority: int,
    at: datetime,
    understanding: Json,
    known: Known,
    messages: Sequence[Message],
    topics: Topics,
    steps: StepRules,
    detail: str | None = None,
) -> Json:
    """Return the context of a handoff. Where the shop did not answer, `shop_answered` is False and the summary says so."""
    facts, slots = known.facts, understanding.get("slots") or {}
    topic = topics.find(understanding, skill)
    context: Json = {
        "reason": reason,
        "requested_by": requested_by,
        "detail": detail,
        "skill": skill,
        "priority": priority,
        "topic": _named(topic),
        "customer": facts.get("customer"),
        "verified": conversation.customer_id is not None,
        "channel": conversation.channel,
        "intent_history": understanding.get("intent_history", []),
        "entities": understanding.get("entities", []),
        "slots": {name: value for name, value in slots.items() if name != "interrupted"},
        "tried": understanding.get("tried", []),
        "failed_actions": understanding.get("failed_actions", []),
        "interrupted": _named(topics.by_intent.get(slots.get("interrupted") or "")),
        "handed_back": understanding.get("handed_back", []),
        "shop_answered": known.has_answered,
        "orders": facts.get("orders", []),
        "blocks": facts.get("blocks", []),
        "verification_attempts": facts.get("verification_attempts", []),
        "grants": facts.get("grants", []),
        "amends": facts.get("amends", {}),
        "tally": facts.get("tally", {}),
        "privacy_requests": facts.get("privacy_requests", []),
        "mood": understanding.get("mood"),
        "previous_conversations": list(known.previous),
        "contacts_in_a_week": _count_recent(known.previous, at),
        "waiting_since": at.isoformat(),
    }
    findings = find_in_context(context, at)
    context["summary"] = summarise(reason, topic, messages, findings, _wish_seq(understanding, topic))
    return context | _advise(context, findings, topic.area, steps)


def pass_on_context(
    context: Json, *, reason: str, requested_by: str, skill: str, priority: int, at: datetime, steps: StepRules
) -> Json:
    """Return the context as it waits again: why it comes now is said first, once, and the advice is the new team's."""
    changed = {"reason": reason, "requested_by": requested_by, "skill": skill, "priority": priority}
    context = context | changed | {"waiting_since": at.isoformat(), "summary": _passed_on(reason, context)}
    area = (context.get("topic") or {}).get("area") or Topic().area
    return context | _advise(context, find_in_context(context, at), area, steps)


def _passed_on(reason: str, context: Json) -> str:
    """Return the summary with the new reason said first, and once, however often it is passed on."""
    before = str(context.get("summary", ""))
    for passed in PASSED_ON:
        before = before.removeprefix(REASON_SENTENCES[passed]).lstrip()
    return f"{REASON_SENTENCES[reason]} {before}".rstrip()


def find_in_context(context: Json, at: datetime) -> Findings:
    """Return what the context's facts say about its own topic, as things stand at `at`."""
    return find_concerned(
        context,
        slots=context.get("slots") or {},
        area=(context.get("topic") or {}).get("area") or Topic().area,
        at=at,
        is_known=bool(context.get("verified")),
        has_answered=bool(context.get("shop_answered", True)),
    )


def _advise(context: Json, findings: Findings, area: str, steps: StepRules) -> Json:
    step = choose_step(steps, context, findings, area)
    return {"suggested_next_step": step.text, "next_step_reason": step.as_json()}


def _named(topic: Topic | None) -> Json | None:
    return {"area": topic.area, "intent": topic.intent, "name": topic.name} if topic else None


def _wish_seq(understanding: Json, topic: Topic) -> int | None:
    """Return the message in which the topic was asked about last."""
    history = understanding.get("intent_history", [])
    found = (guess.get("seq") for guess in reversed(history) if topic.intent and guess.get("intent") == topic.intent)
    return next(found, None)


def _count_recent(previous: Sequence[Json], at: datetime) -> int:
    began = (read_moment(talk.get("created_at")) for talk in previous)
    return sum(moment is not None and at - moment <= RECENT for moment in began)


def _masked(entity: Json) -> Json:
    if entity.get("entity") != _NOT_IN_WORDS:
        return entity
    hidden = {name: mask_phone(str(entity[name])) for name in ("text", "value") if entity.get(name)}
    return {name: value for name, value in entity.items() if name in ("entity", "start", "end")} | hidden
