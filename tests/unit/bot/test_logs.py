"""Whatever is logged, a customer's words are not in it."""

from __future__ import annotations

import json
import logging
import warnings

import pytest
import structlog

from bot import logs

SECRET = "홍길동 010-1234-5678"


@pytest.fixture(autouse=True)
def undo_configuration():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


def lines(capsys) -> list[dict]:
    out, err = capsys.readouterr()
    assert SECRET not in out + err
    assert json.dumps(SECRET).strip('"') not in out + err
    return [json.loads(line) for line in err.splitlines()]


def test_records_of_others_say_where_and_not_what(capsys):
    logs.configure("bot", "debug")
    logging.getLogger("rasa.core.processor").debug(f"Received user message '{SECRET}'")
    logging.getLogger("sanic.error").error("failed for %s", SECRET)
    first, second = lines(capsys)
    assert first["where"].startswith("test_logs:")
    assert (first["level"], second["logger"]) == ("debug", "sanic.error")


def test_an_exception_is_logged_by_type_and_place_only(capsys):
    logs.configure("bot", "debug")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("bot.channel").exception("turn_failed")
    (line,) = lines(capsys)
    assert (line["event"], line["error"]) == ("turn_failed", "ValueError")
    assert "test_logs.py" in line["trace"][0]


def test_our_own_records_carry_their_event_and_fields(capsys):
    logs.configure("bot", "debug")
    logging.getLogger("bot.server").info("ready", extra={"fields": {"model_id": "m1"}})
    (line,) = lines(capsys)
    assert (line["event"], line["model_id"]) == ("ready", "m1")


def test_warnings_and_structured_logs_of_rasa_are_dropped(capsys):
    logs.configure("bot", "debug")
    warnings.warn(f"Failed to parse '{SECRET}'", UserWarning, stacklevel=1)
    structlog.get_logger().error("processor.message.parse", parse_data_text=SECRET)
    assert lines(capsys) == []
