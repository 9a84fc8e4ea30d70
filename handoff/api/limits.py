"""How much one network address may open: conversations by the minute, sockets at once.

Generous, since a company or a mobile network may stand behind one address. Each gateway process counts for itself.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sanic import Request

from handoff.domain.live import Allowance
from handoff.errors import TooManyAttempts

ADDRESSES_REMEMBERED = 10_000


class AddressLimits:
    """Counts what addresses open; a limit of 0 means none."""

    def __init__(self, *, conversations_a_minute: int, sockets: int) -> None:
        self._a_minute = conversations_a_minute
        self._sockets_max = sockets
        self._allowances: dict[str, Allowance] = {}
        self._sockets: Counter[str] = Counter()

    def count_conversation(self, address: str) -> None:
        """Take that somebody there begins a conversation. Raises TooManyAttempts."""
        if self._a_minute == 0:
            return
        now_s = time.monotonic()
        if len(self._allowances) >= ADDRESSES_REMEMBERED:
            self._allowances = {key: one for key, one in self._allowances.items() if not one.is_full(now_s=now_s)}
        allowance = self._allowances.get(address)
        if allowance is None:
            allowance = self._allowances[address] = Allowance.full(self._a_minute, self._a_minute / 60, now_s=now_s)
        if not allowance.take(1, now_s=now_s):
            raise TooManyAttempts(
                "새 상담을 너무 많이 시작했어요. 1분 뒤에 다시 시도해 주세요.", code="too_many_conversations"
            )

    @contextmanager
    def socket(self, address: str) -> Iterator[None]:
        """Hold a socket for as long as the block lasts. Raises TooManyAttempts."""
        if self._sockets_max and self._sockets[address] >= self._sockets_max:
            raise TooManyAttempts("연결이 너무 많아요. 다른 창을 닫고 다시 시도해 주세요.", code="too_many_sockets")
        self._sockets[address] += 1
        try:
            yield
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]


def address_of(request: Request) -> str:
    """Return the address that a request comes from: the nearest one that no proxy of ours has put there."""
    return str(request.remote_addr or request.ip or "")
