"""What can go wrong with privacy.

PrivacyError (a BackofficeError)
├── RequestNotFound        no request has this number
├── WrongState             the request is not in a state that allows the step; says which it is in
├── MandateMissing         somebody acts for another without a mandate
├── UnknownGround          a refusal without a ground of the table
├── NotErasable            orders are under way, or the request is not one for deletion
├── NoAdvertisingConsent   advertising to somebody who did not agree to it
├── NoticeTooShort         terms that would hold sooner than customers can be told
├── TermsExist             the version was published before
├── UnmaskingRefused       the role has no right to the field
├── ReasonMissing          unmasking without saying why
└── InvalidPeriod          a period that ends before it begins, or is no month
"""

from __future__ import annotations

from backoffice.errors import BackofficeError


class PrivacyError(BackofficeError):
    """The root of the topic's errors."""

    code = "privacy_error"


class RequestNotFound(PrivacyError):
    code = "privacy_request_not_found"


class WrongState(PrivacyError):
    """The step does not follow the state that the request is in."""

    code = "privacy_request_wrong_state"

    def __init__(self, *, state: str, wanted: str) -> None:
        super().__init__(f"{wanted} does not follow {state}")
        self.state = state
        self.wanted = wanted


class MandateMissing(PrivacyError):
    code = "mandate_missing"


class UnknownGround(PrivacyError):
    code = "unknown_refusal_ground"


class NotErasable(PrivacyError):
    code = "not_erasable"


class NoAdvertisingConsent(PrivacyError):
    code = "no_advertising_consent"


class NoticeTooShort(PrivacyError):
    code = "terms_notice_too_short"


class TermsExist(PrivacyError):
    code = "terms_version_exists"


class UnmaskingRefused(PrivacyError):
    code = "unmasking_refused"


class ReasonMissing(PrivacyError):
    code = "reason_missing"


class InvalidPeriod(PrivacyError):
    code = "invalid_period"
