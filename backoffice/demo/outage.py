"""Attempts of one invented hour, usual or with one carrier's trouble in it, reported as an agency would.

`load` leaves the shop quiet at any hour; this makes trouble begin now, so that the watch sees it and the bot tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.demo.catalogue import BROWSERS, CARRIERS, DISTRICTS, FAILURE_CAUSES
from backoffice.verification.intake import NewAttempt
from backoffice.verification.service import record_attempt
from backoffice.verification.tables import Method, Result, Stage
from kernel.clock import Clock

ATTEMPT_COUNT = 100
FAILING_PERCENT = 18
_TROUBLED_PERCENT = 85
_TROUBLE_BEGAN_MIN = 20
_TRIES_AGAIN = 20
_CODES = {Method.SMS: "SMS-408", Method.PASS: "PASS-201", Method.ARS: "NET-504"}


def invent_hour(
    rng: Random, *, now: datetime, trouble: tuple[str, Method] | None = None, count: int = ATTEMPT_COUNT
) -> Iterator[NewAttempt]:
    """Yield an hour's attempts, oldest first, of nobody in particular; those of `trouble` fail since 20 minutes ago."""
    fails = [number < count * FAILING_PERCENT // 100 for number in range(count)]
    rng.shuffle(fails)
    for number, is_usual_failure in enumerate(fails):
        at = now - timedelta(minutes=60) * (count - number) / count
        carrier = rng.choices(CARRIERS, (38, 25, 20, 17))[0]
        method = rng.choices(list(Method), (55, 35, 10))[0]
        is_late = at >= now - timedelta(minutes=_TROUBLE_BEGAN_MIN)
        in_trouble = (carrier, method) == trouble and is_late
        has_failed = is_usual_failure if not in_trouble else rng.randrange(100) < _TROUBLED_PERCENT
        yield _invent(rng, at, carrier, method, has_failed=has_failed, in_trouble=in_trouble)
    for _ in range(_TRIES_AGAIN if trouble else 0):
        at = now - timedelta(minutes=rng.uniform(1, _TROUBLE_BEGAN_MIN))
        yield _invent(rng, at, *trouble, has_failed=True, in_trouble=True)  # type: ignore[misc]  # people try again


async def begin(engine: AsyncEngine, clock: Clock, *, carrier: str = "SKT", method: Method = Method.SMS) -> int:
    """Report an hour in which this carrier's method began to fail; return how many attempts there were.

    The alert opens with the next look, within five minutes. Raises UnknownValue for a carrier that is in no table.
    """
    count = 0
    for attempt in invent_hour(Random(), now=clock.now(), trouble=(carrier, method)):  # noqa: S311 invented data
        await record_attempt(engine, attempt, now=clock.now())
        count += 1
    return count


def _invent(
    rng: Random, at: datetime, carrier: str, method: Method, *, has_failed: bool, in_trouble: bool
) -> NewAttempt:
    usual = rng.choices(list(FAILURE_CAUSES), [share for share, _, _ in FAILURE_CAUSES.values()])[0]
    code = _CODES[method] if in_trouble else FAILURE_CAUSES[usual][2]
    return NewAttempt(
        at=at,
        method=method,
        stage=Stage.CHANNEL if has_failed else Stage.MATCHED,
        result=Result.FAILURE if has_failed else Result.SUCCESS,
        carrier=carrier,
        region=rng.choice(DISTRICTS)[0],
        browser=rng.choice(BROWSERS),
        error_code=code if has_failed else None,
    )
