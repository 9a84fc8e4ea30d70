"""The connection to the action server: one session, kept alive, with a bearer token.

Rasa's own endpoint opens a session for every call. This one opens at server start and
closes with the server; a call without an answer within `TIMEOUT_S` fails. While nobody
listens the call waits a little: a killed action server is back within two seconds, and
an action that is run twice for one turn writes once.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import aiohttp
import ujson
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.errors import BadActionResponse

TIMEOUT_S = 10.0
IDLE_CONNECTION_S = 30.0
CONNECTIONS = 16
RECONNECT_WITHIN_S = 3.0  # the gateway asks another worker after five
RECONNECT_EVERY_S = 0.1


class ActionEndpoint(EndpointConfig):
    """Action server at `url`. Open it before the first request, close it at the end."""

    def __init__(self, url: str, token: str) -> None:
        """Remember the address; nothing is connected yet."""
        super().__init__(url, enable_selective_domain=True)
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Open the session; to be called on the server's event loop."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=CONNECTIONS, keepalive_timeout=IDLE_CONNECTION_S
            ),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            json_serialize=ujson.dumps,
        )

    async def close(self) -> None:
        """Close the session and its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Send one call and return the decoded answer.

        Raises:
            ClientResponseError: the server answered 400 or above.
            BadActionResponse: the answer is not JSON.
            aiohttp.ClientError, asyncio.TimeoutError: no answer.
        """
        # Rasa passes a timeout of its own, which is for calls without a customer waiting.
        kwargs.pop("timeout", None)
        deadline = time.monotonic() + RECONNECT_WITHIN_S
        while True:
            try:
                body = await self._send(method, **kwargs)
                break
            except aiohttp.ClientConnectionError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(RECONNECT_EVERY_S)
        try:
            return json.loads(body)
        except ValueError as error:
            raise BadActionResponse("the action server's answer is not JSON") from error

    async def _send(self, method: str, **kwargs: Any) -> bytes:
        if self._session is None:
            raise RuntimeError("the action endpoint is not open")
        async with self._session.request(method, self.url, **kwargs) as response:
            body = await response.read()
            if response.status >= 400:
                raise ClientResponseError(response.status, response.reason or "", body)
            return body
