"""Everything that conversations can refuse.

HandoffError
├── NotFound                 no such conversation, choice, candidate (or not yours: the same answer)
├── Unauthorized             no token, a bad one, an expired one, wrong password
│   └── TokenExpired
├── Forbidden                the role does not allow it, or the CSRF token is missing
├── Invalid                  what was sent cannot be accepted; names the field
├── TooManyAttempts          wait and try again
├── Conflict                 somebody else was first; names the winner
│   └── IllegalTransition    the conversation is not in a state that allows it; names the state and what was asked
└── StateConflict            a ticket or a promise is not in a state that allows it; names the state and what was asked
Each carries a stable `code`; `handoff.api.problems` maps the tree to HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass


class HandoffError(Exception):
    """A refusal with a stable code and a sentence a person can read (Korean)."""

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class NotFound(HandoffError):
    code = "not_found"


class Unauthorized(HandoffError):
    code = "unauthorized"


class TokenExpired(Unauthorized):
    code = "token_expired"


class Forbidden(HandoffError):
    code = "forbidden"


class Invalid(HandoffError):
    code = "invalid"


class TooManyAttempts(HandoffError):
    code = "too_many_attempts"


@dataclass(frozen=True)
class Winner:
    """Who holds a conversation now, told to whoever came too late."""

    owner: str
    agent_name: str | None
    version: int


class Conflict(HandoffError):
    code = "version_conflict"

    def __init__(self, detail: str, *, winner: Winner, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.winner = winner


class IllegalTransition(Conflict):
    """The state does not allow what was asked; `current` and `asked` name both."""

    code = "illegal_transition"

    def __init__(self, detail: str, *, winner: Winner, asked: str) -> None:
        super().__init__(detail, winner=winner)
        self.current = str(winner.owner)
        self.asked = str(asked)


class StateConflict(HandoffError):
    """What was asked does not fit the state; `current` and `asked` name both."""

    code = "illegal_transition"

    def __init__(self, detail: str, *, current: str, asked: str, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.current = str(current)
        self.asked = str(asked)
