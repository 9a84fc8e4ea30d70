"""What can go wrong with blocks; the tree is in `backoffice.errors`."""

from __future__ import annotations

from backoffice.errors import BackofficeError


class BlockNotFound(BackofficeError):
    """No block has this id."""

    code = "block_not_found"

    def __init__(self, block_id: str) -> None:
        super().__init__(f"no block has the id {block_id!r}")
        self.block_id = block_id


class JustificationMissing(BackofficeError):
    """Nobody lifts a block without saying who they are and why."""

    code = "justification_missing"


class LiftingNotAllowed(BackofficeError):
    """The role does not lift such a block."""

    code = "role_not_allowed"


class BlockEnded(BackofficeError):
    """The block was lifted, or had come to its own end, before."""

    code = "block_ended"


class EndNotAllowed(BackofficeError):
    """A block's own end is set only where the rules leave it to the case, and lies ahead."""

    code = "end_not_allowed"
