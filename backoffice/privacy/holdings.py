"""Which tables hold something about a customer, found from the tables themselves, so that a new one cannot be forgotten.

A table holds a customer if it names one (`customer_id`, `subject_id`), or belongs by a foreign key to a table that
does, or names an order (`order_id`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backoffice.metadata import metadata
from backoffice.orders.tables import orders

_NAMES_A_CUSTOMER = ("customer_id", "subject_id")
_NAMES_AN_ORDER = "order_id"


@dataclass(frozen=True)
class Holding:
    """A table, and the way from its rows to their customer: `steps` join it to the table that has `owner`."""

    table: sa.Table
    owner: sa.Column[str]
    steps: tuple[tuple[sa.Column[Any], sa.Column[Any]], ...] = ()

    def joined(self) -> sa.FromClause:
        """Return the table joined to whatever says whose a row is."""
        source: sa.FromClause = self.table
        for here, there in self.steps:
            source = source.join(there.table, here == there)
        return source

    def select(self, *extra: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Return the question for one customer's rows (`customer_id` is bound), in the order of their keys."""
        query = sa.select(self.table, *extra).select_from(self.joined())
        return query.where(self.owner == sa.bindparam("customer_id")).order_by(*self.table.primary_key)

    def delete(self) -> sa.Delete:
        """Return the deletion of one customer's rows (`whose` is bound)."""
        if not self.steps:
            return self.table.delete().where(self.owner == sa.bindparam("whose"))
        keys = list(self.table.primary_key)
        ours = sa.select(*keys).select_from(self.joined()).where(self.owner == sa.bindparam("whose"))
        return self.table.delete().where(sa.tuple_(*keys).in_(ours) if len(keys) > 1 else keys[0].in_(ours))

    def find(self, name: str) -> sa.Column[Any]:
        """Return the column `name` of the table, or `table.name` of one that it is joined to. Raises KeyError."""
        table_name, _, column = name.rpartition(".")
        tables = {table.name: table for table in (self.table, *(there.table for _, there in self.steps))}
        found: sa.Column[Any] = tables[table_name or self.table.name].c[column]
        return found


def list_holdings(tables: sa.MetaData = metadata) -> dict[str, Holding]:
    """Return every table that holds a customer, by name, parents before children."""
    named_by_order = tables.tables[orders.name]
    belonging = [
        (named_by_order, table)
        for table in tables.tables.values()
        if _NAMES_AN_ORDER in table.c and table is not named_by_order
    ]
    found: dict[str, Holding] = {}
    for table in sa.schema.sort_tables(tables.tables.values(), extra_dependencies=belonging):
        holding = _find_direct(table) or _find_by_parent(table, found) or _find_by_order(table, found)
        if holding is not None:
            found[table.name] = holding
    return found


def _find_direct(table: sa.Table) -> Holding | None:
    named = next((table.c[name] for name in _NAMES_A_CUSTOMER if name in table.c), None)
    return Holding(table, named) if named is not None else None


def _find_by_parent(table: sa.Table, found: dict[str, Holding]) -> Holding | None:
    for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
        parent = found.get(key.column.table.name)
        if parent is not None and key.column.table is not table:
            return Holding(table, parent.owner, ((key.parent, key.column), *parent.steps))
    return None


def _find_by_order(table: sa.Table, found: dict[str, Holding]) -> Holding | None:
    if _NAMES_AN_ORDER not in table.c or orders.name not in found:
        return None
    parent = found[orders.name]
    return Holding(table, parent.owner, ((table.c[_NAMES_AN_ORDER], parent.table.c[_NAMES_AN_ORDER]),))
