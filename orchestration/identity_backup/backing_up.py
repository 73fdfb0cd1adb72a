"""Writes a backup, table by table, however many rows there are."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.identity_backup.backups import (
    Backup,
    Table,
    file_of,
    name_at,
    new_backup,
    read_backup,
    remove_old,
    write_contents,
)
from orchestration.identity_backup.kept import KeptModel, kept_models
from orchestration.load.files import content_hash
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target, variables_of

_AT_A_TIME = 50_000


@dataclass(frozen=True)
class BackedUp:
    """A new backup, the tables that are not built yet, and the backups that went."""

    backup: Backup
    not_there: list[str]
    removed: list[Path]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"Backed up identity to {self.backup.folder}:",
                *(f"  {name}: {table.rows:,} rows" for name, table in self.backup.tables.items()),
                *(f"  {name}: not built yet" for name in self.not_there),
                *(f"Removed {folder}" for folder in self.removed),
            ]
        )


def back_up(target: Target, folder: Path, now: datetime | None = None) -> BackedUp:
    """Writes a backup into a folder of backups, of which var identity_backups_kept stay.

    Raises CannotRunError where there is nothing to keep, or what is there is not whole.
    """
    now = now or datetime.now(tz=UTC)
    models = {model.name: model for model in kept_models(target)}
    there = {name: model for name, model in models.items() if model.is_there(target)}
    if fault := target.adapter.execute_macro("identity_state_fault"):
        raise CannotRunError(f"Nothing was backed up, because identity is not whole: {fault}")
    if not there:
        raise CannotRunError("Identity keeps nothing here yet: run dbt build first.")
    with new_backup(folder, name_at(now)) as aside:
        tables = {
            name: _write(target, model.as_it_is(target), aside) for name, model in there.items()
        }
        version = str(target.adapter.config.version)
        made_at = now.isoformat(timespec="seconds")
        write_contents(Backup(aside, made_at, version, target.engine, tables))
    backup = read_backup(folder / name_at(now))
    kept = variables_of(target.adapter.config)["identity_backups_kept"]
    return BackedUp(backup, sorted(models.keys() - there.keys()), remove_old(folder, kept))


def _write(target: Target, model: KeptModel, folder: Path) -> Table:
    """Copies a table's rows into a Parquet file: DuckDB by itself, others some at a time."""
    file = file_of(folder, model.name)
    query = f"select {', '.join(map(target.column, model.columns))} from {model.relation}"
    if target.engine == "duckdb":
        options = "format parquet, compression zstd"
        target.execute(f"copy ({query}) to {target.text(file)} ({options})")
    else:
        with pq.ParquetWriter(file, model.schema, compression="zstd") as writer:
            for rows in target.batches(query, _AT_A_TIME):
                columns = zip(zip(*rows, strict=True), model.schema.types, strict=True)
                arrays = [pa.array(values, of) for values, of in columns]
                writer.write_batch(pa.record_batch(arrays, schema=model.schema))
    return Table(dict(model.columns), pq.read_metadata(file).num_rows, content_hash(file))
