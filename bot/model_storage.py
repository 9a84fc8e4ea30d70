"""A model archive opened for answering only.

An archive also describes how the model was trained, and Rasa imports every class named
there, TensorFlow with them. A worker reads the prediction half and leaves the rest.
"""

from __future__ import annotations

from pathlib import Path

import rasa.shared.utils.io
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.storage import ModelMetadata


class ServingModelStorage(LocalModelStorage):
    """Reads archives without the classes of their training."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        metadata = rasa.shared.utils.io.read_json_file(
            directory / MODEL_ARCHIVE_METADATA_FILE
        )
        return ModelMetadata.from_dict({**metadata, "train_schema": {"nodes": {}}})
