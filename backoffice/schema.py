"""Every table of the shop, so that migrations and tests see the whole of it. Run `upgrade` before anything else."""

from __future__ import annotations

from pathlib import Path

from backoffice.benefits.tables import baskets, coupon_events, coupons, points
from backoffice.blocking.tables import block_releases, blocks
from backoffice.compensation.tables import compensation_decisions, compensation_requests, grants
from backoffice.customers.tables import customers
from backoffice.delivery.tables import (
    deliveries,
    delivery_changes,
    delivery_events,
    delivery_flags,
    delivery_spans,
    delivery_stages,
)
from backoffice.demo.tables import demo_stories
from backoffice.identity.tables import code_limits, one_time_codes
from backoffice.integration.tables import answered_requests, api_keys
from backoffice.jobs.tables import jobs
from backoffice.metadata import metadata
from backoffice.notices.tables import notices
from backoffice.orders.tables import order_items, orders, refunds
from backoffice.privacy.tables import consents
from backoffice.reconciliation.tables import discrepancies, reconciliations
from backoffice.verification.tables import (
    verification_alerts,
    verification_attempts,
    verification_counts,
    verification_secrets,
)
from kernel.database import upgrade as run_upgrade

__all__ = [
    "answered_requests",
    "api_keys",
    "baskets",
    "block_releases",
    "blocks",
    "code_limits",
    "compensation_decisions",
    "compensation_requests",
    "consents",
    "coupon_events",
    "coupons",
    "customers",
    "deliveries",
    "delivery_changes",
    "delivery_events",
    "delivery_flags",
    "delivery_spans",
    "delivery_stages",
    "demo_stories",
    "discrepancies",
    "grants",
    "jobs",
    "metadata",
    "notices",
    "one_time_codes",
    "order_items",
    "orders",
    "points",
    "reconciliations",
    "refunds",
    "upgrade",
    "verification_alerts",
    "verification_attempts",
    "verification_counts",
    "verification_secrets",
]


def upgrade(url: str) -> None:
    """Bring the shop's database at `url` to its newest schema. Blocks; call it before the event loop runs."""
    run_upgrade(url, script_location=Path(__file__).parent / "migrations", version_table="alembic_version_backoffice")
