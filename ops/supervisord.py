"""supervisord that looks ten times a second, and goes on where its logs cannot be written.

By itself it looks once a second, and needs one look to see that something died and the next to start it
again: up to two seconds in which nobody is served. A look costs it less than a millisecond. And by itself
it ends when the disk is full, as it reports the lost line of a log to a file on the same disk: nothing
that dies from then on would start again. Here the line is lost, and that is all.
"""

from __future__ import annotations

from typing import Any

from supervisor import loggers, poller, supervisord

LOOKS_EVERY_S = 0.1

_Poller: Any = poller.Poller
_Logs: Any = loggers.RotatingFileHandler


class _QuickPoller(_Poller):  # type: ignore[misc]
    def poll(self, timeout: float) -> Any:
        return super().poll(min(timeout, LOOKS_EVERY_S))


class _PatientLogs(_Logs):  # type: ignore[misc]
    def handleError(self) -> None:
        pass

    def doRollover(self) -> None:
        try:
            super().doRollover()
        except OSError:
            self.stream = open(self.baseFilename, "ab")  # noqa: SIM115


def main() -> None:
    """Be supervisord, with its own arguments."""
    poller.Poller = _QuickPoller
    loggers.RotatingFileHandler = _PatientLogs
    supervisord.main()


if __name__ == "__main__":
    main()
