"""Which models exist and which one is in use."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.errors import ModelNotFound
from studio.registry import (
    InUse,
    ModelCard,
    Registry,
    fingerprint,
    model_for_slot,
    read_in_use,
    write_in_use,
)


def _card(model_id: str, created_at: str = "2026-11-22T00:00:00+00:00", wanted: str = "f") -> ModelCard:
    return ModelCard(model_id=model_id, created_at=created_at, fingerprint=wanted, accuracy=0.9, example_count=10)


def _register(folder: Path, card: ModelCard) -> None:
    (folder / f"{card.model_id}.tar.gz").write_bytes(b"archive")
    Registry(folder).register(card)


def test_models_are_listed_newest_first(tmp_path: Path) -> None:
    _register(tmp_path, _card("old", "2026-11-20T00:00:00+00:00"))
    _register(tmp_path, _card("new", "2026-11-21T00:00:00+00:00"))
    assert [card.model_id for card in Registry(tmp_path).list_models()] == ["new", "old"]


def test_a_model_without_its_archive_is_no_model(tmp_path: Path) -> None:
    _register(tmp_path, _card("gone"))
    (tmp_path / "gone.tar.gz").unlink()
    assert Registry(tmp_path).find("gone") is None
    with pytest.raises(ModelNotFound):
        Registry(tmp_path).get_archive("gone")


def test_an_archive_must_be_there_before_it_is_registered(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound):
        Registry(tmp_path).register(_card("nowhere"))


def test_a_model_is_found_by_what_it_was_trained_on(tmp_path: Path) -> None:
    _register(tmp_path, _card("a", wanted="one"))
    _register(tmp_path, _card("b", wanted="two"))
    found = Registry(tmp_path).find_by_fingerprint("one")
    assert found is not None
    assert found.model_id == "a"
    assert Registry(tmp_path).find_by_fingerprint("three") is None


def test_the_fingerprint_changes_with_data_configuration_code_and_rasa(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = ["data/nlu/a.yml", "config.yml", "domain.yml", "bot/components/x.py", "requirements/bot.lock"]
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    seen = {fingerprint(tmp_path, data)}
    for name in files:
        (tmp_path / name).write_text("two")
        seen.add(fingerprint(tmp_path, data))
    assert len(seen) == 1 + len(files)


def test_a_slot_may_hold_another_model_than_the_one_in_use(tmp_path: Path) -> None:
    write_in_use(tmp_path, InUse(active="old", slots={"bot-2": "new"}))
    assert model_for_slot(tmp_path, "bot-0") == "old"
    assert model_for_slot(tmp_path, "bot-2") == "new"


def test_no_model_in_use_is_said_with_the_way_to_get_one(tmp_path: Path) -> None:
    assert read_in_use(tmp_path) == InUse(active=None, slots={})
    with pytest.raises(ModelNotFound, match="ieum train"):
        model_for_slot(tmp_path, "bot-0")
