"""Opens an instance by its data folder: what is recorded, and the settings its processes see."""

from __future__ import annotations

import os
from pathlib import Path

from kernel.settings import Settings, load_settings
from ops.errors import OperationFailed
from ops.instance import Instance, open_instance, open_secrets, process_environment


def open_settings(data_dir: Path) -> tuple[Instance, Settings]:
    """Return an instance and its settings. Raises OperationFailed when it was never started."""
    if not (data_dir / "instance.json").exists():
        raise OperationFailed(f"there is no instance in {data_dir}: start one with `./ieum up --data {data_dir}`")
    instance = open_instance(data_dir)
    return instance, settings_of(instance)


def make_settings(data_dir: Path) -> Settings:
    """Return the settings of an instance, whether it was ever started or not; training needs no more."""
    data_dir.mkdir(parents=True, exist_ok=True)
    return settings_of(open_instance(data_dir))


def settings_of(instance: Instance) -> Settings:
    """Return the settings as the instance's processes see them."""
    return load_settings(process_environment(instance, open_secrets(instance.data_dir, {}), os.environ))
