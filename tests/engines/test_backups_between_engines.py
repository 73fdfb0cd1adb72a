"""What identity keeps is backed up and restored on warehouses; tests/orchestration has DuckDB."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.identity_backup import back_up, kept_models, latest_backup, restore, restoring
from orchestration.identity_backup.backups import (
    Backup,
    Table,
    file_of,
    new_backup,
    write_contents,
)
from orchestration.identity_backup.kept import KeptModel
from orchestration.load.files import content_hash
from orchestration.platform.warehouse import Target
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at
from tests.support import failures_of

NAME = "2026-02-01T023000Z"
NODES = "int_identity__nodes"
# they have every type
TABLES = (NODES, "int_identity__known_records", "identity_quality")
AWKWARD = {
    pa.string(): 'O\'Hara\\; "ä" 漢\n',
    pa.int64(): 9007199254740993,
    pa.date32(): date(1900, 1, 1),
    pa.timestamp("us"): datetime(2026, 1, 2, 3, 4, 5, 6),
    pa.bool_(): True,
}


def awkward_rows(model: KeptModel) -> pa.Table:
    """A row of awkward values, and one that has none where it may."""
    full = {field.name: AWKWARD.get(field.type, Decimal("0.0001")) for field in model.schema}
    empty = {name: full[name] if name in model.never_null else None for name in full}
    return pa.Table.from_pylist([full, empty], model.schema)


def write_backup(folder: Path, models: Iterable[KeptModel]) -> Backup:
    """A backup of awkward rows."""
    with new_backup(folder, NAME) as aside:
        tables = {}
        for model in models:
            file = file_of(aside, model.name)
            pq.write_table(awkward_rows(model), file)
            tables[model.name] = Table(dict(model.columns), 2, content_hash(file))
        write_contents(Backup(aside, str(datetime(2026, 2, 1, tzinfo=UTC)), "1", "duckdb", tables))
    return latest_backup(folder)[0]


def rows_of(backup: Backup) -> dict[str, Any]:
    return {
        name: sorted(pq.read_table(backup.file(name)).to_pylist(), key=str)
        for name in backup.tables
    }


def dies_at_its_second_call(work: Any) -> Any:
    calls: list[Any] = []

    def once(*what: Any) -> None:
        calls.append(what)
        if len(calls) > 1:
            raise KeyboardInterrupt
        work(*what)

    return once


def let_a_record_come(target: Target) -> None:
    """The tables that int_identity__nodes is made of beside itself."""
    for layer, table in (
        ("conformed", "int_party_records"),
        ("identity", "int_identity__changed_records"),
    ):
        place = target.operations.schema.replace("operations", layer)
        schema = target.operations.incorporate(path={"schema": place}).without_identifier()
        target.execute(f"create schema if not exists {schema}")
        target.execute(
            f"create table {schema}.{table} as select 'retail:1' as record_key, "
            f"cast(null as {target.timestamp}) as first_seen_at"
        )


@pytest.mark.parametrize("name", ENGINES[1:])
def test_identity_is_restored_and_dbt_goes_on(
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    endpoint = request.getfixturevalue(f"{name}_endpoint")
    engine: Engine = engine_at(name, endpoint, tmp_path, company_vars(name), "kept")
    with engine.target() as target:
        models = [model for model in kept_models(target) if model.name in TABLES]
        given = write_backup(tmp_path / "given", models)
        with monkeypatch.context() as patches, pytest.raises(KeyboardInterrupt):
            patches.setattr(restoring, "_put", dies_at_its_second_call(restoring._put))
            restore(target, given)
        target.adapter.cache.clear()
        fault = target.adapter.execute_macro("identity_state_fault")
        assert fault == "a restore was begun and did not come to its end."
        restore(target, given)
        assert rows_of(back_up(target, tmp_path / "taken").backup) == rows_of(given)
        let_a_record_come(target)
    result = engine.dbt("run", "--select", NODES)
    assert result.success, failures_of(result)
    with engine.target() as target:
        [nodes] = [model.relation for model in models if model.name == NODES]
        assert target.query(f"select count(*) from {nodes}") == [(3,)]
