"""A linear model as files: arrays in an .npz, words in JSON, nothing that can execute."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bot.text.linear_model import LinearModel, Vocabulary

ARRAYS = "weights.npz"
WORDS = "vocabulary.json"


def write(model: LinearModel, directory: Path) -> None:
    """Store a model in an existing directory."""
    words = {
        "labels": list(model.labels),
        "features": sorted(
            model.vocabulary.rows, key=model.vocabulary.rows.__getitem__
        ),
        "temperature": model.temperature,
    }
    (directory / WORDS).write_text(
        json.dumps(words, ensure_ascii=False), encoding="utf-8"
    )
    np.savez(
        directory / ARRAYS,
        idf=model.vocabulary.idf,
        coefficients=model.coefficients,
        intercepts=model.intercepts,
    )


def read(directory: Path) -> LinearModel:
    """Read a model back.

    Raises:
        OSError, ValueError, KeyError: the files are missing or damaged.
    """
    words = json.loads((directory / WORDS).read_text(encoding="utf-8"))
    with np.load(directory / ARRAYS, allow_pickle=False) as arrays:
        return LinearModel(
            labels=tuple(words["labels"]),
            vocabulary=Vocabulary(
                rows={name: row for row, name in enumerate(words["features"])},
                idf=arrays["idf"],
            ),
            coefficients=arrays["coefficients"],
            intercepts=arrays["intercepts"],
            temperature=float(words["temperature"]),
        )
