"""Reads a customer's blocks and the rules for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import sqlalchemy as sa
import yaml
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.blocking.policy import Block, BlockRule, BlockRules
from backoffice.blocking.tables import BlockReason, blocks
from kernel.database import read

_PATH = Path(__file__).with_name("rules.yml")
_RECENT = (
    sa.select(blocks)
    .where(blocks.c.customer_id == sa.bindparam("customer_id"))
    .order_by(blocks.c.blocked_at.desc(), blocks.c.row_id.desc())
    .limit(sa.bindparam("limit"))
)


@cache
def load_block_rules() -> BlockRules:
    """Return the rules in force. Raises KeyError, TypeError or ValueError when the file does not fit."""
    data = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    rules = {BlockReason(reason): BlockRule(**rule) for reason, rule in data["reasons"].items()}
    if set(rules) != set(BlockReason):
        raise ValueError("every reason for a block needs a rule")
    return BlockRules(version=data["version"], reasons=rules)


async def list_blocks(engine: AsyncEngine, customer_id: str, *, limit: int = 10) -> Sequence[Block]:
    """Return the customer's latest blocks, newest first; empty when there are none."""
    async with read(engine) as connection:
        rows = (await connection.execute(_RECENT, {"customer_id": customer_id, "limit": limit})).all()
    return [Block(BlockReason(row.reason), row.blocked_at, row.auto_release_at, row.released_at) for row in rows]
