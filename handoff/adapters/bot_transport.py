"""Carries requests to bot workers over aiohttp, behind the transport interface of httpx.

httpx's own transport parses HTTP in Python, the largest single cost of a turn in the gateway; aiohttp parses
it in C. The interface stays httpx's, so that tests can stand in for the workers by a function.
"""

from __future__ import annotations

import aiohttp
import httpx

KEPT_ALIVE_S = 30.0  # shorter than the workers keep an idle connection open


class WorkerTransport(httpx.AsyncBaseTransport):
    """Connections to the workers, opened on the first request and kept alive."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, return the whole answer. Raises httpx.TransportError; time limits are the caller's."""
        connect_s = request.extensions.get("timeout", {}).get("connect")
        try:
            async with self._open().request(
                request.method,
                str(request.url),
                data=request.content or None,
                headers=request.headers.multi_items(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_s),
                allow_redirects=False,
            ) as answer:
                return httpx.Response(answer.status, content=await answer.read(), request=request)
        except (aiohttp.ClientError, OSError) as error:
            raise httpx.TransportError(str(error), request=request) from error

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEPT_ALIVE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session
