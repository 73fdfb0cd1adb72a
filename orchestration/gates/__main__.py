"""Command line: `python -m orchestration.gates raw|conformed|marts [--target T]`.

Exit codes: 0 it is open (warnings are shown), 1 something critical failed, 2 it could not run.
"""

import argparse
import os
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from dbt_common.exceptions import DbtBaseException
from rich.console import Console
from rich.table import Table

from orchestration.gates.history import forget_column
from orchestration.gates.outcome import Outcome
from orchestration.gates.report import write_report
from orchestration.gates.run import GateResult, end_of, run_gate, without_suites
from orchestration.gates.suites import GATES
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import (
    EXIT_CANNOT_RUN,
    EXIT_FAILED,
    EXIT_OK,
    add_dbt_options,
    add_vars_option,
)
from orchestration.platform.warehouse import open_target


def main(arguments: list[str] | None = None) -> int:
    """Checks a gate, shows what failed, and writes the report; returns the exit code."""
    options = _parse(arguments)
    os.environ["DO_NOT_TRACK"] = "1"
    console, errors = Console(), Console(stderr=True)
    now = options.as_of and end_of(options.as_of)
    try:
        if find_spec("great_expectations") is None:
            raise CannotRunError(
                "Gates need Great Expectations, which is not installed: "
                ".venv/bin/pip install -c constraints.txt -e '.[orchestration]'"
            )
        with (
            open_target(
                options.target, options.profiles_dir, options.project_dir, options.vars
            ) as target,
            console.status(f"Checking the gate {options.gate} …") as status,
        ):
            for column in options.without:
                forget_column(target, column)
            result = run_gate(
                options.gate,
                target,
                now=now,
                folder=options.expectations,
                progress=lambda outcome: status.update(f"Checking {options.gate}: {outcome.table}"),
            )
            write_report(target, options.report, folder=options.expectations)
    except (CannotRunError, DbtBaseException) as error:
        errors.print(f"Error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return EXIT_CANNOT_RUN
    show(console, result)
    console.print(f"Report: {options.report}", highlight=False)
    return EXIT_OK if result.passed else EXIT_FAILED


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.gates",
        description="Checks the tables behind a gate with Great Expectations.",
    )
    parser.add_argument("gate", choices=GATES)
    add_dbt_options(parser)
    add_vars_option(parser)
    parser.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DAY",
        help="judge what is stale or in the future as at the end of this day (var as_of_date)",
    )  # fmt: skip
    parser.add_argument(
        "--without", action="append", default=[], metavar="TABLE.COLUMN",
        help="a column of a raw table that is gone for good, though it was there last time",
    )  # fmt: skip
    parser.add_argument("--expectations", type=Path, help="folder of the suites (expectations)")
    report = Path(os.environ.get("CUSTOMER_360_QUALITY_REPORT") or "data/quality_report.html")
    parser.add_argument("--report", type=Path, default=report, help=f"HTML report ({report})")
    return parser.parse_args(arguments)


def show(console: Console, result: GateResult) -> None:
    """Prints each table's outcome, and what failed."""
    summary = Table("table", "expectations", "failed", "", box=None, pad_edge=False)
    for name in dict.fromkeys(outcome.table for outcome in result.outcomes):
        of_table = [outcome for outcome in result.outcomes if outcome.table == name]
        failed = [outcome for outcome in of_table if outcome.success is False]
        stops = any(outcome.stops for outcome in failed)
        mark = "[red]stopped" if stops else "[yellow]warning" if failed else "[green]passed"
        summary.add_row(name, str(len(of_table)), str(len(failed) or ""), mark)
    console.print(summary)
    for outcome in result.failures:
        style = "red" if outcome.stops else "yellow"
        console.print(
            f"{outcome.weight}: {describe(outcome)}", style=style, markup=False, highlight=False
        )
        console.print(f"  {outcome.notes}", markup=False, highlight=False)
    if result.unwatched:
        console.print(
            f"warning: {without_suites(result.unwatched)}",
            style="yellow", markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
    word = "open" if result.passed else "closed"
    console.print(f"The gate {result.gate} is [bold]{word}[/bold].", highlight=False)


def describe(outcome: Outcome) -> str:
    """An outcome in one line."""
    found = ""
    if outcome.message:
        found = f": {outcome.message}"
    elif outcome.sample:
        rows = (
            ", ".join(f"{name} {value}" for name, value in row.items()) for row in outcome.sample
        )
        found = f": {'; '.join(rows)}"
    elif outcome.observed_value is not None:
        found = f": {outcome.observed_value}"
    if outcome.unexpected_percent is not None:
        found = f" ({outcome.unexpected_percent:.1f} % of rows){found}"
    return f"{outcome.table}: {outcome.label}{found}"


if __name__ == "__main__":
    sys.exit(main())
