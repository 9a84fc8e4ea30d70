"""The training files are read once, and read as Rasa reads them."""

from __future__ import annotations

from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter

from bot.importing import OnceReadImporter

EXAMPLES = """version: "3.1"
nlu:
- intent: greet
  examples: |
    - 안녕하세요
    - 안녕
- intent: order_detail
  examples: |
    - [2026-10234](order_id) 보여줘요
"""


def write(folder):
    (folder / "nlu.yml").write_text(EXAMPLES, encoding="utf-8")
    (folder / "domain.yml").write_text('version: "3.1"\nintents: [greet, order_detail]\nentities: [order_id]\n')
    name = f"{OnceReadImporter.__module__}.{OnceReadImporter.__name__}"
    (folder / "config.yml").write_text(f"language: ko\nimporters:\n  - name: {name}\n")
    return [str(folder / name) for name in ("config.yml", "domain.yml", "nlu.yml")]


def list_examples(importer):
    return sorted((e.get("text"), e.get("intent")) for e in importer.get_nlu_data().intent_examples)


def test_the_examples_are_those_that_rasa_reads(tmp_path):
    config, domain, examples = write(tmp_path)
    ours = TrainingDataImporter.load_from_config(config, domain, [examples])
    assert list_examples(ours) == list_examples(RasaFileImporter(config, domain, [examples]))
    assert len(list_examples(ours)) == 3


def test_whatever_rasa_asks_for_the_files_are_read_once(tmp_path, monkeypatch):
    config, domain, examples = write(tmp_path)
    read, real = [], utils.training_data_from_paths
    monkeypatch.setattr(utils, "training_data_from_paths", lambda *a: read.append(a) or real(*a))
    importer = TrainingDataImporter.load_from_config(config, domain, [examples])
    importer.get_domain()
    importer.get_nlu_data()
    importer.get_nlu_data(language="ko")
    assert len(read) == 1
