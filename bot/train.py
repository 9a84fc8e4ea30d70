"""Train a model: `python -m bot.train --out DIR`.

Reads config.yml, domain.yml and the training data, writes one model archive, and prints
its path as the last line of stdout: {"model_path": "..."}. With --progress-json each step
goes to stderr as {"step": "...", "progress": 0-1}.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot import lean

ROOT = Path(__file__).resolve().parent.parent
# Who says how far a training is: Rasa names what it begins, the classifier a ratio.
ANNOUNCERS = (
    "rasa.engine.training.hooks",
    "bot.components.intent_classifier",
)
# Which part of the whole training the classifier's is.
CLASSIFIER_SPAN = (0.35, 0.9)
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TQDM_DISABLE": "1",
}


class Progress(logging.Handler):
    """Tells how far training is, going by what Rasa and the classifier announce."""

    def __init__(self, enabled: bool) -> None:
        """Write to stderr when `enabled`, else stay silent."""
        super().__init__(logging.INFO)
        self._enabled = enabled

    def listen(self) -> None:
        """Hear the announcements of this process."""
        for name in ANNOUNCERS:
            logging.getLogger(name).setLevel(logging.INFO)
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take an announcement."""
        ratio = getattr(record, "ratio", None)
        if ratio is not None:
            begin, end = CLASSIFIER_SPAN
            self.tell("training the understanding", begin + (end - begin) * ratio)
        elif "Policy" in str(record.msg):
            self.tell("training the dialogue", CLASSIFIER_SPAN[1])

    def tell(self, step: str, progress: float) -> None:
        """Write one line of progress."""
        if self._enabled:
            line = {"step": step, "progress": round(progress, 2)}
            # On a line of its own: Rasa's progress bars leave theirs unfinished.
            print(f"\n{json.dumps(line)}", file=sys.stderr, flush=True)


def _pass_by(*_: Any, **__: Any) -> dict[str, Any]:
    return {}


def train(
    *, out: Path, training_data: Path, config: Path, domain: Path, progress: Progress
) -> Path:
    """Train and return the path of the new archive.

    Raises:
        RuntimeError: there is nothing to train from.
    """
    progress.tell("loading", 0.0)
    with tempfile.TemporaryDirectory(prefix="training-cache-") as cache:
        # Rasa's cache does not see changes in the modules that components import.
        os.environ["RASA_CACHE_DIRECTORY"] = cache
        os.environ["RASA_MAX_CACHE_SIZE"] = "0"
        os.environ.update(QUIET)
        lean.widen_arithmetic(os.environ)
        import structlog
        from rasa.engine.training.hooks import TrainingHook
        from rasa.model_training import train as train_with_rasa

        # It fingerprints all that passes between components, for a cache that is not kept.
        TrainingHook.on_before_node = TrainingHook.on_after_node = _pass_by

        # Rasa prints every rule it compares at debug level unless told otherwise.
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR)
        )
        progress.listen()
        progress.tell("reading", 0.15)
        result = train_with_rasa(
            domain=str(domain),
            config=str(config),
            training_files=[str(training_data)],
            output=str(out),
            force_training=True,
        )
    if result.model is None:
        raise RuntimeError(f"no model was trained (code {result.code})")
    progress.tell("done", 1.0)
    return Path(result.model)


def main(arguments: list[str] | None = None) -> int:
    """Train as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bot.train")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--training-data", default=ROOT / "data", type=Path)
    parser.add_argument("--config", default=ROOT / "config.yml", type=Path)
    parser.add_argument("--domain", default=ROOT / "domain.yml", type=Path)
    parser.add_argument("--progress-json", action="store_true")
    options = parser.parse_args(arguments)
    # Millions of objects are made and kept; looking through all of them each time some were
    # made takes a fifth of the time before the models learn.
    gc.set_threshold(100_000, 50, 50)
    model = train(
        out=options.out,
        training_data=options.training_data,
        config=options.config,
        domain=options.domain,
        progress=Progress(options.progress_json),
    )
    print(json.dumps({"model_path": str(model)}), flush=True)
    return 0


if __name__ == "__main__":
    status = main()
    # Taking all the examples apart again takes seconds; the system does it at once.
    sys.stderr.flush()
    os._exit(status)
