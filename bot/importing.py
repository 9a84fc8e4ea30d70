"""Reads the training files once: Rasa, left to itself, parses all examples three times.

Named in config.yml. Rasa's importers ask for the examples again for the domain and for
each way of naming the language, which does not matter for files of Rasa's own format.
"""

from __future__ import annotations

import functools
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class OnceReadImporter(RasaFileImporter):
    """Rasa's importer of files, which keeps the examples that it has read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what Rasa's importer takes; nothing is read yet."""
        super().__init__(*arguments, **options)
        self._read = functools.cache(super().get_nlu_data)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of all files; `language` changes nothing."""
        return self._read()


def merge_without_copies(
    self: TrainingData, *others: TrainingData | None
) -> TrainingData:
    """What `TrainingData.merge` gives, whose examples are the same objects.

    Rasa copies every example at each of its four merges, a third of the time before
    training begins; nobody changes the parts after they were put together.
    """
    given = [self, *(other for other in others if other)]
    merged = TrainingData(
        entity_synonyms={
            k: v for part in given for k, v in part.entity_synonyms.items()
        },
        regex_features=[feature for part in given for feature in part.regex_features],
        lookup_tables=[table for part in given for table in part.lookup_tables],
        responses={k: v for part in given for k, v in part.responses.items()},
    )
    # Each file was looked through for repeats when it was read; between files,
    # `./ieum check` finds them.
    merged.training_examples = [
        example for part in given for example in part.training_examples
    ]
    return merged


TrainingData.merge = merge_without_copies
