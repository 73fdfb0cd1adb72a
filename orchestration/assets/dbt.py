"""dbt's models and seeds, in steps with a gate after each."""

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtProject, dbt_assets
from dbt.constants import PARTIAL_PARSE_FILE_NAME

from orchestration.backfill import warn_of_missed_days
from orchestration.changes import (
    Plan,
    Records,
    State,
    built_state,
    current_state,
    plan_step,
    remembered,
)
from orchestration.resources import (
    POOL,
    Dbt,
    Refresh,
    Warehouse,
    path_of,
    took_too_long,
    variables_option,
)
from orchestration.retries import RETRIES, judged, may_pass
from orchestration.steps import STEPS, selection
from orchestration.translator import Translator

# what macros/operations/run_history.sql calls Dagster's run
RUN_ID = "CUSTOMER_360_RUN_ID"
_FAILED = ("error", "fail", "runtime error")
_PASSED = ("success", "pass", "warn")
_BUILD = ("build", "--exclude-resource-type", "unit_test")
_SHOWN = 10
_SECONDS_TO_END = 30


def dbt_step(name: str, project: DbtProject, translator: Translator) -> dg.AssetsDefinition:
    """The models and seeds of a step as assets: builds those that are asked for, with their tests,
    whether they have changed or not."""

    @dbt_assets(
        name=f"dbt_{name}",
        manifest=project.manifest_path,
        project=project,
        dagster_dbt_translator=translator,
        retry_policy=RETRIES,
        pool=POOL,
        select=selection(name),
    )
    def step(context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse) -> Iterator[Any]:
        warehouse.hold(context.log.info)
        # a test that also needs tables of a later step belongs to that
        options = [] if context.is_subset else ["--indirect-selection", "buildable"]
        build = _start(dbt, context.run_id, name, [*_BUILD, *options], context=context)
        yield from _ended(build, build.stream(), warehouse.step_timeout_seconds)
        _succeed(build)

    return step


def build_changed(
    context: dg.OpExecutionContext,
    name: str,
    dbt: Dbt,
    refresh: Refresh,
    warehouse: Warehouse,
    project: DbtProject,
    translator: Translator,
) -> Iterator[Any]:
    """Builds and tests what can have changed in a step, and remembers what came to its end."""
    warehouse.hold(context.log.info)
    seconds = warehouse.step_timeout_seconds
    if refresh.full and refresh.select:
        anew = ["run", "--full-refresh", *_within(refresh.select, name)]
        _run(_start(dbt, context.run_id, f"{name}/refresh", anew), seconds)
    if refresh.refit:
        # what a fit is of comes first
        parts = (warehouse, project, translator)
        yield from build_changed(context, name, dbt, Refresh(), *parts)
        fits = ["run", *_within("config.materialized:maximum_likelihood", name)]
        _run(_start(dbt, context.run_id, f"{name}/refit", fits, {"refit": True}), seconds)
    with judged(f"Looking for what has changed in {name}"), warehouse.open(context.log.info) as dwh:
        state = current_state(dwh, name)
        plan = plan_step(state, name)
        if name == STEPS[-1]:
            warn_of_missed_days(dwh, context.log.warning)
    context.log.info(str(plan))
    if not plan.nodes:
        context.log.info("There is nothing to build, so dbt is not started")
        return
    options = ["--full-refresh"] if refresh.full and not refresh.select else []
    options += ["--indirect-selection", "empty", "--select"]
    options.append(" ".join(node.selector for node in plan.nodes))
    build = _start(
        dbt,
        context.run_id,
        name,
        [*_BUILD, *options],
        manifest=project.manifest_path,
        dagster_dbt_translator=translator,
    )
    yield from _ended(build, build.stream(), seconds)
    _remember(context, warehouse, state, plan, build.target_path)
    _succeed(build)


def make_days_again(context: dg.OpExecutionContext, dbt: Dbt, warehouse: Warehouse) -> None:
    """Makes the rows of a run's days again. Dagster is told of no table, since what they are made
    of is not what the assets of their names hold."""
    warehouse.hold(context.log.info)
    for day in context.partition_keys:
        context.log.info(f"Making {day} again")
        variables = {"as_of_date": day, "backfill": True}
        command = ["run", "--selector", "backfill"]
        build = _start(dbt, context.run_id, "backfill", command, variables)
        _run(build, warehouse.step_timeout_seconds)


def _remember(
    context: dg.OpExecutionContext, warehouse: Warehouse, state: State, plan: Plan, folder: Path
) -> None:
    """Remembers what a dbt that came to its end has built, and which tests passed, but for what
    another dbt has begun to build in the meantime."""
    results = _run_results(folder)
    if not results:
        return
    succeeded = [part["unique_id"] for part in results["results"] if part["status"] in _PASSED]
    built_by = results["metadata"]["invocation_id"]
    with judged("Writing down what was built"), warehouse.open(context.log.info) as target:
        state = built_state(target, state, plan.nodes)
        Records(target).complete(remembered(state, plan, succeeded, built_by))


def _run(build: DbtCliInvocation, seconds: int) -> None:
    """Lets dbt do what Dagster is not told of."""
    for _ in _ended(build, build.stream_raw_events(), seconds):
        pass
    _succeed(build)


def _start(
    dbt: Dbt,
    run_id: str,
    folder: str,
    arguments: list[str],
    variables: Mapping[str, Any] | None = None,
    **options: Any,
) -> DbtCliInvocation:
    """Starts dbt, which knows Dagster's run, and leaves its results and its log in a folder.

    variables: dbt's vars on top of those of the environment.
    """
    folder_path = path_of("DBT_TARGET_PATH") / f"dbt_{folder}"
    folder_path.joinpath("run_results.json").unlink(missing_ok=True)
    _hand_over_reading(folder_path)
    with _run_named(run_id):
        return dbt.cli(
            [*arguments, *variables_option(**variables or {})],
            target_path=folder_path,
            raise_on_error=False,
            **options,
        )


def _hand_over_reading(folder: Path) -> None:
    """Gives dbt what was read of the project last, where it has not read that itself: it looks
    whether this is of the same vars and target, and reads only the files that changed since."""
    read, own = (place / PARTIAL_PARSE_FILE_NAME for place in (path_of("DBT_TARGET_PATH"), folder))
    if read.exists() and (not own.exists() or own.stat().st_mtime < read.stat().st_mtime):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy2(read, own)


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


def _ended(build: DbtCliInvocation, events: Iterable[Any], seconds: int) -> Iterator[Any]:
    """The events of a dbt that runs to its end. Raises a Failure where it takes too long."""
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


def _stop(process: subprocess.Popen[bytes], is_over: threading.Event) -> None:
    """Ends dbt: first so that it can cancel its queries."""
    is_over.set()
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()


def _succeed(build: DbtCliInvocation) -> None:
    """Raises a Failure that names what failed: no message of a database, which may quote values."""
    if build.is_successful():
        return
    results = _run_results(build.target_path).get("results", [])
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


def _run_results(folder: Path) -> dict[str, Any]:
    """What dbt says of its run; nothing where it could not begin."""
    file = folder / "run_results.json"
    if not file.exists():
        return {}
    results: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return results
