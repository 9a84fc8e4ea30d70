"""Commands that touch the stores: demo data, keys, schemas."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backoffice.verification.tables import Method
from ops.terminal import DEFAULT_DATA, AsJson, Data, console, failures_as_sentences, print_json

if TYPE_CHECKING:
    from ops import stories

demo_app = typer.Typer(
    help="Load and show customers with everything about them.", no_args_is_help=True, rich_markup_mode=None
)
keys_app = typer.Typer(help="Keys of the shop's systems.", no_args_is_help=True, rich_markup_mode=None)
db_app = typer.Typer(help="The databases.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(demo_app, name="demo")
    app.add_typer(keys_app, name="keys")
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


@demo_app.command("outage")
def begin_outage(
    carrier: Annotated[str, typer.Option(help="SKT, KT, LGU+ or 알뜰폰.")] = "SKT",
    method: Annotated[Method, typer.Option(help="SMS, PASS or ARS.")] = Method.SMS,
    data: Data = DEFAULT_DATA,
) -> None:
    """Let one carrier's verification begin to fail now; within five minutes the bot tells those it concerns.

    Example: ./ieum demo outage --carrier KT --method SMS
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json({"attempts": asyncio.run(shop.begin_outage(settings, carrier=carrier, method=method))})


@demo_app.command("load")
def load_demo(
    scale: Annotated[
        bool, typer.Option("--scale", help="A very large shop instead of the invented one, beside what is there.")
    ] = False,
    customers: Annotated[
        int, typer.Option(min=1, help="With --scale: how many customers, of ten orders each.")
    ] = 100_000,
    data: Data = DEFAULT_DATA,
) -> None:
    """Load the invented shop anew, or 100,000 customers with 1,000,000 orders and 5,000,000 delivery events.

    Example: ./ieum demo load --scale --data /srv/ieum-large
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        shop.load_demo(settings, customer_count=customers if scale else None)


@demo_app.command("stories")
def play_stories(
    topic: Annotated[
        list[str] | None, typer.Option(help="Only this topic (repeat for more); all when left out.")
    ] = None,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Play one conversation a topic against the running instance, and print it.

    Example: ./ieum demo stories --topic delivery
    """
    from dataclasses import asdict

    from ops import opening, stories

    with failures_as_sentences():
        instance, settings = opening.open_settings(data.resolve())
        lines = stories.play(instance.base_url, settings, topic or [])
        if as_json:
            print_json({"lines": [asdict(line) for line in lines]})
            return
        told = ""
        for line in lines:
            if line.topic != told:
                console.print(f"\n{line.topic}", style="bold")
                told = line.topic
            show_line(line)


def show_line(line: stories.Line) -> None:
    """Print a bubble with its cards and buttons below it."""
    mark = {"customer": "▷", "bot": "◁"}.get(line.author, "·")
    console.print(f"  {mark} {line.text}", markup=False, highlight=False)
    for card in line.cards:
        rows = ", ".join(f"{row['label']} {row['value']}" for row in card.get("rows", ()))
        console.print(f"      {card['title']}: {rows}", markup=False, highlight=False)
    if line.choices:
        console.print("      " + " ".join(f"[{label}]" for label in line.choices), markup=False, highlight=False)


@keys_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Which system will use it.")],
    scope: Annotated[list[str], typer.Option(help="orders:read, deliveries:write, … (repeat for more than one).")],
    per_minute: Annotated[int, typer.Option(min=1, help="How many requests a minute.")] = 600,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a key for one of the shop's systems; it is shown once.

    Example: ./ieum keys create warehouse --scope deliveries:write
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        console.print(
            asyncio.run(shop.create_key(settings, name, scope, per_minute)),
            markup=False,
            soft_wrap=True,
            highlight=False,
        )


@keys_app.command("list")
def list_keys(data: Data = DEFAULT_DATA) -> None:
    """Print all keys without their secrets.

    Example: ./ieum keys list
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        print_json({"keys": asyncio.run(shop.list_keys(settings))})


@keys_app.command("revoke")
def revoke_key(key_id: str, data: Data = DEFAULT_DATA) -> None:
    """Make a key worthless at once.

    Example: ./ieum keys revoke 3f9c0a1b2c3d
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        asyncio.run(shop.revoke_key(settings, key_id))


@db_app.command("reconcile")
def reconcile(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Check that orders, payments, deliveries and ledgers agree, and print what does not (done every night, too).

    Example: ./ieum db reconcile --json
    """
    from ops import opening, shop

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        report = asyncio.run(shop.reconcile(settings))
        if as_json:
            print_json(report)
            return
        for found in report["found"]:
            console.print(f"{found['check']}: {found['subject']} {found['found']}", markup=False)
        console.print(f"{len(report['found'])} found.", markup=False)


@db_app.command("renew-seals")
def renew_seals(data: Data = DEFAULT_DATA) -> None:
    """Seal CI, DI and transaction ids with the newest key, after `IEUM_DATA_KEY=NEW,OLD ./ieum up`.

    Once it is done the old key may go: `IEUM_DATA_KEY=NEW ./ieum up`. Example: ./ieum db renew-seals
    """
    from ops import opening, shop
    from ops.steps import step

    with failures_as_sentences():
        _, settings = opening.open_settings(data.resolve())
        with step("sealing with the newest key"):
            asyncio.run(shop.renew_seals(settings))


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
