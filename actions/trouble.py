"""Known trouble with verification: found for whoever it concerns, and said before anything else, once a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from actions.advice import AdviceBook, load_advice
from actions.advised import Advised, Situation
from actions.phrases import MENU
from actions.reply import Reply
from actions.turn import Turn
from backoffice.verification.policy import Attempt
from backoffice.verification.rules import load_codes
from backoffice.verification.service import list_attempts
from backoffice.verification.tables import Dimension
from backoffice.verification.watch import Alert, find_concerning, list_told
from kernel import korean
from kernel.clock import KST, Clock

# Somebody whose attempt failed so lately is told whatever they ask about.
_LATELY = timedelta(hours=2)
_CARRIERS = {"LGU+": "LG U+"}
_METHODS = {"SMS": "문자 인증", "PASS": "PASS 앱 인증", "ARS": "ARS 전화 인증"}


async def find(
    engine: AsyncEngine,
    *,
    now: datetime,
    situation: Situation,
    cause: str | None = None,
    attempts: Sequence[Attempt] = (),
) -> Alert | None:
    """Return the open alert that concerns this customer; of somebody whose carrier is not known, any of their method."""
    told = await list_told(engine, now=now)
    if not told:
        return None
    last = attempts[0] if attempts else None
    codes = load_codes()
    found = find_concerning(
        told,
        carrier=situation.carrier,
        method=situation.method,
        browser=codes.name_browser(last.browser) if last else None,
        region=codes.find_region(last.region) if last else None,
        cause=cause,
    )
    if found is None and situation.carrier is None:
        return next((alert for alert in told if _may_concern(alert, situation.method)), None)
    return found


async def tell_first(engine: AsyncEngine, clock: Clock, *, turn: Turn, reply: Reply) -> None:
    """Put known trouble before an answer about something else, for a customer whose attempt failed of it just now."""
    if turn.customer_id is None or reply.handoff is not None:
        return
    now, advised = clock.now(), Advised.read(turn.advised)
    if not await list_told(engine, now=now):
        return
    attempts = await list_attempts(engine, turn.customer_id, limit=3)
    failed = [attempt for attempt in attempts if attempt.is_failure and attempt.at > now - _LATELY]
    if not failed or not attempts[0].is_failure:
        return
    situation = Situation().with_attempts(failed[:1], load_codes())
    alert = await find(engine, now=now, situation=situation, cause=failed[0].cause, attempts=failed)
    if alert is not None and alert.alert_id != advised.told:
        reply.bubbles[:0] = say(alert, load_advice())
        reply.slots["advice"] = replace(advised, told=alert.alert_id).write()


async def tell_on_greeting(engine: AsyncEngine, clock: Clock, *, turn: Turn, reply: Reply) -> None:
    """Tell of known trouble with the greeting, before anybody asks; the one that concerns a customer whom it is known of."""
    now, advised = clock.now(), Advised.read(turn.advised)
    told = await list_told(engine, now=now)
    if not told:
        return
    attempts = await list_attempts(engine, turn.customer_id, limit=3) if turn.customer_id else ()
    situation = Situation().with_attempts(attempts[:1], load_codes())
    alert = await find(engine, now=now, situation=situation, attempts=attempts) if attempts else told[0]
    if alert is not None and alert.alert_id != advised.told:
        reply.say(*say(alert, load_advice()))
        reply.choices = list(MENU)
        reply.slots["advice"] = replace(advised, told=alert.alert_id).write()


def say(alert: Alert, book: AdviceBook) -> list[str]:
    """Return the trouble in everyday words: what, since when, that it is not the customer's fault, what works."""
    local = alert.opened_at.astimezone(KST)
    what, troubled = _name(alert)
    names = [book.ways[way].name for way in book.alternatives if book.ways[way].method not in (None, *troubled)]
    works = (
        f"급하시면 {korean.josa(', '.join(names), '으로/로')} 해 보세요." if names else "조금 뒤에 다시 해 봐 주세요."
    )
    if alert.cell.dimension is Dimension.BROWSER:
        works = "급하시면 Chrome이나 Safari로 열어 보세요."
    return [
        f"지금 {korean.josa(what, '이/가')} 평소보다 잘 안 되고 있어요. {korean.time_of_day(local)}쯤부터 그래요.",
        f"고객님 잘못이 아니니 걱정하지 마세요. {works}",
    ]


def _name(alert: Alert) -> tuple[str, tuple[str, ...]]:
    """Return what does not work, and the methods that had better not be tried."""
    dimension, value = alert.cell.dimension, alert.cell.value
    if dimension is Dimension.CARRIER_METHOD:
        carrier, _, method = value.partition("|")
        return f"{_CARRIERS.get(carrier, carrier)} {_METHODS[method]}", (method,)
    if dimension is Dimension.METHOD:
        return _METHODS[value], (value,)
    everything = tuple(_METHODS)
    if dimension is Dimension.CARRIER:
        return f"{_CARRIERS.get(value, value)} 본인인증", everything
    if dimension is Dimension.BROWSER:
        return f"{value}에서 여는 인증창", ()
    if dimension is Dimension.REGION:
        return f"{value} 지역의 본인인증", everything
    return "본인인증", everything


def _may_concern(alert: Alert, method: str | None) -> bool:
    if alert.cell.dimension is Dimension.CARRIER_METHOD:
        return method in (None, alert.cell.value.partition("|")[2])
    return alert.cell.dimension is Dimension.CARRIER
