"""Command line: `python -m orchestration.check [--target T] [--raw-dir DIR] [--rows N]`.

Exit codes: 0 a build can start, 1 something would stop it or empty a table, 2 it could not run.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from dbt_common.exceptions import DbtBaseException
from rich.console import Console

from orchestration.check.columns import compare
from orchestration.check.finding import Finding, Level
from orchestration.check.judge import judge, tell
from orchestration.check.raw import bring
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import (
    EXIT_CANNOT_RUN,
    EXIT_FAILED,
    EXIT_OK,
    add_dbt_options,
    add_raw_dir_option,
    add_vars_option,
)
from orchestration.platform.warehouse import Target, open_target

_STYLES = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "dim"}


def main(arguments: list[str] | None = None) -> int:
    """Looks at all raw tables of the enabled systems; returns the exit code."""
    options = _parse(arguments)
    os.environ["DO_NOT_TRACK"] = "1"
    console, errors = Console(), Console(stderr=True)
    try:
        with console.status("Looking at raw data …"):
            findings = check(options)
    except (CannotRunError, DbtBaseException) as error:
        errors.print(f"Error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return EXIT_CANNOT_RUN
    return _report(console, findings)


def check(options: argparse.Namespace) -> list[Finding]:
    """All that is found in the raw tables of a target, table by table."""
    with tempfile.TemporaryDirectory(prefix="customer_360_check_") as name:
        folder = Path(name)
        with open_target(
            options.target, options.profiles_dir, options.project_dir, options.vars
        ) as target:
            project_dir = Path(target.adapter.config.project_root)
            with duckdb.connect(folder / "check.duckdb") as connection:
                connection.execute("set TimeZone = 'UTC'")
                findings = [*bring(connection, target, options.raw_dir, options.rows)]
                findings += _compare(connection, target)
            shares = _shares(target)
            tables = dict(target.tables)
        stopped = {finding.table for finding in findings if finding.level == Level.ERROR}
        whole = [table for key, table in tables.items() if ".".join(key) not in stopped]
        failed = judge(folder, project_dir, whole, options.vars) if whole else {}
        with duckdb.connect(folder / "check.duckdb", read_only=True) as connection:
            for table in whole:
                model = f"base_{table.source}__{table.name}"
                if model in failed:
                    place = f"{table.source}.{table.name}"
                    findings.append(Finding(place, Level.ERROR, failed[model]))
                else:
                    findings += tell(connection, table, options.rows, shares)
    return findings


def _compare(connection: duckdb.DuckDBPyConnection, target: Target) -> list[Finding]:
    there = {
        (schema, table)
        for schema, table in connection.execute(
            "select lower(table_schema), lower(table_name) from information_schema.tables"
        ).fetchall()
    }
    project = target.adapter.config.project_name
    nodes: Any = target.manifest.nodes
    findings: list[Finding] = []
    for (source, name), table in target.tables.items():
        place = table.relation.schema.lower(), table.relation.identifier.lower()
        if place in there:
            contract = nodes[f"model.{project}.base_{source}__{name}"].columns
            findings += compare(connection, table, contract)
    return findings


def _shares(target: Target) -> tuple[float, float]:
    config = target.adapter.config
    variables = {**config.vars.to_dict(), **config.cli_vars}
    return float(variables["rejected_share_warns"]), float(variables["rejected_share_fails"])


def _report(console: Console, findings: list[Finding]) -> int:
    """Prints findings by table, the worst first; returns the exit code."""
    levels = list(Level)
    tables = sorted({finding.table for finding in findings})
    for table in tables:
        console.print(table or "files", style="bold", highlight=False, markup=False)
        of_table = [finding for finding in findings if finding.table == table]
        for finding in sorted(of_table, key=lambda finding: levels.index(finding.level)):
            console.print(
                f"  {finding.level.value:<8} {finding.text}",
                style=_STYLES[finding.level], highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
    counts = {level: sum(finding.level == level for finding in findings) for level in Level}
    errors, warnings = counts[Level.ERROR], counts[Level.WARNING]
    console.print(
        f"{sum(map(bool, tables))} tables: {errors} errors, {warnings} warnings. "
        + ("A build would stop, or leave a table empty." if errors else "A build can start."),
        style="bold", highlight=False,
    )  # fmt: skip
    return EXIT_FAILED if errors else EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.check",
        description="Looks at raw data, and says at once all that is wrong with it.",
    )
    add_dbt_options(parser)
    add_raw_dir_option(parser)
    parser.add_argument(
        "--rows", type=int, default=100_000, help="how many rows of a table are read (100000)"
    )
    add_vars_option(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
