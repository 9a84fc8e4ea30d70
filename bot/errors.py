"""Everything that the bot refuses or fails at, and the code a caller sees for it.

BotError
├── BadTurn             the request is not a turn: HTTP 400, `code` says which part
│   └── BadState        the dialogue state in it cannot be read back
├── NotReady            the model is still loading: HTTP 503
├── StateTooLarge       what the dialogue remembers does not fit: HTTP 500
├── BadActionResponse   the action server answered something that is no answer
└── MissingSetting      a process cannot start without it
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all errors of this package; never carries a customer's text."""


class BadTurn(BotError):
    """The request body is not a turn.

    `code` is stable and machine-readable, e.g. ``text_too_long``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadState(BadTurn):
    """The state given with a turn was not written by this version or was changed."""


class NotReady(BotError):
    """A turn came before the model was loaded."""


class StateTooLarge(BotError):
    """Slots alone exceed the size allowed for a state."""


class BadActionResponse(BotError):
    """The action server's body has not the shape of an answer."""


class MissingSetting(BotError):
    """An environment variable that has no default is not set."""

    def __init__(self, name: str) -> None:
        super().__init__(f"environment variable {name} is not set")
        self.name = name
