"""Command line: `python -m orchestration.load [--target T] [--raw-dir DIR] [--source S ...]`.

Exit codes: 0 all is loaded, 1 a file was rejected, 2 it could not run.
"""

import argparse
import os
import sys

from dbt_common.exceptions import DbtBaseException
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from orchestration.load.files import find_files
from orchestration.load.journal import Outcome, Status
from orchestration.load.load import load_files
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


def main(arguments: list[str] | None = None) -> int:
    """Loads what is not loaded yet; returns the exit code."""
    options = _parse(arguments)
    os.environ["DO_NOT_TRACK"] = "1"
    console, errors = Console(), Console(stderr=True)
    try:
        with open_target(
            options.target, options.profiles_dir, options.project_dir, options.vars
        ) as target:
            outcomes = _load(console, target, options)
    except (CannotRunError, DbtBaseException) as error:
        errors.print(f"Error: {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        return EXIT_CANNOT_RUN
    _report(console, outcomes, in_place=target.reads_in_place)
    rejected = any(outcome.status == Status.REJECTED for outcome in outcomes)
    return EXIT_FAILED if rejected else EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.load",
        description="Loads raw files, <source>/<table>[.<part>].<format>, each once.",
    )
    add_dbt_options(parser)
    add_raw_dir_option(parser)
    parser.add_argument("--source", action="append", metavar="S", help="only this source; repeat")
    add_vars_option(parser)
    parser.add_argument(
        "--replace-changed",
        action="store_true",
        help="where a file has changed since it was loaded, take out its rows and load it again",
    )
    return parser.parse_args(arguments)


def _load(console: Console, target: Target, options: argparse.Namespace) -> list[Outcome]:
    """Loads with a progress bar. Raises CannotRunError where there is nothing to load from."""
    known = sorted({source for source, _ in (*target.tables, *target.disabled)})
    for source in options.source or []:
        if source not in known:
            raise CannotRunError(f"--source {source!r} is unknown. Known: {', '.join(known)}")
    if not options.raw_dir.is_dir():
        raise CannotRunError(
            f"There is no folder {options.raw_dir}: name the one of the raw files with --raw-dir"
        )
    files = find_files(options.raw_dir, target.known_tables, options.source)
    outcomes = []
    with Progress(
        TextColumn("{task.description:<38}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), console=console, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("loading", total=len(files))
        for outcome in load_files(target, files, replace_changed=options.replace_changed):
            progress.update(task, description=f"{outcome.source_name}/{outcome.file_name}"[:38])
            progress.advance(task)
            outcomes.append(outcome)
    return outcomes


def _report(console: Console, outcomes: list[Outcome], *, in_place: bool) -> None:
    counts = {
        status: [outcome for outcome in outcomes if outcome.status == status] for status in Status
    }
    rejected = counts[Status.REJECTED]
    for outcome in rejected:
        console.print(
            f"rejected {'/'.join(filter(None, outcome.key))}: it {outcome.reason}",
            style="red", highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
    rows = sum(outcome.row_count or 0 for outcome in counts[Status.LOADED])
    console.print(
        f"{'Checked' if in_place else 'Loaded'} {len(counts[Status.LOADED])} files "
        f"({rows:,} rows), skipped {len(counts[Status.SKIPPED])} that were there or switched off, "
        f"rejected {len(rejected)}." + (" DuckDB reads them in place." if in_place else ""),
        soft_wrap=True,
    )


if __name__ == "__main__":
    sys.exit(main())
