"""dbt's models and seeds, in steps with a gate after each."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from orchestration.resources import (
    POOL,
    Dbt,
    Refresh,
    Retry,
    Warehouse,
    path_of,
    took_too_long,
    variables_option,
)
from orchestration.retries import RETRIES, may_pass
from orchestration.steps import STEPS, selection
from orchestration.translator import Translator

# what macros/operations/run_history.sql calls Dagster's run
RUN_ID = "CUSTOMER_360_RUN_ID"
_FAILED = ("error", "fail", "runtime error")
_SHOWN = 10
# beside the results of a dbt that ended by itself: one that was stopped lists what it had done only
_ENDED = "ended"
_SECONDS_TO_END = 30


def dbt_step(name: str, project: DbtProject, translator: Translator) -> dg.AssetsDefinition:
    """The step that builds the models and seeds that name it."""

    @dbt_assets(
        name=f"dbt_{name}",
        manifest=project.manifest_path,
        project=project,
        dagster_dbt_translator=translator,
        retry_policy=RETRIES,
        pool=POOL,
        select=selection(name),
    )
    def step(
        context: dg.AssetExecutionContext,
        dbt: Dbt,
        refresh: Refresh,
        retry: Retry,
        warehouse: Warehouse,
    ) -> Iterator[Any]:
        warehouse.hold(context.log.info)
        # one folder a step, which `dbt retry --state` continues from; a selection has its own
        folder = _folder(f"{name}_selection" if context.is_subset else name)
        seconds = warehouse.step_timeout_seconds
        undone = _undone(folder) if retry.only_failed else None
        if undone is None:
            _forget([folder] if context.is_subset else _folders_from(name))
            yield from _build(context, dbt, refresh, name, folder, seconds)
            return
        # what comes next is skipped unless this step gives all of its tables, each after its own
        yield from _as_they_are(context, undone)
        if not undone:
            context.log.info("Nothing failed when this step ran last: there is nothing to build")
            return
        _forget(_folders_from(name)[1:])
        folder.joinpath(_ENDED).unlink()
        with _run_named(context.run.run_id):
            build = dbt.cli(
                ["retry", "--state", str(folder)],
                manifest=project.manifest_path,
                dagster_dbt_translator=translator,
                target_path=folder,
                raise_on_error=False,
            )
        # not before: with it a selection is added, which `dbt retry` does not take
        build.context = context
        yield from _finished(build, build.stream(), seconds)

    return step


def _build(
    context: dg.AssetExecutionContext,
    dbt: Dbt,
    refresh: Refresh,
    name: str,
    folder: Path,
    seconds: int,
) -> Iterator[Any]:
    """Builds the models of a step with their tests, those to be refreshed anew."""
    anew = ["--full-refresh"] if refresh.full and not refresh.select else []
    with _run_named(context.run.run_id):
        if refresh.full and refresh.select:
            selected = _within(refresh.select, name)
            run = dbt.cli(
                ["run", "--full-refresh", *selected, *variables_option()],
                target_path=folder / "refresh",
                raise_on_error=False,
            )
            for _ in _finished(run, run.stream_raw_events(), seconds):
                pass
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
    yield from _finished(build, build.stream(), seconds)


def _undone(folder: Path) -> set[str] | None:
    """What failed when a step ran last, or waited for that; None where it was stopped."""
    results = _results(folder) if folder.joinpath(_ENDED).exists() else []
    undone = {part["unique_id"] for part in results if part["status"] in (*_FAILED, "skipped")}
    return undone if results else None


def _as_they_are(context: dg.AssetExecutionContext, undone: set[str]) -> Iterator[dg.Output[None]]:
    """The step's tables that stay, which none of those to be built is upstream of."""
    names = {key: name for name, key in context.assets_def.keys_by_output_name.items()}
    for key in context.job_def.asset_layer.asset_graph.toposorted_asset_keys:
        if key in names and _unique_id(context, key) not in undone:
            yield dg.Output(None, names[key], metadata={"built_by": "the run that is retried"})


def _unique_id(context: dg.AssetExecutionContext, key: dg.AssetKey) -> str:
    return str(context.assets_def.get_asset_spec(key).metadata["dagster_dbt/unique_id"])


def _folders_from(step: str) -> list[Path]:
    """The folders of a step and of those after it."""
    return [_folder(name) for name in STEPS[STEPS.index(step) :]]


def _folder(name: str) -> Path:
    return path_of("DBT_TARGET_PATH") / f"dbt_{name}"


def _forget(folders: Iterable[Path]) -> None:
    """Lets nobody take up what steps did before."""
    for folder in folders:
        for name in ("run_results.json", _ENDED):
            folder.joinpath(name).unlink(missing_ok=True)


@contextmanager
def _run_named(run_id: str) -> Iterator[None]:
    """Lets the dbt that is started know Dagster's run."""
    os.environ[RUN_ID] = run_id
    try:
        yield
    finally:
        del os.environ[RUN_ID]


def _within(select: str, step: str) -> list[str]:
    """dbt's options for what is selected of a step's own models."""
    return ["--select", " ".join(f"{part},{selection(step)}" for part in select.split())]


def _finished(build: Any, events: Iterable[Any], seconds: int) -> Iterator[Any]:
    """The events of a dbt that runs. Raises a Failure where it fails or takes too long."""
    is_over = threading.Event()
    timer = threading.Timer(seconds, _stop, [build.process, is_over])
    timer.start()
    try:
        yield from events
    except BaseException:
        _stop(build.process, is_over)
        raise
    finally:
        timer.cancel()
    if is_over.is_set():
        raise dg.Failure(f"dbt was {took_too_long(seconds)}", allow_retries=False)
    build.target_path.joinpath(_ENDED).touch()
    _succeed(build)


def _stop(process: subprocess.Popen[bytes], is_over: threading.Event) -> None:
    """Ends dbt: first so that it can cancel its queries."""
    is_over.set()
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def _succeed(build: Any) -> None:
    """Raises a Failure that names what failed: no message of a database, which may quote values."""
    if build.is_successful():
        return
    results = _results(build.target_path)
    failed = [result for result in results if result["status"] in _FAILED]
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
