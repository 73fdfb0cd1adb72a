"""Raw files: which there are, which table each belongs to, and whether it can be read.

DuckDB reads every file, whatever the target, so that no two engines read a file differently.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.load import reading
from orchestration.platform.warehouse import RawTable

# What macros/engine/to_utc_timestamp.sql reads as a time.
ISO_TIME = (
    "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
    "( ?(Z|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?)?$"
)
EPOCH = "^1[0-9]{9}([.][0-9]*)?$|^1[0-9]{12}([.]0*)?$"
LOADED_FROM = "_loaded_from"
_COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Raised where files are read otherwise than before: those that were seen are looked at again.
_READING = 3


class BadFileError(Exception):
    """A file that cannot be loaded; the message says why."""


@dataclass(frozen=True)
class FoundFile:
    """A file under a raw folder, and the table that its place names.

    name: below its source's folder. problem: why it is not read, None where it is.
    found: all that macros/raw_files/find_raw_files.sql says of it.
    """

    path: Path
    source: str
    table: str
    name: str
    problem: str | None
    found: dict[str, Any]


@dataclass(frozen=True)
class RawFile:
    """A file of a raw table that can be read.

    described: all that macros/raw_files/ says of it.
    """

    path: Path
    table: RawTable
    columns: tuple[str, ...]
    described: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The names of the columns that arrive, lower case, the time of loading among them."""
        return list(dict.fromkeys(name.lower() for name in (*self.columns, self.table.loaded_at)))

    @property
    def reader(self) -> str:
        """What DuckDB selects its rows from."""
        return f"({reading.rows_of([self.described], _columns_of(self.table))})"


def find_files(
    raw_dir: Path, tables: Iterable[tuple[str, str]] = (), sources: list[str] | None = None
) -> list[FoundFile]:
    """All files under a raw folder, of some sources or all, sorted by path.

    tables: source and table of all that are known; a file of no such table has a problem.
    """
    with duckdb.connect() as connection:
        files = reading.find(connection, raw_dir, map("/".join, tables))
    return [
        FoundFile(
            Path(file["file"]),
            file["source_name"],
            file["table_name"],
            file["file_name"],
            file["problem"],
            file,
        )
        for file in files
        if not sources or file["source_name"].split("/")[0] in sources
    ]


def content_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contract_hash(table: RawTable) -> str:
    """A short name for what the project expects of a table's files."""
    said = (sorted(table.names.items()), table.day_format)
    expected = (table.columns, sorted(table.optional), table.loaded_at, said, _READING)
    return hashlib.sha256(repr(expected).encode()).hexdigest()[:16]


def examine(found: FoundFile, table: RawTable) -> RawFile:
    """A file, once its beginning is known to be what the project's contract of its table wants.

    Raises BadFileError where it cannot be read, a column is missing that a row needs, or a
    column has a name that not every warehouse can hold.
    """
    needed = [table.raw_name(name).lower() for name in table.columns if name not in table.optional]
    with _reading(found.path) as connection:
        [described] = reading.describe(
            connection, [found.found], {f"{found.source}/{found.table}": needed}
        )
        if described["problem"]:
            raise BadFileError(described["problem"])
        names = [column["name"] for column in described["columns"] or ()]
        if described["format"] == "json":
            names = _keys(connection, described, table)
    odd = [
        name
        for name in names
        if name == LOADED_FROM
        or (not _COLUMN_NAME.fullmatch(name) and name not in table.names.values())
    ]
    if odd:
        raise BadFileError(
            f"has a column named {', '.join(map(repr, odd))}: use letters, digits and underscores, "
            f"and another name than {LOADED_FROM}"
        )
    return RawFile(found.path, table, tuple(names), described)


def check_times(file: RawFile) -> int:
    """The number of rows of a file. Raises BadFileError where a time of loading is not a time."""
    if file.table.loaded_at.lower() not in map(str.lower, file.columns):
        raise BadFileError(
            f"has no column {file.table.loaded_at}, the time a row was loaded; DuckDB reads files "
            "in place, so the file itself must have it"
        )
    with _reading(file.path) as connection:
        _refuse_bad_rows(connection, file)
        return _count_rows(connection, file)


