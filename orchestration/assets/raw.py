"""Raw tables: loaded by us, one step for all, or by others, who are only checked."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.changes import Records
from orchestration.changes.inputs import is_loaded_by_others
from orchestration.changes.records import EVERYTHING, age
from orchestration.load import Outcome, Status, find_files, load_files
from orchestration.platform.warehouse import Target
from orchestration.resources import POOL, Refresh, Warehouse, path_of
from orchestration.retries import RETRIES, judged
from orchestration.translator import Translator, freshness_policy

# less than a week, since nights do not all begin at the same second
EVERYTHING_AFTER_DAYS = 6.5


def raw_specs(manifest: Mapping[str, Any], translator: Translator) -> list[dg.AssetSpec]:
    """One for each raw table of the enabled sources, with the columns of its contract."""
    specs = []
    project = manifest["metadata"]["project_name"]
    for unique_id, source in manifest["sources"].items():
        base = f"model.{project}.base_{source['source_name']}__{source['name']}"
        if base not in manifest["nodes"]:
            continue
        spec = translator.get_asset_spec(manifest, unique_id, None)
        contract = translator.get_metadata(manifest["nodes"][base])
        specs.append(
            dg.AssetSpec(
                key=spec.key,
                description=spec.description,
                group_name=spec.group_name,
                owners=translator.get_owners(source),
                kinds={"table", str(manifest["metadata"]["adapter_type"])},
                tags=translator.get_tags({**source, "columns": manifest["nodes"][base]["columns"]}),
                metadata={
                    "dagster/column_schema": contract["dagster/column_schema"],
                    "dagster/table_name": f"{source['schema']}.{source['identifier']}",
                },
                freshness_policy=freshness_policy(source),
            )
        )
    return specs


def loaded_by_others(spec: dg.AssetSpec) -> bool:
    """Whether another loader fills a raw table."""
    _, source, name = spec.key.path
    return is_loaded_by_others(source, name)


def loaded_raw_tables(specs: Iterable[dg.AssetSpec]) -> dg.AssetsDefinition:
    """The step that loads the files of raw tables, each once."""

    @dg.multi_asset(
        name="load_raw", specs=list(specs), can_subset=True, retry_policy=RETRIES, pool=POOL
    )
    def load_raw(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult[Any]]:
        keys = sorted(context.selected_asset_keys)
        with judged("Loading"), warehouse.open(context.log.info) as target:
            outcomes = _load(target, keys)
        _refuse(outcomes)
        for key in keys:
            metadata = _metadata(_of(outcomes, key))
            yield dg.MaterializeResult(asset_key=key, metadata=metadata)

    return load_raw


def load_new(
    context: dg.OpExecutionContext,
    warehouse: Warehouse,
    refresh: Refresh,
    keys: Iterable[dg.AssetKey],
) -> Iterator[dg.AssetMaterialization]:
    """Begins a night: loads raw files, and tells of the tables for which some came.

    Once a week, and where it is asked for, all that was built before is forgotten.
    """
    with judged("Loading"), warehouse.open(context.log.info) as target:
        if reason := _why_everything(target, refresh):
            context.log.info(f"Everything is built, {reason}")
            Records(target).forget_everything(context.run_id)
        outcomes = _load(target, keys)
    _refuse(outcomes)
    for key in keys:
        metadata = _metadata(_of(outcomes, key))
        if metadata["new_files"]:
            yield dg.AssetMaterialization(key, metadata=metadata)


def _why_everything(target: Target, refresh: Refresh) -> str | None:
    """Why a night builds all, whether it has changed or not; None where it does not."""
    if refresh.everything or (refresh.full and not refresh.select):
        return "as this run's configuration says"
    last = Records(target).read().get(EVERYTHING)
    if last is None:
        return "since no night has yet"
    if age(last) > EVERYTHING_AFTER_DAYS:
        return f"as every week: run {last.built_by} did it last"
    return None


def _refuse(outcomes: Iterable[Outcome]) -> None:
    """Raises a Failure where a file cannot be read."""
    rejected = [part for part in outcomes if part.status == Status.REJECTED]
    if rejected:
        names = ", ".join("/".join(part.key) for part in rejected[:10])
        raise dg.Failure(
            f"{len(rejected)} raw files cannot be read: {names}. The table "
            "operations.load_journal says why; mend them or take them out, and run again.",
            allow_retries=False,
        )


def _of(outcomes: Iterable[Outcome], key: dg.AssetKey) -> list[Outcome]:
    place = tuple(key.path[1:])
    return [part for part in outcomes if (part.source_name, part.table_name) == place]


def _load(target: Target, keys: Iterable[dg.AssetKey]) -> list[Outcome]:
    """Loads the files of raw tables. A DuckDB warehouse then sees the files that are there now, as
    when dbt starts."""
    tables = {(key.path[1], key.path[2]) for key in keys}
    raw_dir = path_of("CUSTOMER_360_RAW_DIR")
    if tables and not raw_dir.is_dir():
        raise dg.Failure(
            f"There is no folder {raw_dir}: name the one of the raw files in CUSTOMER_360_RAW_DIR",
            allow_retries=False,
        )
    sources = sorted({source for source, _ in tables})
    elsewhere = set(target.tables) - tables
    files = [
        file
        for file in (find_files(raw_dir, target.known_tables, sources) if tables else [])
        if (file.source, file.table) not in elsewhere
    ]
    outcomes = list(load_files(target, files))
    if all(part.status != Status.REJECTED for part in outcomes):  # else it would stop there
        target.adapter.execute_macro("read_raw_files")
    return outcomes


def _metadata(files: list[Outcome]) -> dict[str, int]:
    return {
        "files": len(files),
        "new_files": sum(part.status == Status.LOADED for part in files),
        "new_rows": sum(part.row_count or 0 for part in files if part.status == Status.LOADED),
        "dagster/row_count": sum(part.row_count or 0 for part in files),
    }
