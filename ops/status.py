"""The state of an instance in the shape that scripts rely on."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from kernel.settings import Settings
from ops.instance import Instance
from ops.prepare import make_staff_logins
from ops.shop import list_named_customers
from ops.supervision import is_running, kind_of
from ops.waiting import ask_all
from studio.errors import SupervisorError
from studio.supervisor import Supervisor


def describe(instance: Instance, settings: Settings) -> dict[str, Any]:
    """Return readiness, addresses, pids by kind, and the demo's customers and logins."""
    supervisor = Supervisor(instance.supervisor_socket)
    running = is_running(instance)
    return {
        "ready": running and all(answer.ready for answer in ask_all(instance, settings, supervisor)),
        "base_url": instance.base_url,
        "pids": list_pids(supervisor) if running else {},
        "kakao_skill_url": f"{instance.base_url}/api/kakao/skill/{settings.kakao_secret}",
        "demo": describe_demo(settings),
    }


def list_pids(supervisor: Supervisor) -> dict[str, list[int]]:
    """Return the pids of the running programs by kind: gateway, actions, bot, redis."""
    pids: dict[str, list[int]] = {"gateway": [], "actions": [], "bot": [], "redis": []}
    try:
        programs = supervisor.list_programs()
    except SupervisorError:
        return pids
    for program in programs:
        if program.pid:
            pids[kind_of(program.name)].append(program.pid)
    return pids


def describe_demo(settings: Settings) -> dict[str, Any]:
    """Return the named demo customers with fresh identity tokens, and the demo logins; empty without demo data."""
    if not settings.demo:
        return {"customers": [], "staff": []}
    return {
        "customers": asyncio.run(list_named_customers(settings)),
        "staff": [asdict(login) for login in make_staff_logins(settings)],
    }
