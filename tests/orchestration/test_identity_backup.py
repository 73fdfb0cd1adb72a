"""What identity keeps is backed up and restored, whole or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest

from orchestration.identity_backup import (
    Backup,
    back_up,
    backing_up,
    kept_models,
    latest_backup,
    restore,
    restoring,
)
from orchestration.identity_backup.__main__ import main
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target, open_target
from tests.support import REPOSITORY, Warehouse, environment

VARIABLES = {
    "sources": ["customer_io"],
    "absent_tables": ["customer_io.devices", "customer_io.deliveries", "customer_io.metrics"],
    "as_of_date": "2026-01-31",
}
IDENTITY = ("--select", "+config.meta.kept:identity", "+int_identity__golden_records")
ANN, ANN_AGAIN, BO = "1,ann@box.example", "2,ann@box.example", "3,bo@box.example"
NOW = datetime(2026, 2, 1, 2, 30, tzinfo=UTC)


def write_people(raw_dir: Path, *people: str) -> None:
    (raw_dir / "customer_io").mkdir(parents=True, exist_ok=True)
    rows = [f"{person},2026-01-0{person[0]} 09:00:00,2026-01-30 09:00:00" for person in people]
    table = "\n".join(["cio_id,email,created_at,_loaded_at", *rows]) + "\n"
    (raw_dir / "customer_io" / "people.csv").write_text(table)


def customers(company: Warehouse) -> dict[str, str]:
    """The customer of each record."""
    return dict(company.query("select record_key, customer_id from identity.int_identity__map"))


def rows_of(company: Warehouse, found: Backup) -> dict[str, list[Any]]:
    """The rows of the tables that are in a backup."""
    [places] = company.query(
        "select map(list(table_name), list(table_schema)) from information_schema.tables"
    )
    return {
        name: company.query(f"select * from {places[0][name]}.{name} order by all")
        for name in found.tables
    }  # fmt: skip


def settings(company: Warehouse) -> dict[str, str]:
    """The environment that leads to a warehouse."""
    return {
        "CUSTOMER_360_DUCKDB": str(company.database),
        "CUSTOMER_360_RAW_DIR": str(company.raw_dir),
        "DBT_LOG_PATH": str(company.folder / "logs"),
        "DBT_PROFILES_DIR": str(REPOSITORY),
        "DBT_PROJECT_DIR": str(REPOSITORY),
        "DBT_TARGET_PATH": str(company.folder / "target"),
    }


def command(company: Warehouse, *arguments: str) -> int:
    """`python -m orchestration.identity_backup`; its exit code."""
    options = ["--profiles-dir", str(company.folder), "--vars", yaml.safe_dump(company.variables)]
    with environment(**settings(company)):
        return main([*arguments, *options])


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A customer of two records, of which the first has gone, and another of one."""
    folder = tmp_path_factory.mktemp("identity_backup")
    company = Warehouse(folder, folder / "raw", VARIABLES)
    write_people(company.raw_dir, ANN, ANN_AGAIN, BO)
    company.build(*IDENTITY, tests=False)
    before = customers(company)
    write_people(company.raw_dir, ANN_AGAIN, BO)
    company.build(*IDENTITY, "--full-refresh", tests=False)
    assert customers(company).items() < before.items(), "what goes takes no id with it"
    return company


@pytest.fixture(scope="module")
def backups(company: Warehouse) -> Path:
    """A folder with a backup of the company, by the command."""
    folder = company.folder / "backups"
    assert command(company, "backup", "--to", str(folder)) == 0
    return folder


@pytest.fixture(scope="module")
def manifest(company: Warehouse) -> Manifest:
    variables = yaml.safe_dump(company.variables)
    with (
        environment(**settings(company)),
        open_target(profiles_dir=company.folder, variables=variables) as target,
    ):
        return target.manifest


@pytest.fixture
def found(backups: Path) -> Backup:
    """The backup as it is read."""
    return latest_backup(backups)[0]


@pytest.fixture
def copy(company: Warehouse, tmp_path: Path) -> Warehouse:
    """The company, to change."""
    copy = company.copied(tmp_path / "copy")
    shutil.copy(company.folder / "profiles.yml", copy.folder)
    return copy


@contextmanager
def opened(company: Warehouse, manifest: Manifest) -> Iterator[Target]:
    variables = yaml.safe_dump(company.variables)
    with (
        environment(**settings(company)),
        open_target(profiles_dir=company.folder, variables=variables, manifest=manifest) as target,
    ):
        yield target


