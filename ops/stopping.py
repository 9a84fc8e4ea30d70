"""Stops an instance and whatever it left behind. Light imports only."""

from __future__ import annotations

from pathlib import Path

from ops.errors import OperationFailed
from ops.instance import open_instance
from ops.steps import step
from ops.supervision import list_recorded, stop_everything


def stop(data_dir: Path) -> bool:
    """Stop everything; tell whether anything ran. Raises OperationFailed."""
    instance = open_instance(data_dir)
    if not list_recorded(instance):
        return False
    with step("stopping; turns in hand are finished first"):
        left = stop_everything(instance)
    if left:
        pids = ", ".join(str(identity.pid) for identity in left)
        raise OperationFailed(
            f"these processes could not be ended: {pids}. End them by hand, then run `./ieum down` again."
        )
    return True
