"""Takes a deletion on once a code to the registered number proved who asks: code and step in one transaction.

Whoever holds the shop's identity token may be somebody at an open computer; what cannot be undone needs the
telephone as well.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.identity.policy import Guess
from backoffice.identity.service import Checked, Typed, check
from backoffice.identity.tables import CodePurpose
from backoffice.privacy.errors import WrongState
from backoffice.privacy.request_tables import RequestKind, RequestState
from backoffice.privacy.requests import PrivacyRequest, find_open_within, get_within, move
from kernel.database import write

# Each code is good for its own kind of request.
PURPOSES = {RequestKind.DELETION: CodePurpose.DELETE_DATA, RequestKind.LEAVE: CodePurpose.CLOSE_ACCOUNT}
PROVES = {purpose: kind for kind, purpose in PURPOSES.items()}


@dataclass(frozen=True)
class Proof:
    """What became of the code; where it was right, the open request it was for, if there is one still."""

    checked: Checked
    request: PrivacyRequest | None = None


async def prove_with_code(
    engine: AsyncEngine, typed: Typed, customer_id: str, *, by: str, now: datetime, key: str
) -> Proof:
    """Check the code and, where it is right and was this customer's, take on the request that it is for."""
    async with write(engine) as connection:
        checked = await check(connection, typed, now=now, key=key)
        if checked.guess is not Guess.RIGHT:
            return Proof(checked)
        if checked.customer_id != customer_id:
            return Proof(Checked(Guess.NONE))
        request = await find_open_within(connection, customer_id, PROVES[typed.purpose])
        if request is None:
            return Proof(checked)
        with suppress(WrongState):  # it was checked before
            await move(connection, request, RequestState.IDENTITY_CHECKED, by=by, note="code", now=now)
        return Proof(checked, await get_within(connection, request.request_id))
