"""The topic's door: what other topics and the doors of the product use of it, under one name."""

from __future__ import annotations

from backoffice.privacy.access import list_accesses, list_affected, note_review, review, unmask
from backoffice.privacy.answers import answer_request, refuse_request
from backoffice.privacy.consents import find_current, list_consents, record_consent
from backoffice.privacy.export import export_customer
from backoffice.privacy.requests import (
    NewRequest,
    PrivacyRequest,
    confirm_identity,
    find_open,
    get_request,
    list_of_customer,
    list_open,
    open_request,
    start_work,
    withdraw_request,
)
from backoffice.privacy.settings import NotificationSettings, change_settings, find_settings
from backoffice.privacy.terms import (
    TermsVersion,
    find_missing_agreement,
    list_changes,
    list_versions,
    publish_terms,
)

__all__ = [
    "NewRequest",
    "NotificationSettings",
    "PrivacyRequest",
    "TermsVersion",
    "answer_request",
    "change_settings",
    "confirm_identity",
    "export_customer",
    "find_current",
    "find_missing_agreement",
    "find_open",
    "find_settings",
    "get_request",
    "list_accesses",
    "list_affected",
    "list_changes",
    "list_consents",
    "list_of_customer",
    "list_open",
    "list_versions",
    "note_review",
    "open_request",
    "publish_terms",
    "record_consent",
    "refuse_request",
    "review",
    "start_work",
    "unmask",
    "withdraw_request",
]
