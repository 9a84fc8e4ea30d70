"""Parsing of many messages without a dialogue.

Reads {"text"} a line, perhaps with "now" (ISO 8601, for "어제" and the like), and writes
{"text", "intent", "confidence", "ranking", "entities", "out_of_scope",
"out_of_scope_score", "mood", "ms"} a line, in the same order, with "intents" where the
message holds several requests. No server and no actions are needed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.action_endpoint import ActionEndpoint
from bot.answer import describe_understanding
from bot.errors import BadTurn
from bot.processor import TurnAgent, create_agent
from bot.text.normal import normalise
from bot.turn import read_now

NO_ACTIONS = "http://127.0.0.1:9"


def parse_file(model: Path, source: Path, target: Path) -> None:
    """Parse the texts of `source` with a model archive and write `target`.

    Raises:
        OSError, ValueError: a file cannot be read, or a line is not as it should be.
    """
    asyncio.run(_parse_file(model, source, target))


async def parse(
    agent: TurnAgent, text: str, *, now: str | None = None
) -> dict[str, Any]:
    """How the model of `agent` understands a text said at `now`."""
    started_at = time.perf_counter()
    original = normalise(text)
    message = UserMessage(original.text, metadata={"now": now} if now else None)
    parse_data = await agent.processor.parse_message(message)
    return {
        "text": text,
        **describe_understanding(parse_data, original),
        "ms": round((time.perf_counter() - started_at) * 1000, 2),
    }


def read_lines(path: Path) -> Iterator[tuple[str, str | None]]:
    """Text and moment of each line, a JSON object each; empty lines are skipped.

    Raises:
        ValueError: a line is no object with a text; the message names the line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                fields = json.loads(line)
                text, now = fields["text"], read_now(fields.get("now"))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"line {number} is no object with a text") from error
            except BadTurn as error:
                raise ValueError(f"line {number}: now is no moment") from error
            if not isinstance(text, str):
                raise ValueError(f"line {number}: the text is no string")
            yield text, now


async def _parse_file(model: Path, source: Path, target: Path) -> None:
    agent = create_agent(ActionEndpoint(NO_ACTIONS, token=""))
    agent.load_model(str(model))
    with target.open("w", encoding="utf-8", errors="backslashreplace") as out:
        for text, now in read_lines(source):
            parsed = await parse(agent, text, now=now)
            out.write(json.dumps(parsed, ensure_ascii=False) + "\n")
