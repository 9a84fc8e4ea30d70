"""The state of an instance in the shape that scripts rely on."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from backoffice import demo
from kernel.database import create_engine
from kernel.settings import Settings
from kernel.tokens import sign_identity
from ops.instance import Instance
from ops.lifecycle import ask_all
from ops.prepare import make_staff_logins
from ops.supervision import is_running, kind_of
from studio.supervisor import Supervisor, SupervisorError


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
    customers = [
        {"customer_id": customer.customer_id, "name": customer.name, "identity_token": sign_identity(customer.customer_id, settings.identity_key)}
        for customer in asyncio.run(_list_demo_customers(settings))
    ]
    return {"customers": customers, "staff": [asdict(login) for login in make_staff_logins(settings)]}


async def _list_demo_customers(settings: Settings) -> Any:
    engine = create_engine(settings.shop_database_url)
    try:
        return await demo.stories(engine)
    finally:
        await engine.dispose()
