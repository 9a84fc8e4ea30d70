"""What is wrong with an attempt that an agency reports. Nothing of it is stored then.

BackofficeError
└── InvalidAttempt            the root of the ones below; `field` names the place
    ├── UnknownValue          no such method, carrier, region, stage, result or cause
    ├── UnknownErrorCode      the agency's code is in no table of ours
    ├── ImpossibleTime        it lies ahead, or further back than logs are kept
    ├── ContradictoryAttempt  two of its fields cannot both be true
    └── SecretInAttempt       it holds a one-time code or a resident number
"""

from __future__ import annotations

from backoffice.errors import BackofficeError


class InvalidAttempt(BackofficeError):
    """The attempt cannot be taken in. `field` names what is wrong; its content is never repeated."""

    code = "invalid_attempt"

    def __init__(self, field: str, what: str) -> None:
        super().__init__(f"{field}: {what}")
        self.field = field


class UnknownValue(InvalidAttempt):
    """The field holds none of the values it may hold."""

    code = "unknown_value"


class UnknownErrorCode(InvalidAttempt):
    """No table says what this error code means."""

    code = "unknown_error_code"


class ImpossibleTime(InvalidAttempt):
    """The time lies ahead, or before what is kept."""

    code = "impossible_time"


class ContradictoryAttempt(InvalidAttempt):
    """Two fields cannot both be true."""

    code = "contradictory_attempt"


class SecretInAttempt(InvalidAttempt):
    """The field holds a one-time code or a resident number, which are never stored."""

    code = "secret_in_attempt"
