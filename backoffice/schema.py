"""Every table of the shop, so that migrations and tests see the whole of it. Run `upgrade` before anything else."""

from __future__ import annotations

from pathlib import Path

from backoffice.benefits.tables import baskets, coupon_events, coupons, points
from backoffice.blocking.tables import blocks
from backoffice.compensation.tables import compensation_decisions, compensation_requests, grants
from backoffice.customers.tables import customers
from backoffice.delivery.tables import deliveries, delivery_stages
from backoffice.demo.tables import demo_stories
from backoffice.jobs.tables import jobs
from backoffice.metadata import metadata
from backoffice.notices.tables import notices
from backoffice.orders.tables import order_items, orders, refunds
from backoffice.privacy.tables import consents
from backoffice.verification.tables import verification_attempts
from kernel.database import upgrade as run_upgrade

__all__ = [
    "baskets",
    "blocks",
    "compensation_decisions",
    "compensation_requests",
    "consents",
    "coupon_events",
    "coupons",
    "customers",
    "deliveries",
    "delivery_stages",
    "demo_stories",
    "grants",
    "jobs",
    "metadata",
    "notices",
    "order_items",
    "orders",
    "points",
    "refunds",
    "upgrade",
    "verification_attempts",
]


def upgrade(url: str) -> None:
    """Bring the shop's database at `url` to its newest schema. Blocks; call it before the event loop runs."""
    run_upgrade(url, script_location=Path(__file__).parent / "migrations", version_table="alembic_version_backoffice")
