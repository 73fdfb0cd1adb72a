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

import duckdb

from orchestration.platform.warehouse import RawTable

FORMATS = ("parquet", "csv", "json")
# What macros/engine/to_utc_timestamp.sql reads as a time.
ISO_TIME = (
    "^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
    "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
    "( ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?)?$"
)
LOADED_FROM = "_loaded_from"
_COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Raised where files are read otherwise than before: those that were seen are looked at again.
_READING = 2


class BadFileError(Exception):
    """A file that cannot be loaded; the message says why."""


@dataclass(frozen=True)
class RawFile:
    """A file of a raw table that can be read.

    binary: columns of a Parquet file that hold text without being marked so.
    """

    path: Path
    table: RawTable
    columns: tuple[str, ...]
    binary: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The names of the columns that arrive, lower case, the time of loading among them."""
        return list(dict.fromkeys(name.lower() for name in (*self.columns, self.table.loaded_at)))

    @property
    def reader(self) -> str:
        """The DuckDB table function that reads it."""
        return _reader(self)


def find_files(raw_dir: Path, sources: list[str] | None = None) -> list[Path]:
    """All files under a raw folder, of some sources or all, sorted by name.

    What begins with a dot or an underscore is no raw file (yet): others write it or mark with it.
    """
    return [
        path
        for path in sorted(raw_dir.rglob("*"))
        if path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(raw_dir).parts)
        and (not sources or path.relative_to(raw_dir).parts[0] in sources)
    ]


def place_of(path: Path, raw_dir: Path) -> tuple[str, str]:
    """The source and the table that a file's place names: `<source>/<table>[.part].<format>`."""
    parts = path.relative_to(raw_dir).parts
    return "/".join(parts[:-1]), parts[-1].split(".")[0]


def content_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def contract_hash(table: RawTable) -> str:
    """A short name for what the project expects of a table's files."""
    expected = (table.columns, sorted(table.optional), table.loaded_at, _READING)
    return hashlib.sha256(repr(expected).encode()).hexdigest()[:16]


def examine(path: Path, table: RawTable) -> RawFile:
    """A file, once it is known to be what the project's contract of its table wants.

    Raises BadFileError where it cannot be read, a column is missing that is not optional, or a
    column has a name that not every warehouse can hold.
    """
    if path.suffix[1:] not in FORMATS:
        raise BadFileError(f"is not one of {', '.join('.' + name for name in FORMATS)}")
    if path.stat().st_size == 0:
        raise BadFileError("is empty (0 bytes)")
    with _reading(path) as connection:
        columns, binary = _columns(connection, path, table)
    lower = {name.lower() for name in columns}
    gone = [name for name in table.columns if name not in lower and name not in table.optional]
    if gone:
        raise BadFileError(
            f"has no column {', '.join(gone)}: mend the file, or mark the column `optional: true` "
            f"in the YAML of base_{table.source}__{table.name}"
        )
    odd = [name for name in columns if not _COLUMN_NAME.fullmatch(name) or name == LOADED_FROM]
    if odd:
        raise BadFileError(
            f"has a column named {', '.join(map(repr, odd))}: use letters, digits and underscores, "
            f"and another name than {LOADED_FROM}"
        )
    return RawFile(path, table, columns, binary)


def check_times(file: RawFile) -> int:
    """The number of rows of a file. Raises BadFileError where a time of loading is not a time."""
    if file.table.loaded_at.lower() not in map(str.lower, file.columns):
        raise BadFileError(
            f"has no column {file.table.loaded_at}, the time a row was loaded; DuckDB reads files "
            "in place, so the file itself must have it"
        )
    with _reading(file.path) as connection:
        return _count_rows(connection, file)


def write_texts(file: RawFile, target: Path, now: datetime) -> int:
    """Writes a file's rows as Parquet with text in every column, as DuckDB casts it.

    The time of loading is written in UTC, and is `now` where the file has none.
    Returns the number of rows. Raises BadFileError where the file cannot be read to its end.
    """
    loaded_at = file.table.loaded_at.lower()
    has_time = loaded_at in (name.lower() for name in file.columns)
    texts = [
        f"cast({_as_utc(name) if name.lower() == loaded_at else quoted(name)} as varchar) "
        f"as {quoted(name)}"
        for name in file.columns
    ]
    if not has_time:
        texts.append(f"'{now.replace(tzinfo=None)}' as {quoted(loaded_at)}")
    with _reading(file.path) as connection:
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
            first_line = str(error).splitlines()[0]
            raise BadFileError(f"cannot be read as {path.suffix[1:]}: {first_line}") from error


def _as_utc(column: str) -> str:
    """A time in UTC, where it has no offset as it stands (the session is in UTC)."""
    text_of_time = f"regexp_replace(trim(cast({quoted(column)} as varchar)), ' ([+-])', '\\1')"
    return f"cast({text_of_time} as timestamptz) at time zone 'UTC'"


