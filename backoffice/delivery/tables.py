"""Where parcels are, when they were promised, what each stage was planned and found to be, and all that was reported.

`delivery_events` is only ever added to. What customers are told (`deliveries`, `delivery_stages`, an order's status)
follows from it, whatever order its rows came in.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa

from backoffice.metadata import customer_id, metadata, one_of, order_id, row_id
from kernel.database import JsonValue, UtcDateTime

deliveries = sa.Table(
    "deliveries",
    metadata,
    order_id(primary_key=True),
    sa.Column("promised_date", sa.Date),
    # The day now expected, in Seoul; `eta_at` only where the courier names an hour.
    sa.Column("eta_date", sa.Date),
    sa.Column("eta_at", UtcDateTime),
    # The days expected before, the oldest first.
    sa.Column("eta_history", JsonValue),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("delivered_place", sa.Text),
    sa.Column("courier", sa.Text),
    sa.Column("tracking_no", sa.Text),
    sa.Column("delay_reason", sa.Text),
    # Where this one order goes; null: to the customer's own address.
    sa.Column("address", sa.Text),
    # What the driver is to know, such as where to leave the parcel.
    sa.Column("door_note", sa.Text),
    sa.Index(None, "delivered_at"),
    # For what is looked through every day: parcels that have not come.
    sa.Index(
        None,
        "promised_date",
        sqlite_where=sa.text("delivered_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL"),
    ),
)

delivery_stages = sa.Table(
    "delivery_stages",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("planned_at", UtcDateTime),
    sa.Column("actual_at", UtcDateTime),
    sa.Index(None, "order_id", "row_id"),
)

delivery_events = sa.Table(
    "delivery_events",
    metadata,
    row_id(),
    order_id(nullable=False),
    # The system that reported it and its own name for the report: the same one counts once.
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    # As reported; `stage` is what it means, null where it moves the parcel nowhere or nobody knows.
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("stage", sa.Text),
    sa.Column("happened_at", UtcDateTime, nullable=False),
    sa.Column("received_at", UtcDateTime, nullable=False),
    sa.Column("place", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("eta_date", sa.Date),
    sa.Column("courier", sa.Text),
    sa.Column("tracking_no", sa.Text),
    sa.Column("rules_version", sa.Integer, nullable=False),
    sa.UniqueConstraint("source", "event_id"),
    sa.Index(None, "order_id", "happened_at"),
)


class FlagKind(StrEnum):
    """Why a person has to look at a delivery."""

    AFTER_DELIVERY = "after_delivery"
    DELIVERED_TWICE = "delivered_twice"
    BEFORE_ORDER = "before_order"
    ORDER_ENDED = "order_ended"
    UNKNOWN_CODE = "unknown_code"
    MOVED_AGAIN = "moved_again"


# Those that make it doubtful where the parcel is.
DOUBTS = (FlagKind.AFTER_DELIVERY, FlagKind.DELIVERED_TWICE, FlagKind.ORDER_ENDED)

delivery_flags = sa.Table(
    "delivery_flags",
    metadata,
    row_id(),
    order_id(nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    # The report it is about; for a promise that moved again, the day it moved to.
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("found_at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolved_by", sa.Text),
    sa.Column("resolution", sa.Text),
    one_of("kind", FlagKind),
    sa.Index(None, "order_id", "kind", "subject", unique=True),
    sa.Index(
        None, "found_at", sqlite_where=sa.text("resolved_at IS NULL"), postgresql_where=sa.text("resolved_at IS NULL")
    ),
)


class ChangeKind(StrEnum):
    """What a customer may change of a delivery that has not left."""

    ADDRESS = "address"
    DAY = "day"
    DOOR_NOTE = "door_note"


delivery_changes = sa.Table(
    "delivery_changes",
    metadata,
    sa.Column("change_id", sa.Text, primary_key=True),
    order_id(nullable=False),
    customer_id(),
    sa.Column("kind", sa.Text, nullable=False),
    # The new address, the day as YYYY-MM-DD, or the note.
    sa.Column("wanted", sa.Text, nullable=False),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.Column("applied_at", UtcDateTime),
    sa.Column("rules_version", sa.Integer, nullable=False),
    one_of("kind", ChangeKind),
    sa.Index(None, "order_id", "proposed_at"),
    sa.Index(None, "customer_id"),
)

# How many past parcels took so many business days from a stage to the door, by scope (see arrival.py).
delivery_spans = sa.Table(
    "delivery_spans",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("business_days", sa.Integer, primary_key=True),
    sa.Column("parcel_count", sa.Integer, nullable=False),
    sa.CheckConstraint("parcel_count > 0", name="parcel_count_positive"),
)
