"""What tables are made of that no model makes: the project's code, raw tables, and the day."""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.load.journal import Journal
from orchestration.platform.warehouse import RawTable, Target, variables_of

LOADED_BY_OTHERS = "CUSTOMER_360_LOADED_BY_OTHERS"
_AS_OF_DATE = "as_of_date"


def hash_of(*parts: Any) -> str:
    """A short name for some values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def is_loaded_by_others(source: str, table: str) -> bool:
    """Whether CUSTOMER_360_LOADED_BY_OTHERS names a raw table, or its source (`web,retail.stores`).

    By default nothing: our loader brings in all files of CUSTOMER_360_RAW_DIR.
    """
    named = os.environ.get(LOADED_BY_OTHERS, "").replace(",", " ").split()
    return source in named or f"{source}.{table}" in named


def as_of_day(config: Any) -> date | None:
    """dbt's var as_of_date, where it is set. config: of an adapter."""
    day = variables_of(config).get(_AS_OF_DATE)
    return day if isinstance(day, date) or not day else date.fromisoformat(str(day))


def today(config: Any) -> date:
    """The day that tables are as of: the var as_of_date, else the last that is over (UTC)."""
    return as_of_day(config) or datetime.now(tz=UTC).date() - timedelta(days=1)


def project_hash(target: Target) -> str:
    """A hash of all that makes tables: the files of the dbt project and its packages, the vars but
    for the day, and the versions of dbt, its adapter and DuckDB."""
    config = target.adapter.config
    folders = sorted({*config.all_source_paths, *config.test_paths, config.packages_install_path})
    files = files_hash(Path(config.project_root), "dbt_project.yml", *folders)
    variables = {name: value for name, value in config.cli_vars.items() if name != _AS_OF_DATE}
    packages = ("dbt-core", f"dbt-{target.engine}", "duckdb")
    return hash_of(files, variables, [version(name) for name in packages])


def files_hash(root: Path, *names: str) -> str:
    """A hash of files, and of all files in folders, with their names below a root."""
    digest = hashlib.sha256()
    for name in names:
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.is_file() and file.suffix != ".pyc":
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                digest.update(f"{file.relative_to(root)} {content}\n".encode())
    return digest.hexdigest()


def raw_versions(target: Target) -> dict[tuple[str, str], str]:
    """A hash of what each raw table holds, by source and table.

    Of those that are there and have the column that says when a row was loaded.

    Of a table that we load, the files that it has; on DuckDB, which reads them in place, the view
    over them, too. Where rows are copied or others load them, its columns, how many rows there are
    and when the last was loaded.
    """
    files: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for file in Journal(target).loaded():
        files[file.source_name, file.table_name].append((file.file_name, file.file_hash))
    found: dict[tuple[str, str], list[Any]] = {}
    counted = []
    views = _views(target) if target.reads_in_place else {}
    for key, table in target.tables.items():
        ours = not is_loaded_by_others(*key)
        found[key] = [str(table.relation), sorted(files[key]) if ours else []]
        view = views.get((table.relation.schema.lower(), table.relation.identifier.lower()))
        if view and ours:
            found[key].append(view)
        elif table.loaded_at.lower() in (columns := target.columns_of(table) or []):
            found[key].append(sorted(columns))
            counted.append(table)
        else:
            del found[key]
    target.adapter.execute_macro("commit_transaction")  # in which DuckDB's columns are looked up
    for source, name, *counts in _counts(target, counted):
        found[source, name] += counts
    return {key: hash_of(*parts) for key, parts in found.items()}


def _views(target: Target) -> dict[tuple[str, str], str]:
    """The text of each view, which names the files, wherever the folder of raw files is."""
    raw_dir = os.environ.get("CUSTOMER_360_RAW_DIR") or "data/raw"
    return {
        (schema, name): text.replace(raw_dir, "")
        for schema, name, text in target.query(
            "select lower(schema_name), lower(view_name), sql from duckdb_views()"
            " where database_name = current_database()"
        )
    }


def tables_there(target: Target, schemas: Iterable[str]) -> set[tuple[str, str]]:
    """The tables and views of some schemas, schema and name in lower case."""
    database = target.operations.database
    if target.reads_in_place:  # of all schemas at once
        query = (
            "select lower(table_schema), lower(table_name) from information_schema.tables"
            " where table_catalog = current_database()"
        )
        return {(schema, name) for schema, name in target.query(query)}
    adapter = target.adapter
    there = {name.lower() for name in adapter.list_schemas(database)}
    place = target.operations.without_identifier()
    return {
        (schema, str(name).lower())
        for schema in there.intersection(schemas)
        for name in adapter.execute_macro(
            "names_in_schema", kwargs={"schema": place.incorporate(path={"schema": schema})}
        )
    }


def _counts(target: Target, tables: Iterable[RawTable]) -> list[tuple[Any, ...]]:
    """Source, name, number of rows and last time of loading of raw tables."""
    queries = [
        f"select '{table.source}', '{table.name}', count(*), "
        f"cast(max({table.loaded_at}) as string) from {table.relation}"
        for table in tables
    ]
    return target.query(" union all ".join(queries)) if queries else []


def due_days(
    target: Target, due: Mapping[str, Iterable[str]], day: date
) -> dict[str, list[tuple[str | None, ...]]]:
    """Of each relation's columns of dates the last day that has come, and the first that has not.

    As long as the two are the same, no row was between any two days from the one to the other.
    due: the columns, by relation.
    """
    pairs = [(relation, column) for relation, columns in due.items() for column in columns]
    today = f"cast('{day}' as date)"
    queries = [
        f"select {number} as pair_number, "
        f"cast(max(case when day <= {today} then day end) as string) as last_day, "
        f"cast(min(case when day > {today} then day end) as string) as next_day "
        f"from (select cast({column} as date) as day from {relation}) as days"
        for number, (relation, column) in enumerate(pairs)
    ]
    found: dict[str, list[tuple[str | None, ...]]] = defaultdict(list)
    for number, *days in target.query(" union all ".join(queries)) if queries else []:
        relation, column = pairs[int(number)]
        found[relation].append((column, *days))
    return {relation: sorted(days, key=str) for relation, days in found.items()}
