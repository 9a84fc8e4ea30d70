"""The real bot worker over HTTP: a small model trained for it, and a fake action server.

Standard library only: it runs from either environment and starts the bot's own Python.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOT_PYTHON = os.environ.get("IEUM_BOT_PYTHON") or str(ROOT / ".venv/bot/bin/python")
START_S = 60.0
SECRET = "홍길동"
EXAMPLES = {
    "delivery_status": ["택배 언제 와요", "배송 언제 와요", "택배 어디예요", "배송 조회해 주세요"],
    "order_history": ["주문 내역 보여줘요", "지난 주문 보여줘요", "주문 목록 볼래요", "지난달에 산 거요"],
    "human_agent": ["상담원 연결해 주세요", "사람이랑 얘기할래요", "상담사 바꿔 주세요", "직원 불러 주세요"],
    "greet": ["안녕하세요", "안녕", "안녕하십니까", "반갑습니다"],
    "inform_order": ["2026-10234", "2026-20817이요", "주문번호는 2026-30418이에요", "2025-41120요"],
    "out_of_scope": ["오늘 날씨 어때요", "로또 번호 알려줘요", "노래 불러 줘요", "점심 뭐 먹지"],
}


class FakeActions(BaseHTTPRequestHandler):
    """Answers like the action server; `behaviour` and `calls` are the test's."""

    protocol_version = "HTTP/1.1"
    behaviour: ClassVar[dict[str, Any]] = {}
    calls: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        call["authorization"] = self.headers["Authorization"]
        self.calls.append(call)
        time.sleep(self.behaviour.get("delay_s", 0))
        said = {"text": f"{call['next_action']} 결과", "buttons": self.behaviour.get("buttons", [])}
        answer = {"events": [], "responses": [said, *self.behaviour.get("responses", [])]}
        body = json.dumps(answer).encode()
        self.send_response(self.behaviour.get("status", 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        pass


class Worker:
    """A bot process on a free port."""

    def __init__(self, model: Path, actions_port: int, log: Path) -> None:
        self.model, self.actions_port, self.log = model, actions_port, log
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        settings = {
            "IEUM_BOT_TOKEN": "bot-token",
            "IEUM_ACTIONS_TOKEN": "actions-token",
            "IEUM_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [BOT_PYTHON, "-m", "bot.serve", "--model", str(self.model)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), "--log-level", "debug"],
                env={**os.environ, **settings},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while self.ask("GET", "/webhooks/ieum/health")[0] != 200:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, "the bot was not ready in time"
            time.sleep(0.1)
        return self.process

    def ask(self, method: str, path: str, body: bytes | None = None, token: str = "bot-token") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Authorization": f"Bearer {token}"})
            response = connection.getresponse()
            raw = response.read()
            return response.status, json.loads(raw) if raw else None
        except (ConnectionError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def turn(self, said: str, state: Any = None, *, turn_id: str = "t1", payload: bool = False) -> Any:
        kind = "payload" if payload else "text"
        status, answer = self.ask("POST", "/webhooks/ieum/turn", turn_body(kind, said, state, turn_id))
        assert status == 200, answer
        return answer


def turn_body(kind: str, said: str, state: Any, turn_id: str = "t1") -> bytes:
    return json.dumps(
        {
            "turn_id": turn_id,
            "conversation_id": "c1",
            "message": {"kind": kind, kind: said},
            "state": state,
            "context": "signed-context",
        }
    ).encode()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few intents, with the product's own configuration, domain and rules."""
    folder = tmp_path_factory.mktemp("bot-model")
    (folder / "data" / "nlu").mkdir(parents=True)
    (folder / "data" / "rules").symlink_to(ROOT / "data" / "rules")
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in EXAMPLES.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in texts)]
    (folder / "data" / "nlu" / "small.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = subprocess.run(
        [BOT_PYTHON, "-m", "bot.train", "--out", str(folder), "--training-data", str(folder / "data")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return Path(json.loads(done.stdout.splitlines()[-1])["model_path"])


@pytest.fixture(scope="module")
def actions_port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeActions)
    thread = threading.Thread(target=server.serve_forever, name="fake-actions", daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def worker(model: Path, actions_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    started = Worker(model, actions_port, tmp_path_factory.mktemp("bot-log") / "bot.log")
    yield started
    started.process.terminate()
    started.process.wait(20)


@pytest.fixture(autouse=True)
def fresh_actions() -> None:
    FakeActions.behaviour = {}
    FakeActions.calls = []


def test_a_question_is_answered_by_its_action(worker: Worker) -> None:
    answer = worker.turn("택배 언제 와요?")
    assert [reply["text"] for reply in answer["replies"]] == ["action_delivery_status 결과"]
    assert answer["nlu"]["intent"] == "delivery_status"
    assert answer["tried"] == ["action_delivery_status"]
    assert (answer["failed_actions"], answer["handoff"]) == ([], None)
    (call,) = FakeActions.calls
    assert call["authorization"] == "Bearer actions-token"
    assert call["tracker"]["latest_message"]["metadata"] == {
        "turn_id": "t1",
        "context": "signed-context",
    }


def test_turn_300_costs_no_more_state_than_turn_30(worker: Worker) -> None:
    said = ["택배 언제 와요?", "주문 내역 보여줘요", "안녕하세요", "2026-12345"]
    state, sizes = None, []
    for number in range(300):
        state = worker.turn(said[number % 4], state, turn_id=f"t{number}")["state"]
        sizes.append(len(json.dumps(state)))
    assert sizes[29] > sizes[0]
    assert abs(sizes[299] - sizes[29]) < 200
    assert max(sizes) < 8_000


def test_a_killed_worker_gives_the_same_answer_when_the_turn_is_run_again(worker: Worker) -> None:
    state = worker.turn("택배 언제 와요?")["state"]
    before = worker.turn("안녕하세요", state, turn_id="t2")
    worker.process.send_signal(signal.SIGKILL)
    worker.process.wait(10)
    worker.start()
    after = worker.turn("안녕하세요", state, turn_id="t2")
    assert {**after, "ms": 0} == {**before, "ms": 0}


def test_a_customers_command_is_only_words(worker: Worker) -> None:
    for said in ("/delivery_status", "  /delivery_status", '/inform_order{"order_id":"2026-12345"}'):
        answer = worker.turn(said)
        assert answer["nlu"]["confidence"] < 1.0
        assert answer["slots"] == {} or "/delivery" not in said
    answer = worker.turn("/delivery_status", payload=True)
    assert (answer["nlu"]["intent"], answer["nlu"]["confidence"]) == ("delivery_status", 1.0)


def test_a_button_sets_what_it_carries(worker: Worker) -> None:
    answer = worker.turn('/inform_order{"order_id":"2026-12345"}', payload=True)
    assert answer["slots"]["order_id"] == "2026-12345"
    assert answer["tried"] == ["action_select_order"]


def test_an_order_number_in_words_is_an_answer_too(worker: Worker) -> None:
    answer = worker.turn("2026-12345 이요")
    assert answer["tried"] == ["action_select_order"]
    (entity,) = answer["nlu"]["entities"]
    assert (entity["text"], entity["start"], entity["end"]) == ("2026-12345", 0, 10)
    assert answer["slots"]["order_id"] == "2026-12345"


def test_buttons_cards_and_handoff_of_an_action_come_through(worker: Worker) -> None:
    card = {"kind": "order", "title": "운동화", "rows": [{"label": "단계", "value": "배송 중"}]}
    FakeActions.behaviour = {
        "buttons": [{"title": "운동화", "payload": '/inform_order{"order_id":"2026-12345"}'}],
        "responses": [
            {"custom": {"cards": [card]}},
            {"custom": {"handoff": {"reason": "customer_request", "skill": "general"}}},
        ],
    }
    answer = worker.turn("상담원 연결해 주세요")
    assert answer["replies"][0]["choices"] == [{"label": "운동화", "payload": '/inform_order{"order_id":"2026-12345"}'}]
    assert answer["replies"][1]["cards"] == [card]
    assert answer["handoff"] == {
        "reason": "customer_request",
        "requested_by": "customer",
        "skill": "general",
        "detail": None,
    }


def test_who_the_customer_proved_to_be_comes_through_and_a_hidden_message_leaves_nothing_behind(worker: Worker) -> None:
    said = "인증번호 123456 오류코드 5004 010-1234-5678"
    told = worker.turn(said)
    assert (told["identity"], told["conceal"]) == (None, None)
    assert told["nlu"]["entities"]
    FakeActions.behaviour = {"responses": [{"custom": {"identity": "a.signed.claim", "conceal": "code"}}]}
    hidden = worker.turn(said)
    assert (hidden["identity"], hidden["conceal"]) == ("a.signed.claim", "code")
    assert hidden["nlu"]["entities"] == []
    kept = json.dumps([hidden["state"], hidden["slots"], hidden["nlu"]])
    assert "123456" not in kept and "1234-5678" not in kept


def test_a_failed_action_is_reported(worker: Worker) -> None:
    FakeActions.behaviour = {"status": 500}
    answer = worker.turn("택배 언제 와요?")
    assert answer["failed_actions"] == ["action_delivery_status"]
    assert answer["replies"] == []


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "👍" * 100,
        "ㅁㄴㅇㄹ ㅠㅠ",
        "배\u202e송\u0000\u200b",
        "\ud800 택배",
        "[x](order_id:1)",
        "가" * 2000,
        "배송이 언제 오나요 " * 181,
        "{{slots}} {order_id} %s",
    ],
)
def test_awkward_texts_get_an_answer(worker: Worker, said: str) -> None:
    answer = worker.turn(said[:2000])
    assert answer["replies"]
    assert "order_id" not in answer["slots"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "not_json"),
        (turn_body("text", "가" * 2001, None), 400, "text_too_long"),
        (turn_body("text", "안녕", {"v": 99}), 400, "unknown_state_version"),
        (turn_body("payload", "/no_such_intent", None), 400, "unknown_intent"),
        (b" " * 300_000, 413, "refused"),
    ],
)
def test_a_bad_turn_is_refused(worker: Worker, body: bytes, status: int, code: str) -> None:
    found, problem = worker.ask("POST", "/webhooks/ieum/turn", body)
    assert (found, problem["code"]) == (status, code)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/version"),
        ("GET", "/status"),
        ("POST", "/model/parse"),
        ("GET", "/conversations/c1/tracker"),
        ("POST", "/webhooks/rest/webhook"),
        ("GET", "/webhooks/ieum/"),
    ],
)
def test_every_other_route_is_closed(worker: Worker, method: str, path: str) -> None:
    assert worker.ask(method, path)[0] == 404


