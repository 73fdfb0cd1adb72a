"""Shows BI a new publication of the public marts, or goes back to a former one.

`python -m orchestration.publish [--target T] [--back | --to ID]`; the work is done by the macro
`publish` of the dbt project. Exit codes: 0 it is published, 2 it could not run, and what was
published before still is.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dbt_common.exceptions import DbtBaseException, DbtRuntimeError

from orchestration.credentials import CannotRunError, add_dbt_options
from orchestration.load.target import open_target

EXIT_OK, EXIT_CANNOT_RUN = 0, 2


@dataclass(frozen=True)
class Publication:
    """What is published now, and what was before (none, the first time).

    row_counts, previous_row_counts: by table. kept: what can be gone back to, the oldest first.
    """

    publication_id: str
    previous_publication_id: str | None
    as_of_date: str
    row_counts: dict[str, int]
    previous_row_counts: dict[str, int]
    kept: list[str]
    dropped: list[str]
    description: list[str]

    def __str__(self) -> str:
        return "\n".join(self.description)


def publish(
    target: str | None = None,
    profiles_dir: Path | None = None,
    project_dir: Path | None = None,
    variables: str | None = None,
    *,
    run_id: str | None = None,
    back: bool = False,
    to: str | None = None,
) -> Publication:
    """Publishes the public marts of a dbt target, or goes back.

    variables: dbt's --vars, as YAML. run_id: of the run that publishes. back: to what the current
    publication took the place of. to: the publication to go back to.
    Raises CannotRunError where it cannot be done.
    """
    arguments = {"to": to, "back": back, "run_id": run_id}
    return Publication(
        **_call("publish", arguments, target, profiles_dir, project_dir, variables)
    )


def _call(
    macro: str,
    arguments: Mapping[str, Any],
    target: str | None,
    profiles_dir: Path | None,
    project_dir: Path | None,
    variables: str | None,
) -> dict[str, Any]:
    """What a macro returns, run as `dbt run-operation` would."""
    try:
        with open_target(target, profiles_dir, project_dir, variables) as opened:
            outcome: dict[str, Any] = opened.adapter.execute_macro(macro, kwargs=dict(arguments))
            return outcome
    except DbtRuntimeError as error:
        raise CannotRunError(str(error.msg)) from error
    except DbtBaseException as error:
        raise CannotRunError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """Publishes, or goes back, and prints what changed; returns the exit code."""
    options = _parse(arguments)
    try:
        publication = publish(
            options.target, options.profiles_dir, options.project_dir, options.vars,
            run_id=options.run_id, back=options.back, to=options.to,
        )  # fmt: skip
    except CannotRunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    print(publication)
    return EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.publish",
        description="Shows BI a new publication of the public marts, or goes back to a former one.",
    )
    add_dbt_options(parser)
    parser.add_argument("--vars", help="dbt variables, as YAML")
    parser.add_argument("--run-id", help="the run to name in `publications` (dbt's own)")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--back", action="store_true", help="go to what the current publication replaced"
    )
    choice.add_argument("--to", metavar="ID", help="go to the publication with this id")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
