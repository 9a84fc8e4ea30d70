"""When the striking ends: by time, by faults, or because somebody asked for it."""

from __future__ import annotations

import signal

import pytest

from ops.faults.run import Wishes, _Interruption, _Limit


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_striking_and_the_second_the_run(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with _Interruption() as interruption:
        limit = _Limit(Wishes(minutes=60), 1, interruption)
        assert not limit.is_reached(0)
        signal.raise_signal(number)
        assert limit.is_reached(0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_faults_are_shared_between_the_databases() -> None:
    limit = _Limit(Wishes(faults=300), 2, _Interruption())
    assert (limit.is_reached(149), limit.is_reached(150)) == (False, True)
