"""What can go wrong with announcements; the tree is in `backoffice.errors`."""

from __future__ import annotations

from backoffice.errors import BackofficeError


class InvalidPeriod(BackofficeError):
    """It ends before it begins, is over already, or lasts too long."""

    code = "invalid_period"


class AnnouncementNotFound(BackofficeError):
    """No announcement has this id."""

    code = "announcement_not_found"


class AnnouncementEnded(BackofficeError):
    """It was withdrawn, or its time was over, before."""

    code = "announcement_ended"
