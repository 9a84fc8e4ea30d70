"""Commands about members of staff: who they are, and what they are asked to take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Annotated, Any

import typer

from handoff.domain.routing import CAPACITY_MAX, LANGUAGES, SKILLS
from ops.errors import InputRefused
from ops.terminal import DEFAULT_DATA, Data, console, failures_as_sentences, print_json

agents_app = typer.Typer(help="Members of staff.", no_args_is_help=True, rich_markup_mode=None)

ALL = "all"


def _known(names: Collection[str]) -> Callable[[list[str] | None], list[str] | None]:
    """Return what refuses a name that is none of these, and says which there are."""

    def check(given: list[str] | None) -> list[str] | None:
        if unknown := [name for name in given or () if name not in names]:
            raise typer.BadParameter(f"{', '.join(unknown)}: there is none such. Known: {', '.join(names)}")
        return given

    return check


Skills = Annotated[
    list[str] | None,
    typer.Option(
        "--skill",
        callback=_known((*SKILLS, ALL)),
        metavar="SKILL",
        help=f"What they are asked to take (repeat for more): {', '.join(SKILLS)}, or {ALL}.",
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        callback=_known(LANGUAGES),
        metavar="LANGUAGE",
        help=f"What they speak (repeat for more): {', '.join(LANGUAGES)}.",
    ),
]
Capacity = Annotated[
    int | None, typer.Option(min=1, max=CAPACITY_MAX, help="How many conversations they hold at once.")
]
Team = Annotated[str | None, typer.Option(help="The team they are listed with.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(agents_app, name="agents")


@agents_app.command("add")
def add_agent(
    login: Annotated[str, typer.Option(help="What they log in with.")],
    name: Annotated[str, typer.Option(help="The name customers see.")],
    role: Annotated[str, typer.Option(help="agent, senior_agent, supervisor, trainer, … or administrator")] = "agent",
    password: Annotated[str | None, typer.Option(help="At least 8 characters; made and printed when left out.")] = None,
    skill: Skills = None,
    capacity: Capacity = None,
    language: Languages = None,
    team: Team = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Add a member of staff, or give an existing login a new name, password and role. They take all skills unless told.

    Example: ./ieum agents add --login minji --name 김민지 --skill delivery --skill orders --capacity 3 --language ko
    """
    from ops import opening, staffing

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        chosen = password or staffing.make_password()
        routing = _routing(skill, capacity, language, team)
        work = staffing.add(settings, login=login, name=name, password=chosen, role=role, routing=routing)
        print_json(staffing.describe(asyncio.run(work)))
        console.print(f"{name} can log in as {login} ({role}).", markup=False)
        if password is None:
            console.print(f"Password: {chosen}", markup=False)


@agents_app.command("change")
def change_agent(
    login: Annotated[str, typer.Argument(help="What they log in with.")],
    name: Annotated[str | None, typer.Option(help="The name customers see.")] = None,
    role: Annotated[str | None, typer.Option(help="agent, senior_agent, supervisor, trainer, …")] = None,
    password: Annotated[str | None, typer.Option(help="At least 8 characters.")] = None,
    skill: Skills = None,
    capacity: Capacity = None,
    language: Languages = None,
    team: Team = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Change what is given of a member of staff and leave the rest; skills and languages given stand in for the old ones.

    Example: ./ieum agents change minji --skill verification --skill delivery --capacity 5 --team 배송팀
    """
    from ops import opening, staffing

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        given = {"name": name, "role": role, "password": password}
        changed = {field: value for field, value in given.items() if value is not None}
        changed |= _routing(skill, capacity, language, team)
        if not changed:
            raise InputRefused("nothing to change: say what, as in --capacity 5 (see --help)")
        print_json(staffing.describe(asyncio.run(staffing.change(settings, login, changed))))


@agents_app.command("deactivate")
def deactivate_agent(
    login: Annotated[str, typer.Argument(help="What they logged in with.")], data: Data = DEFAULT_DATA
) -> None:
    """Shut out a member of staff who has left: sessions end at once, conversations go back; `agents add` lets them in again.

    Example: ./ieum agents deactivate minji
    """
    from ops import opening, staffing

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json(staffing.describe(asyncio.run(staffing.deactivate(settings, login))))


@agents_app.command("list")
def list_agents(data: Data = DEFAULT_DATA) -> None:
    """Print all members of staff with what they are asked to take.

    Example: ./ieum agents list
    """
    from ops import opening, staffing

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json({"agents": asyncio.run(staffing.list_all(settings))})


def _routing(
    skills: list[str] | None, capacity: int | None, languages: list[str] | None, team: str | None
) -> dict[str, Any]:
    """Return what was given of what somebody is asked to take; `all` among the skills means all."""
    given: dict[str, Any] = {"capacity": capacity, "languages": languages or None, "team": team}
    routing = {field: value for field, value in given.items() if value is not None}
    return routing | ({"skills": None if ALL in skills else skills} if skills else {})
