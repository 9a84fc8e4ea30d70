"""Parse a file of messages: `python -m bot.parse --model M --in F.jsonl --out F.jsonl`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot import lean, logs


def main(arguments: list[str] | None = None) -> int:
    """Parse a file as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.parse")
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--in", required=True, type=Path, dest="source")
    parser.add_argument("--out", required=True, type=Path, dest="target")
    options = parser.parse_args(arguments)
    lean.prepare_process(os.environ)
    logs.configure("bot.parse", "error")

    from bot import parsing

    try:
        parsing.parse_file(options.model, options.source, options.target)
    except (ValueError, OSError) as error:
        print(f"cannot parse {options.source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
