"""Parse many messages without a dialogue: `python -m bot.parse --model M --in F --out F`.

Reads {"text"} a line and writes {"text", "intent", "confidence", "ranking", "entities",
"out_of_scope", "ms"} a line, in the same order. No server and no actions are needed.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

from bot import lean  # noqa: E402

lean.skip_training_modules()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, Dict, Iterator, List, Optional  # noqa: E402

from bot import logs  # noqa: E402
from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.answer import describe_understanding  # noqa: E402
from bot.processor import TurnAgent, create_agent  # noqa: E402
from bot.text.normal import normalise  # noqa: E402


async def parse(agent: TurnAgent, text: str) -> Dict[str, Any]:
    """How the model of `agent` understands a text."""
    started_at = time.perf_counter()
    original = normalise(text)
    parse_data = await agent.parse_message(original.text)
    return {
        "text": text,
        **describe_understanding(parse_data, original),
        "ms": round((time.perf_counter() - started_at) * 1000, 2),
    }


def read_texts(path: Path) -> Iterator[str]:
    """The texts of a file, one JSON object a line; empty lines are skipped.

    Raises:
        ValueError: a line is no object with a text; the message names the line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                text = json.loads(line)["text"]
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"line {number} is no object with a text") from error
            if not isinstance(text, str):
                raise ValueError(f"line {number}: the text is no string")
            yield text


async def _parse_file(model: Path, source: Path, target: Path) -> None:
    agent = create_agent(ActionEndpoint("http://127.0.0.1:9", token=""))
    agent.load_model(str(model))
    with target.open("w", encoding="utf-8", errors="backslashreplace") as out:
        for text in read_texts(source):
            out.write(json.dumps(await parse(agent, text), ensure_ascii=False) + "\n")


def main(arguments: Optional[List[str]] = None) -> int:
    """Parse a file as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.parse")
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--in", required=True, type=Path, dest="source")
    parser.add_argument("--out", required=True, type=Path, dest="target")
    options = parser.parse_args(arguments)
    logs.configure("bot.parse", "error")
    try:
        asyncio.run(_parse_file(options.model, options.source, options.target))
    except (ValueError, OSError) as error:
        print(f"cannot parse {options.source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
