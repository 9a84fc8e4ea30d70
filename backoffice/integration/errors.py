"""Why a request of a shop's system is refused.

IntegrationError
├── KeyUnknown           no key, a wrong one or a revoked one
├── ScopeMissing         the key may not do this
├── IdempotencyKeyReused the same idempotency key came with another request
└── StillInWork          the first request with this idempotency key is not answered yet
"""

from __future__ import annotations

from backoffice.errors import BackofficeError


class IntegrationError(BackofficeError):
    """The root of these."""

    code = "integration_error"


class KeyUnknown(IntegrationError):
    code = "api_key_unknown"


class ScopeMissing(IntegrationError):
    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(f"the key lacks the scope {scope}")
        self.scope = scope


class IdempotencyKeyReused(IntegrationError):
    code = "idempotency_key_reused"


class StillInWork(IntegrationError):
    code = "still_in_work"
