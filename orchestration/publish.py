"""Shows BI a new publication of the published models, or goes back to a former one.

`python -m orchestration.publish [--target T] [--back | --to ID]`; the work is done by the macro
`publish` of the dbt project. Exit codes: 0 it is published, 2 it could not run, and what was
published before still is.
"""

import argparse
import sys
from dataclasses import dataclass

from dbt_common.exceptions import CompilationError, DbtBaseException

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import (
    EXIT_CANNOT_RUN,
    EXIT_OK,
    add_dbt_options,
    add_vars_option,
)
from orchestration.platform.warehouse import Target, open_target


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
    target: Target, *, run_id: str | None = None, back: bool = False, to: str | None = None
) -> Publication:
    """Publishes the models of an open target that say `meta: {published: true}`, or goes back.

    run_id: of the run that publishes. back: to what the current publication took the place of.
    to: the publication to go back to.
    Raises CannotRunError where it cannot be done.
    """
    arguments = {"to": to, "back": back, "run_id": run_id}
    try:
        return Publication(**target.adapter.execute_macro("publish", kwargs=arguments))
    except DbtBaseException as error:
        if refusal := _refusal(error):
            raise CannotRunError(str(refusal.msg)) from error
        raise


def published_now(target: Target) -> str | None:
    """The publication that BI sees; None where there is none."""
    published = target.adapter.execute_macro("record_published")
    return str(published["publication_id"]) if published else None


def _refusal(error: BaseException | None) -> CompilationError | None:
    """What a macro said where it refused: dbt-databricks makes a database's error of it."""
    if error is None or isinstance(error, CompilationError):
        return error
    return _refusal(error.__cause__)


def main(arguments: list[str] | None = None) -> int:
    """Publishes, or goes back, and prints what changed; returns the exit code."""
    options = _parse(arguments)
    try:
        with open_target(
            options.target, options.profiles_dir, options.project_dir, options.vars
        ) as target:
            publication = publish(target, run_id=options.run_id, back=options.back, to=options.to)
    except (CannotRunError, DbtBaseException) as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    print(publication)
    return EXIT_OK


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.publish",
        description="Shows BI a new publication, or goes back to a former one.",
    )
    add_dbt_options(parser)
    add_vars_option(parser)
    parser.add_argument("--run-id", help="the run to name in `publications` (dbt's own)")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--back", action="store_true", help="go to what the current publication replaced"
    )
    choice.add_argument("--to", metavar="ID", help="go to the publication with this id")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
