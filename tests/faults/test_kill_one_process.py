"""Any one process dies, hangs or is restarted in the middle of a conversation: nobody loses a message."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import psutil
import pytest

from tests.faults.crowd import QUESTIONS, Account, Crowd
from tests.product import Product

EACH = 20  # times five customers: a hundred messages
STRUCK_AT = 30
HANGS_FOR_S = 10.0
THINKING_S = 0.1
STARTS_WITHIN_S = 60.0
Report = Callable[[str], None]


def is_back(product: Product, kind: str, victim: int, worker_count: int) -> bool:
    """Tell whether a new process stands in for the killed one and everything answers."""
    pids, health = product.pids(), product.health()
    if victim in pids[kind] or not all(is_listening(pid) for pid in pids[kind]):
        return False
    return bool(health.get("ready") and health["redis"] and health["bot"]["ready"] == worker_count and pids[kind])


def is_listening(pid: int) -> bool:
    try:
        return any(
            c.status in {psutil.CONN_LISTEN, psutil.CONN_NONE} for c in psutil.Process(pid).net_connections("all")
        )
    except psutil.Error:
        return False


def wait_for(holds: Callable[[], bool], within_s: float) -> float:
    """Return the seconds until something holds. Fails when it does not in time."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < within_s, f"not within {within_s} s"
        time.sleep(0.05)
    return time.monotonic() - started


def told(account: Account) -> str:
    return (
        f"{account.accepted_count} accepted, {account.answered_count} answered once, "
        f"{account.handed_over_count} with a person, slowest answer {account.slowest_s:.1f} s"
    )


@pytest.mark.parametrize(("kind", "within_s"), [("redis", 5), ("actions", 5), ("gateway", 5), ("bot", 30)])
def test_a_killed_process_costs_no_message(breakable: Product, report: Report, kind: str, within_s: float) -> None:
    pids = breakable.status()["pids"]
    victim, crowd, leaving = pids[kind][0], Crowd(breakable), Crowd(breakable)
    with crowd.writing(each=EACH):
        crowd.wait_until_accepted(STRUCK_AT)
        leaving.write_and_leave()
        os.kill(victim, signal.SIGKILL)
        back_s = wait_for(lambda: is_back(breakable, kind, victim, len(pids["bot"])), within_s)
    account = crowd.settle()
    assert leaving.settle().handed_over_count == 0
    report(f"kill -9 {kind}: back after {back_s:.1f} s; {told(account)}")
    assert (account.accepted_count, account.handed_over_count) == (5 * EACH, 0)
    with leaving.writing(each=len(QUESTIONS)):
        pass
    assert leaving.settle().handed_over_count == 0


def test_a_hanging_worker_delays_answers_and_loses_none(breakable: Product, report: Report) -> None:
    victim, crowd, is_over = breakable.pids()["bot"][0], Crowd(breakable), Event()
    try:
        with crowd.writing(each=EACH, until=is_over, thinking_s=THINKING_S):
            crowd.wait_until_accepted(STRUCK_AT)
            os.kill(victim, signal.SIGSTOP)
            is_over.wait(HANGS_FOR_S)
    finally:
        os.kill(victim, signal.SIGCONT)
    account = crowd.settle()
    report(f"kill -STOP bot for {HANGS_FOR_S:.0f} s: {told(account)}")
    assert account.handed_over_count == 0
    wait_for(lambda: breakable.health()["bot"]["ready"] == 2, within_s=10)


def test_the_product_is_stopped_and_started_in_the_middle_of_conversations(breakable: Product, report: Report) -> None:
    crowd = Crowd(breakable)
    with crowd.writing(each=EACH):
        crowd.wait_until_accepted(STRUCK_AT)
        breakable.ieum("down")
        assert breakable.list_processes() == []
        up_s = wait_for_start(breakable)
    account = crowd.settle()
    report(f"down and up: started again in {up_s:.1f} s; {told(account)}")
    assert (account.accepted_count, account.handed_over_count) == (5 * EACH, 0)


def test_a_killed_supervisor_stops_no_conversation_and_is_cleaned_up_after(breakable: Product, report: Report) -> None:
    crowd = Crowd(breakable)
    with crowd.writing(each=EACH):
        crowd.wait_until_accepted(STRUCK_AT)
        os.kill(int(Path(breakable.data_dir, "run", "supervisord.pid").read_text()), signal.SIGKILL)
    account = crowd.settle()
    assert (account.accepted_count, account.handed_over_count) == (5 * EACH, 0)
    assert breakable.status()["ready"] is False
    breakable.ieum("down")
    assert breakable.list_processes() == []
    up_s = wait_for_start(breakable)
    with crowd.writing(each=1):
        pass
    report(f"kill -9 supervisord: {told(account)}; started again in {up_s:.1f} s")
    assert crowd.settle().handed_over_count == 0


def wait_for_start(product: Product) -> float:
    """Start everything again; return the seconds it took."""
    started = time.monotonic()
    product.up()
    up_s = time.monotonic() - started
    assert up_s < STARTS_WITHIN_S
    return up_s
