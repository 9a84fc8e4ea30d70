"""Every table of the shop, so that migrations and tests see the whole of it. Run `upgrade` before anything else."""

from __future__ import annotations

from pathlib import Path

from backoffice.announcements.tables import announcements
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
from backoffice.orders.tables import (
    order_events,
    order_items,
    order_requests,
    order_returns,
    orders,
    product_options,
    receipts,
    refunds,
)
from backoffice.privacy.access_tables import access_log, access_reviews
from backoffice.privacy.kept_tables import erasures, kept_records
from backoffice.privacy.request_tables import privacy_request_steps, privacy_requests
from backoffice.privacy.tables import consents, notification_settings, terms_versions
from backoffice.reconciliation.tables import discrepancies, reconciliations
from backoffice.verification.tables import (
    verification_alerts,
    verification_attempts,
    verification_counts,
    verification_secrets,
)
from kernel.database import upgrade as run_upgrade

__all__ = [
    "access_log",
    "access_reviews",
    "announcements",
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
    "erasures",
    "grants",
    "jobs",
    "kept_records",
    "metadata",
    "notices",
    "notification_settings",
    "one_time_codes",
    "order_events",
    "order_items",
    "order_requests",
    "order_returns",
    "orders",
    "points",
    "privacy_request_steps",
    "privacy_requests",
    "product_options",
    "receipts",
    "reconciliations",
    "refunds",
    "terms_versions",
    "upgrade",
    "verification_alerts",
    "verification_attempts",
    "verification_counts",
    "verification_secrets",
]


def upgrade(url: str) -> None:
    """Bring the shop's database at `url` to its newest schema. Blocks; call it before the event loop runs."""
    run_upgrade(url, script_location=Path(__file__).parent / "migrations", version_table="alembic_version_backoffice")
