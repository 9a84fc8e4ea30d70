"""A bot worker: `python -m bot.serve --model MODEL.tar.gz --port N`.

Listens on loopback only. The port opens at once and answers 503 until the model is
loaded. On SIGTERM the turn in hand is finished, then the process ends.
"""

from __future__ import annotations

import os

# Before numpy and Rasa are imported: one turn runs at a time, more threads only cost.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"

from bot import lean  # noqa: E402

lean.skip_training_modules()

import argparse  # noqa: E402
import asyncio  # noqa: E402
import gc  # noqa: E402
import logging  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from rasa.core.channels import channel as rasa_channel  # noqa: E402
from sanic import Sanic  # noqa: E402
from sanic.exceptions import SanicException  # noqa: E402
from sanic.request import Request  # noqa: E402
from sanic.response import HTTPResponse  # noqa: E402

from bot import logs  # noqa: E402
from bot.action_endpoint import ActionEndpoint  # noqa: E402
from bot.channel import MAX_BODY_BYTES, IeumChannel, problem  # noqa: E402
from bot.dialogue import Dialogue  # noqa: E402
from bot.processor import create_agent  # noqa: E402
from bot.settings import ServerSettings, load_server_settings  # noqa: E402

HOST = "127.0.0.1"
GRACE_S = 15.0
logger = logging.getLogger("bot.serve")


def create_app(settings: ServerSettings, model_path: str) -> Sanic:
    """Build the server: the channel's two routes and nothing else."""
    app = Sanic("ieum_bot", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = GRACE_S
    app.config.KEEP_ALIVE_TIMEOUT = 75
    endpoint = ActionEndpoint(settings.actions_url, settings.actions_token)
    dialogue = Dialogue(create_agent(endpoint))
    channel = IeumChannel(dialogue, settings.bot_token)
    rasa_channel.register([channel], app, route="/webhooks/")
    app.error_handler.add(Exception, _refuse)

    @app.listener("before_server_start")
    async def open_endpoint(app: Sanic, loop: Any) -> None:
        endpoint.open()

    @app.listener("after_server_start")
    async def load_model(app: Sanic, loop: Any) -> None:
        app.add_task(_load(app, dialogue, model_path))

    @app.listener("after_server_stop")
    async def close_endpoint(app: Sanic, loop: Any) -> None:
        await endpoint.close()

    return app


async def _load(app: Sanic, dialogue: Dialogue, model_path: str) -> None:
    """Load the model beside the event loop; without a model the process ends."""
    try:
        await asyncio.get_running_loop().run_in_executor(None, dialogue.load, model_path)
    except Exception:
        logger.exception("model_not_loaded")
        os._exit(1)
    # What is loaded stays: the collector need not look at it again during turns.
    gc.collect()
    gc.freeze()
    logger.info("ready", extra={"fields": {"model_id": dialogue.model_id}})


def _refuse(request: Request, error: Exception) -> HTTPResponse:
    """Answer what no route answers, without a word of the framework's own."""
    if isinstance(error, SanicException):
        return problem(error.status_code, "refused")
    logger.error("request_failed", exc_info=error)
    return problem(500, "request_failed")


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bot.serve")
    parser.add_argument("--model", required=True, type=Path)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--log-level", default="info")
    options = parser.parse_args()
    logs.configure("bot", options.log_level)
    app = create_app(load_server_settings(os.environ), str(options.model))
    app.run(host=HOST, port=options.port, workers=1, access_log=False, motd=False)


if __name__ == "__main__":
    main()
