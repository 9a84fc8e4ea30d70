"""Everything the product holds about one customer, in one archive: a summary to read and the data as JSON.

Which tables those are comes from the tables themselves (`holdings.py`). Rows of others are never in it: each is
found by the customer's own id.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice.customers.tables import customers
from backoffice.errors import CustomerNotFound
from backoffice.privacy.holdings import list_holdings
from backoffice.privacy.plain import plain_row
from backoffice.privacy.ports import Conversations, NoConversations
from backoffice.privacy.retention import load_retention
from kernel import korean
from kernel.clock import KST
from kernel.database import read

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the archive of the same data is the same to the byte
_CONVERSATIONS = "conversations"


async def export_customer(
    engine: AsyncEngine, customer_id: str, *, conversations: Conversations | None = None, now: datetime
) -> bytes:
    """Return a zip with `요약.txt` and `data/<table>.json` for every table that holds the customer.

    Raises CustomerNotFound.
    """
    tables = await read_holdings(engine, customer_id)
    talks = await (conversations or NoConversations()).list_of_customer(customer_id)
    tables[_CONVERSATIONS] = [dict(talk.content) for talk in talks]
    return _pack(tables, summarise(tables, now=now))


async def read_holdings(engine: AsyncEngine, customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row of the shop about the customer, by table, in one consistent view. Raises CustomerNotFound."""
    async with read(engine) as connection:
        known = sa.select(customers.c.customer_id).where(customers.c.customer_id == customer_id)
        if (await connection.execute(known)).first() is None:
            raise CustomerNotFound(customer_id)
        rules = load_retention().tables
        found: dict[str, list[dict[str, Any]]] = {}
        for name, holding in list_holdings().items():
            hidden = rules[name].hidden if name in rules else ()
            rows = (await connection.execute(holding.select(), {"customer_id": customer_id})).mappings()
            found[name] = [{key: value for key, value in plain_row(row).items() if key not in hidden} for row in rows]
        return found


def summarise(tables: Mapping[str, Sequence[Mapping[str, Any]]], *, now: datetime) -> str:
    """Return the summary in Korean: what there is of everything, and how long it is kept."""
    person = tables["customers"][0]
    local = now.astimezone(KST)
    lines = [
        f"{person.get('name') or '고객'}님의 개인정보",
        f"{local.year}년 {korean.date(now)} {korean.time_of_day(now)} 기준이에요.",
        "",
        "저희가 가진 정보",
    ]
    for label, name in (("이름", "name"), ("휴대폰", "phone"), ("이메일", "email"), ("주소", "address")):
        lines.append(f"- {label}: {person.get(name) or '없음'}")
    retention = load_retention()
    titles = {name: rule.title for name, rule in retention.tables.items()} | {_CONVERSATIONS: "상담 대화"}
    lines += ["", "기록"]
    for name, rows in tables.items():
        if rows and name != "customers":
            lines.append(f"- {titles.get(name, name)}: {len(rows)}건 (data/{name}.json)")
    lines += ["", "보관하는 기간"]
    for kind in retention.kinds.values():
        lines.append(f"- {kind.label}: {kind.period} ({kind.ground})")
    return "\n".join(lines) + "\n"


def _pack(tables: Mapping[str, Sequence[Mapping[str, Any]]], summary: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("요약.txt", _NO_DATE), summary)
        for name, rows in tables.items():
            content = orjson.dumps(rows, option=orjson.OPT_INDENT_2)
            archive.writestr(zipfile.ZipInfo(f"data/{name}.json", _NO_DATE), content)
    return packed.getvalue()
