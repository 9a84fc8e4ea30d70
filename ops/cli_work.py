"""Commands that work on the product itself: training, understanding, logs, checks, tests, measurements."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import OperationFailed
from ops.terminal import DEFAULT_DATA, AsJson, Data, failures_as_sentences, print_json

nlu_app = typer.Typer(help="What the bot understands.", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(nlu_app, name="nlu")
    app.command()(train)
    app.command()(logs)
    app.command()(doctor)
    app.command()(check)
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(test)
    app.command()(bench)
    app.command()(faults)


def train(data: Data = DEFAULT_DATA) -> None:
    """Train, evaluate and register a model, bring it into use without losing a turn, and print its id.

    Example: ./ieum train
    """
    from ops import models

    with failures_as_sentences():
        sys.stdout.write(models.train_and_switch(data.resolve()) + "\n")


@nlu_app.command("parse")
def parse(
    source: Annotated[Path, typer.Option("--in", metavar="FILE.jsonl", help='One {"text": "..."} a line.')],
    target: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="Where the answers go, a line each.")],
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="A registered model [default: the one in use].")
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Tell what the bot understands in each line of a file.

    Example: ./ieum nlu parse --in questions.jsonl --out answers.jsonl
    """
    from ops import models

    with failures_as_sentences():
        models.parse(data.resolve(), source.resolve(), target.resolve(), model)


@nlu_app.command("evaluate")
def evaluate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE.jsonl...", help='{"text", "intent" or "intents", "entities"} a line.'),
    ],
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="A registered model [default: the one in use].")
    ] = None,
    plots: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw confusion.png and reliability.png there.")
    ] = None,
    as_json: AsJson = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Measure how well a model understands messages whose meaning is known.

    Example: ./ieum nlu evaluate tests/nlu/*.jsonl --plots artifacts/nlu
    """
    from ops import models, understanding

    with failures_as_sentences():
        archive = models.find_archive(data.resolve(), model)
        found = understanding.evaluate(archive, [file.resolve() for file in files], plots.resolve() if plots else None)
        if as_json:
            print_json(found)
        else:
            understanding.show(found)


def logs(
    name: Annotated[
        str, typer.Argument(help="gateway, actions, bot-0, bot-1, bot-2, redis, supervisord or training")
    ] = "gateway",
    data: Data = DEFAULT_DATA,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1)] = 50,
) -> None:
    """Print the end of a process's log.

    Example: ./ieum logs bot-0 -n 100
    """
    from ops import opening, supervision

    with failures_as_sentences():
        instance, _ = opening.open_settings(data.resolve())
        path = instance.logs_dir / f"{Path(name).name}.log"
        if not path.exists():
            known = ", ".join(sorted(log.stem for log in instance.logs_dir.glob("*.log"))) or "none yet"
            raise OperationFailed(f"there is no log {name}; there are: {known}")
        sys.stdout.write("\n".join(supervision.tail_log(path, lines)) + "\n")


def doctor(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Look at everything the product needs on this machine and say what to do about what is missing.

    Example: ./ieum doctor
    """
    from ops import doctor as examination

    with failures_as_sentences():
        findings = examination.examine(data.resolve())
        if as_json:
            print_json(examination.as_json(findings))
        else:
            examination.show(findings)
        if any(finding.state == "bad" for finding in findings):
            raise typer.Exit(1)


def check() -> None:
    """Check the code: format, lint, types, import rules, training data, web pages. Runs no test.

    Example: ./ieum check
    """
    from ops import quality

    with failures_as_sentences():
        raise typer.Exit(quality.check())


def test(context: typer.Context) -> None:
    """Run all tests, or those you name: what follows goes to pytest.

    Example: ./ieum test tests/unit/ops -k stamp
    """
    from ops import testing

    with failures_as_sentences():
        raise typer.Exit(testing.run(context.args))


def bench(
    name: Annotated[str, typer.Argument(help="turn, growth, actions, arrivals, queries, alerts, handoff or nlu")],
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="nlu: print the tables as Markdown.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="nlu, queries, handoff: on little data, to see that it runs.")
    ] = False,
    data_sets: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="nlu: a folder with 3i4k, banking77 or clinc150, measured as well."),
    ] = None,
    stock_too: Annotated[
        bool, typer.Option("--stock-too", help="nlu: ask the stock pipelines on those sets as well; takes an hour.")
    ] = False,
    ours_only: Annotated[
        bool, typer.Option("--ours-only", help="nlu: leave the stock pipelines out: on all data they take hours.")
    ] = False,
    stock_rounds: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="nlu: so many of the 100 rounds for the stock pipelines on our data."),
    ] = None,
    agents: Annotated[
        int, typer.Option(metavar="N", help="handoff: how many agents; as many more customers come.")
    ] = 30,
    seed: Annotated[int, typer.Option(metavar="N", help="handoff: the same seed, the same customers.")] = 1,
    store: Annotated[
        str, typer.Option(metavar="KIND", help="handoff: file (every commit on disk) or memory (faster).")
    ] = "file",
) -> None:
    """Measure ours and a peer beside it, in the same run: stock Rasa 3.6.21; for arrivals the promised dates; for
    handoff what queueing theory predicts.

    Example: ./ieum bench turn --json
    """
    from ops import bench as benches
    from ops.bench import handoff, nlu, nlu_report

    with failures_as_sentences():
        wishes = nlu.Wishes(quick, data_sets.resolve() if data_sets else None, stock_too, ours_only, stock_rounds)
        found = benches.run(name, wishes, handoff.Wishes(agents, seed, store))
        if as_json:
            print_json(found)
        elif as_markdown and name == "nlu":
            sys.stdout.write(nlu_report.as_markdown(found))
        else:
            benches.show(found)


def faults(
    quick: Annotated[bool, typer.Option("--quick", help="Under a minute of faults on each database.")] = False,
    minutes: Annotated[
        float | None, typer.Option(min=0.1, help="How long faults strike, in all [default: 10 minutes].")
    ] = None,
    count: Annotated[int | None, typer.Option("--faults", min=1, help="How many faults strike, in all.")] = None,
    seed: Annotated[int, typer.Option(help="Decides which faults strike, and in which order.")] = 1,
    rate: Annotated[float, typer.Option(min=1, help="Messages a second that people write together.")] = 250.0,
    store: Annotated[str, typer.Option(help="sqlite, postgres or both")] = "both",
    as_json: AsJson = False,
) -> None:
    """Break the running product while people are at it, and account for every message. Starts an instance of its own.

    Example: ./ieum faults --quick --json
    """
    from ops import faults as suite
    from ops.errors import InputRefused

    with failures_as_sentences():
        if store not in ("sqlite", "postgres", "both"):
            raise InputRefused(f"--store is sqlite, postgres or both, not {store!r}")
        stores = ("sqlite", "postgres") if store == "both" else (store,)
        figures = suite.run(suite.Wishes(minutes, count, quick, seed, rate, stores))
        if as_json:
            print_json(figures)
        else:
            suite.show(figures)
        if not suite.is_well(figures):
            raise typer.Exit(1)
