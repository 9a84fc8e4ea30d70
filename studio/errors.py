"""What can go wrong on the trainer's side.

StudioError
├── ModelNotFound        no registered model has this id, or none is in use yet
├── TrainingDataError    a training file cannot be read; the message names it
├── TrainingError        training or measuring failed; the message names the log
├── RolloutError         the switch of models did not take place or stopped half-way
└── SupervisorError      supervisord cannot be reached or refused
"""

from __future__ import annotations

from collections.abc import Sequence


class StudioError(Exception):
    """The root of all errors of this package."""


class ModelNotFound(StudioError):
    """No registered model has this id, or none is in use yet."""


class TrainingDataError(StudioError):
    """A training file cannot be read; the message names it."""


class TrainingError(StudioError):
    """Training or measuring failed; the message names the log.

    `tail` is the log's end: for the operator's terminal only, since it may quote what customers wrote.
    """

    def __init__(self, message: str, tail: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.tail = tuple(tail)


class RolloutError(StudioError):
    """The switch did not take place or stopped half-way; the message says which and what is in use."""


class SupervisorError(StudioError):
    """supervisord cannot be reached or refused; the message says what it was asked."""
