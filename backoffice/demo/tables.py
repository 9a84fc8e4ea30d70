"""Which customers are demo customers that tell a story, in the order a picker shows them."""

from __future__ import annotations

import sqlalchemy as sa

from backoffice.metadata import metadata

demo_stories = sa.Table(
    "demo_stories",
    metadata,
    # Not a foreign key: the story stays when the customer is imported anew.
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("story", sa.Text, nullable=False),
)
