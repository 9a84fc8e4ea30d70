"""Which tests run in which environment."""

from __future__ import annotations

from ops.testing import list_suites


def _titles(paths: list[str], options: list[str] | None = None) -> list[str]:
    return [suite.title for suite in list_suites(paths, options or [])]


def test_without_a_path_both_sides_run_and_the_service_side_leaves_the_bot_s_tests_alone() -> None:
    suites = list_suites([], ["-x"])
    titles = ["tests of units and stores", "tests of the running product", "tests of the bot"]
    assert [suite.title for suite in suites] == titles
    apart, running, bot = (suite.command for suite in suites)
    assert "--ignore=tests/unit/bot" in apart and "--ignore=tests/unit/bot" in running
    assert "tests/contract" in apart and "--ignore=tests/contract" in running
    assert "tests/unit/bot" in bot


def test_only_tests_without_the_running_product_run_two_at_a_time() -> None:
    assert ["-n" in suite.command for suite in list_suites([], [])][:3] == [True, False, False]


def test_a_path_runs_only_the_side_it_belongs_to() -> None:
    assert _titles(["tests/unit/ops"]) == ["tests of the service side"]
    assert _titles(["tests/unit/bot/test_turn.py::test_one"]) == ["tests of the bot"]
    assert _titles(["tests/unit/ops", "tests/unit/bot"]) == ["tests of the service side", "tests of the bot"]


def test_options_go_to_pytest() -> None:
    assert list_suites(["tests/unit/ops"], ["-k", "stamp"])[0].command[-2:] == ["-k", "stamp"]