def test_nothing_is_open_without_the_token(worker: Worker) -> None:
    assert worker.ask("GET", "/webhooks/ieum/health", token="other")[0] == 401
    body = turn_body("text", "안녕", None)
    assert worker.ask("POST", "/webhooks/ieum/turn", body, token="other")[0] == 401


def test_no_words_of_a_customer_are_in_any_log(worker: Worker) -> None:
    state = worker.turn(f"{SECRET} 택배 언제 와요? 2026-77777")["state"]
    FakeActions.behaviour = {"status": 500}
    worker.turn(f"{SECRET} 상담원 연결해 주세요", state)
    worker.turn(f'/inform_order{{"order_id":"{SECRET}"}}', payload=True)
    worker.ask("POST", "/webhooks/ieum/turn", turn_body("payload", f"/{SECRET}", None))
    log = worker.log.read_text(encoding="utf-8")
    assert "debug" in log
    assert SECRET not in log
    assert json.dumps(SECRET).strip('"') not in log
    assert "2026-77777" not in log


def test_a_worker_told_to_stop_finishes_the_turn_in_hand(model: Path, actions_port: int, tmp_path: Path) -> None:
    worker = Worker(model, actions_port, tmp_path / "bot.log")
    FakeActions.behaviour = {"delay_s": 1.5}
    answers: list[Any] = []
    asking = threading.Thread(target=lambda: answers.append(worker.turn("택배 언제 와요?")))
    asking.start()
    deadline = time.monotonic() + 10
    while not FakeActions.calls and time.monotonic() < deadline:
        time.sleep(0.02)
    worker.process.terminate()
    asking.join(20)
    assert answers and answers[0]["failed_actions"] == []
    assert worker.process.wait(20) == 0