def change(company: Warehouse, *statements: str) -> None:
    with duckdb.connect(str(company.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_lost_warehouse_comes_back_with_every_id(
    company: Warehouse, copy: Warehouse, found: Backup, capsys: pytest.CaptureFixture[str]
) -> None:
    before = customers(company)
    copy.database.unlink()
    assert command(copy, "restore", "--from", str(found.folder.parent)) == 0
    assert f"Restored identity from {found.folder}, made " in capsys.readouterr().out
    assert rows_of(copy, found) == rows_of(company, found)
    copy.build(*IDENTITY, tests=False)
    assert customers(copy) == before
    kept = {name: rows for name, rows in rows_of(company, found).items() if "quality" not in name}
    assert {name: rows_of(copy, found)[name] for name in kept} == kept, "nothing has happened"


def test_a_backup_says_what_is_in_it_and_is_its_owners(
    company: Warehouse, found: Backup, manifest: Manifest
) -> None:
    with opened(company, manifest) as target:
        models = kept_models(target)
        assert (found.engine, found.project_version) == ("duckdb", target.adapter.config.version)
    assert {model.name for model in models} == found.tables.keys() >= {"int_identity__nodes"}
    for model in models:
        file = str(found.file(model.name))
        [[codec]] = duckdb.execute(
            f"select distinct compression from parquet_metadata('{file}')"
        ).fetchall()
        assert codec == "ZSTD"
        rows = duckdb.execute(f"from '{file}' order by all").fetchall()
        assert rows == rows_of(company, found)[model.name]
        assert len(rows) == found.tables[model.name].rows
    modes = {path.stat().st_mode & 0o777 for path in found.folder.iterdir()}
    assert modes == {0o600}
    assert (
        found.folder.stat().st_mode & 0o777 == found.folder.parent.stat().st_mode & 0o777 == 0o700
    )


def test_state_without_a_raw_table_is_marked_to_be_kept(manifest: Manifest) -> None:
    nodes: Any = manifest.nodes.values()
    for model in (node for node in nodes if node.resource_type == "model"):
        is_kept = model.config.meta.get("kept") == "identity"
        is_state = model.config.full_refresh is False and "identity" in model.fqn
        assert is_kept == is_state, model.name
        assert model.contract.enforced or not is_kept, f"{model.name}: types, to be restored by"


DAMAGES = {
    "it has no contents.json.": lambda folder: (folder / "contents.json").unlink(),
    "contents.json is not what a backup writes.": lambda folder: (
        folder / "contents.json"
    ).write_text("{}"),
    "int_identity__nodes.parquet is not there.": lambda folder: (
        folder / "int_identity__nodes.parquet"
    ).unlink(),
    "int_identity__nodes.parquet is not as it was written.": lambda folder: (
        folder / "int_identity__nodes.parquet"
    ).write_bytes(b"half"),
}


@pytest.mark.parametrize("fault", DAMAGES)
def test_what_is_no_whole_backup_is_passed_over_or_refused(
    fault: str, found: Backup, copy: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    backups = copy.folder / "backups"
    damaged = backups / "2099-01-01T000000Z"
    shutil.copytree(found.folder, damaged)
    DAMAGES[fault](damaged)
    assert command(copy, "restore", "--from", str(damaged)) == 2
    said = f"{damaged} is no whole backup of identity: {fault}"
    assert capsys.readouterr().err == f"Error: {said}\n"
    with pytest.raises(CannotRunError, match="no whole backup"):
        latest_backup(backups)
    shutil.copytree(found.folder, backups / found.folder.name)
    latest, passed_over = latest_backup(backups)
    assert (latest.folder, passed_over) == (backups / found.folder.name, [said])


def test_a_backup_of_other_columns_is_refused(
    found: Backup, copy: Warehouse, manifest: Manifest
) -> None:
    contents = found.folder / "contents.json"
    changes = {
        '"rules_hash": "': ('"hash": "', "columns in int_identity__known_identifiers: hash, rul"),
        '"int_identity__nodes": {': ('"int_old": {', "has int_old, which this project does not"),
    }
    for part, (other, said) in changes.items():
        folder = copy.folder / "2026-01-01T000000Z"
        shutil.copytree(found.folder, folder)
        (folder / "int_old.parquet").symlink_to(found.file("int_identity__nodes"))
        text = contents.read_text()
        assert part in text
        (folder / "contents.json").write_text(text.replace(part, other))
        with opened(copy, manifest) as target, pytest.raises(CannotRunError, match=said):
            restore(target, latest_backup(folder)[0], replace=True)
        shutil.rmtree(folder)


def test_a_table_that_has_not_grown_yet_is_backed_up_and_comes_back_grown(
    copy: Warehouse, tmp_path: Path
) -> None:
    column = "largest_unit_record_count"
    change(copy, f"alter table marts.identity_quality drop column {column}")
    folder = str(tmp_path / "backups")
    assert command(copy, "backup", "--to", folder) == 0
    assert command(copy, "restore", "--from", folder, "--replace") == 0
    counts = copy.query(f"select count(*), count({column}) from marts.identity_quality")
    assert counts == [(2, 0)]


def test_rows_that_are_there_are_replaced_only_where_that_is_meant(
    found: Backup, copy: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    change(copy, "insert into identity.int_identity__nodes values ('customer_io|9', 9)")
    # what is made of it may be of later, too: it is made anew
    change(copy, "update identity.int_identity__map set node_id = 9")
    changed = rows_of(copy, found)
    arguments = ("restore", "--from", str(found.folder))
    assert command(copy, *arguments) == 2
    assert "these tables have rows:" in capsys.readouterr().err
    assert rows_of(copy, found) == changed
    assert command(copy, *arguments, "--replace") == 0
    assert "int_identity__nodes: 3 rows in the place of 4" in capsys.readouterr().out
    assert rows_of(copy, found) != changed
    assert copy.dbt("run", *IDENTITY).success
    assert copy.value("select max(node_id) from identity.int_identity__map") == 3


def test_a_restore_that_fails_leaves_all_as_it_was(
    found: Backup, copy: Warehouse, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, put = rows_of(copy, found), restoring._put

    def put_and_die(target: Target, *what: Any) -> None:
        put(target, *what)
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "_put", put_and_die)
    with opened(copy, manifest) as target, pytest.raises(KeyboardInterrupt):
        restore(target, found, replace=True)
    assert rows_of(copy, found) == before


def test_a_backup_that_dies_is_none_and_fourteen_are_kept(
    company: Warehouse, manifest: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(company, manifest) as target:
        for night in range(15):
            done = back_up(target, tmp_path, NOW + timedelta(days=night))
        assert [folder.name for folder in done.removed] == ["2026-02-01T023000Z"]
        names = [folder.name for folder in sorted(tmp_path.iterdir())]
        assert (len(names), names[-1]) == (14, "2026-02-15T023000Z")

        with monkeypatch.context() as patches, pytest.raises(KeyboardInterrupt):
            patches.setattr(backing_up, "write_contents", raises(KeyboardInterrupt))
            back_up(target, tmp_path, NOW + timedelta(days=20))
        assert [folder.name for folder in sorted(tmp_path.iterdir())] == names
        # killed, it can take nothing away; the next one does
        (tmp_path / ".unfinished_2026-02-20T023000Z").mkdir()
        assert latest_backup(tmp_path)[0].folder.name == names[-1]
        back_up(target, tmp_path, NOW + timedelta(days=21))
    assert all(path.name.startswith("2026-02-") for path in tmp_path.iterdir())


def raises(error: type[BaseException]) -> Any:
    def fail(*_: Any) -> None:
        raise error

    return fail


STATES = {
    "is whole": ([], None),
    "is of the first form": (
        [
            "drop table if exists identity.int_identity__anchors",
            "drop table if exists identity.int_identity__known_records",
            "drop table if exists marts.identity_map_history",
            "drop table if exists marts.identity_events",
        ],
        None,
    ),
    "lost its nodes": (
        ["drop table identity.int_identity__nodes"],
        "has rows, and int_identity__nodes, which numbers its records, has none.",
    ),
    "lost the rows of its nodes": (
        ["delete from identity.int_identity__nodes"],
        "has rows, and int_identity__nodes, which numbers its records, has none.",
    ),
    "has older nodes": (
        ["delete from identity.int_identity__nodes where node_id = 3"],
        "has records that int_identity__nodes has not.",
    ),
    "is half restored": (
        ["create table operations.identity_restore as select 'a' as backup"],
        "a restore was begun and did not come to its end.",
    ),
    "is gone": (
        ["drop schema identity cascade", "drop schema if exists marts cascade"],
        None,
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_is_not_whole_is_known(
    state: str, copy: Warehouse, manifest: Manifest, tmp_path: Path
) -> None:
    statements, fault = STATES[state]
    change(copy, *statements)
    with opened(copy, manifest) as target:
        found = target.adapter.execute_macro("identity_state_fault")
        if fault:
            assert str(found).endswith(fault)
            with pytest.raises(CannotRunError, match="Nothing was backed up, because identity is "):
                back_up(target, tmp_path / "backups")
        else:
            assert found is None


def test_dbt_builds_no_identity_beside_ids_that_it_does_not_know(copy: Warehouse) -> None:
    change(copy, "drop table identity.int_identity__nodes")
    stopped = copy.dbt("build", *IDENTITY)
    assert not stopped.success
    said = " ".join(str(stopped.exception).split())
    assert "make restore-identity REPLACE=yes FROM=data/identity_backups" in said
    assert copy.dbt("run", "--select", "stg_customer_io__people").success


def test_before_a_build_there_is_nothing_to_keep(
    copy: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.database.unlink()
    assert command(copy, "backup", "--to", str(copy.folder / "backups")) == 2
    assert "Error: Identity keeps nothing here yet: run dbt build first." in capsys.readouterr().err
    assert not (copy.folder / "backups").exists()
