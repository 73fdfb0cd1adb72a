"""Loads files one by one; what becomes of each is an Outcome, never an exception."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from dbt_common.exceptions import DbtBaseException

from orchestration.load.files import (
    LOADED_FROM,
    BadFileError,
    FoundFile,
    RawFile,
    check_times,
    content_hash,
    contract_hash,
    examine,
    write_texts,
)
from orchestration.load.journal import Journal, Outcome, Status
from orchestration.load.staging import staged
from orchestration.platform.warehouse import RawTable, Target

_HASH_LENGTH = 16


def load_files(
    target: Target, files: Iterable[FoundFile], *, replace_changed: bool = False
) -> Iterator[Outcome]:
    """Loads files of a raw folder that are not loaded yet; yields what became of each.

    replace_changed: where a file has changed since it was loaded, its earlier rows go.
    Raises DbtBaseException where not even the journal can be written.
    """
    journal = Journal(target)
    try:
        for file in files:
            outcome = _load(target, journal, file, replace_changed)
            journal.add(outcome, _now())
            yield outcome
    finally:
        journal.flush()


def _load(target: Target, journal: Journal, file: FoundFile, replace_changed: bool) -> Outcome:
    """Loads one file."""
    outcome = Outcome(file.source, file.table, file.name, Status.SKIPPED)
    try:
        if (file.source, file.table) in target.disabled:
            return replace(outcome, reason="its table is switched off in dbt's vars")
        if file.problem:
            raise BadFileError(file.problem)
        table = target.tables[file.source, file.table]
        path = file.path
        outcome = replace(outcome, file_size=path.stat().st_size, file_hash=content_hash(path))
        if target.reads_in_place:
            return _check_in_place(journal, outcome, file, table)
        return _load_rows(target, journal, outcome, file, table, replace_changed)
    except (BadFileError, DbtBaseException, OSError) as error:
        return replace(outcome, status=Status.REJECTED, reason=_reason(error))


def _check_in_place(
    journal: Journal, outcome: Outcome, file: FoundFile, table: RawTable
) -> Outcome:
    """Sees whether dbt will be able to read a file where it lies.

    One that was seen under the same contract is only hashed.
    """
    outcome = replace(outcome, file_hash=f"{outcome.file_hash}-{contract_hash(table)}")
    last = journal.last(*outcome.key)
    if last and (last.status, last.file_hash) == (Status.LOADED, outcome.file_hash):
        rows = last.row_count
    else:
        rows = check_times(examine(file, table))
    checked = replace(outcome, status=Status.LOADED, row_count=rows)
    return replace(checked, status=Status.SKIPPED) if last == checked else checked


def _load_rows(
    target: Target,
    journal: Journal,
    outcome: Outcome,
    found: FoundFile,
    table: RawTable,
    replace_changed: bool,
) -> Outcome:
    """Copies a file's rows into its raw table, unless they are there."""
    columns = target.columns_of(table)
    if columns is not None and LOADED_FROM not in columns:
        raise BadFileError(
            f"belongs to {table.relation}, which this loader did not make: drop the table, or name "
            "another one under var 'raw_schemas' or 'raw_tables'"
        )
    last = journal.last(*outcome.key)
    if columns is None:
        there: dict[str, int] = {}  # what the journal says of a table that is gone is void
    elif last and (last.status, last.file_hash) == (Status.LOADED, outcome.file_hash):
        return replace(outcome, row_count=last.row_count)
    else:
        there = _rows_of(target, table, found.name)

    mark = f"{found.name}#{str(outcome.file_hash)[:_HASH_LENGTH]}"
    if mark not in there:
        if there and not replace_changed:
            raise BadFileError(
                "has changed since it was loaded: give new rows a file of their own "
                f"({table.name}.<part>{found.path.suffix}), or load with --replace-changed, which "
                "takes out the rows it had"
            )
        file = examine(found, table)
        copy = target.work_dir / f"{table.source}_{table.name}_{mark.rpartition('#')[2]}.parquet"
        try:
            there[mark] = write_texts(file, copy, _now())
            if there.keys() - {mark}:
                _take_out(target, journal, outcome, table)
            _add_columns(target, table, file)
            with staged(target, copy, file.names) as rows:
                target.execute(_insert(target, file, rows, mark))
        finally:
            copy.unlink(missing_ok=True)
    return replace(outcome, status=Status.LOADED, row_count=there[mark])


def _rows_of(target: Target, table: RawTable, file_name: str) -> dict[str, int]:
    """How many rows a raw table has of a file, by the mark of the version they came from."""
    mark = target.column(LOADED_FROM)
    # a range, which engines prune by; every hexadecimal digit sorts before g
    condition = f"{mark} between {target.text(file_name + '#')} and {target.text(file_name + '#g')}"
    rows = target.query(
        f"select {mark}, count(*) from {table.relation} where {condition} group by 1"
    )
    return {str(found): int(count) for found, count in rows}


def _take_out(target: Target, journal: Journal, outcome: Outcome, table: RawTable) -> None:
    """Deletes a file's rows; the journal says so first."""
    journal.add(replace(outcome, status=Status.REMOVED, reason="its file changed"), _now())
    journal.flush()
    mark = target.column(LOADED_FROM)
    name = outcome.file_name
    target.execute(
        f"delete from {table.relation} "
        f"where {mark} between {target.text(name + '#')} and {target.text(name + '#g')}"
    )


def _add_columns(target: Target, table: RawTable, file: RawFile) -> None:
    """Makes a raw table, or gives it the columns of a file that it lacks."""
    known = target.columns_of(table)
    if known is None:
        known = [LOADED_FROM, *file.names]
        columns = ", ".join(_definition(target, table, name) for name in known)
        target.execute(f"create schema if not exists {table.relation.without_identifier()}")
        target.execute(f"create table if not exists {table.relation} ({columns})")
    added = [name for name in file.names if name not in known]
    for name in added:
        keyword = "columns" if target.engine == "databricks" else "column"
        definition = _definition(target, table, name)
        target.execute(f"alter table {table.relation} add {keyword} {definition}")
    target.columns[table.source, table.name] = [*known, *added]


def _definition(target: Target, table: RawTable, name: str) -> str:
    is_time = name == table.loaded_at.lower()
    return f"{target.column(name)} {target.timestamp if is_time else 'string'}"


def _insert(target: Target, file: RawFile, rows: str, mark: str) -> str:
    """One statement that brings in all rows of a file, or none where they are there already.

    A merge and not an insert, so that a load that starts again after its process was killed finds
    the rows and adds none. Two loads at once are up to each engine's locking (docs/engines.md).
    """
    columns = [target.column(name) for name in file.names]
    values = [
        f"cast({column} as {target.timestamp}) as {column}"
        if name == file.table.loaded_at.lower()
        else column
        for name, column in zip(file.names, columns, strict=True)
    ]
    marked = target.column(LOADED_FROM)
    return (
        f"merge into {file.table.relation} as loaded "
        f"using (select {', '.join(values)} from {rows}) as file "
        f"on loaded.{marked} = {target.text(mark)} when not matched then "
        f"insert ({marked}, {', '.join(columns)}) "
        f"values ({target.text(mark)}, {', '.join(f'file.{column}' for column in columns)})"
    )


def _reason(error: Exception) -> str:
    """An error's message in one line; a database's up to what it quotes, which may be a value."""
    message = " ".join(str(error).split())
    if isinstance(error, DbtBaseException):
        message = re.sub(r"['\"].*", "…", message)
    return message[:500]


def _now() -> datetime:
    return datetime.now(tz=UTC)
