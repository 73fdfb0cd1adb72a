"""The demo: simulate a company, build its Customer 360 on DuckDB, show what came out.

`python -m simulator.demo [--people N] [--days D] [--seed S] [--end YYYY-MM-DD]`

It writes the raw files to CUSTOMER_360_RAW_DIR (data/raw) and the warehouse to CUSTOMER_360_DUCKDB
(data/customer_360.duckdb). Run again, it writes the same world and builds it again.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.__main__ import main as simulate
from simulator.summary import print_summary

EXIT_OK, EXIT_FAILED, EXIT_CANNOT_RUN = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; 0 if all was built, 1 if a model or test failed, 2 if it could not run."""
    parser = argparse.ArgumentParser(prog="python -m simulator.demo", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="people in the world (5000)")
    parser.add_argument("--days", type=int, default=365, help="days of history (365)")
    parser.add_argument("--seed", type=int, default=42, help="another seed, another world (42)")
    parser.add_argument("--end", help="last day of the world, YYYY-MM-DD (yesterday)")
    options = parser.parse_args(arguments)

    os.environ["DO_NOT_TRACK"] = "1"
    console = Console()
    raw_dir = Path(os.environ.get("CUSTOMER_360_RAW_DIR", "data/raw"))
    database = Path(os.environ.get("CUSTOMER_360_DUCKDB", "data/customer_360.duckdb"))
    database.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()

    console.rule("[bold]1 of 3[/bold]  A simulated company", align="left")
    world = ["--people", str(options.people), "--days", str(options.days)]
    world += ["--seed", str(options.seed), "--out", str(raw_dir)]
    if options.end:
        world += ["--end", options.end]
    exit_code = simulate(world)
    if exit_code != EXIT_OK:
        return exit_code

    console.rule("[bold]2 of 3[/bold]  dbt build", align="left")
    # A world that ends on a chosen day is looked at as of that day.
    variables = f"{{as_of_date: '{options.end}'}}" if options.end else "{}"
    failures = build(console, ["--vars", variables])
    if failures is None:
        return EXIT_CANNOT_RUN
    if failures:
        console.print(f"[red]{len(failures)} failed:[/red]")
        for failure in failures:
            console.print(f"  {failure}", highlight=False, markup=False)
        return EXIT_FAILED

    console.rule("[bold]3 of 3[/bold]  What came out", align="left")
    print_summary(console, database, raw_dir.parent / "truth")
    console.print(f"\nDone in {time.monotonic() - started:.0f} s.")
    return EXIT_OK


def build(console: Console, arguments: list[str]) -> list[str] | None:
    """Run `dbt build` with a progress bar.

    Returns:
        The names and messages of what failed, or None where dbt could not start.
    """
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
        return None
    assert isinstance(result.result, RunExecutionResult)
    nodes = result.result.results
    failed = [
        f"{node.node.name}: {(node.message or '').strip()}"
        for node in nodes
        if node.status in ("error", "fail", "runtime error")
    ]
    counts: dict[str, int] = {}
    for node in nodes:
        counts[node.node.resource_type] = counts.get(node.node.resource_type, 0) + 1
    console.print("Built and tested: " + ", ".join(f"{n} {kind}s" for kind, n in counts.items()))
    return failed


if __name__ == "__main__":
    sys.exit(main())
