"""Writes raw tables: streamed as Parquet, at the end turned into CSV or JSON."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from simulator.mess import Outcome
from simulator.tables import TABLES

FORMATS = ("parquet", "csv", "json")
_ROW_GROUP = 200_000


class TableWriter:
    """One Parquet file, in row groups of one size whatever the size of what comes in."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.rows = path, 0
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0

    def write(self, table: pa.Table) -> None:
        """Adds rows."""
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= _ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = pa.concat_tables(self._waiting)
            self._writer.write_table(table, row_group_size=_ROW_GROUP)
            self.rows += table.num_rows
        self._waiting, self._waiting_rows = [], 0

    def close(self) -> None:
        """Writes what is waiting and ends the file."""
        self._flush()
        self._writer.close()

    def discard(self) -> None:
        """Leaves nothing behind."""
        self._writer.close()
        self.path.unlink(missing_ok=True)


def raw_schema(table: str) -> pa.Schema:
    """Text columns and the time of loading (UTC, without a zone)."""
    columns = [(name, pa.string()) for name in TABLES[table].columns]
    return pa.schema([*columns, ("_loaded_at", pa.timestamp("us"))])


def raw_rows(outcome: Outcome) -> pa.Table:
    """The rows of a chunk as they are written."""
    loaded = pa.array(outcome.loaded_at * 1_000_000, pa.timestamp("us"))
    columns = [outcome.columns[name] for name in outcome.table.columns]
    return pa.table([*columns, loaded], schema=raw_schema(outcome.table.name))


def raw_path(folder: Path, table: str, batch: int, extension: str) -> Path:
    """The file of a table: `<source>/<table>.parquet`, of an append `<table>.0002.parquet`."""
    source, name = table.split(".")
    part = f".{batch:04d}" if batch > 1 else ""
    return folder / source / f"{name}{part}.{extension}"


def convert(parquet: Path, extension: str) -> Path:
    """The same rows in another format, in place of the Parquet file."""
    target = parquet.with_suffix(f".{extension}")
    options = "format csv, header" if extension == "csv" else "format json"
    source, out = (str(path).replace("'", "''") for path in (parquet, target))
    with duckdb.connect() as connection:
        connection.execute(f"copy (from read_parquet('{source}')) to '{out}' ({options})")
    parquet.unlink()
    return target
