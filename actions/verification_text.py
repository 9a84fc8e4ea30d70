"""How verification is talked about: remedies, attempts, other ways. Pure: facts in, replies out."""

from __future__ import annotations

from collections.abc import Sequence

from actions.advice import AdviceBook, App
from actions.advised import Situation
from actions.phrases import NOT_YET, PERSON, SOLVED, vary
from actions.reply import Card, Choice, Reply, Row
from actions.skills import Skills
from actions.turn import Turn
from backoffice.verification.diagnosis import Diagnosis
from backoffice.verification.policy import Attempt, CauseRules
from kernel import korean
from kernel.clock import KST

_ATTEMPTS_SHOWN = 5
_NETWORKS = {"SKT": "SKT 망", "KT": "KT 망", "LGU+": "LG U+ 망"}
RETRY = Choice("다시 인증하기", "verify_alternatives")
_METHODS = {"SMS": "문자", "PASS": "PASS 앱", "ARS": "ARS 전화"}
_ASK = (
    "그렇게 해 보시니 이제 되나요?",
    "한번 해 보시고 알려 주세요. 이제 되나요?",
    "해 보신 뒤에 알려 주세요. 이제 인증이 되나요?",
)
_NEXT = (
    "그러면 이렇게 해 볼까요?",
    "아직 안 되시는군요. 다른 방법을 알려 드릴게요.",
    "그럼 다음 방법을 알려 드릴게요.",
)
_WITHOUT_PHONE = ("휴대폰 없", "폰이 없", "휴대폰이 없", "핸드폰 없", "핸드폰이 없", "분실", "잃어버", "고장")
_ABROAD = ("해외", "외국", "로밍")


def step(
    turn_id: str,
    book: AdviceBook,
    cause: str,
    place: int,
    situation: Situation,
    *,
    is_first: bool,
    has_feeling: bool = True,
) -> Reply:
    """Return one step and the question whether it helped; the first one with a kind word before it."""
    advice = book.causes[cause]
    tried = advice.steps[place]
    app = book.apps.get(situation.app or "")
    reply = Reply(choices=[SOLVED, NOT_YET, PERSON])
    if not is_first:
        reply.say(vary(turn_id, "next", _NEXT))
    elif has_feeling:
        reply.say(vary(turn_id, "feel", advice.feel))
    reply.say(*(said.replace("{app}", app.name if app else "PASS") for said in tried.say))
    for extra in tried.also:
        if situation.fits(extra.when):
            reply.say(*extra.say)
    if tried.shows == "app" and app:
        reply.cards.append(_where_to_get(app, situation.os))
    if tried.asks == "network":
        reply.closing.append("어느 통신망을 쓰시나요?")
        networks = [Choice(_NETWORKS[name], advice.intent, {"carrier": name}) for name in book.apps]
        reply.choices = [*networks, Choice("잘 모르겠어요", "not_solved"), PERSON]
    else:
        reply.closing.append(vary(turn_id, "solved", _ASK))
    return reply


def _where_to_get(app: App, system: str | None) -> Card:
    rows = [Row("안드로이드", app.android), Row("아이폰", app.ios)]
    if system in ("Android", "iOS"):
        rows = rows[:1] if system == "Android" else rows[1:]
    return Card(f"{app.name} 설치", rows, kind="verification")


def list_ways(book: AdviceBook, cause: str) -> list[str]:
    """Return the other ways that a customer can take without a person."""
    return [way for way in book.causes[cause].other_ways if way != "agent"]


def other_ways(turn_id: str, book: AdviceBook, cause: str) -> Reply:
    """Return the ways around the cause with what each takes, and the question whether one of them worked."""
    names = ", ".join(book.ways[way].name for way in list_ways(book, cause))
    reply = Reply(bubbles=["여러 번 해 보셨는데도 안 되어 많이 답답하셨겠어요. 죄송해요."])
    reply.say(f"이번에는 {korean.josa(names, '으로/로')} 인증해 보시는 게 좋겠어요.")
    reply.cards.append(Card("다른 인증 방법", [_row(book, way) for way in list_ways(book, cause)], kind="verification"))
    reply.closing.append(vary(turn_id, "solved", _ASK))
    reply.choices = [SOLVED, NOT_YET, PERSON]
    return reply


