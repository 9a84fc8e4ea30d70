"""Work in a process of its own: its result comes back, and so does what it raises."""

from __future__ import annotations

import os

import pytest

from bot.understanding import beside


def test_the_work_is_done_in_another_process_and_its_result_comes_back():
    wait = beside.begin(lambda: (os.getpid(), "done"))
    number, word = wait()
    assert word == "done" and number != os.getpid()


def test_what_the_work_raises_is_raised_where_its_result_is_waited_for():
    def work():
        raise ValueError("no features")

    with pytest.raises(ValueError, match="no features"):
        beside.begin(work)()


def test_a_process_that_dies_is_told_and_not_waited_for():
    with pytest.raises(RuntimeError, match="without a word"):
        beside.begin(lambda: os._exit(1))()
