"""What was measured while things were broken, printed at the end of the run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

_LINES: list[str] = []


@pytest.fixture
def report() -> Callable[[str], None]:
    """Note a line for the end of the run."""
    return _LINES.append


def pytest_configure(config: pytest.Config) -> None:
    """Name the tests that take minutes, so that `-m "not slow"` leaves them out."""
    config.addinivalue_line("markers", "slow: trains a model")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was measured."""
    if _LINES:
        terminalreporter.section("measured while something was broken")
        for line in _LINES:
            terminalreporter.write_line(line)
