"""How raw files are read: the queries of macros/raw_files/, which dbt runs on DuckDB, too.

Those macros give the text of a query and call nothing of dbt, so that plain Jinja renders them.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import Environment

_MACROS = Path(__file__).parents[2] / "macros" / "raw_files"
_AT_A_TIME = 250

Rows = list[dict[str, Any]]


def find(connection: DuckDBPyConnection, folder: Path, tables: Iterable[str]) -> Rows:
    """The files under a folder: find_raw_files.sql says what of each. tables: `source/table`."""
    return _rows(connection, _macros().find_raw_files(str(folder), sorted(tables)))


def describe(connection: DuckDBPyConnection, files: Rows, needed: Mapping[str, list[str]]) -> Rows:
    """Files with their delimiter, columns and problem (describe_raw_files.sql), in order.

    files: of find(); needed: by `source/table`, the columns that each of its files must have.
    """
    described = []
    for start in range(0, len(files), _AT_A_TIME):
        some = files[start : start + _AT_A_TIME]
        found = _rows(connection, _macros().describe_raw_files(some, needed))
        described += [
            {**file, **more, "columns": json.loads(more["columns"] or "null")}
            for file, more in zip(some, found, strict=True)
        ]
    return described


def rows_of(files: Rows, columns: list[str]) -> str:
    """A query of the rows of described files of one table (rows_of_raw_files.sql)."""
    return str(_macros().rows_of_raw_files(files, columns))


def bad_rows(connection: DuckDBPyConnection, files: Rows, columns: list[str]) -> Rows:
    """What is wrong with rows of described files of one table, read to their ends."""
    return _rows(connection, _macros().bad_raw_rows(files, columns))


def _rows(connection: DuckDBPyConnection, query: str) -> Rows:
    result = connection.execute(query)
    names = [name for name, *_ in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@cache
def _macros() -> Any:
    files = sorted(_MACROS.glob("*.sql"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return Environment(extensions=["jinja2.ext.do"]).from_string(text).module
