"""What an instance is made of: ports, secrets, the environment of its processes."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

from kernel.settings import load_settings
from ops.instance import (
    BOT_SLOTS,
    Instance,
    is_free,
    open_instance,
    open_secrets,
    process_environment,
    save_instance,
    settle_ports,
)


def test_what_is_saved_is_opened_again(tmp_path: Path) -> None:
    instance = settle_ports(Instance(data_dir=tmp_path, port=9000, clock_offset_s=3.5, demo=False))
    save_instance(instance)
    assert open_instance(tmp_path) == instance


def test_a_damaged_record_opens_as_a_new_instance(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text("{ not json")
    assert open_instance(tmp_path) == Instance(data_dir=tmp_path)


def test_each_worker_slot_has_a_port_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    first = settle_ports(Instance(data_dir=tmp_path))
    ports = [first.actions_port, *first.bot_ports]
    assert len(set(ports)) == 1 + len(BOT_SLOTS)
    assert settle_ports(first) == first


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    first = settle_ports(Instance(data_dir=tmp_path))
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", first.actions_port))
        stranger.listen()
        assert not is_free("127.0.0.1", first.actions_port)
        second = settle_ports(first)
    assert second.actions_port != first.actions_port
    assert second.bot_ports == first.bot_ports


def test_secrets_are_made_once_and_nobody_else_may_read_them(tmp_path: Path) -> None:
    first = open_secrets(tmp_path, {})
    assert open_secrets(tmp_path, {}) == first
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_configured_database_is_remembered_for_later_commands(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://ieum:secret@db/ieum"
    open_secrets(tmp_path, {"IEUM_DATABASE_URL": url})
    later = process_environment(Instance(data_dir=tmp_path), open_secrets(tmp_path, {}), {})
    assert load_settings(later).database_url == url
    assert load_settings(later).shop_database_url == url


def test_the_processes_get_every_setting_they_need(tmp_path: Path) -> None:
    instance = settle_ports(Instance(data_dir=tmp_path, port=9000, clock_offset_s=-60.0))
    settings = load_settings(process_environment(instance, open_secrets(tmp_path, {}), {}))
    assert settings.port == 9000
    assert settings.clock_offset_s == -60.0
    assert settings.demo
    assert len(settings.bot_urls) == len(BOT_SLOTS)
    assert settings.redis_url == f"unix://{instance.redis_socket}"
    assert settings.supervisor_socket == instance.supervisor_socket


def test_sockets_of_a_deep_data_folder_are_put_where_their_path_is_short_enough(tmp_path: Path) -> None:
    deep = Instance(data_dir=tmp_path / ("d" * 120))
    assert len(str(deep.supervisor_socket)) < 100
    assert deep.supervisor_socket != Instance(data_dir=tmp_path / ("e" * 120)).supervisor_socket
