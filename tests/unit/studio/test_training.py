"""A training in the bot's environment, played by a small script in its place."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from kernel.settings import Settings, load_settings
from ops.instance import Instance, open_secrets, process_environment
from studio import training
from studio.errors import TrainingError
from studio.registry import Registry

_DATA = "nlu:\n  - intent: greet\n    examples: |\n" + "".join(f"      - 안녕 {n}\n" for n in range(10))
_BOT = """#!{python}
import io, json, pathlib, sys, tarfile, time
arguments = sys.argv[3:]
option = lambda name: arguments[arguments.index(name) + 1]
if sys.argv[2] == "bot.train":
    print(json.dumps({{"step": "learning", "progress": 0.5}}), file=sys.stderr)
    {train}
    archive = pathlib.Path(option("--out")) / "any-name.tar.gz"
    described = json.dumps({{"model_id": "m" + option("--out")[-4:]}}).encode()
    with tarfile.open(archive, "w:gz") as content:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(described)
        content.addfile(member, io.BytesIO(described))
    print(json.dumps({{"model_path": str(archive)}}))
else:
    asked = pathlib.Path(option("--in")).read_text().splitlines()
    answers = ["greet"] + ["other"] * (len(asked) - 1)
    pathlib.Path(option("--out")).write_text("".join(json.dumps({{"intent": answer}}) + "\\n" for answer in answers))
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = process_environment(Instance(data_dir=tmp_path, bot_ports=(1, 2, 3)), open_secrets(tmp_path, {}), {})
    (tmp_path / "data" / "nlu").mkdir(parents=True)
    (tmp_path / "data" / "nlu" / "greet.yml").write_text(_DATA)
    folders = {"IEUM_MODELS_DIR": str(tmp_path / "models"), "IEUM_TRAINING_DIR": str(tmp_path / "data")}
    return load_settings(environ | folders)


def _play_bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, train: str = "pass") -> None:
    script = tmp_path / "bot-python"
    script.write_text(_BOT.format(python=sys.executable, train=train))
    script.chmod(0o755)
    monkeypatch.setenv("IEUM_BOT_PYTHON", str(script))


async def test_a_trained_model_is_registered_with_what_it_got_right(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play_bot(tmp_path, monkeypatch)
    heard: list[tuple[str, float]] = []
    model_id = await training.train(settings, lambda step, ratio: heard.append((step, ratio)))
    card = Registry(settings.models_dir).find(model_id)
    assert card is not None
    assert (card.accuracy, card.example_count) == (0.5, 10)
    assert model_id == "mhole", "the id is the one the model carries, which its worker reports"
    assert heard[-1] == ("registered", 1.0)
    assert [ratio for _, ratio in heard] == sorted(ratio for _, ratio in heard)


async def test_a_training_that_fails_leaves_no_model_and_says_where_to_read(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play_bot(tmp_path, monkeypatch, train="sys.exit('the domain is broken')")
    with pytest.raises(TrainingError, match=r"training\.log") as caught:
        await training.train(settings, lambda _step, _ratio: None)
    assert "the domain is broken" in caught.value.tail
    assert Registry(settings.models_dir).list_models() == []
    assert list(settings.models_dir.glob("training-*")) == []


async def test_who_waits_for_another_training_of_the_same_data_takes_its_model(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play_bot(tmp_path, monkeypatch)
    heard: tuple[list[str], list[str]] = ([], [])
    first, second = await asyncio.gather(
        *(training.train(settings, lambda step, _ratio, steps=steps: steps.append(step)) for steps in heard)
    )
    assert first == second
    waited, trained = sorted(heard, key=lambda steps: "registered" in steps)
    assert set(waited) == {"waiting for another training"}, "whoever came first, only one trains"
    assert trained[-1] == "registered"


async def test_who_waits_leaves_the_log_of_the_running_training_alone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _play_bot(tmp_path, monkeypatch, train="print('learnt it', file=sys.stderr, flush=True); time.sleep(0.5)")
    learning = asyncio.Event()
    first = asyncio.create_task(training.train(settings, lambda _step, _ratio: learning.set()))
    await learning.wait()
    await training.train(settings, lambda _step, _ratio: None)
    await first
    assert "learnt it" in (settings.data_dir / "logs" / "training.log").read_text()


async def test_an_archive_that_is_no_model_is_refused(settings: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "x.tar.gz"
    archive.write_bytes(b"not an archive")
    with pytest.raises(TrainingError, match="not a model"):
        training.read_model_id(archive)
