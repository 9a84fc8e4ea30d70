"""The trainers' door: what the bot was unsure of is given its meaning, trained on, and answered from."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from handoff.adapters.sql.store import SqlStore
from kernel import database
from kernel.clock import ProductClock
from kernel.settings import Settings
from studio import rollout, training
from studio.curated import CuratedExamples
from studio.errors import TrainingError
from studio.registry import InUse, ModelCard, Registry, write_in_use
from studio.training import OnProgress
from tests.integration.conftest import GatewayUnderTest, Json, plain_turn

RANKING = [
    {"intent": "delivery_status", "confidence": 0.4},
    {"intent": "order_history", "confidence": 0.3},
    {"intent": "nlu_fallback", "confidence": 0.2},
]


async def _unsure(gateway: GatewayUnderTest, *texts: str) -> list[Json]:
    """Let the bot be unsure of what a customer says; return the candidates that trainers see."""

    def unsure(body: Json) -> Json:
        nlu = {"intent": "delivery_status", "confidence": 0.4, "ranking": RANKING, "entities": []}
        return plain_turn(body) | {"nlu": nlu}

    gateway.worker.turn = unsure
    customer = await gateway.customer()
    for text in texts:
        await customer.answered(text)
    return await _candidates((await gateway.agent("trainer")).http)


async def _candidates(trainer: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = (await trainer.get("/api/studio/candidates")).json()["candidates"]
    return found


async def _label(trainer: httpx.AsyncClient, candidate_id: str, intent: str) -> httpx.Response:
    return await trainer.post(f"/api/studio/candidates/{candidate_id}/label", json={"intent": intent})


def _curated(gateway: GatewayUnderTest, intent: str) -> list[str]:
    return CuratedExamples(gateway.settings.training_dir / "nlu" / "curated").list_of(intent)


async def test_trainers_see_what_the_bot_was_unsure_of_most_frequent_first(gateway: GatewayUnderTest) -> None:
    found = await _unsure(gateway, "그거 언제", "저기요 그거", "그거 언제")
    assert [(c["text"], c["count"]) for c in found] == [("그거 언제", 2), ("저기요 그거", 1)]
    assert [guess["ko"] for guess in found[0]["ranking"]] == ["배송 위치·도착 예정", "지난 주문 내역"]
    assert found[0]["at"].endswith("Z")


async def test_numbers_and_addresses_do_not_reach_trainers(gateway: GatewayUnderTest) -> None:
    (found,) = await _unsure(gateway, "010-1234-5678 hong@shop.example 주문 2026-34567 카드 1234-5678-9012-3456")
    assert found["text"] == "010-0000-0000 name@example.com 주문 2026-10000 카드 000000"


async def test_a_label_writes_the_training_data_and_leaves_the_list(gateway: GatewayUnderTest) -> None:
    (found,) = await _unsure(gateway, "택배 어디쯤이에요")
    trainer = (await gateway.agent("trainer")).http
    assert (await _label(trainer, found["candidate_id"], "delivery_status")).status_code == 200
    assert _curated(gateway, "delivery_status") == ["택배 어디쯤이에요"]
    after = (await trainer.get("/api/studio/candidates")).json()
    assert (after["candidates"], after["labelled_count"]) == ([], 1)
    assert await _unsure(gateway, "택배 어디쯤이에요") == []  # nobody is asked about it again


async def test_a_customers_brackets_stay_words(gateway: GatewayUnderTest) -> None:
    (found,) = await _unsure(gateway, '[강남](region) {"a":1}\n- intent: greet')
    trainer = (await gateway.agent("trainer")).http
    await _label(trainer, found["candidate_id"], "delivery_change")
    (example,) = _curated(gateway, "delivery_change")
    assert example == '［강남］(region) ｛"a":1｝ - intent: greet'


async def test_a_dismissed_utterance_is_gone_and_no_example(gateway: GatewayUnderTest) -> None:
    (found,) = await _unsure(gateway, "ㅋㅋㅋ")
    trainer = (await gateway.agent("trainer")).http
    done = await trainer.post(f"/api/studio/candidates/{found['candidate_id']}/dismiss", json={})
    assert done.status_code == 200
    after = (await trainer.get("/api/studio/candidates")).json()
    assert (after["candidates"], after["labelled_count"]) == ([], 0)
    assert not (gateway.settings.training_dir / "nlu" / "curated").exists()


async def test_of_two_trainers_who_label_at_once_one_is_told_it_is_done(gateway: GatewayUnderTest) -> None:
    (found,) = await _unsure(gateway, "둘이 보는 말")
    pages = [(await gateway.agent(login)).http for login in ("trainer", "lead")]
    labels = zip(pages, ("delivery_status", "order_history"), strict=True)
    answers = await asyncio.gather(*(_label(page, found["candidate_id"], intent) for page, intent in labels))
    assert sorted(a.status_code for a in answers) == [200, 404]
    assert next(a.json()["code"] for a in answers if a.status_code == 404) == "candidate_not_found"
    assert len(_curated(gateway, "delivery_status") + _curated(gateway, "order_history")) == 1


@pytest.mark.parametrize("intent", ["cooking", "", "nlu_fallback", "inform_order", "../../domain", "greet\n", "GREET"])
async def test_an_intent_that_is_not_in_the_catalogue_changes_nothing(gateway: GatewayUnderTest, intent: str) -> None:
    (found,) = await _unsure(gateway, "뭐라고요")
    trainer = (await gateway.agent("trainer")).http
    refused = await _label(trainer, found["candidate_id"], intent)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_intent")
    assert [c["candidate_id"] for c in await _candidates(trainer)] == [found["candidate_id"]]
    assert not (gateway.settings.training_dir / "nlu").exists()


async def test_a_file_that_cannot_be_written_leaves_the_utterance_on_the_list(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = await _unsure(gateway, "디스크가 찼어요")

    def failing(*_: object) -> bool:
        raise OSError("the disk is full")

    monkeypatch.setattr(CuratedExamples, "add", failing)
    trainer = (await gateway.agent("trainer")).http
    failed = await _label(trainer, found["candidate_id"], "help")
    assert (failed.status_code, failed.json()["code"]) == (500, "internal_error")
    monkeypatch.undo()
    assert (await _label(trainer, found["candidate_id"], "help")).status_code == 200
    assert _curated(gateway, "help") == ["디스크가 찼어요"]


async def test_an_unknown_utterance_is_not_found(gateway: GatewayUnderTest) -> None:
    trainer = (await gateway.agent("trainer")).http
    for candidate_id in ("u_unknown", "..%2f..%2fmodels", "%ff"):
        refused = await _label(trainer, candidate_id, "greet")
        assert refused.status_code == 404, candidate_id
    assert (await _label(trainer, "%00", "greet")).status_code == 400


async def test_only_trainers_and_who_leads_them_get_in(gateway: GatewayUnderTest) -> None:
    paths = ("intents", "candidates", "trainings/current", "models")
    for login, status in (("trainer", 200), ("lead", 200), ("agent", 403)):
        page = (await gateway.agent(login)).http
        assert [(await page.get(f"/api/studio/{path}")).status_code for path in paths] == [status] * 4
    assert [(await gateway.http.get(f"/api/studio/{path}")).status_code for path in paths] == [401] * 4
    agent = (await gateway.agent("agent")).http
    for path in ("candidates/u_1/label", "candidates/u_1/dismiss", "trainings"):
        assert (await agent.post(f"/api/studio/{path}", json={})).status_code == 403
    trainer = (await gateway.agent("trainer")).http
    del trainer.headers["X-CSRF-Token"]
    refused = await trainer.post("/api/studio/trainings", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")


async def test_the_catalogue_has_every_intents_name_and_meaning(gateway: GatewayUnderTest) -> None:
    trainer = (await gateway.agent("trainer")).http
    found = (await trainer.get("/api/studio/intents")).json()["intents"]
    assert {"id": "greet", "ko": "인사", "means": "처음 건네는 인사예요."} in found and len(found) >= 40


async def _state(trainer: httpx.AsyncClient) -> Json:
    current: Json = (await trainer.get("/api/studio/trainings/current")).json()
    return current


async def _until(trainer: httpx.AsyncClient, state: str) -> Json:
    async with asyncio.timeout(5):
        while (current := await _state(trainer))["state"] != state:
            await asyncio.sleep(0.01)
    return current


async def test_a_training_is_watched_to_its_end_and_only_one_runs(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained, switched = asyncio.Event(), asyncio.Event()

    async def train(settings: Settings, on_progress: OnProgress) -> str:
        on_progress("training: classifier", 0.25)
        await trained.wait()
        return "m-new"

    async def switch(settings: Settings, model_id: str, on_progress: OnProgress) -> None:
        on_progress("starting a worker", 0.5)
        await switched.wait()

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(rollout, "switch", switch)
    trainer = (await gateway.agent("trainer")).http
    assert (await _state(trainer))["state"] == "idle"
    started = await trainer.post("/api/studio/trainings", json={})
    assert (started.status_code, started.json()) == (202, {"state": "training"})
    for page in (trainer, (await gateway.agent("lead")).http):
        refused = await page.post("/api/studio/trainings", json={})
        assert (refused.status_code, refused.json()["code"]) == (409, "training_under_way")
    current = await _state(trainer)
    assert (current["step"], current["progress"], current["finished_at"]) == ("training: classifier", 0.25, None)

    customer = await gateway.customer()
    assert len((await customer.answered("학습 중에도 답해 줘"))["messages"]) == 2
    trained.set()
    assert (await _until(trainer, "switching"))["model_id"] == "m-new"
    assert (await trainer.post("/api/studio/trainings", json={})).status_code == 409
    switched.set()
    done = await _until(trainer, "done")
    assert (done["model_id"], done["error"]) == ("m-new", None) and done["finished_at"].endswith("Z")
    assert (await trainer.post("/api/studio/trainings", json={})).status_code == 202


async def test_a_failed_training_says_so(gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    async def train(settings: Settings, on_progress: OnProgress) -> str:
        raise TrainingError("bot.train failed (status 1)", ["what a customer wrote"])

    monkeypatch.setattr(training, "train", train)
    trainer = (await gateway.agent("trainer")).http
    await trainer.post("/api/studio/trainings", json={})
    failed = await _until(trainer, "failed")
    assert failed["error"] == "bot.train failed (status 1)" and "customer" not in str(failed)


async def test_labels_count_until_a_training_takes_them_in(
    gateway: GatewayUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def train(settings: Settings, on_progress: OnProgress) -> str:
        return "m-new"

    async def switch(settings: Settings, model_id: str, on_progress: OnProgress) -> None:
        pass

    monkeypatch.setattr(training, "train", train)
    monkeypatch.setattr(rollout, "switch", switch)
    trainer = (await gateway.agent("trainer")).http
    first, second = await _unsure(gateway, "하나", "둘")
    await _label(trainer, first["candidate_id"], "greet")
    assert (await trainer.get("/api/studio/candidates")).json()["labelled_count"] == 1
    await trainer.post("/api/studio/trainings", json={})
    await _until(trainer, "done")
    assert (await trainer.get("/api/studio/candidates")).json()["labelled_count"] == 0
    await _label(trainer, second["candidate_id"], "greet")
    assert (await trainer.get("/api/studio/candidates")).json()["labelled_count"] == 1


async def test_models_come_newest_first_and_the_one_in_use_is_marked(gateway: GatewayUnderTest) -> None:
    models = gateway.settings.models_dir
    models.mkdir(parents=True)
    for day in (1, 2):
        Path(models / f"m-{day}.tar.gz").touch()
        Registry(models).register(ModelCard(f"m-{day}", f"2026-11-0{day}T00:00:00+00:00", "f", 0.9, 100))
    (models / "broken.json").write_text("{")
    write_in_use(gateway.settings.data_dir, InUse(active="m-1", slots={}))
    trainer = (await gateway.agent("trainer")).http
    found = (await trainer.get("/api/studio/models")).json()["models"]
    assert [(m["model_id"], m["active"], m["accuracy"]) for m in found] == [("m-2", False, 0.9), ("m-1", True, 0.9)]


async def test_many_utterances_are_shown_a_page_at_a_time(gateway: GatewayUnderTest) -> None:
    engine = database.create_engine(gateway.settings.database_url)
    now = ProductClock().now()
    async with SqlStore(engine).write() as tx:
        for number in range(120):
            await tx.add_candidate(f"u_{number:03}", f"말 {number}", RANKING, now)
    await engine.dispose()
    assert len(await _candidates((await gateway.agent("trainer")).http)) == 50
