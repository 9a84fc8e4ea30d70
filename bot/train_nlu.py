"""Train the understanding alone: `python -m bot.train_nlu --data D --out DIR`.

For measurements: the pipeline of config.yml (or of a peer, --stock) on any examples,
without dialogue. DATA is a folder or file of Rasa's, or a .jsonl of {"text", "intent"}.
The last line of stdout is {"model_path", "seconds", "memory_mb"}; seconds are those of
the training, without starting Python.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from bot import lean
from bot.train import QUIET, Progress

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("default", "hangul")


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.train_nlu")
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--config", default=ROOT / "config.yml", type=Path)
    parser.add_argument("--stock", choices=PEERS, help="a peer instead of config.yml")
    parser.add_argument("--rounds", type=int, help="a peer's, instead of its 100")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="nlu-training-") as folder:
        scratch = Path(folder)
        os.environ["RASA_CACHE_DIRECTORY"] = str(scratch / "cache")
        os.environ["RASA_MAX_CACHE_SIZE"] = "0"
        os.environ.update({k: v for k, v in QUIET.items() if k != "TQDM_DISABLE"})
        lean.widen_arithmetic(os.environ)
        data = prepare_data(options.data, scratch)
        config = options.config
        if options.stock:
            config = scratch / "config.yml"
            _write_stock_config(config, options.stock == "hangul", options.rounds)
        Progress(enabled=True).listen()
        started_at = time.perf_counter()
        model = train(data, config, options.out)
        seconds = time.perf_counter() - started_at
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {
        "model_path": str(model),
        "seconds": round(seconds, 1),
        "memory_mb": round(taken, 1),
    }
    print(json.dumps(result), flush=True)
    return 0


def train(data: Path, config: Path, out: Path) -> Path:
    """Train and return the path of the archive.

    Raises:
        RuntimeError: there is nothing to train from.
    """
    import structlog
    from rasa.model_training import train_nlu

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
    )
    model = train_nlu(str(config), str(data), str(out))
    if model is None:
        raise RuntimeError(f"nothing to train from in {data}")
    return Path(model)


def prepare_data(data: Path, scratch: Path) -> Path:
    """Data that Rasa reads: as given, or a .jsonl as a file of Rasa's JSON format.

    That format takes texts literally. In YAML an example could be read as markup
    (`[x](entity)`), as an escape or, with a line break, as two.
    """
    if data.suffix != ".jsonl":
        return data
    with data.open(encoding="utf-8") as lines:
        examples = [json.loads(line) for line in lines]
    target = scratch / "nlu.json"
    content = {
        "rasa_nlu_data": {
            "common_examples": [
                {"text": example["text"], "intent": example["intent"], "entities": []}
                for example in examples
            ]
        }
    }
    target.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return target


def _write_stock_config(path: Path, keep_hangul: bool, rounds: int | None) -> None:
    from bot.measuring import stock

    stock.write_config(path, keep_hangul=keep_hangul, rounds=rounds or stock.ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
