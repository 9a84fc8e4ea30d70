"""The trained models: which exist, which data each was trained on, which one is in use.

A model is `<models>/<model_id>.tar.gz` with its card `<model_id>.json` beside it; the card is written
last, so an archive without one is not a model. Which model is in use belongs to the instance:
`<data>/model.json`. Standard library only, since a bot worker is started through it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.errors import ModelNotFound

_CODE_THAT_SHAPES_A_MODEL = ("bot",)


@dataclass(frozen=True)
class ModelCard:
    """What is known of a trained model. `accuracy` is a ratio, or None when it was not measured."""

    model_id: str
    created_at: str
    fingerprint: str
    accuracy: float | None
    example_count: int


@dataclass(frozen=True)
class InUse:
    """Which model an instance answers with; `slots` names worker slots that hold another one during a switch."""

    active: str | None
    slots: dict[str, str]


def fingerprint(root: Path, training_dir: Path) -> str:
    """Return a hash of all that shapes a model: training data, configuration, domain, bot code, Rasa's lock."""
    files = [file for kind in ("*.yml", "*.yaml", "*.json") for file in training_dir.rglob(kind)]
    shared = [root / "config.yml", root / "domain.yml", root / "requirements" / "bot.lock"]
    shared += [file for folder in _CODE_THAT_SHAPES_A_MODEL for file in (root / folder).rglob("*.py")]
    return _hash(training_dir, files) + _hash(root, shared)


def _hash(base: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        if file.is_file():
            digest.update(str(file.relative_to(base)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


class Registry:
    """The models in one folder."""

    def __init__(self, models_dir: Path) -> None:
        self._models_dir = models_dir

    def register(self, card: ModelCard) -> None:
        """Make a trained archive known. Raises ModelNotFound when there is no archive of that name."""
        if not self._archive(card.model_id).is_file():
            raise ModelNotFound(f"there is no archive for the model {card.model_id}")
        write_json(self._models_dir / f"{card.model_id}.json", asdict(card))

    def list_models(self) -> list[ModelCard]:
        """Return the registered models, the newest first."""
        cards = [self.find(path.stem) for path in self._models_dir.glob("*.json")]
        return sorted((card for card in cards if card), key=lambda card: (card.created_at, card.model_id), reverse=True)

    def find(self, model_id: str) -> ModelCard | None:
        """Return a model's card, or None when it is unknown, unreadable or has lost its archive."""
        try:
            card = ModelCard(**json.loads((self._models_dir / f"{model_id}.json").read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return card if self._archive(model_id).is_file() else None

    def find_by_fingerprint(self, wanted: str) -> ModelCard | None:
        """Return the newest model trained on exactly this data, or None."""
        return next((card for card in self.list_models() if card.fingerprint == wanted), None)

    def get_archive(self, model_id: str) -> Path:
        """Return the path of a model's archive. Raises ModelNotFound."""
        if self.find(model_id) is None:
            raise ModelNotFound(f"there is no model {model_id}")
        return self._archive(model_id)

    def _archive(self, model_id: str) -> Path:
        return self._models_dir / f"{model_id}.tar.gz"


def read_in_use(data_dir: Path) -> InUse:
    """Return which model the instance uses; nothing when none was chosen yet."""
    try:
        found = json.loads((data_dir / "model.json").read_text())
    except (OSError, ValueError):
        return InUse(active=None, slots={})
    return InUse(active=found.get("active"), slots=dict(found.get("slots", {})))


def write_in_use(data_dir: Path, in_use: InUse) -> None:
    """Record which model the instance uses; workers that start from now on read it."""
    write_json(data_dir / "model.json", asdict(in_use))


def model_for_slot(data_dir: Path, slot: str) -> str:
    """Return the id of the model a worker slot has to load. Raises ModelNotFound."""
    in_use = read_in_use(data_dir)
    model_id = in_use.slots.get(slot) or in_use.active
    if model_id is None:
        raise ModelNotFound("no model is in use yet; `./ieum train` makes one")
    return model_id


def write_json(path: Path, content: object, *, mode: int = 0o600) -> None:
    """Replace a file by `content` in one step: a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w") as output:
        json.dump(content, output, ensure_ascii=False, indent=1)
        output.flush()
        os.fsync(output.fileno())
    draft.replace(path)
