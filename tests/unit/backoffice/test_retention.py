"""How long what is kept, and that no table with a customer in it was forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from backoffice.privacy.holdings import list_holdings
from backoffice.privacy.retention import add_months, kept_until, load_retention, months_of
from backoffice.schema import metadata
from kernel.clock import KST

RETENTION = load_retention()

# The table of periods, in months, as it is promised to customers.
KEPT_FOR_MONTHS = {
    "contract": 5 * 12,
    "payment": 5 * 12,
    "complaint": 3 * 12,
    "advertising": 6,
    "verification": 3 * 12,
    "block_release": 5 * 12,
    "consultation": 1 * 12,
    "consultation_complaint": 3 * 12,
    "access_record": 1 * 12,
}
# What becomes of each table's rows when their customer is deleted.
KEPT_AS = {
    "orders": "contract",
    "order_items": "contract",
    "refunds": "payment",
    "deliveries": "payment",
    "delivery_events": "payment",
    "points": "payment",
    "grants": "complaint",
    "consents": "advertising",
    "verification_attempts": "verification",
    "blocks": "block_release",
    "block_releases": "block_release",
    "one_time_codes": None,
    "coupons": None,
    "notification_settings": None,
    "notices": None,
}


@pytest.mark.parametrize(("kind", "months"), KEPT_FOR_MONTHS.items())
def test_a_record_is_kept_for_so_many_months(kind: str, months: int) -> None:
    assert RETENTION.kinds[kind].total_months == months
    assert RETENTION.kinds[kind].ground, "and on a ground"


def test_the_table_of_periods_is_whole() -> None:
    assert set(KEPT_FOR_MONTHS) == set(RETENTION.kinds)


@pytest.mark.parametrize(("table", "kind"), KEPT_AS.items())
def test_a_table_is_kept_as_this_or_erased(table: str, kind: str | None) -> None:
    assert RETENTION.tables[table].keep == kind


@pytest.mark.parametrize(("people", "months"), [(0, 12), (50_000, 12), (50_001, 24), (1_000_000, 24)])
def test_records_of_access_are_kept_longer_where_many_people_are_concerned(people: int, months: int) -> None:
    assert months_of(RETENTION.kinds["access_record"], people=people) == months


def test_no_table_was_forgotten() -> None:
    """Whoever adds a table says in retention.yml what becomes of a customer's rows in it, or that it has none."""
    holding = set(list_holdings(metadata))
    decided, nobodys = set(RETENTION.tables), set(RETENTION.nobody)
    assert holding - decided == set(), "these hold customers: say in retention.yml what becomes of their rows"
    assert set(metadata.tables) - decided - nobodys == set(), "new tables: say in retention.yml what they hold"
    assert decided - holding == set() and nobodys & holding == set(), "said of tables that do not fit it"
    assert (decided | nobodys) - set(metadata.tables) == set(), "tables that are no more"


@pytest.mark.parametrize(
    ("columns", "is_found"),
    [
        ([sa.Column("customer_id", sa.Text)], True),
        ([sa.Column("subject_id", sa.Text)], True),
        ([sa.Column("order_id", sa.Text)], True),
        ([sa.Column("item", sa.ForeignKey("order_items.row_id"))], True),
        ([sa.Column("who", sa.ForeignKey("customers.customer_id"))], True),
        ([sa.Column("colour", sa.Text)], False),
    ],
)
def test_a_new_table_is_found_by_what_it_points_to(columns: list[sa.Column[object]], is_found: bool) -> None:
    grown = sa.MetaData()
    for table in metadata.tables.values():
        table.to_metadata(grown)
    sa.Table("novelties", grown, sa.Column("row_id", sa.Integer, primary_key=True), *columns)
    assert ("novelties" in list_holdings(grown)) == is_found


def test_kept_tables_name_columns_that_there_are() -> None:
    for name, rule in RETENTION.tables.items():
        holding = list_holdings(metadata)[name]
        if rule.since:
            assert holding.find(rule.since) is not None
        assert {*rule.only, *rule.hidden} <= set(holding.table.c.keys())
        assert set(rule.follows) <= set(RETENTION.tables)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 made aware


@given(MOMENTS, st.sampled_from(sorted(RETENTION.kinds)))
def test_a_time_is_over_on_the_same_day_of_a_later_month_and_no_sooner(since: datetime, kind: str) -> None:
    rule = RETENTION.kinds[kind]
    until, local = kept_until(rule, since).astimezone(KST), since.astimezone(KST)
    months = (until.year - local.year) * 12 + until.month - local.month
    assert (months, until.day) in {(rule.total_months, local.day), (rule.total_months + 1, 1)}
    assert until.time() == local.time()
    assert until - local >= timedelta(days=28 * rule.total_months)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2026-11-24", 6, "2027-05-24"), ("2026-08-31", 6, "2027-03-01"), ("2024-02-29", 60, "2029-03-01"), ("2026-12-31", -12, "2025-12-31")],
)  # fmt: skip
def test_months_are_those_of_the_calendar(day: str, months: int, later: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+09:00")
    assert add_months(at, months) == datetime.fromisoformat(f"{later}T12:00:00+09:00")
