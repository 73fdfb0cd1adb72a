"""Brings the first rows of raw tables into a DuckDB, whatever they are in."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from dbt_common.exceptions import DbtBaseException

from orchestration.check.finding import Finding, Level
from orchestration.load import reading
from orchestration.load.files import find_files, quoted
from orchestration.platform.warehouse import RawTable, Target


def bring(
    connection: duckdb.DuckDBPyConnection, target: Target, raw_dir: Path, limit: int
) -> Iterator[Finding]:
    """Makes a table of the first rows of each raw table of a target; yields what is in the way."""
    if target.reads_in_place:
        yield from _of_files(connection, target, raw_dir, limit)
        return
    for table in target.tables.values():
        yield from _of_warehouse(connection, target, table, limit)


def place_of(table: RawTable) -> str:
    """Where the rows of a raw table are put."""
    return f"{quoted(table.relation.schema)}.{quoted(table.relation.identifier)}"


def _of_files(
    connection: duckdb.DuckDBPyConnection, target: Target, raw_dir: Path, limit: int
) -> Iterator[Finding]:
    files: dict[tuple[str, str], reading.Rows] = {}
    for file in find_files(raw_dir, target.known_tables):
        if file.problem:
            yield Finding("", Level.WARNING, f"{file.path} is not read: it {file.problem}")
        else:
            files.setdefault((file.source, file.table), []).append(file.found)
    for key, table in target.tables.items():
        name = ".".join(key)
        if key not in files:
            yield Finding(
                name, Level.ERROR,
                f"has no file {raw_dir}/{'/'.join(key)}.csv, .parquet or .json: load it, or list "
                "it under var 'absent_tables'",
            )  # fmt: skip
            continue
        described = reading.describe(connection, files[key], {"/".join(key): []})
        for bad in described:
            if bad["problem"]:
                yield Finding(name, Level.ERROR, f"{bad['file']} {bad['problem']}")
        good = [one for one in described if not one["problem"]]
        if good:
            columns = [*map(table.raw_name, table.columns), table.loaded_at]
            yield from _copy(connection, table, good, columns, limit)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    files: reading.Rows,
    columns: list[str],
    limit: int,
) -> Iterator[Finding]:
    try:
        _create(connection, table, f"({reading.rows_of(files, columns)}) limit {limit}")
    except duckdb.Error as error:
        name = f"{table.source}.{table.name}"
        bad: reading.Rows = []
        with suppress(duckdb.Error):  # what cannot be told row by row is told as DuckDB says it
            bad = reading.bad_rows(connection, files, columns)
        for row in bad:
            yield Finding(name, Level.ERROR, f"{row['file']} {row['problem']}")
        if not bad:
            said = str(error).splitlines()[0]
            yield Finding(name, Level.ERROR, f"cannot be read: {said}")


def _of_warehouse(
    connection: duckdb.DuckDBPyConnection, target: Target, table: RawTable, limit: int
) -> Iterator[Finding]:
    name = f"{table.source}.{table.name}"
    columns = target.columns_of(table)
    if columns is None:
        yield Finding(
            name, Level.ERROR,
            f"there is no table {table.relation}: load it, name it under var 'raw_tables' or "
            "'raw_schemas', or list it under 'absent_tables'",
        )  # fmt: skip
        return
    try:
        rows = target.query(f"select * from {table.relation} limit {limit}")
    except DbtBaseException as error:
        yield Finding(name, Level.ERROR, f"cannot be read: {error}")
        return
    texts: dict[str, list[Any]] = {
        column: [None if row[number] is None else str(row[number]) for row in rows]
        for number, column in enumerate(columns)
    }
    values = pa.table({name: pa.array(column, pa.string()) for name, column in texts.items()})
    connection.register("raw_values", values)
    _create(connection, table, "raw_values")
    connection.unregister("raw_values")


def _create(connection: duckdb.DuckDBPyConnection, table: RawTable, rows: str) -> None:
    connection.execute(f"create schema if not exists {quoted(table.relation.schema)}")
    connection.execute(f"create table {place_of(table)} as select * from {rows}")
