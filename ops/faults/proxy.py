"""A TCP proxy that can be told to delay, to swallow, and to cut connections at any byte."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CHUNK = 65_536


@dataclass
class Mood:
    """How the proxy treats what passes. All off: it passes at once."""

    delay_s: float = 0.0
    swallows: bool = False  # nothing arrives, either way, and nobody is told
    cut_after: int | None = None  # bytes, of all connections together; then the connection at hand is reset
    cut_at_word: bytes | None = None  # reset the connection that says this…
    word_arrives: bool = False  # …after it was passed on, so that only the answer is lost


class Proxy:
    """Listens on the loopback and passes everything on to one server."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self._target = target
        self.mood = Mood()
        self.cut_count = 0
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()
        self.reset_all()

    def reset_all(self) -> None:
        """Reset every connection there is."""
        for pair in list(self._pairs):
            pair.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self._target, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self._target)
            else:
                far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(self, writer, far_writer)
        self._pairs.add(pair)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pair.pass_on(reader, far_writer, is_asking=True))
                both.create_task(pair.pass_on(far_reader, writer, is_asking=False))
        except* OSError:
            pass
        finally:
            pair.reset()
            self._pairs.discard(pair)


class _Pair:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._proxy = proxy
        self._writers = (near, far)
        self._is_mute = False

    def reset(self) -> None:
        for writer in self._writers:
            with contextlib.suppress(OSError, RuntimeError):
                writer.transport.abort()

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_asking: bool) -> None:
        while chunk := await reader.read(_CHUNK):
            mood = self._proxy.mood
            if mood.delay_s:
                await asyncio.sleep(mood.delay_s)
            if mood.swallows or self._is_mute:
                continue
            if is_asking and mood.cut_at_word and mood.cut_at_word in chunk:
                self._proxy.cut_count += 1
                if not mood.word_arrives:
                    break
                self._is_mute = True
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(0.05)
                break
            if mood.cut_after is not None:
                kept = chunk[: mood.cut_after]
                mood.cut_after -= len(kept)
                if len(kept) < len(chunk):
                    mood.cut_after = None
                    self._proxy.cut_count += 1
                    writer.write(kept)
                    await writer.drain()
                    break
            writer.write(chunk)
            await writer.drain()
        self.reset()
