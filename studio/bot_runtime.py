"""Where the bot's own Python is. Standard library only: every bot worker starts through it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def bot_python() -> Path:
    """Return the interpreter of the bot's environment."""
    return Path(os.environ.get("IEUM_BOT_PYTHON") or ROOT / ".venv" / "bot" / "bin" / "python")
