"""Lifts what keeps a customer out once a one-time code proved who they are: code and blocks in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.blocking.policy import Terms, find_in_the_way, list_holding
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.service import Ending, end_block, read_blocks
from backoffice.blocking.tables import ReleaseKind
from backoffice.identity.policy import Guess
from backoffice.identity.service import Checked, Typed, check
from kernel.database import write

_ENDING = Ending(ReleaseKind.CODE, "customer", "등록된 번호로 보낸 인증번호로 본인 확인")


@dataclass(frozen=True)
class EarlyRelease:
    """What became of the code; where it was right, how many blocks it lifted, or what no code lifts."""

    checked: Checked
    lifted_count: int = 0
    in_the_way: Terms | None = None


async def lift_with_code(engine: AsyncEngine, typed: Typed, *, now: datetime, key: str) -> EarlyRelease:
    """Check the code and, where it is right, lift every block that holds its customer; none of them where one may not be."""
    async with write(engine) as connection:
        checked = await check(connection, typed, now=now, key=key)
        if checked.guess is not Guess.RIGHT or checked.customer_id is None:
            return EarlyRelease(checked)
        holding = list_holding(await read_blocks(connection, checked.customer_id), now=now)
        in_the_way = find_in_the_way(holding, load_block_rules())
        if in_the_way is not None:
            return EarlyRelease(checked, in_the_way=in_the_way)
        lifted = [
            await end_block(connection, block_id, _ENDING, now=now)
            for block_id in sorted(block.block_id for block in holding)
        ]
    return EarlyRelease(checked, lifted_count=sum(lifted))
