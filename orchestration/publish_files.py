"""A plugin of dbt-duckdb: what a publication does with files, and SQL cannot; and plain words where
the warehouse's file cannot be opened, or a raw file be read.

profiles.yml names it for DuckDB targets; macros/publication/publication_files.sql calls it, and
macros/engine/read_raw_files.sql.
It needs nothing but dbt-duckdb.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig


class Plugin(BasePlugin):
    """Called `publications` in profiles.yml."""

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Opens the file before dbt-duckdb does, which would show where in itself that failed.

        dbt shows a RuntimeError alone. DuckDB opens a file once a process, so this takes no time.
        """
        try:
            self._opened = duckdb.connect(creds.path, config=config)
        except duckdb.Error as error:
            raise RuntimeError(why_closed(creds.path, str(error))) from error

    def configure_connection(self, conn: duckdb.DuckDBPyConnection) -> None:
        """Leaves the file to dbt, which has it open now."""
        self._opened.close()

    def store(self, target_config: TargetConfig) -> None:
        """Prepares, turns `published` to, or drops a publication's file; or tries raw files."""
        assert target_config.location is not None
        publication = Path(target_config.location.path)
        action = target_config.config["action"]
        if action == "prepare":
            publication.parent.mkdir(parents=True, exist_ok=True)
        elif action == "turn":
            turn(publication, Path(target_config.config["published"]))
        elif action == "drop":
            drop(publication)
        elif action == "try":
            files, query = target_config.config["files"], target_config.config["query"]
            target_config.config["damaged"].extend(damaged_parquet(files, query))
        else:
            raise ValueError(f"unknown action {action!r}")


def why_closed(path: str, error: str) -> str:
    """What to tell of a warehouse's file that DuckDB cannot open, in one line."""
    folder = Path(path).absolute().parent
    if not folder.is_dir():
        return (
            f"There is no folder {folder} for the warehouse's file: make it, start from the "
            "project's folder, or name another file in CUSTOMER_360_DUCKDB."
        )
    said = re.sub(r" See also https?://\S+", "", " ".join(error.split()))
    if "lock on file" in said:
        said += (
            " Another run, or another program, has the warehouse open: wait until it has ended, or "
            "name another file in CUSTOMER_360_DUCKDB."
        )
    return said


def damaged_parquet(files: Mapping[str, str], query: str) -> Iterator[str]:
    """Runs a query on Parquet files, and says of each on which it fails what to do.

    files: what DuckDB calls each, by its path; its own errors name none.
    """
    with duckdb.connect() as connection:
        for file, name in files.items():
            try:
                connection.execute(query, [name]).fetchall()
            except duckdb.Error:
                yield f"{file} is damaged or was cut short: have it written again"


def turn(publication: Path, published: Path) -> None:
    """Puts a copy of a publication in the place of what is published, in one step.

    Who has the former file open reads on in it. Both files are on the disk before the name changes,
    so not even a power cut leaves half a file.
    """
    _flush(publication)
    _flush(publication.parent)
    copy = published.with_name(published.name + ".new")
    shutil.copyfile(publication, copy)
    _flush(copy)
    # of somebody who wrote into the former file: DuckDB would add it to the new one
    _wal(published).unlink(missing_ok=True)
    os.replace(copy, published)
    _flush(published.parent)


def drop(publication: Path) -> None:
    """Deletes a publication, whole or not."""
    _wal(publication).unlink(missing_ok=True)
    publication.unlink(missing_ok=True)


def _wal(database: Path) -> Path:
    """What DuckDB has not yet written into a database's file."""
    return database.with_name(database.name + ".wal")


def _flush(path: Path) -> None:
    """Waits until a file's content, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
