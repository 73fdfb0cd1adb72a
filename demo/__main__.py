"""The demo: simulate a company, build its Customer 360, show what came out.

`python -m demo [--people N] [--days D] [--seed S] [--end YYYY-MM-DD] [--target T]`

It writes the raw files to CUSTOMER_360_RAW_DIR (data/raw) and the warehouse to CUSTOMER_360_DUCKDB
(data/customer_360.duckdb). Run again, it writes the same world and builds it again.
With `--target snowflake` or `databricks` it loads the raw files into that warehouse and builds
there, in schemas of its own, whose names begin with `<CUSTOMER_360_SCHEMA>_demo`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.resources.types import NodeType
from dbt.artifacts.schemas.results import RunStatus
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from demo.summary import print_summary
from orchestration.load.__main__ import main as load
from orchestration.platform.credentials import check_credentials
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import EXIT_CANNOT_RUN, EXIT_FAILED, EXIT_OK
from orchestration.platform.warehouse import Target, open_target
from simulator.__main__ import main as simulate
from simulator.tables import SOURCES

WAREHOUSES = ("snowflake", "databricks")


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; 0 if all was built, 1 if a model or test failed, 2 if it could not run."""
    options = _parse(arguments)
    os.environ["DO_NOT_TRACK"] = "1"
    try:
        check_target(options.target, before_install=options.check)
        return EXIT_OK if options.check else _run(Console(), options)
    except CannotRunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN


def _run(console: Console, options: argparse.Namespace) -> int:
    raw_dir = Path(os.environ.get("CUSTOMER_360_RAW_DIR", "data/raw"))
    database = Path(os.environ.get("CUSTOMER_360_DUCKDB", "data/customer_360.duckdb"))
    database.parent.mkdir(parents=True, exist_ok=True)
    # A world that ends on a chosen day is looked at as of that day.
    variables: dict[str, Any] = {"as_of_date": options.end} if options.end else {}
    on_warehouse = options.target in WAREHOUSES
    if on_warehouse:
        schema = f"{os.environ.get('CUSTOMER_360_SCHEMA') or 'dev'}_demo"
        os.environ["CUSTOMER_360_SCHEMA"] = schema
        variables["raw_schemas"] = {source: f"{schema}_raw_{source}" for source in SOURCES}
    dbt_vars = yaml.safe_dump(variables)
    dbt_options = ["--target", options.target, "--vars", dbt_vars]
    steps = iter(range(1, 5))
    started = time.monotonic()

    def announce(step: str) -> None:
        number = f"{next(steps)} of {4 if on_warehouse else 3}"
        console.rule(f"[bold]{number}[/bold]  {step}", align="left")

    announce("A simulated company")
    world = ["--people", str(options.people), "--days", str(options.days)]
    world += ["--seed", str(options.seed), "--out", str(raw_dir)]
    if options.end:
        world += ["--end", options.end]
    exit_code = simulate(world)
    if exit_code == EXIT_OK and on_warehouse:
        announce(f"Raw tables on {options.target}")
        # Each day's world is another one, in files of the same names.
        exit_code = load(["--raw-dir", str(raw_dir), "--replace-changed", *dbt_options])
    if exit_code == EXIT_OK:
        announce("dbt build")
        # For the same reason nothing may stay of the world before.
        anew = [
            "--target",
            options.target,
            "--vars",
            yaml.safe_dump(variables | {"start_anew": True}),
        ]
        exit_code = build(console, ["--full-refresh", *anew])
    if exit_code != EXIT_OK:
        return exit_code

    announce("What came out")
    if on_warehouse:
        with open_target(options.target, variables=dbt_vars) as target:
            print_warehouse(console, target)
    else:
        print_summary(console, database, raw_dir.parent / "truth")
    console.print(f"\nDone in {time.monotonic() - started:.0f} s.")
    return EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="people in the world (5000)")
    parser.add_argument("--days", type=int, default=365, help="days of history (365)")
    parser.add_argument("--seed", type=int, default=42, help="another seed, another world (42)")
    parser.add_argument("--end", help="last day of the world, YYYY-MM-DD (yesterday)")
    parser.add_argument(
        "--target", choices=("duckdb", *WAREHOUSES), default="duckdb", help="where to build it"
    )
    parser.add_argument(
        "--check", action="store_true", help="only say what the target needs and does not have"
    )
    return parser.parse_args(arguments)


def check_target(target: str, *, before_install: bool) -> None:
    """Raise CannotRunError naming what a warehouse needs and does not have.

    before_install: its adapter may be what is missing, if nothing else is.
    """
    try:
        check_credentials(target)
    except CannotRunError as error:
        only_adapter = str(error).startswith(f"Target {target!r} needs dbt's adapter")
        if not (before_install and only_adapter and find_spec(f"dbt.adapters.{target}") is None):
            raise


