"""Commands that touch the stores: demo data, staff, schemas."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from backoffice import demo
from kernel.clock import ProductClock
from kernel.database import create_engine
from kernel.settings import Settings
from kernel.tokens import sign_identity
from ops import histories, lifecycle, prepare
from ops.steps import step
from ops.terminal import DEFAULT_DATA, AsJson, Data, console, failures_as_sentences, print_json

demo_app = typer.Typer(help="Load and show customers with everything about them.", no_args_is_help=True, rich_markup_mode=None)
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
    with failures_as_sentences():
        _, settings = lifecycle.open_settings(data.resolve())
        clock = ProductClock(settings.clock_offset_s)
        ids = asyncio.run(_on_shop(settings, lambda engine: demo.import_file(engine, file, clock=clock)))
        print_json({"customers": [{"customer_id": one, "identity_token": sign_identity(one, settings.identity_key)} for one in ids]})


@demo_app.command("show")
def show_customer(customer_id: str, data: Data = DEFAULT_DATA, as_json: AsJson = True) -> None:
    """Print a customer as the stores hold them now, in the shape of a demo file, with tickets and conversations.

    Example: ./ieum demo show cust_001 --json
    """
    with failures_as_sentences():
        _, settings = lifecycle.open_settings(data.resolve())
        found = asyncio.run(_on_shop(settings, lambda engine: demo.show(engine, customer_id)))
        print_json({"customers": [found | asyncio.run(histories.list_of_customer(settings, customer_id))]})


async def _on_shop(settings: Settings, work: Callable[[AsyncEngine], Awaitable[Any]]) -> Any:
    engine = create_engine(settings.shop_database_url)
    try:
        return await work(engine)
    finally:
        await engine.dispose()


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
    with failures_as_sentences():
        _, settings = lifecycle.open_settings(data.resolve())
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
    with failures_as_sentences():
        _, settings = lifecycle.open_settings(data.resolve())
        with step("bringing the databases to the newest schema"):
            prepare.migrate(settings)
