"""What can go wrong in the shop.

BackofficeError
├── CustomerNotFound      no customer has this id
├── BlockNotFound         no block has this id (blocking/errors.py)
├── JustificationMissing  somebody lifts a block without saying who they are and why (blocking/errors.py)
├── LiftingNotAllowed     the role does not lift such a block (blocking/errors.py)
├── BlockEnded            somebody lifts a block that has ended (blocking/errors.py)
├── EndNotAllowed         a block's end is set by hand where the rules set it (blocking/errors.py)
├── InvalidPeriod         an announcement ends before it begins, or too late (announcements/errors.py)
├── AnnouncementNotFound  no announcement has this id (announcements/errors.py)
├── AnnouncementEnded     it is not told any more (announcements/errors.py)
├── InvalidAttempt        an attempt at verification that cannot be taken in; its kinds: verification/errors.py
├── BenefitError          what points and coupons refuse; its kinds: benefits/errors.py
├── CompensationError     what amends refuse; its kinds: compensation/errors.py
├── OrdersUnavailable     the order system does not answer (orders/port.py)
└── InvalidDemoFile       a demo file is not in the agreed shape; `problems` names each place
"""

from __future__ import annotations

from collections.abc import Sequence


class BackofficeError(Exception):
    """The root of every error the shop raises on purpose. `code` is stable."""

    code = "backoffice_error"


class CustomerNotFound(BackofficeError):
    """No customer has this id."""

    code = "customer_not_found"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"no customer has the id {customer_id!r}")
        self.customer_id = customer_id


class InvalidDemoFile(BackofficeError):
    """A demo file cannot be taken in; nothing of it was.

    `problems` holds one line for each place, such as
    `customers[0].orders[2].colour: unknown field`.
    """

    code = "invalid_demo_file"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)
