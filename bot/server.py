"""The worker's HTTP server: the channel's routes on loopback, and nothing else.

The port opens at once and answers 503 until the model is loaded. On SIGTERM the server
stops listening, finishes the turn in hand and ends.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
from typing import Any

from rasa.core.channels import channel as rasa_channel
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.action_endpoint import ActionEndpoint
from bot.channel import MAX_BODY_BYTES, IeumChannel, problem
from bot.dialogue import Dialogue
from bot.processor import create_agent
from bot.settings import ServerSettings

HOST = "127.0.0.1"
GRACE_S = 15.0
logger = logging.getLogger(__name__)


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
        await asyncio.get_running_loop().run_in_executor(
            None, dialogue.load, model_path
        )
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


def run(settings: ServerSettings, model_path: str, port: int) -> None:
    """Serve until told to stop."""
    app = create_app(settings, model_path)
    app.run(host=HOST, port=port, workers=1, access_log=False, motd=False)
