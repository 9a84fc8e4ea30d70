"""Runs the gateway: `python -m handoff.serve`. Settings come from the environment (`ieum up` sets them)."""

from __future__ import annotations

import sys

from handoff.api.server import create_app
from kernel import logs
from kernel.settings import SettingsError, load_settings


def main() -> None:
    """Serve until told to stop; SIGTERM lets running turns and requests end first."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"gateway: {error}")
    logs.configure("gateway")
    app = create_app(settings)
    app.run(host=settings.host, port=settings.port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
