"""Logs without a customer's words.

JSON lines to stderr. Our own records carry event names and ids. Records of others (Rasa,
Sanic, warnings) may hold a message in their text, at any level; of them only the place
they were written at is kept, and of an exception its type and the lines it passed.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import structlog

OWN = "bot"


class WordlessFormatter(logging.Formatter):
    """Writes a record as one line of JSON that no text of others gets into."""

    def __init__(self, process: str) -> None:
        """Name the process in each line."""
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Reduce a record to what may be kept."""
        own = record.name == OWN or record.name.startswith(f"{OWN}.")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "process": self._process,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.msg if own else "record",
            **getattr(record, "fields", {}),
        }
        if not own:
            line["where"] = f"{record.module}:{record.lineno}"
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _trace(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(process: str, level: str) -> None:
    """Send the whole process's logs and warnings through `WordlessFormatter`."""
    # A record that cannot be formatted must not be printed with its arguments instead.
    logging.raiseExceptions = False
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WordlessFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # Warnings of Rasa quote the message they are about, and deprecations in its pinned
    # dependencies are nothing that anybody here can act on.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    # Rasa logs through structlog as well, with values in the event: drop these wholly.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    sys.excepthook = _log_crash


def _log_crash(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    logging.getLogger(OWN).critical("crashed", exc_info=(kind, error, trace))


def _trace(exc_info: tuple[Any, Any, Any]) -> list[str]:
    frames = traceback.extract_tb(exc_info[2])
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
