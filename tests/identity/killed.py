"""What a build that is killed leaves, at each of its statements.

What DuckDB has not committed is in its memory alone, so the files of the warehouse, as they are
before a statement, are what a process leaves that is killed there: one build shows all of them.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.adapters.sql.connections import SQLConnectionManager

from tests.support import Warehouse

# dbt says in a comment which node a statement is of
COMMENT = re.compile(r"^/\*.*\"node_id\": \"(.*?)\".*\*/")


@dataclass(frozen=True)
class Wreck:
    """The files of a warehouse at a moment, and the node whose statement was next (or hook)."""

    at: str
    folder: Path

    def put_into(self, warehouse: Warehouse) -> None:
        for name in _files_of(warehouse.database):
            name.unlink(missing_ok=True)
        for file in self.folder.iterdir():
            shutil.copy(file, warehouse.folder)


@contextmanager
def wrecks_of(warehouse: Warehouse, folder: Path) -> Iterator[list[Wreck]]:
    """Collects what builds of one thread would leave, each state once."""
    wrecks: list[Wreck] = []
    seen = set()
    add_query = SQLConnectionManager.add_query

    def add_query_when_kept(self: Any, sql: str, *rest: Any, **options: Any) -> Any:
        files = [file for file in _files_of(warehouse.database) if file.exists()]
        state = tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
        if state not in seen:
            seen.add(state)
            comment = COMMENT.match(sql)
            wreck = Wreck(comment[1] if comment else "hook", folder / str(len(wrecks)))
            wreck.folder.mkdir(parents=True)
            for file in files:
                shutil.copy(file, wreck.folder)
            wrecks.append(wreck)
        return add_query(self, sql, *rest, **options)

    with mock.patch.object(SQLConnectionManager, "add_query", add_query_when_kept):
        yield wrecks


def _files_of(database: Path) -> list[Path]:
    return [database, database.with_name(f"{database.name}.wal")]