def build(console: Console, arguments: list[str]) -> int:
    """Run `dbt build` with a progress bar, and say what failed; returns the exit code."""
    with Progress(
        TextColumn("{task.description:<38}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as progress:
        task = progress.add_task("reading the project", total=None)

        def follow(event: Any) -> None:
            if event.info.name in ("LogStartLine", "NodeStart"):
                progress.update(task, description=event.data.node_info.node_name[:38])
            elif event.info.name == "NodeFinished":
                # dbt leaves unit tests out of its count of nodes
                progress.advance(task, event.data.node_info.resource_type != "unit_test")
            elif event.info.name == "ConcurrencyLine":
                progress.update(task, total=event.data.node_count)

        result = dbtRunner(callbacks=[follow]).invoke(["--quiet", "build", *arguments])
    # dbt keeps the file open for its next command; nobody else could read it.
    DuckDBConnectionManager.close_all_connections()

    if result.exception is not None:
        console.print(f"[red]dbt could not run:[/red] {result.exception}")
        return EXIT_CANNOT_RUN
    assert isinstance(result.result, RunExecutionResult)
    nodes = result.result.results
    failed = [
        f"{node.node.name}: {(node.message or '').strip()}"
        for node in nodes
        if node.status in ("error", "fail", "runtime error")
    ]
    counts = Counter(node.node.resource_type for node in nodes if node.status != RunStatus.Skipped)
    console.print("Built and tested: " + ", ".join(f"{n} {kind}s" for kind, n in counts.items()))
    if failed:
        console.print(f"[red]{len(failed)} failed:[/red]")
    for failure in failed:
        console.print(f"  {failure}", highlight=False, markup=False)
    skipped = [
        node.node.name
        for node in nodes
        if node.status == RunStatus.Skipped and node.node.resource_type == NodeType.Model
    ]
    if skipped:
        console.print(f"Not built because of it: {', '.join(skipped)}", highlight=False)
    return EXIT_FAILED if failed else EXIT_OK


def print_warehouse(console: Console, target: Target) -> None:
    """Print what the last build on a warehouse found, as far as the warehouse knows it."""
    operations = target.operations
    prefix = str(operations.schema).removesuffix("operations")

    def relation(schema: str, name: str) -> Any:
        return operations.incorporate(path={"schema": prefix + schema, "identifier": name})

    rows = target.query(
        "select source_name, sum(received_count), sum(accepted_count), sum(rejected_count), "
        "sum(duplicate_count), sum(repaired_count) "
        f"from {relation('operations', 'data_quality_metrics')} "
        "group by source_name order by 2 desc"
    )
    headers: tuple[str, ...] = (
        "source",
        "received",
        "accepted",
        "rejected",
        "duplicates",
        "repaired",
    )
    console.print(_table("Rows by source system", headers, rows))

    [[records]] = target.query(f"select count(*) from {relation('identity', 'int_identity__map')}")
    [[refused]] = target.query(
        f"select count(*) from {relation('marts', 'identity_dropped_links')}"
    )
    [[customers, organisations, anonymous, largest]] = target.query(
        "select count(*), sum(case when party_type = 'organisation' then 1 else 0 end), "
        "sum(case when is_anonymous then 1 else 0 end), max(record_count) "
        f"from {relation('marts', 'customers')}"
    )
    counts = [
        ("records in all sources", records),
        ("customers", customers),
        ("  organisations", organisations),
        ("  anonymous browsers", anonymous),
        ("records of the largest customer", largest),
        ("links refused", refused),
    ]
    console.print(_table("Records to customers", ("", ""), counts))

    segments = target.query(
        "select rfm_segment, count(*), sum(monetary) "
        f"from {relation('marts', 'customer_rfm')} group by rfm_segment order by 3 desc"
    )
    headers = ("segment", "customers", "revenue")
    console.print(_table("Customers by recency, frequency and value", headers, segments))
    console.print(
        f"One row per customer: {relation('marts', 'customer_360')}. The name of every schema of "
        f"the demo begins with {prefix.rstrip('_')}: drop them when you have seen it.",
        soft_wrap=True,
        highlight=False,
    )


def _table(title: str, headers: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Table:
    """A name and numbers in each row."""
    table = Table(title=title, title_justify="left", show_header=any(headers))
    table.add_column(headers[0])
    for header in headers[1:]:
        table.add_column(header, justify="right")
    for name, *numbers in rows:
        table.add_row(name, *(f"{round(number):,}" for number in numbers))
    return table


if __name__ == "__main__":
    sys.exit(main())
