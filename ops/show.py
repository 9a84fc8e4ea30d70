"""What an operator sees on the terminal when an instance is up. Korean and English, since both start it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.panel import Panel
from rich.table import Table

from kernel.settings import Settings
from ops.health import Health
from ops.instance import Instance
from ops.prepare import make_staff_logins
from ops.terminal import console

_ROLES_KO = {"agent": "상담원", "trainer": "학습 담당", "supervisor": "팀장", "administrator": "관리자"}


def welcome(instance: Instance, settings: Settings, *, already: bool) -> None:
    """Print addresses and logins."""
    table = Table.grid(padding=(0, 2))
    for page, what in (
        ("/", "고객 채팅 · customer chat"),
        ("/desk", "상담 데스크 · agents' desk"),
        ("/studio", "학습 스튜디오 · trainers' studio"),
    ):
        table.add_row(what, f"{instance.base_url}{page}")
    if instance.demo:
        table.add_row("")
        table.add_row("데모 로그인 · demo logins", "아이디 / 비밀번호")
        for login in make_staff_logins(settings):
            table.add_row(
                f"  {_ROLES_KO.get(login.role, login.role)} · {login.role}", f"{login.login} / {login.password}"
            )
    else:
        table.add_row("첫 직원 계정 · first login", "./ieum agents add --login … --name … --role …")
    title = "이음이 이미 실행 중이에요 · Ieum runs already" if already else "이음이 준비됐어요 · Ieum is ready"
    console.print(Panel(table, title=title, title_align="left", expand=False, padding=(1, 2)))


def state(found: dict[str, Any], healths: Sequence[Health], left: Sequence[str]) -> None:
    """Print the state of an instance for people; `left` names recorded processes that still run."""
    table = Table("process", "ready", "pid", "")
    pids = {kind: [str(pid) for pid in of_kind] for kind, of_kind in found["pids"].items()}
    for health in healths:
        kind = health.program.partition("-")[0]
        table.add_row(
            health.program, "yes" if health.ready else "no", pids[kind].pop(0) if pids.get(kind) else "-", health.note
        )
    if healths:
        console.print(table)
        console.print(f"{'Ready' if found['ready'] else 'Not ready'}: {found['base_url']}", markup=False)
    elif left:
        console.print(
            f"The supervisor is gone, but {', '.join(left)} still run: `./ieum up` or `./ieum down` clears up."
        )
    else:
        console.print("Nothing runs. Start with `./ieum up`.")
