"""Which function does which job of the topic."""

from __future__ import annotations

from collections.abc import Mapping

from backoffice.jobs.service import Handler
from backoffice.privacy.erasure import (
    ERASE_JOB,
    FORGET_JOB,
    WIPE_JOB,
    erase_from_shop,
    keep_conversations,
    wipe_conversations,
)
from backoffice.privacy.ports import Conversations
from backoffice.privacy.purge import PURGE_JOB, purge
from backoffice.privacy.requests import ALARM_JOB, warn_of_deadline
from backoffice.privacy.terms import ANNOUNCE_JOB, announce_terms

HANDLERS: Mapping[str, Handler] = {
    ALARM_JOB: warn_of_deadline,
    ERASE_JOB: erase_from_shop,
    PURGE_JOB: purge,
    ANNOUNCE_JOB: announce_terms,
}


def with_conversations(conversations: Conversations) -> Mapping[str, Handler]:
    """Return the jobs that need the store of conversations, which whoever has one adds."""
    return {FORGET_JOB: keep_conversations(conversations), WIPE_JOB: wipe_conversations(conversations)}
