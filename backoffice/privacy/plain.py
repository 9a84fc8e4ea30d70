"""Rows as JSON holds them: times in RFC 3339, and no secret in any form. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """Return a column's value for JSON; bytes are encrypted values, and only their being there is told."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return "(암호화된 값)"
    return float(value) if isinstance(value, Decimal) else value


def plain_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row for JSON."""
    return {str(name): plain(value) for name, value in row.items()}
