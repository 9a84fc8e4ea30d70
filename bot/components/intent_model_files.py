"""An intent model as files: arrays in an .npz, words in JSON, nothing that can execute.

Both are compressed here, quickly: Rasa packs a model as tightly as it can, which takes
many times longer for what is loose.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bot.understanding.encoding import VECTOR_SCALE, Encoder
from bot.understanding.linear import LinearHalf
from bot.understanding.model import IntentModel, Member, NeuralHalf
from bot.understanding.network import LAYERS, Network
from bot.understanding.scope import ScopeDecision
from bot.understanding.utterance import Morpheme
from bot.understanding.vectors import (
    LanguageModel,
    MorphemeVectors,
    number_morphemes,
)
from bot.understanding.vocabulary import Vocabulary

ARRAYS = "weights.npz"
WORDS = "words.json.gz"
EFFORT = 6  # of compressing, 1-9
FORMAT = 4
SCOPE_ARRAYS = ("mean", "spread", "coefficients")


class UnfitModel(ValueError):
    """The stored model cannot be used here; the message says what to do."""


def write(model: IntentModel, directory: Path) -> None:
    """Store a model in an existing directory."""
    words = {
        "format": FORMAT,
        "analyser": model.encoder.vectors.model.version,
        "labels": model.labels,
        "views": [list(view) for view in model.encoder.vocabulary.columns],
        "morphemes": list(model.encoder.rows),
        "shares": [
            [*morpheme, share]
            for morpheme, share in model.encoder.vectors.shares.items()
        ],
        "scales": model.scales,
        "scope": _describe_scope(model.scope),
        "taught": dict(model.taught),
    }
    text = json.dumps(words, ensure_ascii=False).encode("utf-8", "surrogatepass")
    (directory / WORDS).write_bytes(gzip.compress(text, EFFORT, mtime=0))
    np.savez_compressed(directory / ARRAYS, **_list_arrays(model))


def read(directory: Path, language: LanguageModel) -> IntentModel:
    """Read a model back.

    Raises:
        UnfitModel: it is of another form, or was trained with another analyser.
        OSError, ValueError, KeyError: the files are missing or damaged.
    """
    packed = (directory / WORDS).read_bytes()
    words = json.loads(gzip.decompress(packed).decode("utf-8", "surrogatepass"))
    if words["format"] != FORMAT:
        raise UnfitModel("the model is of another version of Ieum: run ./ieum train")
    if words["analyser"] != language.version:
        raise UnfitModel(
            f"the model was trained with {words['analyser']}, installed is"
            f" {language.version}: run ./ieum train"
        )
    with np.load(directory / ARRAYS, allow_pickle=False) as stored:
        return _assemble(words, dict(stored), language)


def _describe_scope(scope: ScopeDecision | None) -> dict[str, Any] | None:
    if scope is None:
        return None
    return {k: v for k, v in asdict(scope).items() if k not in SCOPE_ARRAYS}


def _list_arrays(model: IntentModel) -> dict[str, np.ndarray]:
    vectors, linear, neural = model.encoder.vectors, model.linear, model.neural
    arrays = {
        "idf": model.encoder.vocabulary.idf,
        "linear_coefficients": linear.coefficients,
        "linear_scales": linear.scales,
        "linear_dense": linear.dense,
        "linear_intercepts": linear.intercepts,
        "fixed": neural.fixed,
        "projection": vectors.projection,
        "mean_vector": vectors.mean,
    }
    for number, member in enumerate(neural.members):
        arrays[f"learned_{number}"] = member.learned
        arrays |= {f"network_{number}_{n}": member.network.weights[n] for n in LAYERS}
    if model.scope:
        arrays |= {f"scope_{name}": getattr(model.scope, name) for name in SCOPE_ARRAYS}
    return arrays


def _assemble(
    words: dict[str, Any], arrays: dict[str, np.ndarray], language: LanguageModel
) -> IntentModel:
    morphemes: list[Morpheme] = [(form, tag) for form, tag in words["morphemes"]]
    vectors = MorphemeVectors(
        model=language,
        ids=number_morphemes(language),
        projection=arrays["projection"],
        mean=arrays["mean_vector"],
        shares={(form, tag): share for form, tag, share in words["shares"]},
        known=dict(
            zip(morphemes, arrays["fixed"] / np.float32(VECTOR_SCALE), strict=False)
        ),
    )
    scope = words["scope"]
    scope_arrays = {n: arrays[f"scope_{n}"] for n in SCOPE_ARRAYS} if scope else {}
    return IntentModel(
        labels=tuple(words["labels"]),
        encoder=Encoder(
            Vocabulary(_number(words["views"]), arrays["idf"]),
            vectors,
            {morpheme: row for row, morpheme in enumerate(morphemes)},
        ),
        linear=LinearHalf(
            arrays["linear_coefficients"],
            arrays["linear_scales"],
            arrays["linear_dense"],
            arrays["linear_intercepts"],
        ),
        neural=NeuralHalf(arrays["fixed"], _list_members(arrays)),
        scales=(float(words["scales"][0]), float(words["scales"][1])),
        scope=ScopeDecision(**scope, **scope_arrays) if scope else None,
        taught=words["taught"],
    )


def _list_members(arrays: dict[str, np.ndarray]) -> tuple[Member, ...]:
    count = sum(name.startswith("learned_") for name in arrays)
    return tuple(
        Member(
            Network({name: arrays[f"network_{number}_{name}"] for name in LAYERS}),
            arrays[f"learned_{number}"],
        )
        for number in range(count)
    )


def _number(views: list[list[str]]) -> tuple[dict[str, int], ...]:
    columns: list[dict[str, int]] = []
    start = 0
    for view in views:
        columns.append({name: start + place for place, name in enumerate(view)})
        start += len(view)
    return tuple(columns)
