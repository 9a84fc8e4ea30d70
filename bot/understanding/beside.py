"""Work in a process of its own, so that two kinds of work do not share one interpreter's lock."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Result = TypeVar("Result")


def begin(work: Callable[[], Result]) -> Callable[[], Result]:
    """Fork a process that does some work; return what waits for its result.

    The work sees all that its maker sees, without copies; its result has to be one that can
    be pickled. What it raises is raised where the result is waited for. It may begin others.
    """
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(work, sender))
    process.start()
    sender.close()

    def wait() -> Result:
        try:
            is_done, answer = receiver.recv()
        except EOFError:
            raise RuntimeError(
                "a process of the training ended without a word"
            ) from None
        process.join()
        if not is_done:
            raise answer
        return answer  # type: ignore[no-any-return]

    return wait


def _answer(work: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((True, work()))
    except Exception as error:  # told to whoever waits
        sender.send((False, error))
