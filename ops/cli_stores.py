"""Commands that touch the stores: demo data, staff, schemas."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from ops.terminal import DEFAULT_DATA, AsJson, Data, console, failures_as_sentences, print_json

demo_app = typer.Typer(
    help="Load and show customers with everything about them.", no_args_is_help=True, rich_markup_mode=None
)
agents_app = typer.Typer(help="Members of staff.", no_args_is_help=True, rich_markup_mode=None)
db_app = typer.Typer(help="The databases.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(demo_app, name="demo")
    app.add_typer(agents_app, name="agents")
    app.add_typer(db_app, name="db")


@demo_app.command("import")
def import_customers(file: Annotated[Path, typer.Argument(metavar="FILE.json")], data: Data = DEFAULT_DATA) -> None:
    """Load customers from a file; prints their ids and identity tokens. Nothing is loaded when anything in it is wrong.

    Example: ./ieum demo import story.json
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json({"customers": asyncio.run(shop.import_customers(settings, file))})


@demo_app.command("show")
def show_customer(customer_id: str, data: Data = DEFAULT_DATA, as_json: AsJson = True) -> None:
    """Print a customer as the stores hold them now, in the shape of a demo file, with tickets and conversations.

    Example: ./ieum demo show demo-story-01 --json
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json({"customers": [asyncio.run(shop.show_customer(settings, customer_id))]})


@agents_app.command("add")
def add_agent(
    login: Annotated[str, typer.Option(help="What they log in with.")],
    name: Annotated[str, typer.Option(help="The name customers see.")],
    role: Annotated[str, typer.Option(help="agent, senior_agent, supervisor, trainer, … or administrator")] = "agent",
    password: Annotated[str | None, typer.Option(help="At least 8 characters; made and printed when left out.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Add a member of staff, or give an existing login a new name, password and role.

    Example: ./ieum agents add --login minji --name 김민지 --role agent
    """
    from ops import opening, prepare

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        chosen = password or prepare.make_password()
        prepare.add_staff(settings, login=login, name=name, password=chosen, role=role)
        console.print(f"{name} can log in as {login} ({role}).", markup=False)
        if password is None:
            console.print(f"Password: {chosen}", markup=False)


@db_app.command("upgrade")
def upgrade(data: Data = DEFAULT_DATA) -> None:
    """Bring both schemas to their newest revision (`up` does it too).

    Example: ./ieum db upgrade
    """
    from ops import opening, prepare
    from ops.steps import step

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        with step("bringing the databases to the newest schema"):
            prepare.migrate(settings)
