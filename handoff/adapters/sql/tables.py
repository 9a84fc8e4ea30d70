"""The tables of conversations. Times are UTC; ids are text; JSON is JSONB on PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

from kernel.database import JsonValue, UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _conversation_id() -> sa.Column[str]:
    return sa.Column("conversation_id", sa.Text, sa.ForeignKey("conversations.conversation_id"), nullable=False)


conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("conversation_id", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("channel_user", sa.Text),
    sa.Column("customer_id", sa.Text),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("last_seq", sa.Integer, nullable=False),
    sa.Column("agent_id", sa.Text),
    sa.Column("skill", sa.Text),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("waiting_since", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    # The runner that may carry out this conversation's turns; real time, seconds since 1970.
    sa.Column("lease_runner", sa.Text),
    sa.Column("lease_token", sa.Text),
    sa.Column("lease_until_s", sa.Double),
    # The order of the queue (see domain/queue.py), whom to ask first, and what is beside the owner.
    sa.Column("ranked_at", UtcDateTime),
    sa.Column("last_agent_id", sa.Text),
    sa.Column("preferred_agent_id", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("snoozed_until", UtcDateTime),
    sa.Column("wrap_up_until", UtcDateTime),
    sa.Index("ix_conversations_queue", "owner", "ranked_at"),
    sa.Index(
        "ix_conversations_snoozed",
        "snoozed_until",
        sqlite_where=sa.text("snoozed_until IS NOT NULL"),
        postgresql_where=sa.text("snoozed_until IS NOT NULL"),
    ),
    sa.Index(
        "ix_conversations_wrap_up",
        "wrap_up_until",
        sqlite_where=sa.text("wrap_up_until IS NOT NULL"),
        postgresql_where=sa.text("wrap_up_until IS NOT NULL"),
    ),
    sa.Index("ix_conversations_agent", "agent_id", "owner"),
    sa.Index("ix_conversations_customer", "customer_id", "created_at"),
    sa.Index("ix_conversations_channel_user", "channel", "channel_user"),
)

memories = sa.Table(
    "memories",
    metadata,
    _conversation_id(),
    sa.Column("state", JsonValue),
    sa.Column("understanding", JsonValue, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id"),
)

messages = sa.Table(
    "messages",
    metadata,
    _conversation_id(),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("author_id", sa.Text),
    sa.Column("author_name", sa.Text),
    sa.Column("client_msg_id", sa.Text),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("choices", JsonValue, nullable=False),
    sa.Column("cards", JsonValue, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "seq"),
    sa.UniqueConstraint("conversation_id", "client_msg_id"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("turn_id", sa.Text, primary_key=True),
    _conversation_id(),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("payload", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.UniqueConstraint("conversation_id", "seq"),
    sa.Index(
        "ix_turns_queued",
        "conversation_id",
        "seq",
        sqlite_where=sa.text("status = 'queued'"),
        postgresql_where=sa.text("status = 'queued'"),
    ),
)

handoffs = sa.Table(
    "handoffs",
    metadata,
    sa.Column("handoff_id", sa.Text, primary_key=True),
    _conversation_id(),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("skill", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("context", JsonValue, nullable=False),
    sa.Column("waiting_since", UtcDateTime, nullable=False),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("claimed_by", sa.Text),
    sa.Column("ended_at", UtcDateTime),
    sa.Index("ix_handoffs_conversation", "conversation_id", "waiting_since"),
    sa.Index("ix_handoffs_ended", "ended_at"),
)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("note_id", sa.Text, primary_key=True),
    _conversation_id(),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, server_default="note"),
    sa.Index("ix_notes_conversation", "conversation_id", "note_id"),
)

events = sa.Table(
    "events",
    metadata,
    _conversation_id(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("detail", JsonValue, nullable=False),
    # Two changes can never make the same version: the last line of defence of ownership.
    sa.PrimaryKeyConstraint("conversation_id", "version"),
)

agents = sa.Table(
    "agents",
    metadata,
    sa.Column("agent_id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("presence", sa.Text, nullable=False),
    # None: all skills; Korean alone.
    sa.Column("skills", JsonValue),
    sa.Column("capacity", sa.Integer, nullable=False, server_default="4"),
    sa.Column("languages", JsonValue),
    sa.Column("team", sa.Text),
    # The page's last sign of life; real time, seconds since 1970.
    sa.Column("seen_at_s", sa.Double),
    sa.Column("missed_offers", sa.Integer, nullable=False, server_default="0"),
    sa.Column("missed_at", UtcDateTime),
    # Sessions begun with another number are over.
    sa.Column("session_number", sa.Integer, nullable=False, server_default="1"),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
)

offers = sa.Table(
    "offers",
    metadata,
    sa.Column("offer_id", sa.Text, primary_key=True),
    _conversation_id(),
    # The version of the conversation that was offered: once it has another, the offer is void.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("agent_id", sa.Text, sa.ForeignKey("agents.agent_id"), nullable=False),
    sa.Column("offered_at", UtcDateTime, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("outcome", sa.Text),
    # A conversation is offered to one agent at a time.
    sa.Index(
        "uq_offers_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index(
        "ix_offers_due",
        "due_at",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
    sa.Index("ix_offers_offered", "offered_at", "agent_id"),
    sa.Index("ix_offers_ended", "ended_at"),
)

participants = sa.Table(
    "participants",
    metadata,
    _conversation_id(),
    sa.Column("agent_id", sa.Text, sa.ForeignKey("agents.agent_id"), nullable=False),
    sa.Column("joined_at", UtcDateTime, nullable=False),
    sa.PrimaryKeyConstraint("conversation_id", "agent_id"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _conversation_id(),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("taken_at", UtcDateTime),
    # The channel's request that took it, which gets the same again when it is repeated.
    sa.Column("taken_by", sa.Text),
    # Only where messages are sent: when the next try is due, how many there were, why the last one failed, and who
    # tries now, until when in real time. A message with `failed_at` is sent again only when a person says so.
    sa.Column("due_at", UtcDateTime),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failed_at", UtcDateTime),
    sa.Column("error", sa.Text),
    sa.Column("lease_token", sa.Text),
    sa.Column("lease_until_s", sa.Double),
    sa.PrimaryKeyConstraint("conversation_id", "seq"),
    sa.Index(
        "ix_outbox_due",
        "due_at",
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    ),
    sa.Index(
        "ix_outbox_waiting",
        "conversation_id",
        "seq",
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    ),
    sa.Index("ix_outbox_taken_by", "conversation_id", "taken_by"),
)

# Up to which message a customer and their agent have read: written by the second, many at once.
read_marks = sa.Table(
    "read_marks",
    metadata,
    _conversation_id(),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("agent_seq", sa.Integer, nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("conversation_id"),
)

candidates = sa.Table(
    "candidates",
    metadata,
    sa.Column("candidate_id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False, unique=True),
    sa.Column("ranking", JsonValue, nullable=False),
    sa.Column("seen_count", sa.Integer, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("settled_at", UtcDateTime),
    sa.Column("settled_by", sa.Text),
    sa.Column("intent", sa.Text),
    sa.Index("ix_candidates_open", "settled_at", "seen_count"),
)
