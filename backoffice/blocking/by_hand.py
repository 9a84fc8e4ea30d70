"""Lets staff lift a customer's block: who may is the rules', why is kept with the release, and that they saw it is recorded."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.blocking.errors import BlockEnded, BlockNotFound, JustificationMissing, LiftingNotAllowed
from backoffice.blocking.policy import is_justified, may_lift, set_terms
from backoffice.blocking.rules import load_block_rules
from backoffice.blocking.service import Ending, end_block, find_within
from backoffice.blocking.tables import ReleaseKind
from backoffice.privacy.access import Viewer, record_access
from kernel.database import write

log = structlog.get_logger()

SEEN = "block"


async def lift_by_hand(
    engine: AsyncEngine,
    customer_id: str,
    block_id: str,
    *,
    by: Viewer,
    justification: str,
    is_our_fault: bool = False,
    now: datetime,
) -> None:
    """Lift a customer's block, tell them, and write down who lifted it and why; all of it or nothing.

    Raises BlockNotFound (another customer's too), LiftingNotAllowed, JustificationMissing, or BlockEnded where
    somebody or its time was faster.
    """
    rules, why = load_block_rules(), justification.strip()
    async with write(engine) as connection:
        block = await find_within(connection, block_id, customer_id)
        if block is None:
            raise BlockNotFound(block_id)
        if not may_lift(rules, set_terms(rules, block.reason, block.signals), by.role):
            raise LiftingNotAllowed(f"{by.role} lifts no block for {block.reason.value}")
        if not is_justified(rules, why):
            raise JustificationMissing("a block is lifted for a reason that says something")
        ended = await end_block(
            connection, block_id, Ending(ReleaseKind.STAFF, by.viewer_id, why, is_our_fault), now=now
        )
        if not ended:
            raise BlockEnded(block_id)
        await record_access(connection, customer_id, fields=[SEEN], viewer=by, reason=why, now=now)
    log.info("block_lifted", block_id=block_id, by=by.viewer_id)
