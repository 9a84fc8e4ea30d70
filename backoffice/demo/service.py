"""Loads the invented shop, takes in demo files, and shows a customer in the shape of such a file.

A file is taken in whole or not at all: it is checked before anything is written, and written in
one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.blocking.service import schedule_releases
from backoffice.customers.tables import customers
from backoffice.delivery.history import learn
from backoffice.delivery.intake import take_event
from backoffice.demo import shape
from backoffice.demo.catalogue import PRODUCTS
from backoffice.demo.generator import generate
from backoffice.demo.reading import read_customer
from backoffice.demo.rows import INSERT_ORDER, name_everything, take_apart
from backoffice.demo.tables import demo_stories
from backoffice.errors import InvalidDemoFile
from backoffice.orders.tables import orders, product_options
from backoffice.privacy.terms import load_demo_terms
from backoffice.verification.rates import recount
from kernel.clock import KST, Clock, ProductClock
from kernel.database import insert, read, write
from kernel.ids import new_id

# Ids in one question to the database; PostgreSQL takes no more than 32,767 values.
_IDS_AT_ONCE = 10_000
_UNKNOWN_FIELD = "extra_forbidden"


@dataclass(frozen=True)
class DemoCustomer:
    """A demo customer and, in one Korean line, the story they tell."""

    customer_id: str
    name: str
    story: str


async def load(engine: AsyncEngine, clock: Clock, *, seed: int = 1) -> None:
    """Fill the shop with invented customers as of the clock's day, replacing those of an earlier load.

    The same seed and day give the same data.
    """
    today = clock.now().astimezone(KST).date()
    invented = generate(seed=seed, today=today)
    async with write(engine) as connection:
        await _replace(connection, invented.customers, now=clock.now())
        for report in invented.reports:
            await take_event(connection, report, now=clock.now())
        await load_demo_terms(connection, today)
        await _offer_goods(connection)
        await connection.execute(demo_stories.delete())
        await connection.execute(
            demo_stories.insert(),
            [
                {"customer_id": who, "position": place, "story": story}
                for place, (who, story) in enumerate(invented.stories.items())
            ],
        )
        await learn(connection, clock.now())


async def _offer_goods(connection: AsyncConnection) -> None:
    """Put the invented shop's goods on sale, at their prices of now; others that are on sale stay."""
    rows = [
        {"product": product.name, "option": option, "price_krw": product.price_krw, "is_sold": True}
        for product in PRODUCTS
        for option in product.options or ("",)
    ]
    statement = insert(connection, product_options)
    new = {name: statement.excluded[name] for name in ("price_krw", "is_sold")}
    await connection.execute(statement.on_conflict_do_update(index_elements=["product", "option"], set_=new), rows)


async def import_file(engine: AsyncEngine, path: Path | str, *, clock: Clock | None = None) -> list[str]:
    """Take in the demo file at `path` and return its customers' ids in its order.

    A customer who is there already is replaced with everything about them. Raises InvalidDemoFile,
    which names each place that is wrong; then nothing has changed.
    """
    now = (clock or ProductClock()).now()
    people = name_everything(read_file(Path(path)).customers, now=now, new_id=new_id)
    _check_unique(people)
    async with write(engine) as connection:
        await _check_free(connection, people)
        await _replace(connection, people, now=now)
    return [person.customer_id or "" for person in people]


async def show(engine: AsyncEngine, customer_id: str) -> dict[str, Any]:
    """Return one customer in the shape of a demo file's entry; fields without a value are left out. Raises CustomerNotFound."""
    async with read(engine) as connection:
        person = await read_customer(connection, customer_id)
    return person.model_dump(mode="json", exclude_none=True)


async def stories(engine: AsyncEngine) -> list[DemoCustomer]:
    """Return the demo customers that tell a story, in the order to show them; empty without demo data."""
    query = (
        sa.select(customers.c.customer_id, customers.c.name, demo_stories.c.story)
        .join(demo_stories, customers.c.customer_id == demo_stories.c.customer_id)
        .order_by(demo_stories.c.position)
    )
    async with read(engine) as connection:
        return [
            DemoCustomer(row.customer_id, row.name or row.customer_id, row.story)
            for row in await connection.execute(query)
        ]


def read_file(path: Path) -> shape.DemoFile:
    """Return the checked contents of a demo file. Raises InvalidDemoFile."""
    try:
        return shape.DemoFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidDemoFile([f"{path}: {error.strerror or 'cannot be read'}"]) from error
    except ValidationError as error:
        problems = [
            f"{_place(problem['loc'])}: {_what(problem)}"
            for problem in error.errors(include_url=False, include_context=False)
        ]
        raise InvalidDemoFile(list(dict.fromkeys(problems))) from error


def _place(location: Sequence[str | int]) -> str:
    """Return `customers[0].orders[2].colour`; steps inside a union are the checker's own and are dropped."""
    place = ""
    for step in location:
        if isinstance(step, int):
            place += f"[{step}]"
        elif "(" not in step and not step[:1].isupper():
            place += f".{step}" if place else step
    return place or "file"


def _what(problem: Any) -> str:
    return "unknown field" if problem["type"] == _UNKNOWN_FIELD else str(problem["msg"]).removeprefix("Value error, ")


def _check_unique(people: Iterable[shape.Customer]) -> None:
    people = list(people)
    problems = [
        *_repeated("customer_id", (person.customer_id for person in people)),
        *_repeated("kakao_user_key", (person.kakao_user_key for person in people)),
        *_repeated("order_id", (order.order_id for person in people for order in person.orders)),
    ]
    for person in people:
        problems += _repeated(f"coupon_id of {person.customer_id}", (coupon.coupon_id for coupon in person.coupons))
    if problems:
        raise InvalidDemoFile(problems)


def _repeated(what: str, values: Iterable[str | None]) -> list[str]:
    return [
        f"{what} {value!r} is there {count} times" for value, count in Counter(values).items() if value and count > 1
    ]


async def _check_free(connection: AsyncConnection, people: Sequence[shape.Customer]) -> None:
    """Refuse orders and KakaoTalk keys that belong to a customer who is not being replaced."""
    ours = {person.customer_id for person in people}
    problems: list[str] = []
    for what, column, owner, values in (
        (
            "order_id",
            orders.c.order_id,
            orders.c.customer_id,
            [order.order_id for person in people for order in person.orders],
        ),
        (
            "kakao_user_key",
            customers.c.kakao_user_key,
            customers.c.customer_id,
            [person.kakao_user_key for person in people],
        ),
    ):
        for start in range(0, len(values), _IDS_AT_ONCE):
            taken = await connection.execute(
                sa.select(column, owner).where(column.in_(values[start : start + _IDS_AT_ONCE]))
            )
            problems += [f"{what} {value!r} belongs to another customer" for value, whose in taken if whose not in ours]
    if problems:
        raise InvalidDemoFile(problems)


async def _replace(connection: AsyncConnection, people: Sequence[shape.Customer], *, now: datetime) -> None:
    ids = [person.customer_id for person in people]
    for start in range(0, len(ids), _IDS_AT_ONCE):
        await connection.execute(
            customers.delete().where(customers.c.customer_id.in_(ids[start : start + _IDS_AT_ONCE]))
        )
    rows = take_apart(people)
    for table in INSERT_ORDER:
        if rows.get(table):
            await connection.execute(table.insert(), rows[table])
    await schedule_releases(connection, now=now)
    await recount(connection, now=now)
