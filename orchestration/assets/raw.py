"""Raw tables: loaded by us, one step for all, or by others, who are only checked."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.load import Outcome, Status, load_files
from orchestration.load.files import find_files
from orchestration.platform.warehouse import Target
from orchestration.resources import POOL, Warehouse, path_of
from orchestration.retries import RETRIES, judged
from orchestration.translator import Translator, freshness_policy


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
    """Whether CUSTOMER_360_LOADED_BY_OTHERS names a raw table, or its source (`web,retail.stores`).

    By default nothing: our loader brings in all files of CUSTOMER_360_RAW_DIR.
    """
    named = os.environ.get("CUSTOMER_360_LOADED_BY_OTHERS", "").replace(",", " ").split()
    _, source, name = spec.key.path
    return source in named or f"{source}.{name}" in named


def loaded_raw_tables(specs: Iterable[dg.AssetSpec]) -> dg.AssetsDefinition:
    """The step that loads the files of raw tables, each once."""

    @dg.multi_asset(
        name="load_raw", specs=list(specs), can_subset=True, retry_policy=RETRIES, pool=POOL
    )
    def load_raw(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult[Any]]:
        keys = sorted(context.selected_asset_keys)
        tables = {(key.path[1], key.path[2]) for key in keys}
        with judged("Loading"), warehouse.open(context.log.info) as target:
            outcomes = _load(target, tables)
            _read_files_in_place(target)
        rejected = [part for part in outcomes if part.status == Status.REJECTED]
        if rejected:
            names = ", ".join("/".join(part.key) for part in rejected[:10])
            raise dg.Failure(
                f"{len(rejected)} raw files cannot be read: {names}. The table "
                "operations.load_journal says why; mend them or take them out, and run again.",
                allow_retries=False,
            )
        for key in keys:
            files = [
                part
                for part in outcomes
                if (part.source_name, part.table_name) == tuple(key.path[1:])
            ]
            yield dg.MaterializeResult(asset_key=key, metadata=_metadata(files))

    return load_raw


def _load(target: Target, tables: set[tuple[str, str]]) -> list[Outcome]:
    raw_dir = path_of("CUSTOMER_360_RAW_DIR")
    if not raw_dir.is_dir():
        raise dg.Failure(
            f"There is no folder {raw_dir}: name the one of the raw files in CUSTOMER_360_RAW_DIR",
            allow_retries=False,
        )
    sources = sorted({source for source, _ in tables})
    elsewhere = set(target.tables) - tables
    files = [
        path
        for path in find_files(raw_dir, sources)
        if (path.relative_to(raw_dir).parts[0], path.name.split(".")[0]) not in elsewhere
    ]
    return list(load_files(target, raw_dir, files))


def _read_files_in_place(target: Target) -> None:
    """Lets a DuckDB warehouse see the files that are there now, as dbt does when it starts."""
    target.adapter.execute_macro("read_raw_files")


def _metadata(files: list[Outcome]) -> dict[str, int]:
    return {
        "files": len(files),
        "new_files": sum(part.status == Status.LOADED for part in files),
        "new_rows": sum(part.row_count or 0 for part in files if part.status == Status.LOADED),
        "dagster/row_count": sum(part.row_count or 0 for part in files),
    }
