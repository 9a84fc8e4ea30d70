"""Which tables a statement reads whole, by the plan that the database itself makes for it with its parameters.

The plan depends on what the database knows of its tables: fill and analyse them first. PostgreSQL reads a table of a
few rows whole though there is an index: such a table counts only where it finds no other way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice import schema

# A few rows by their nature, read whole on purpose.
_SMALL_TABLES = frozenset({"terms_versions"})
_FEW_ROWS = sa.text("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples < 1000")
_PARTIAL_INDEXES = sa.text("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
_READ_BY_INDEX = frozenset({"Index Scan", "Index Only Scan"})
_MADE_ON_THE_WAY = re.compile(r"(?:CO-ROUTINE|MATERIALIZE) (\S+)")


@dataclass(frozen=True)
class Scan:
    """A table of the shop that a statement reads whole."""

    table: str
    statement: str


async def list_scans(engine: AsyncEngine, statements: Sequence[tuple[str, Any]]) -> list[Scan]:
    """Return what the statements, each with its parameters, read whole."""
    scans = []
    async with engine.connect() as connection:
        find = _find_on_postgres if connection.dialect.name == "postgresql" else _find_on_sqlite
        for statement, parameters in dict(statements).items():
            found = await find(connection, statement, parameters) & schema.metadata.tables.keys() - _SMALL_TABLES
            scans += [Scan(table, statement) for table in sorted(found)]
    return scans


async def _find_on_sqlite(connection: AsyncConnection, statement: str, parameters: Any) -> set[str]:
    plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [str(step[-1]) for step in plan]
    made = {name for step in steps for name in _MADE_ON_THE_WAY.findall(step)}
    read = {step.split()[1] for step in steps if step.startswith("SCAN ") and " VIRTUAL TABLE" not in step}
    return {_name_of(alias, statement) for alias in read - made}


def _name_of(alias: str, statement: str) -> str:
    """Return the table that a plan of SQLite's calls by its alias."""
    named = re.search(rf'(\w+)"? AS "?{re.escape(alias)}\b', statement)
    return named[1] if named else alias


async def _find_on_postgres(connection: AsyncConnection, statement: str, parameters: Any) -> set[str]:
    few = set((await connection.execute(_FEW_ROWS)).scalars())
    partial = set((await connection.execute(_PARTIAL_INDEXES)).scalars())

    async def explain() -> set[str]:
        answer = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        plan = answer.scalar_one()
        (top,) = orjson.loads(plan) if isinstance(plan, str | bytes) else plan
        return set(_walk(top["Plan"], partial, is_limited=False))

    found = await explain()
    if not found & few:
        return found
    await connection.exec_driver_sql("SET enable_seqscan = off")
    without = await explain()
    await connection.exec_driver_sql("SET enable_seqscan = on")
    return found - few | without & few


def _walk(node: Mapping[str, Any], partial: set[str], *, is_limited: bool) -> Iterator[str]:
    """Yield the tables that a plan reads from end to end, in whatever order; not those it leaves after so many rows."""
    kind, table = node["Node Type"], node.get("Relation Name")
    is_whole_index = kind in _READ_BY_INDEX and "Index Cond" not in node and node["Index Name"] not in partial
    if table and (kind == "Seq Scan" or (is_whole_index and not is_limited)):
        yield table
    is_limited = kind == "Limit" or (is_limited and kind != "Sort")
    for below in node.get("Plans", ()):
        yield from _walk(below, partial, is_limited=is_limited)
