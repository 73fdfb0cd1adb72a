"""Command line: `python -m orchestration.identity_backup backup --to DIR` and `restore --from DIR`.

Exit codes: 0 it is done, 2 it could not be.
"""

import argparse
import sys
from pathlib import Path

import duckdb
from dbt_common.exceptions import DbtBaseException

from orchestration.identity_backup import back_up, latest_backup, restore
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import (
    EXIT_CANNOT_RUN,
    EXIT_OK,
    add_dbt_options,
    add_vars_option,
)
from orchestration.platform.warehouse import open_target


def main(arguments: list[str] | None = None) -> int:
    """Backs up or restores, and prints what; returns the exit code."""
    options = _parse(arguments)
    place = (options.target, options.profiles_dir, options.project_dir, options.vars)
    try:
        if options.command == "backup":
            with open_target(*place) as target:
                print(back_up(target, options.folder))
        else:
            backup, passed_over = latest_backup(options.folder)
            for fault in passed_over:
                print(fault, file=sys.stderr)
            with open_target(*place) as target:
                print(restore(target, backup, replace=options.replace))
    except (CannotRunError, DbtBaseException, duckdb.Error, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    return EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.identity_backup",
        description="Backs up what identity keeps and no raw table can give back, or restores it.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    backing_up = commands.add_parser("backup", help="write a backup into a folder of backups")
    backing_up.add_argument(
        "--to", dest="folder", type=Path, required=True, metavar="DIR", help="folder of backups"
    )
    restoring = commands.add_parser("restore", help="put the tables of a backup in place")
    restoring.add_argument(
        "--from", dest="folder", type=Path, required=True, metavar="DIR",
        help="a backup, or a folder of backups, of which the latest whole one is taken",
    )  # fmt: skip
    restoring.add_argument(
        "--replace", action="store_true", help="replace tables that have rows, whatever they know"
    )
    for command in (backing_up, restoring):
        add_dbt_options(command)
        add_vars_option(command)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