def write_texts(file: RawFile, target: Path, now: datetime) -> int:
    """Writes a file's rows as Parquet with text in every column, as DuckDB casts it.

    The time of loading is written in UTC, and is `now` where the file has none.
    Returns the number of rows. Raises BadFileError where the file cannot be read to its end.
    """
    loaded_at = file.table.loaded_at.lower()
    has_time = loaded_at in (name.lower() for name in file.columns)
    texts = [
        f"cast({_as_utc(file.table) if name.lower() == loaded_at else quoted(name)} as varchar) "
        f"as {quoted(name)}"
        for name in file.columns
    ]
    if not has_time:
        texts.append(f"'{now.replace(tzinfo=None)}' as {quoted(loaded_at)}")
    with _reading(file.path) as connection:
        _refuse_bad_rows(connection, file)
        if has_time:
            _count_rows(connection, file)
        [written] = connection.execute(
            f"copy (select {', '.join(texts)} from {file.reader}) to {text(target)} "
            "(format parquet, compression zstd)"
        ).fetchall()
    return int(written[0])


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that says of errors only what holds no value of the file."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            yield connection
        except duckdb.Error as error:
            raise BadFileError(f"cannot be read: {_without_values(str(error))}") from error


def _without_values(message: str) -> str:
    """A message of DuckDB's, without what it quotes of the file."""
    if "state machine" in message:
        return "its lines end in more than one way (LF, CRLF, CR). Save it with one"
    return re.sub(r"(: |Object )[\[{\"].*", "", message.splitlines()[0])


def _as_utc(table: RawTable) -> str:
    """A table's time of loading in UTC, as macros/engine/to_utc_timestamp.sql reads it."""
    time = f"trim(cast({quoted(table.loaded_at)} as varchar))"
    if table.day_format:
        day = f"try_strptime(regexp_extract({time}, '^[^ T]*'), {text(table.day_format)})"
        iso = f"strftime({day}, '%Y-%m-%d') || regexp_replace({time}, '^[^ T]*', '')"
        time = f"coalesce({iso}, {time})"
    with_offset = f"regexp_replace({time}, ' ?(UTC|GMT)$', 'Z')"
    seconds = f"cast(left({time}, 10) as bigint)"
    return (
        f"case when regexp_matches({time}, '{ISO_TIME}') then try_cast(regexp_replace("
        f"{with_offset}, ' ([+-])', '\\1') as timestamptz) at time zone 'UTC' "
        f"when regexp_matches({time}, '{EPOCH}') then make_timestamp({seconds} * 1000000) end"
    )


def _refuse_bad_rows(connection: duckdb.DuckDBPyConnection, file: RawFile) -> None:
    """Raises BadFileError where a row cannot be read, or a key of JSON is in another case."""
    if file.described["format"] != "parquet" or "decode(" in file.reader:
        bad = reading.bad_rows(connection, [file.described], _columns_of(file.table))
        if bad:
            raise BadFileError(bad[0]["problem"])


def _count_rows(connection: duckdb.DuckDBPyConnection, file: RawFile) -> int:
    """The rows of a file. Raises BadFileError where a time of loading is not a time."""
    loaded_at = quoted(file.table.loaded_at)
    [(rows, not_times)] = connection.execute(
        f"select count(*), count(*) filter (where trim(cast({loaded_at} as varchar)) <> '' "
        f"and {_as_utc(file.table)} is null) from {file.reader}"
    ).fetchall()
    if not_times:
        raise BadFileError(f"has {not_times} values in {file.table.loaded_at} that are not times")
    return int(rows)


def _columns_of(table: RawTable) -> list[str]:
    """The columns of a raw table's contract, and the time of loading."""
    return [*map(table.raw_name, table.columns), table.loaded_at]


def _keys(
    connection: duckdb.DuckDBPyConnection, described: dict[str, Any], table: RawTable
) -> list[str]:
    """The columns of a JSON file: those of the contract, and the time of loading if it has one."""
    rows = reading.rows_of([described], _columns_of(table))
    [(times,)] = connection.execute(
        f"select count({quoted(table.loaded_at)}) from ({rows})"
    ).fetchall()
    return _columns_of(table) if times else _columns_of(table)[:-1]


def text(value: object) -> str:
    """A DuckDB text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'
