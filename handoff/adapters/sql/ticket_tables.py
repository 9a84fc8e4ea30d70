"""The tables of tickets: their clocks, events, alerts and promises, and the hours that operators changed."""

from __future__ import annotations

import sqlalchemy as sa

from handoff.adapters.sql.tables import metadata
from kernel.database import JsonValue, UtcDateTime


def _number() -> sa.Column[str]:
    return sa.Column("number", sa.Text, sa.ForeignKey("tickets.number"), nullable=False)


# One row: how many tickets there are. Who raises it holds up the next, so that numbers are dense.
ticket_counter = sa.Table(
    "ticket_counter",
    metadata,
    sa.Column("counter_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last", sa.Integer, nullable=False),
)

tickets = sa.Table(
    "tickets",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.conversation_id"), nullable=False),
    sa.Column("customer_id", sa.Text),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("skill", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("tags", JsonValue, nullable=False),
    sa.Column("wants_contact", sa.Boolean, nullable=False),
    sa.Column("contact_kind", sa.Text),
    sa.Column("contact_value", sa.Text),
    sa.Column("analysis", JsonValue),
    sa.Column("merged_into", sa.Text, sa.ForeignKey("tickets.number")),
    sa.Column("resolved_at", UtcDateTime),
    sa.Index("ix_tickets_conversation", "conversation_id", "opened_at"),
    sa.Index("ix_tickets_customer", "customer_id", "opened_at"),
    sa.Index("ix_tickets_status", "status", "opened_at"),
    sa.Index("ix_tickets_merged_into", "merged_into"),
)

ticket_clocks = sa.Table(
    "ticket_clocks",
    metadata,
    _number(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("target_us", sa.BigInteger, nullable=False),
    sa.Column("spent_us", sa.BigInteger, nullable=False),
    sa.Column("running_since", UtcDateTime),
    sa.Column("done_at", UtcDateTime),
    sa.Column("steps_done", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime),
    # When it passes its next step; what comes due is found by it.
    sa.Column("next_at", UtcDateTime),
    sa.PrimaryKeyConstraint("number", "kind", "round"),
    sa.Index(
        "ix_ticket_clocks_next",
        "next_at",
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    ),
)

ticket_events = sa.Table(
    "ticket_events",
    metadata,
    _number(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("detail", JsonValue, nullable=False),
    sa.PrimaryKeyConstraint("number", "version"),
)

ticket_alerts = sa.Table(
    "ticket_alerts",
    metadata,
    sa.Column("alert_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    _number(),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("roles", JsonValue, nullable=False),
    sa.Column("detail", JsonValue, nullable=False),
    sa.Column("seen_by", JsonValue, nullable=False),
    sa.Index("ix_ticket_alerts_at", "at"),
)

ticket_promises = sa.Table(
    "ticket_promises",
    metadata,
    sa.Column("promise_id", sa.Text, primary_key=True),
    _number(),
    sa.Column("conversation_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("skill", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("came_due_at", UtcDateTime),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("ended_by", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Index("ix_ticket_promises_number", "number", "due_at"),
    sa.Index("ix_ticket_promises_due", "status", "due_at"),
)

team_hours = sa.Table(
    "team_hours",
    metadata,
    sa.Column("team", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("hours", JsonValue, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
    sa.PrimaryKeyConstraint("team", "version"),
)
