"""Puts the tables of a backup in place."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.changes import Records
from orchestration.identity_backup.backups import Backup
from orchestration.identity_backup.kept import (
    KeptModel,
    kept_models,
    models_made_of_it,
    relation_of,
    sql_type,
)
from orchestration.load.files import quoted, text
from orchestration.load.staging import staged
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target

# while it is there, dbt builds no identity (the macro identity_state_fault)
UNFINISHED = "identity_restore"


@dataclass(frozen=True)
class Restored:
    """The backup that was restored, and the rows that were there before, by table."""

    backup: Backup
    replaced: dict[str, int]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Restored identity from {self.backup.folder}, made {self.backup.made_at}:",
                *(
                    f"  {name}: {table.rows:,} rows"
                    + (f" in the place of {self.replaced[name]:,}" if name in self.replaced else "")
                    for name, table in self.backup.tables.items()
                ),
                *(
                    f"  {name}: {rows:,} rows dropped, since the backup has no such table"
                    for name, rows in self.replaced.items()
                    if name not in self.backup.tables
                ),
                "Run dbt build now: every customer keeps the id of then.",
            ]
        )


def restore(target: Target, backup: Backup, *, replace: bool = False) -> Restored:
    """Puts the tables of a backup in the place of what is there.

    On DuckDB within one transaction; elsewhere a restore that is killed leaves a mark, at which dbt
    stops until it has been run again.

    replace: whether tables that have rows may go. Raises CannotRunError where they may not, or the
    backup's columns are not those of the models.
    """
    models = {model.name: model for model in kept_models(target)}
    _check_columns(backup, models)
    mark = target.operations.incorporate(path={"identifier": UNFINISHED})
    is_again = target.adapter.get_relation(mark.database, mark.schema, UNFINISHED) is not None
    there = {name: model for name, model in models.items() if model.is_there(target)}
    replaced = {name: rows for name, model in there.items() if (rows := _count(target, model))}
    if replaced and not (replace or is_again):
        full = ", ".join(f"{name} ({count:,})" for name, count in replaced.items())
        raise CannotRunError(
            f"Nothing was restored, because these tables have rows: {full}. What they have learnt "
            "since the backup would be lost: say --replace (make: REPLACE=yes) where that is meant."
        )
    with target.transaction():
        target.execute(f"create schema if not exists {mark.without_identifier()}")
        target.execute(
            f"create or replace table {mark} as select {target.text(backup.folder.name)} as backup"
        )
        for name in backup.tables:
            _put(target, models[name], backup)
        for name in there.keys() - backup.tables.keys():
            target.execute(f"drop table {models[name].relation}")
        # what was made of another state may hold records that this one does not know: it goes
        made = models_made_of_it(target)
        for model in made:
            target.execute(f"drop table if exists {relation_of(target, model)}")
        # the next night looks at them again, and at what is made of them
        Records(target).forget(model.unique_id for model in [*models.values(), *made])
        target.execute(f"drop table {mark}")
    target.adapter.cache.clear()  # dbt has seen nothing of this
    return Restored(backup, replaced)


def _check_columns(backup: Backup, models: dict[str, KeptModel]) -> None:
    """Raises CannotRunError where a backup is of other tables or columns than the models."""
    for name, table in backup.tables.items():
        if name not in models:
            raise CannotRunError(
                f"{backup.folder} has {name}, which this project does not keep: it was made by "
                f"version {backup.project_version}, restore it with that."
            )
        model = models[name]
        other = {*table.columns.items()} ^ {*model.columns.items()}
        if model.grows:  # as dbt would add them
            of_later = model.columns.keys() - table.columns.keys() - model.never_null
            other -= {(column, model.columns[column]) for column in of_later}
        if other:
            raise CannotRunError(
                f"{backup.folder} was made by version {backup.project_version}, which has other "
                f"columns in {name}: {', '.join(sorted({column for column, _ in other}))}. Restore "
                "it with that version."
            )


def _put(target: Target, model: KeptModel, backup: Backup) -> None:
    """Makes a table of the columns of its contract, with the rows of a backup."""
    texts = target.work_dir / f"{model.name}.parquet"
    columns = {name: target.column(name) for name in model.columns}
    filled = list(backup.tables[model.name].columns)
    types = {name: sql_type(target, data_type) for name, data_type in model.columns.items()}
    definitions = ", ".join(
        f"{column} {types[name]}" + (" not null" if name in model.never_null else "")
        for name, column in columns.items()
    )
    names = ", ".join(columns[name] for name in filled)
    values = ", ".join(f"cast({columns[name]} as {types[name]})" for name in filled)
    try:
        _as_texts(backup.file(model.name), texts, filled)
        target.execute(f"create schema if not exists {model.relation.without_identifier()}")
        target.execute(f"create or replace table {model.relation} ({definitions})")
        with staged(target, texts, filled) as rows:
            target.execute(f"insert into {model.relation} ({names}) select {values} from {rows}")
    finally:
        texts.unlink(missing_ok=True)
    if (found := _count(target, model)) != backup.tables[model.name].rows:
        raise CannotRunError(
            f"{model.relation} has {found:,} rows, and the backup "
            f"{backup.tables[model.name].rows:,}: run the restore again."
        )


def _as_texts(file: Path, texts: Path, columns: list[str]) -> None:
    """Copies a Parquet file so that every engine reads every value alike."""
    values = ", ".join(f"cast({quoted(name)} as varchar) as {quoted(name)}" for name in columns)
    with duckdb.connect() as connection:
        rows = f"select {values} from read_parquet({text(file)})"
        connection.execute(f"copy ({rows}) to {text(texts)} (format parquet)")


def _count(target: Target, model: KeptModel) -> int:
    [[rows]] = target.query(f"select count(*) from {model.relation}")
    return int(rows)
