"""Tickets with their clocks, events, alerts and promises; hours of teams. Every handoff so far belongs to a ticket."""

import sqlalchemy as sa
from alembic import op

from kernel.database import JsonValue, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FIRST_NUMBER = 20_001


def upgrade() -> None:
    op.create_table(
        "ticket_counter",
        sa.Column("counter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("counter_id", name="pk_ticket_counter"),
    )
    tickets = op.create_table(
        "tickets",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("tags", JsonValue, nullable=False),
        sa.Column("wants_contact", sa.Boolean(), nullable=False),
        sa.Column("contact_kind", sa.Text(), nullable=True),
        sa.Column("contact_value", sa.Text(), nullable=True),
        sa.Column("analysis", JsonValue, nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.conversation_id"], name="fk_tickets_conversation_id"
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["tickets.number"], name="fk_tickets_merged_into"),
        sa.PrimaryKeyConstraint("number", name="pk_tickets"),
    )
    op.create_index("ix_tickets_conversation", "tickets", ["conversation_id", "opened_at"])
    op.create_index("ix_tickets_customer", "tickets", ["customer_id", "opened_at"])
    op.create_index("ix_tickets_status", "tickets", ["status", "opened_at"])
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"])
    _create_clocks_and_events()
    _create_alerts_and_promises()
    op.create_table(
        "team_hours",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hours", JsonValue, nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("team", "version", name="pk_team_hours"),
    )
    _number_what_is_there(tickets)


def _create_clocks_and_events() -> None:
    op.create_table(
        "ticket_clocks",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("target_us", sa.BigInteger(), nullable=False),
        sa.Column("spent_us", sa.BigInteger(), nullable=False),
        sa.Column("running_since", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["tickets.number"], name="fk_ticket_clocks_number"),
        sa.PrimaryKeyConstraint("number", "kind", "round", name="pk_ticket_clocks"),
    )
    running = sa.text("next_at IS NOT NULL")
    op.create_index(
        "ix_ticket_clocks_next", "ticket_clocks", ["next_at"], sqlite_where=running, postgresql_where=running
    )
    op.create_table(
        "ticket_events",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("detail", JsonValue, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["tickets.number"], name="fk_ticket_events_number"),
        sa.PrimaryKeyConstraint("number", "version", name="pk_ticket_events"),
    )


def _create_alerts_and_promises() -> None:
    op.create_table(
        "ticket_alerts",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("roles", JsonValue, nullable=False),
        sa.Column("detail", JsonValue, nullable=False),
        sa.Column("seen_by", JsonValue, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["tickets.number"], name="fk_ticket_alerts_number"),
        sa.PrimaryKeyConstraint("alert_id", name="pk_ticket_alerts"),
    )
    op.create_index("ix_ticket_alerts_at", "ticket_alerts", ["at"])
    op.create_table(
        "ticket_promises",
        sa.Column("promise_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("came_due_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["number"], ["tickets.number"], name="fk_ticket_promises_number"),
        sa.PrimaryKeyConstraint("promise_id", name="pk_ticket_promises"),
    )
    op.create_index("ix_ticket_promises_number", "ticket_promises", ["number", "due_at"])
    op.create_index("ix_ticket_promises_due", "ticket_promises", ["status", "due_at"])


def _number_what_is_there(tickets: sa.Table) -> None:
    """Give every conversation that was handed over its ticket, in the order of the first handoffs; clocks it has none."""
    connection = op.get_bind()
    conversations = sa.table(
        "conversations", sa.column("conversation_id"), sa.column("customer_id"), sa.column("agent_id")
    )
    columns = [sa.column(name) for name in ("conversation_id", "reason", "skill")]
    times = [sa.column(name, UtcDateTime()) for name in ("waiting_since", "claimed_at", "ended_at")]
    handoffs = sa.table("handoffs", *columns, *times)
    found = connection.execute(
        sa.select(handoffs, conversations.c.customer_id, conversations.c.agent_id)
        .join(conversations, conversations.c.conversation_id == handoffs.c.conversation_id)
        .order_by(handoffs.c.waiting_since)
    )
    kept: dict[str, dict[str, object]] = {}
    for row in found:
        known = kept.get(row.conversation_id)
        complains = "complaint" in (row.reason, row.skill) or (known is not None and known["type"] == "complaint")
        status = "resolved" if row.ended_at else "open" if row.claimed_at else "new"
        kept[row.conversation_id] = {
            "number": known["number"] if known else f"CS-{_FIRST_NUMBER + len(kept)}",
            "conversation_id": row.conversation_id,
            "customer_id": row.customer_id,
            "type": "complaint" if complains else "question",
            "status": status,
            "skill": row.skill,
            "version": 1,
            "opened_at": known["opened_at"] if known else row.waiting_since,
            "updated_at": row.ended_at or row.claimed_at or row.waiting_since,
            "agent_id": row.agent_id,
            "tags": [],
            "wants_contact": False,
            "resolved_at": row.ended_at,
        }
    if kept:
        op.bulk_insert(tickets, list(kept.values()))
    counter = sa.table("ticket_counter", sa.column("counter_id"), sa.column("last"))
    op.execute(counter.insert().values(counter_id=1, last=len(kept)))


def downgrade() -> None:
    for table in (
        "team_hours",
        "ticket_promises",
        "ticket_alerts",
        "ticket_events",
        "ticket_clocks",
        "tickets",
        "ticket_counter",
    ):
        op.drop_table(table)
