"""dbt's models and seeds, in two steps with a gate between: up to customers, then marts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from orchestration.resources import POOL, Dbt, Refresh, Warehouse, path_of, variables_option
from orchestration.retries import RETRIES, may_pass
from orchestration.translator import Translator

MARTS = "path:models/marts"
_SHOWN = 10


def conformed_models(project: DbtProject, translator: Translator) -> dg.AssetsDefinition:
    """Seeds, staging, conformed and identity."""

    @dbt_assets(
        name="dbt_conformed",
        manifest=project.manifest_path,
        exclude=MARTS,
        project=project,
        dagster_dbt_translator=translator,
        retry_policy=RETRIES,
        pool=POOL,
    )
    def dbt_conformed(
        context: dg.AssetExecutionContext, dbt: Dbt, refresh: Refresh, warehouse: Warehouse
    ) -> Iterator[Any]:
        warehouse.hold(context.log.info)
        yield from _build(context, dbt, refresh, ["--exclude", MARTS])

    return dbt_conformed


def marts(project: DbtProject, translator: Translator) -> dg.AssetsDefinition:
    """What people query, and the operations' tables."""

    @dbt_assets(
        name="dbt_marts",
        manifest=project.manifest_path,
        select=MARTS,
        project=project,
        dagster_dbt_translator=translator,
        retry_policy=RETRIES,
        pool=POOL,
    )
    def dbt_marts(
        context: dg.AssetExecutionContext, dbt: Dbt, refresh: Refresh, warehouse: Warehouse
    ) -> Iterator[Any]:
        warehouse.hold(context.log.info)
        yield from _build(context, dbt, refresh, [f"--select={MARTS}"])

    return dbt_marts


def _build(
    context: dg.AssetExecutionContext, dbt: Dbt, refresh: Refresh, area: list[str]
) -> Iterator[Any]:
    """Builds the models of a step with their tests, those to be refreshed anew."""
    # one folder a step, which `dbt retry --state` continues from
    folder = path_of("DBT_TARGET_PATH") / context.op_execution_context.op.name
    folder.joinpath("run_results.json").unlink(missing_ok=True)
    anew = ["--full-refresh"] if refresh.full and not refresh.select else []
    if refresh.full and refresh.select:
        selected = ["run", "--full-refresh", *_within(refresh.select, area), *variables_option()]
        _succeed(dbt.cli(selected, target_path=folder, raise_on_error=False).wait())
    # a test that also needs tables of a later step belongs to that
    options = ["--indirect-selection", "buildable", "--exclude-resource-type", "unit_test"]
    if context.is_subset:
        options = options[2:]
    build = dbt.cli(
        ["build", *anew, *options, *variables_option()],
        context=context,
        target_path=folder,
        raise_on_error=False,
    )
    yield from build.stream()
    _succeed(build)


def _within(select: str, area: list[str]) -> list[str]:
    """dbt's options for what is selected of a step's own models."""
    if area[0] == "--exclude":
        return ["--select", select, *area]
    return ["--select", " ".join(f"{part},{MARTS}" for part in select.split())]


def _succeed(build: Any) -> None:
    """Raises a Failure that names what failed: no message of a database, which may quote values."""
    if build.is_successful():
        return
    results = _results(build.target_path)
    failed = [
        result for result in results if result["status"] in ("error", "fail", "runtime error")
    ]
    names = [result["unique_id"].split(".", 2)[-1] for result in failed]
    if not names:
        raise dg.Failure(
            f"dbt could not start; {build.target_path / 'dbt.log'} says why", allow_retries=False
        )
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    raise dg.Failure(
        f"{len(names)} of dbt's models and tests failed: {', '.join(names[:_SHOWN])}{more}. "
        f"{build.target_path / 'dbt.log'} says why.",
        allow_retries=all(
            result["status"] == "error" and may_pass(result.get("message") or "")
            for result in failed
        ),
    )


def _results(folder: Path) -> list[dict[str, Any]]:
    file = folder / "run_results.json"
    if not file.exists():
        return []
    results: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["results"]
    return results
