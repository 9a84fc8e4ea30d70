"""A bot worker: `python -m bot.serve --model MODEL.tar.gz --port N`.

Prepares the process, then serves. What is imported by `bot.server` must come after the
preparation, which is why it is imported inside `main`.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from bot import lean, logs
from bot.settings import load_server_settings


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.serve")
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--log-level", default="info")
    options = parser.parse_args()
    settings = load_server_settings(os.environ)
    lean.prepare_process(os.environ)
    logs.configure("bot", options.log_level)

    from bot import server

    server.run(settings, str(options.model), options.port)


if __name__ == "__main__":
    main()
