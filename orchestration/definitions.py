"""Dagster's code location: puts together what the other modules define."""

import functools
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import dagster as dg

from orchestration.assets.dbt import dbt_step
from orchestration.assets.gates import gate_checks
from orchestration.assets.published import published_asset
from orchestration.assets.raw import loaded_by_others, loaded_raw_tables, raw_specs
from orchestration.backfill import backfill_days
from orchestration.gates import GATES, load_suites
from orchestration.gates.project import read_project
from orchestration.nights import backfill_step, night, night_steps
from orchestration.notify import (
    Notifier,
    notify_failed_step,
    notify_good_again,
    notify_lost_runs,
)
from orchestration.resources import (
    PROJECT_DIR,
    Refresh,
    Warehouse,
    dbt_resource,
    prepared_project,
    settle_environment,
    step_timeout,
)
from orchestration.schedules import schedule
from orchestration.sensors import LandingFolder, landing_sensor, raw_rows_sensor, waiting_rows
from orchestration.steps import STEPS, in_micro_batches
from orchestration.translator import Translator

MAX_RUNTIME_SECONDS = 6 * 60 * 60
MANIFEST_TRIES = 10
# steps follow each other, so that one process holds the warehouse for the whole run
OF_EACH_JOB: dict[str, Any] = {
    "tags": {"dagster/max_runtime": str(MAX_RUNTIME_SECONDS)},
    "hooks": {notify_failed_step},
    "executor_def": dg.in_process_executor,
}


@dg.definitions
@functools.cache
def defs() -> dg.Definitions:
    """The code location, made once in a process, which asks for it again and again."""
    for _ in range(MANIFEST_TRIES):
        try:
            return assemble()
        except json.JSONDecodeError:  # another run is writing dbt's manifest at this moment
            time.sleep(1)
    return assemble()


def assemble() -> dg.Definitions:
    """Assets, checks, jobs, schedule and sensors of the project as it is configured now."""
    settle_environment()
    project = prepared_project()
    manifest = json.loads(project.manifest_path.read_text(encoding="utf-8"))
    tables = read_project(project.manifest_path)
    suites = {gate: load_suites(gate, tables, PROJECT_DIR / "expectations") for gate in GATES}
    owners = {suite.table: suite.owner for gate in GATES for suite in suites[gate]}

    translator = Translator(owners)
    specs = raw_specs(manifest, translator)
    loaded = [spec for spec in specs if not loaded_by_others(spec)]
    by_others = [spec for spec in specs if loaded_by_others(spec)]
    raw = [loaded_raw_tables(loaded)] if loaded else []
    conformed, marts = (dbt_step(step, project, translator) for step in STEPS)
    keys = {
        **{".".join(spec.key.path[1:]): spec.key for spec in specs},
        **{key.path[-1]: key for assets in (conformed, marts) for key in assets.keys},
    }
    gates = {gate: gate_checks(gate, suites[gate], keys) for gate in GATES}
    published = published_asset(_keys(manifest, translator, _is_published))

    steps = night_steps(project, translator, [spec.key for spec in loaded], keys)
    nightly = _job(
        night("nightly", steps),
        "Raw files to published tables: load, customers, marts, publish, and gates between. Builds "
        "and checks what can have changed, and everything once a week.",
    )
    micro_batch = dg.define_asset_job(
        "micro_batch",
        (
            dg.AssetSelection.assets(*raw, *_keys(manifest, translator, in_micro_batches))
            | dg.AssetSelection.checks(gates["raw"])
        )
        - dg.AssetSelection.checks(gates["conformed"])
        - dg.AssetSelection.checks(*[key for key in conformed.check_keys if _is_of_staging(key)]),
        description="What has landed: load, gate, staging, conformed and identity. Publishes "
        "nothing.",
        **OF_EACH_JOB,
    )
    rebuild = _job(
        night("rebuild", steps),
        "A night that builds tables anew: all, or those that the resource `refresh` selects.",
        dg.RunConfig(resources={"refresh": Refresh(full=True)}),
    )
    train = _job(
        night("train", steps[-5:]),
        "Fits what customers will be worth anew, builds and checks what reads that, and publishes.",
        dg.RunConfig(resources={"refresh": Refresh(refit=True)}),
    )
    retry = _job(
        night("retry", steps[1:]),
        "The rest of a night that failed: what was not built or checked to its end. Loads nothing.",
    )
    backfill = _job(
        night("backfill", [backfill_step()]),
        "Past days of customer_metrics_daily and int_alert_days, made again. Builds no other mart, "
        "fits and publishes nothing.",
        partitions_def=backfill_days(),
    )
    return dg.Definitions(
        assets=[*raw, *by_others, conformed, marts, published],
        asset_checks=[*gates.values()],
        jobs=[nightly, micro_batch, rebuild, train, retry, backfill],
        schedules=[
            schedule("nightly_schedule", nightly, "0 2 * * *"),
            schedule("training_schedule", train, "0 4 * * 0"),
        ],
        sensors=[
            landing_sensor(micro_batch),
            *(
                [raw_rows_sensor(micro_batch, waiting_rows(manifest, by_others))]
                if by_others
                else []
            ),
            notify_lost_runs,
            notify_good_again,
        ],
        resources={
            "dbt": dbt_resource(project),
            "landing": LandingFolder(),
            "notifier": Notifier(),
            "refresh": Refresh(),
            "warehouse": Warehouse(step_timeout_seconds=step_timeout()),
        },
        executor=dg.in_process_executor,
    )


def _job(
    graph: dg.GraphDefinition,
    description: str,
    config: dg.RunConfig | None = None,
    partitions_def: dg.PartitionsDefinition[str] | None = None,
) -> dg.JobDefinition:
    return graph.to_job(
        config=config, description=description, partitions_def=partitions_def, **OF_EACH_JOB
    )


def _is_of_staging(check: dg.AssetCheckKey) -> bool:
    """Whether it tests staging: that reads all that was ever loaded, and is left to the night."""
    return check.asset_key.path[0] == "staging"


def _is_published(node: Mapping[str, Any]) -> bool:
    return bool(node["config"]["meta"].get("published"))


def _keys(
    manifest: Mapping[str, Any],
    translator: Translator,
    condition: Callable[[Mapping[str, Any]], bool],
) -> list[dg.AssetKey]:
    """The models and seeds of which something holds."""
    return [
        translator.get_asset_key(node)
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed") and condition(node)
    ]