def _count_rows(connection: duckdb.DuckDBPyConnection, file: RawFile) -> int:
    """The rows of a file. Of text every value is read: DuckDB would not look at other columns."""
    loaded_at = quoted(file.table.loaded_at)
    is_typed = file.path.suffix == ".parquet" and not file.binary
    every_value = "" if is_typed else ", count(columns(*))"
    [(rows, not_times, *_)] = connection.execute(
        f"select count(*), count(*) filter (where not regexp_matches("
        f"trim(cast({loaded_at} as varchar)), '{ISO_TIME}')){every_value} from {file.reader}"
    ).fetchall()
    if not_times:
        raise BadFileError(f"has {not_times} values in {file.table.loaded_at} that are not times")
    return int(rows)


def _columns(
    connection: duckdb.DuckDBPyConnection, path: Path, table: RawTable
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns a file has, and which of the contract's hold text that is not marked as such.

    Of JSON they are those of the contract, since its keys may come and go.
    """
    if path.suffix == ".csv":
        return csv_columns(connection, path), ()
    if path.suffix == ".parquet":
        described = connection.execute(f"describe from read_parquet({text(path)})").fetchall()
        types = {str(name): str(kind) for name, kind, *_ in described}
        blobs = (name for name in types if types[name] == "BLOB")
        return tuple(types), tuple(name for name in blobs if name.lower() in table.columns)
    keys = connection.execute(
        f"describe select * from read_json({text(path)}, format = 'newline_delimited', "
        "sample_size = -1, maximum_object_size = 16777216)"
    ).fetchall()
    found = {str(key).lower() for key, *_ in keys}
    return tuple(n for n in (*table.columns, table.loaded_at) if n.lower() in found), ()


def csv_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """The columns that a CSV file's first row names, as macros/engine/duckdb_csv_rows.sql has them.

    Raises BadFileError where they cannot be read, or one is named twice.
    """
    lines = connection.execute(
        f"select line from read_csv({text(path)}, header = false, delim = e'\\x01', quote = '', "
        "escape = '', strict_mode = false, auto_detect = false, comment = '', skip = 0, "
        "max_line_size = 16777216, columns = {'line': 'varchar'}) limit 20"
    ).fetchall()
    if not lines or lines[0][0] is None:
        raise BadFileError("has an empty first line: it must name the columns")
    header = ""
    for (line,) in lines:
        header += f"\n{line or ''}"
        if header.count('"') % 2 == 0:
            break
    count = re.sub('"[^"]*"', "", header).count(",") + 1
    row = connection.execute(
        f"from {_read_csv(path, map(str, range(count)), header=False)} limit 1"
    ).fetchone()
    names = [(name or "").strip() or f"column{number}" for number, name in enumerate(row or ())]
    lower = [name.lower() for name in names]
    if twice := sorted({name for name in lower if lower.count(name) > 1}):
        raise BadFileError(f"names a column twice in its first line: {', '.join(twice)}")
    return tuple(names)


def _reader(file: RawFile) -> str:
    """Reads a file just as macros/engine/duckdb_rows_of_files.sql reads it in place."""
    path, table = file.path, file.table
    if path.suffix == ".csv":
        return _read_csv(path, file.columns, header=True)
    if path.suffix == ".parquet":
        texts = ", ".join(f"{_decoded(name)} as {quoted(name)}" for name in file.binary)
        replaced = f" replace ({texts})" if texts else ""
        return f"(select *{replaced} from read_parquet({text(path)}))"
    return (
        f"read_json({text(path)}, format = 'newline_delimited', maximum_object_size = 16777216, "
        f"columns = {_text_columns((*table.columns, table.loaded_at))})"
    )


def _read_csv(path: Path, columns: Iterable[str], *, header: bool) -> str:
    """Nothing is guessed: no row is a comment, none is skipped but the one of names."""
    return (
        f"read_csv({text(path)}, header = {header}, delim = ',', quote = '\"', escape = '\"', "
        "auto_detect = false, comment = '', skip = 0, max_line_size = 16777216, "
        f"columns = {_text_columns(columns)})"
    )


def _decoded(name: str) -> str:
    """The text of a binary column; an error where it is not in UTF-8."""
    column, said = quoted(name), text(f"Text that is not UTF-8 in column {name}")
    return f"case when {column} is not null then coalesce(try(decode({column})), error({said})) end"


def _text_columns(names: Iterable[str]) -> str:
    """Columns of text, as DuckDB's readers want them."""
    return "{" + ", ".join(f"{text(name)}: 'varchar'" for name in names) + "}"


def text(value: object) -> str:
    """A DuckDB text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A quoted DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'
