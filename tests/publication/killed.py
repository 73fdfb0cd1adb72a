"""Runs a publish of a few marts, and ends its process with SIGKILL at a moment.

python -m tests.publication.killed <moment> [option …]

The moment is empty (never), or <before|after>,<part of a statement, or rename>.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbt.adapters.sql import SQLConnectionManager

from orchestration import publish, publish_files
from orchestration.platform.warehouse import Target, open_target
from tests.publication.few import publish_few


def kill_at(when: str, what: str) -> None:
    """Kills this process before or after the first statement with a text, or a renamed file."""
    manager: Any = SQLConnectionManager
    if databricks := sys.modules.get("dbt.adapters.databricks.connections"):
        manager = databricks.DatabricksConnectionManager
    add_query, replace = manager.add_query, os.replace

    def add_query_until(self: Any, sql: str, *rest: Any, **options: Any) -> Any:
        if what in sql and when == "before":
            end()
        result = add_query(self, sql, *rest, **options)
        if what in sql:
            end()
        return result

    def replace_until(source: Any, destination: Any) -> None:
        if when == "before":
            end()
        replace(source, destination)
        end()

    if what == "rename":
        publish_files.os.replace = replace_until  # type: ignore[attr-defined]
    else:
        manager.add_query = add_query_until


def end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def open_with_few(*where: Any) -> Iterator[Target]:
    with open_target(*where) as target:
        publish_few(target.manifest)
        yield target


if __name__ == "__main__":
    moment, *options = sys.argv[1:]
    if moment:
        kill_at(*moment.split(",", 1))
    publish.open_target = open_with_few  # type: ignore[attr-defined]
    sys.exit(publish.main(options))
