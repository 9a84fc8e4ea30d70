"""Runs the gateway: `python -m handoff.serve`. Settings come from the environment (`ieum up` sets them)."""

from __future__ import annotations

import gc
import sys

from sanic import Sanic

from handoff.api.server import create_app
from kernel import logs
from kernel.settings import SettingsError, load_settings

# A thousand open pages make and drop many objects that no cycle holds: looking for cycles that often only costs.
_COLLECT_AFTER = (10_000, 20, 50)


def _rest_from_collecting(_app: Sanic) -> None:
    """Leave what lives as long as the process out of the search for garbage, which would stop everybody for as long."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def main() -> None:
    """Serve until told to stop; SIGTERM lets running turns and requests end first."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"gateway: {error}")
    logs.configure("gateway")
    app = create_app(settings)
    app.before_server_start(_rest_from_collecting)
    app.run(host=settings.host, port=settings.port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
