"""What dbt prints stands on Dagster's page, so it is cut before it may quote anybody."""

from collections.abc import Iterator
from typing import Any

from dagster_dbt import DbtCliInvocation


def first_lines_only(build: DbtCliInvocation) -> DbtCliInvocation:
    """A dbt that was started, of whose messages only the first lines are printed.

    Those after it may be a database's error, which quotes values; dbt's own log has them.
    """
    events = build._stream_stdout

    def cut() -> Iterator[Any]:
        for event in events():
            if isinstance(event, dict):
                event["info"]["msg"] = event["info"]["msg"].strip().split("\n")[0]
            yield event

    # dagster-dbt prints what it reads, and has no public way to change that
    build._stream_stdout = cut  # type: ignore[method-assign]
    return build
