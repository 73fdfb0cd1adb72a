"""What Dagster knows of the project: read with every source, nothing is run."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.backfill import backfill_days
from orchestration.definitions import assemble
from orchestration.gates import GATES
from orchestration.resources import path_of, settle_environment
from tests.support import REPOSITORY, environment


def settings(folder: Path) -> dict[str, str]:
    """The environment of a project whose files are all in a folder."""
    return {
        "CUSTOMER_360_DUCKDB": str(folder / "customer_360.duckdb"),
        "CUSTOMER_360_RAW_DIR": str(folder / "raw"),
        "CUSTOMER_360_IDENTITY_BACKUPS": str(folder / "identity_backups"),
        "CUSTOMER_360_QUALITY_REPORT": str(folder / "report.html"),
        "CUSTOMER_360_DBT_VARS": "",
        "CUSTOMER_360_LOADED_BY_OTHERS": "",
        "CUSTOMER_360_WEBHOOK_URL": "",
        "DBT_PROFILES_DIR": str(folder),
        "DBT_PROJECT_DIR": str(REPOSITORY),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
        "DAGSTER_DISABLE_TELEMETRY": "yes",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("definitions")
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    with environment(**settings(folder)):
        yield folder


@pytest.fixture(scope="module")
def definitions(folder: Path) -> dg.Definitions:
    return assemble()


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_dagster_loads_them(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_every_model_is_an_asset_with_group_owner_and_description(
    folder: Path, specs: dict[str, dg.AssetSpec]
) -> None:
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"].values()
    models = [node for node in nodes if node["resource_type"] in ("model", "seed")]
    assert len(models) > 100
    for model in models:
        spec = specs[f"{model['config']['schema']}/{model['name']}"]
        assert spec.group_name not in (None, "default")
        assert spec.owners and spec.owners[0].startswith("team:")
        assert spec.description and "select" not in spec.description.split()[0].lower()
        assert {"dbt", "duckdb"} <= spec.kinds
        assert spec.tags["tier"] in ("1", "2", "3")


def test_groups_owners_tags_and_column_docs_are_the_projects(
    specs: dict[str, dg.AssetSpec],
) -> None:
    customers = specs["marts/customers"]
    assert (customers.group_name, customers.tags["tier"]) == ("marts_core", "1")
    assert "pii" in customers.tags
    columns = {part.name: part for part in customers.metadata["dagster/column_schema"].columns}
    assert columns["full_name"].tags == {"pii": ""}
    assert not columns["customer_id"].tags
    assert columns["party_type"].description == "person or organisation."
    assert specs["conformed/int_orders"].group_name == "conformed_commerce"
    assert specs["staging/stg_retail__customers"].group_name == "staging_retail"
    assert specs["staging/stg_retail__customers"].owners == specs["raw/retail/customers"].owners
    assert specs["raw/retail/customers"].owners == ["team:retail-systems"]
    assert specs["reference/rfm_segments"].group_name == "reference"


def test_gates_stand_between_the_steps(definitions: dg.Definitions, folder: Path) -> None:
    nightly = definitions.resolve_job_def("nightly")
    steps = [node.name for node in nightly.graph.nodes_in_topological_order]
    assert steps == [
        "load_raw", "gate_raw", "dbt_conformed", "gate_conformed", "dbt_marts", "gate_marts",
        "published", "backed_up", "told",
    ]  # fmt: skip
    graph = definitions.get_repository_def().asset_graph
    for gate in GATES:
        gates = [key for key in graph.asset_check_keys if key.name == f"{gate}_gate"]
        assert len(gates) == len(list((REPOSITORY / "expectations" / gate).glob("*.yml")))
        assert all(graph.get(key).blocking for key in gates)
    nodes = json.loads((folder / "target" / "manifest.json").read_text())["nodes"].values()
    attached = [node for node in nodes if node.get("attached_node")]
    tests = {key.name for key in graph.asset_check_keys if not key.name.endswith("_gate")}
    assert len(attached) > 100
    assert {node["name"] for node in attached} <= tests


def test_a_micro_batch_stops_before_the_marts(definitions: dg.Definitions) -> None:
    micro_batch = definitions.resolve_job_def("micro_batch")
    steps = [node.name for node in micro_batch.graph.nodes_in_topological_order]
    assert steps == ["load_raw", "gate_raw", "dbt_conformed"]


def test_a_retry_is_a_night_that_loads_nothing(definitions: dg.Definitions) -> None:
    retry = definitions.resolve_job_def("retry")
    steps = [node.name for node in retry.graph.nodes_in_topological_order]
    assert steps == [
        "gate_raw", "dbt_conformed", "gate_conformed", "dbt_marts", "gate_marts", "published",
        "backed_up", "told",
    ]  # fmt: skip
    assert not retry.run_config


def test_a_backfill_is_one_step_of_past_days(definitions: dg.Definitions, folder: Path) -> None:
    backfill = definitions.resolve_job_def("backfill")
    assert [node.name for node in backfill.graph.nodes] == ["dbt_backfill"]
    assert all(node.definition.pool == "warehouse" for node in backfill.graph.nodes)  # type: ignore[attr-defined]
    assert backfill.partitions_def is not None
    days = backfill.partitions_def.get_partition_keys(current_time=datetime(2026, 7, 2, tzinfo=UTC))
    assert (days[0], days[-1]) == ("2020-01-01", "2026-07-01")
    with environment(CUSTOMER_360_BACKFILL_FROM="2026-06-30"):
        assert backfill_days().get_partition_keys()[0] == "2026-06-30"
    with (
        environment(CUSTOMER_360_BACKFILL_FROM="June"),
        pytest.raises(dg.DagsterInvalidDefinitionError, match="CUSTOMER_360_BACKFILL_FROM is no"),
    ):
        backfill_days()


def test_one_run_at_a_time_leaves_the_queue(definitions: dg.Definitions, folder: Path) -> None:
    home = folder / "dagster"
    home.mkdir()
    shutil.copy(REPOSITORY / "orchestration" / "dagster.yaml", home)
    steps = definitions.resolve_job_def("nightly").graph.nodes
    assert {step.definition.pool for step in steps} == {"warehouse"}  # type: ignore[attr-defined]
    with dg.DagsterInstance.from_config(str(home)) as instance:
        pools = instance.get_concurrency_config().pool_config
    assert pools.default_pool_limit == 1
    assert pools.pool_granularity is not None and pools.pool_granularity.value == "run"


def test_sources_and_customer_360_say_when_they_are_late(specs: dict[str, dg.AssetSpec]) -> None:
    nightly = dg.FreshnessPolicy.time_window(
        warn_window=timedelta(hours=26), fail_window=timedelta(hours=50)
    )
    assert specs["raw/web/events"].freshness_policy == dg.FreshnessPolicy.time_window(
        warn_window=timedelta(hours=36), fail_window=timedelta(days=7)
    )
    assert specs["marts/customer_360"].freshness_policy == nightly
    assert specs["published"].freshness_policy == nightly
    assert specs["conformed/int_orders"].freshness_policy is None


def test_only_nights_training_and_the_word_of_runs_are_on(
    definitions: dg.Definitions,
) -> None:
    for name, when in (("nightly", "0 2 * * *"), ("training", "0 4 * * 0")):
        schedule = definitions.resolve_schedule_def(f"{name}_schedule")
        assert (schedule.cron_schedule, schedule.execution_timezone) == (when, "UTC")
        assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    landing = definitions.resolve_sensor_def("landing_folder")
    assert landing.default_status == dg.DefaultSensorStatus.STOPPED
    for name in ("notify_lost_runs", "notify_good_again"):
        sensor = definitions.resolve_sensor_def(name)
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_a_table_that_others_load_is_only_checked(folder: Path) -> None:
    with environment(CUSTOMER_360_LOADED_BY_OTHERS="web, retail.stores"):
        graph = assemble().get_repository_def().asset_graph
    loaded = {key.to_user_string() for key in graph.executable_asset_keys}
    assert "raw/retail/customers" in loaded
    assert not {"raw/web/events", "raw/retail/stores"} & loaded
    checked = {key.asset_key.to_user_string() for key in graph.asset_check_keys}
    assert {"raw/web/events", "raw/retail/stores"} <= checked


def test_every_path_is_absolute_however_it_is_written(folder: Path) -> None:
    with environment(CUSTOMER_360_DUCKDB="data/customer_360.duckdb"):
        settle_environment()
        assert path_of("CUSTOMER_360_DUCKDB") == REPOSITORY / "data" / "customer_360.duckdb"


def test_a_rebuild_refreshes_all_or_what_is_selected(definitions: dg.Definitions) -> None:
    rebuild = definitions.resolve_job_def("rebuild")
    assert rebuild.run_config is not None
    assert rebuild.run_config["resources"] == {
        "refresh": {"config": {"everything": False, "full": True, "refit": False, "select": ""}}
    }
    selected = {"resources": {"refresh": {"config": {"full": True, "select": "int_events+"}}}}
    assert dg.validate_run_config(rebuild, selected)["resources"]["refresh"]
    mistyped = {"resources": {"refresh": {"config": {"selct": "int_events+"}}}}
    with pytest.raises(dg.DagsterInvalidConfigError, match="selct"):
        dg.validate_run_config(rebuild, mistyped)
