"""Processes that start together on one database: one migrates, the others find it done."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from subprocess import run

import pytest

from kernel.settings import ROOT

UPGRADE = {
    "conversations": "from handoff.adapters.sql.store import upgrade",
    "the shop": "from backoffice.schema import upgrade",
}


@pytest.mark.parametrize("database", UPGRADE)
def test_of_processes_that_migrate_at_once_none_fails(database: str, database_url: str) -> None:
    script = f"import sys; {UPGRADE[database]}; upgrade(sys.argv[1])"

    def migrate(_: int) -> str:
        done = run([sys.executable, "-c", script, database_url], cwd=ROOT, capture_output=True, text=True, timeout=120)
        return done.stderr[-400:] if done.returncode else ""

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(migrate, range(3))) == [""] * 3