def last_resort() -> Reply:
    """Return what is said once everything was tried."""
    return Reply(bubbles=["알려 드린 방법으로도 안 되어 정말 죄송해요."])


def likely(found: Diagnosis, causes: CauseRules) -> str:
    """Return the likely cause in everyday words, as sure as it is."""
    plain = causes.find(found.cause).plain
    return f"까닭을 보니 {plain}." if found.is_sure else f"아직 분명하지는 않지만, {_maybe(plain)}."


def _maybe(plain: str) -> str:
    """Return `…않았어요` as `…않은 것 같아요`; sentences that end otherwise get it after them."""
    for ending, softer in (
        ("않았어요", "않은 것 같아요"),
        ("달랐어요", "다른 것 같아요"),
        ("지났어요", "지난 것 같아요"),
    ):
        if plain.endswith(ending):
            return plain.removesuffix(ending) + softer
    return f"이런 까닭 같아요: {plain}"


def history(attempts: Sequence[Attempt], causes: CauseRules) -> Reply:
    """Return the latest attempts as a card: when, how, with what result, why and what helps."""
    shown = attempts[:_ATTEMPTS_SHOWN]
    failed = sum(attempt.is_failure for attempt in shown)
    if failed == len(shown):
        text = f"최근 인증 {failed}번이 모두 안 되었어요." if failed > 1 else "마지막 인증이 안 되었어요."
    else:
        text = (
            f"최근 인증 {len(shown)}번 가운데 {failed}번이 안 되었어요." if failed else "최근 인증은 모두 잘 되었어요."
        )
    told: set[str | None] = set()
    rows = []
    for attempt in shown:
        rows.append(Row(_moment(attempt), _told(attempt, causes, is_first=attempt.cause not in told)))
        if attempt.is_failure:
            told.add(attempt.cause)
    return Reply(
        bubbles=[text],
        cards=[Card("최근 본인인증", rows, kind="verification")],
        choices=[RETRY, PERSON] if failed else [PERSON],
    )


def _moment(attempt: Attempt) -> str:
    local = attempt.at.astimezone(KST)
    return f"{korean.date(local)} {korean.time_of_day(local)}"


def _told(attempt: Attempt, causes: CauseRules, *, is_first: bool) -> str:
    """Return how an attempt ended and why; what helps only with the newest one of each cause."""
    method = _METHODS.get(attempt.method or "", "본인인증")
    if not attempt.is_failure:
        return f"{method} 성공"
    rule = causes.find(attempt.cause)
    return f"{method} 실패 · {rule.plain}" + (f" · {rule.remedy}" if is_first else "")


def ask_cause(book: AdviceBook, skills: Skills, *, is_known: bool) -> Reply:
    """Return the question what goes wrong, where no log can tell."""
    reply = Reply(bubbles=["인증이 안 되어 답답하셨겠어요."])
    reply.say(
        "남아 있는 인증 기록이 없어요." if is_known else "로그인하시면 인증 기록을 보고 까닭을 찾아 드릴 수 있어요."
    )
    reply.closing.append("어떤 점이 안 되는지 골라 주시면 방법을 알려 드릴게요.")
    reply.choices.extend(Choice(skills.find(a.intent).name, a.intent) for a in book.causes.values())
    reply.choices.append(PERSON)
    return reply


def ways(turn: Turn, book: AdviceBook) -> Reply:
    """Return the other ways to verify as a card, each with what it takes."""
    has_no_phone = any(words in turn.text for words in _WITHOUT_PHONE)
    listed = book.without_phone if has_no_phone else book.alternatives
    first = (
        "휴대폰을 쓰실 수 없으면 상담원이 직접 확인해 드려요."
        if has_no_phone
        else "이런 방법으로도 인증하실 수 있어요."
    )
    reply = Reply(bubbles=[first], choices=[PERSON])
    if any(words in turn.text for words in _ABROAD):
        reply.say("해외에서는 문자가 늦을 수 있어 PASS 앱이 가장 편해요.")
    if not has_no_phone:
        reply.tips.append("PASS 앱은 꼭 설치하지 않으셔도 돼요. 편하신 방법 하나면 충분해요.")
    reply.cards.append(Card("다른 인증 방법", [_row(book, way) for way in listed], kind="verification"))
    return reply


def _row(book: AdviceBook, way: str) -> Row:
    return Row(book.ways[way].name, f"{book.ways[way].effort} ({book.ways[way].takes})")
