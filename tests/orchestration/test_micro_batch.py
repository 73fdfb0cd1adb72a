"""What comes in starts one micro-batch, of the tables it touches; nothing is built here."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from orchestration.definitions import assemble
from orchestration.resources import Warehouse
from orchestration.sensors import LandingFolder
from tests.orchestration.test_definitions import settings
from tests.support import REPOSITORY, environment


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.RepositoryDefinition]:
    """The code location; web's events and the shop's stores are loaded by others."""
    folder = tmp_path_factory.mktemp("micro_batch")
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    by_others = {"CUSTOMER_360_LOADED_BY_OTHERS": "web retail.stores"}
    with environment(**settings(folder)), environment(**by_others):
        yield assemble().get_repository_def()


@pytest.fixture
def landing(tmp_path: Path) -> LandingFolder:
    for source in ("retail", "support"):
        (tmp_path / source).mkdir()
    return LandingFolder(path=str(tmp_path))


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def drop(landing: LandingFolder, name: str) -> None:
    (Path(str(landing.path)) / name).write_bytes(name.encode())


def evaluate(
    project: dg.RepositoryDefinition,
    instance: dg.DagsterInstance,
    cursor: str | None,
    sensor: str = "landing_folder",
    **resources: Any,
) -> tuple[list[dg.RunRequest], str | None]:
    """The runs that a sensor asks for, and its cursor after that."""
    with dg.build_sensor_context(
        instance=instance, cursor=cursor, repository_def=project, resources=resources
    ) as context:
        found = project.get_sensor_def(sensor).evaluate_tick(context)
    return [*(found.run_requests or [])], found.cursor or cursor


def test_a_dropped_file_starts_one_micro_batch_not_two(
    project: dg.RepositoryDefinition, instance: dg.DagsterInstance, landing: LandingFolder
) -> None:
    assert evaluate(project, instance, None, landing=landing) == ([], None)
    drop(landing, "retail/transactions.parquet")
    [run], cursor = evaluate(project, instance, None, landing=landing)
    # once more before the cursor was kept: the same key, of which Dagster starts one run
    [same], _ = evaluate(project, instance, None, landing=landing)
    assert same.run_key == run.run_key
    assert evaluate(project, instance, cursor, landing=landing) == ([], cursor)

    drop(landing, "retail/transactions.0002.parquet")
    [later], later_cursor = evaluate(project, instance, cursor, landing=landing)
    assert later.run_key != run.run_key
    assert evaluate(project, instance, later_cursor, landing=landing) == ([], later_cursor)


def test_a_micro_batch_builds_what_the_new_files_touch(
    project: dg.RepositoryDefinition, instance: dg.DagsterInstance, landing: LandingFolder
) -> None:
    drop(landing, "support/tickets.parquet")
    _, cursor = evaluate(project, instance, None, landing=landing)
    drop(landing, "retail/transactions.parquet")
    [run], _ = evaluate(project, instance, cursor, landing=landing)
    assert run.asset_selection and run.asset_check_keys
    built = {key.to_user_string() for key in run.asset_selection}
    assert {
        "raw/retail/transactions",
        "staging/stg_retail__transactions",
        "conformed/int_orders",
        "identity/int_identity__map",
    } <= built
    assert not {"raw/support/tickets", "conformed/int_tickets", "raw/web/events"} & built
    assert {key.path[0] for key in run.asset_selection} == {
        "raw", "staging", "conformed", "identity",
    }  # fmt: skip
    gates = [key for key in run.asset_check_keys if key.name.endswith("_gate")]
    assert [key.to_user_string() for key in gates] == ["raw/retail/transactions:raw_gate"]
    subset = project.get_job("micro_batch").get_subset(
        asset_selection={*run.asset_selection}, asset_check_selection={*run.asset_check_keys}
    )
    steps = [node.name for node in subset.graph.nodes_in_topological_order]
    assert steps == ["load_raw", "gate_raw", "dbt_conformed"]


def test_a_file_that_is_still_written_or_of_no_table_starts_nothing(
    project: dg.RepositoryDefinition, instance: dg.DagsterInstance, landing: LandingFolder
) -> None:
    drop(landing, "retail/.transactions.parquet.part")
    drop(landing, "retail/no_table_of_ours.parquet")
    assert evaluate(project, instance, None, landing=landing) == ([], None)


def test_what_lands_during_a_micro_batch_comes_after_it(
    project: dg.RepositoryDefinition, instance: dg.DagsterInstance, landing: LandingFolder
) -> None:
    drop(landing, "retail/transactions.parquet")
    run = instance.create_run_for_job(
        project.get_job("micro_batch"), status=dg.DagsterRunStatus.STARTED
    )
    assert evaluate(project, instance, None, landing=landing) == ([], None)
    instance.report_run_canceled(run)
    [_], cursor = evaluate(project, instance, None, landing=landing)
    assert cursor


def test_rows_that_others_have_loaded_start_one_micro_batch(
    project: dg.RepositoryDefinition, instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    def run(cursor: str | None) -> tuple[list[dg.RunRequest], str | None]:
        return evaluate(project, instance, cursor, "raw_rows", warehouse=Warehouse())

    def execute(*statements: str) -> None:
        with duckdb.connect(str(tmp_path / "customer_360.duckdb")) as connection:
            for statement in statements:
                connection.execute(statement)

    with environment(CUSTOMER_360_DUCKDB=str(tmp_path / "customer_360.duckdb")):
        execute(
            "create schema raw_web",
            "create table raw_web.events as select timestamp '2026-06-30 01:00' as _loaded_at",
            "create schema staging",
            "create table staging.base_web__events as"
            " select _loaded_at as loaded_at from raw_web.events",
            "create schema raw_retail",
            "create table raw_retail.stores as from raw_web.events",
            "create table staging.base_retail__stores as from staging.base_web__events",
        )
        assert run(None) == ([], None)
        execute("insert into raw_web.events values (timestamp '2026-06-30 01:05')")
        [request], cursor = run(None)
        assert request.asset_selection and request.asset_check_keys
        built = {key.to_user_string() for key in request.asset_selection}
        assert {"staging/base_web__events", "conformed/int_events"} <= built
        # they are not ours to load, but their gate is
        assert "raw/web/events" not in built
        assert dg.AssetCheckKey(dg.AssetKey(["raw", "web", "events"]), "raw_gate") in (
            request.asset_check_keys
        )
        assert run(cursor) == ([], cursor), "one run for the same rows"
        execute("insert into staging.base_web__events select max(_loaded_at) from raw_web.events")
        assert run(None) == ([], None), "staging has them"
        with Warehouse().yield_for_execution(dg.build_init_resource_context()) as other:
            other.hold_if_free()
            execute("insert into raw_web.events values (timestamp '2026-06-30 01:10')")
            assert run(cursor) == ([], cursor), "a run has the warehouse"
        [later], last = run(cursor)
        assert later.run_key != request.run_key
        assert json.loads(str(last)) == {"web/events": "2026-06-30 01:10:00"}
        execute("delete from raw_web.events", "delete from raw_retail.stores")
        [request], last = run(last)
        assert request.asset_selection
        built = {key.to_user_string() for key in request.asset_selection}
        assert "staging/base_retail__stores" in built
        assert "staging/base_web__events" not in built, "it is not loaded whole"
        assert run(last) == ([], last), "one run for what is gone"
