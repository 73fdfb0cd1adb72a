"""What starts runs by itself: files that arrive, and rows that others load."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.load import find_files
from orchestration.resources import Warehouse, path_of
from orchestration.retries import judged

EVERY_SECONDS = 300
_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


class LandingFolder(dg.ConfigurableResource[Any]):
    """The folder that raw files arrive in, CUSTOMER_360_RAW_DIR unless it is named."""

    path: str | None = None

    def state(self) -> dict[str, str]:
        """A hash of the names, sizes and times of each raw table's files, by `source/table`."""
        folder = Path(self.path) if self.path else path_of("CUSTOMER_360_RAW_DIR")
        found: dict[str, list[str]] = {}
        for file in find_files(folder) if folder.is_dir() else []:
            status = file.path.stat()
            entry = f"{file.name} {status.st_size} {status.st_mtime_ns}"
            found.setdefault(f"{file.source}/{file.table}", []).append(entry)
        return {table: _hash("\n".join(entries)) for table, entries in found.items()}


def landing_sensor(job: Any) -> dg.SensorDefinition:
    """Starts a job for the tables whose files have changed, never while one is under way."""

    @dg.sensor(
        name="landing_folder",
        job=job,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="New or changed files in CUSTOMER_360_RAW_DIR start a micro-batch.",
    )
    def landing_folder(
        context: dg.SensorEvaluationContext, landing: LandingFolder
    ) -> dg.SensorResult | dg.SkipReason:
        state = landing.state()
        known = json.loads(context.cursor or "{}")
        changed = [table for table, files in state.items() if known.get(table) != files]
        return _started(context, job.name, changed, json.dumps(state, sort_keys=True))

    return landing_folder


def raw_rows_sensor(job: Any, query: str) -> dg.SensorDefinition:
    """Starts a job for tables that others load, when they hold rows that staging does not.

    query: of waiting_rows().
    """

    @dg.sensor(
        name="raw_rows",
        job=job,
        minimum_interval_seconds=EVERY_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Rows that others have loaded and staging does not hold start a micro-batch.",
    )
    def raw_rows(
        context: dg.SensorEvaluationContext, warehouse: Warehouse
    ) -> dg.SensorResult | dg.SkipReason:
        if not warehouse.hold_if_free():
            return dg.SkipReason("A run has the warehouse; what came in since comes after it")
        with judged("Looking for new rows"), warehouse.open(context.log.info) as target:
            waiting = dict(target.query(query))
        state = json.dumps(waiting, sort_keys=True)
        changed = [] if state == context.cursor else [*waiting]
        return _started(context, job.name, changed, state)

    return raw_rows


def waiting_rows(manifest: Mapping[str, Any], specs: Iterable[dg.AssetSpec]) -> str:
    """A query of the raw tables with loads that staging has not seen, or, where they are loaded
    whole, with more or fewer rows: `source/table`, the last load, and how many they are there."""
    project = manifest["metadata"]["project_name"]
    queries = []
    for _, source, name in (spec.key.path for spec in specs):
        raw = manifest["sources"][f"source.{project}.{source}.{name}"]
        base = manifest["nodes"][f"model.{project}.base_{source}__{name}"]
        judged_rows = base["relation_name"]
        loaded_at = f"max({raw['loaded_at_field'] or '_loaded_at'})"
        state = f"cast({loaded_at} as string)"
        waits = (
            f"cast({loaded_at} as timestamp) > "
            f"(select coalesce(max(loaded_at), cast('1900-01-01' as timestamp)) from {judged_rows})"
        )
        if base["config"]["meta"].get("loaded") == "whole":
            state += " || ' ' || cast(count(*) as string)"
            waits += f" or count(*) <> (select count(*) from {judged_rows})"
        queries.append(
            f"select '{source}/{name}' as name, {state} as state "
            f"from {raw['relation_name']} having {waits}"
        )
    return " union all ".join(queries)


def _started(
    context: dg.SensorEvaluationContext, job_name: str, changed: Collection[str], state: str
) -> dg.SensorResult | dg.SkipReason:
    """The run for the raw tables that changed: they, what is made of them, and their checks."""
    assert context.repository_def is not None
    graph = context.repository_def.get_job(job_name).asset_layer.asset_graph
    raw = {
        dg.AssetKey(["raw", *table.split("/")]) for table in changed
    } & graph.get_all_asset_keys()
    if not raw:
        return dg.SkipReason("Nothing has come in since the last micro-batch")
    of_job = dg.RunsFilter(job_name=job_name, statuses=_UNDER_WAY)
    if context.instance.get_runs_count(of_job):
        return dg.SkipReason("A micro-batch is under way; what came in since comes after it")
    touched = dg.AssetSelection.assets(*raw).downstream().resolve(graph)
    run = dg.RunRequest(
        run_key=_hash(state),
        asset_selection=sorted(touched & graph.executable_asset_keys),
        asset_check_keys=sorted(key for key in graph.asset_check_keys if key.asset_key in touched),
    )
    return dg.SensorResult(run_requests=[run], cursor=state)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
