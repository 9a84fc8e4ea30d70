"""The proxy passes everything on until it is told to delay, to swallow or to cut."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ops.faults.proxy import Mood, Proxy


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    """A proxy to a server that sends back what it hears."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while heard := await reader.read(1_000):
                echoed.append(heard)
                writer.write(heard)
        except OSError:
            pass
        writer.close()

    echoed: list[bytes] = []
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with Proxy(server.sockets[0].getsockname()) as made:
        made.echoed = echoed  # type: ignore[attr-defined]
        yield made
    server.close()


async def ask(proxy: Proxy, words: bytes, *, most: int = 1_000) -> bytes:
    """Return what comes back; what came before a reset counts."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(words)
    heard = b""
    try:
        while len(heard) < len(words) and (piece := await asyncio.wait_for(reader.read(most), 0.5)):
            heard += piece
    except (TimeoutError, ConnectionError):
        pass
    writer.transport.abort()
    return heard


async def test_everything_passes(proxy: Proxy) -> None:
    assert await ask(proxy, b"hello") == b"hello"


async def test_a_delay_delays(proxy: Proxy) -> None:
    proxy.mood = Mood(delay_s=0.1)
    began = time.monotonic()
    assert await ask(proxy, b"hello") == b"hello"
    assert time.monotonic() - began >= 0.2  # there and back


async def test_what_is_swallowed_never_arrives(proxy: Proxy) -> None:
    proxy.mood = Mood(swallows=True)
    assert await ask(proxy, b"hello") == b""
    assert proxy.echoed == []  # type: ignore[attr-defined]


async def test_a_cut_lets_pass_just_so_many_bytes_and_then_everything_again(proxy: Proxy) -> None:
    proxy.mood = Mood(cut_after=3)
    await ask(proxy, b"hello")
    assert b"".join(proxy.echoed) == b"hel"  # type: ignore[attr-defined]
    assert proxy.cut_count == 1
    assert await ask(proxy, b"hello") == b"hello"


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_cut_at_a_word_is_before_it_or_after_it(proxy: Proxy, arrives: bool) -> None:
    proxy.mood = Mood(cut_at_word=b"COMMIT", word_arrives=arrives)
    assert await ask(proxy, b"BEGIN") == b"BEGIN"
    assert await ask(proxy, b"COMMIT;") == b""
    await asyncio.sleep(0.1)
    assert (b"COMMIT;" in proxy.echoed) is arrives  # type: ignore[attr-defined]
