"""The peers: the pipeline that `rasa init` sets up, and the same with Hangul kept.

Their configuration is read from the installed Rasa, so that they are what a new project
gets. They are asked through Rasa's own agent, with the text as the customer wrote it.
"""

from __future__ import annotations

import time
from importlib import resources
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.shared.utils.io import read_yaml, write_yaml

from bot.measuring.figures import NOT_UNDERSTOOD, OUT_OF_SCOPE

DEFAULTS = "default_config.yml"
KEEPS_HANGUL = "bot.measuring.hangul_tokenizer.HangulWhitespaceTokenizer"
RANKING_LENGTH = 5
ROUNDS = 100  # those of `rasa init`


def write_config(path: Path, *, keep_hangul: bool, rounds: int = ROUNDS) -> None:
    """Write the configuration of a peer, its understanding only, with so many rounds of training."""
    folder = resources.files("rasa.engine.recipes.config_files")
    config = read_yaml(folder.joinpath(DEFAULTS).read_text())
    if keep_hangul:
        assert config["pipeline"][0]["name"] == "WhitespaceTokenizer"
        config["pipeline"][0]["name"] = KEEPS_HANGUL
    config.pop("policies")
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = rounds
    write_yaml(config, path)


def load_agent(model: Path) -> Agent:
    """Load a peer's model as `rasa run` does."""
    agent = Agent.load(str(model))
    if not agent.is_ready():
        raise RuntimeError(f"{model} cannot be loaded")
    return agent


async def parse(agent: Agent, text: str) -> dict[str, Any]:
    """How a peer understands a text, in the shape of `nlu parse`."""
    started_at = time.perf_counter()
    found = await agent.parse_message(text)
    ms = round((time.perf_counter() - started_at) * 1000, 2)
    ranking = [
        {"intent": item["name"], "confidence": item["confidence"]}
        for item in found["intent_ranking"]
        if item["name"] != NOT_UNDERSTOOD
    ]
    best = ranking[0] if ranking else {"intent": NOT_UNDERSTOOD, "confidence": 0.0}
    return {
        "text": text,
        **best,
        "ranking": ranking[:RANKING_LENGTH],
        "out_of_scope": found["intent"]["name"] in (None, NOT_UNDERSTOOD, OUT_OF_SCOPE),
        "entities": [
            {"entity": item["entity"], "text": text[item["start"] : item["end"]]}
            for item in found["entities"]
        ],
        "ms": ms,
    }
