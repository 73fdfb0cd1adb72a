"""Nights: jobs of steps that follow each other, each of which does what can have changed.

Their steps are ops, not assets, so that Dagster is told of what was loaded, built and checked, and
of nothing else: a run of assets announces each of them, with its checks, and then says of each what
became of it. The assets of the same names are there for the catalogue and for runs by hand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject

from orchestration.assets.dbt import build_changed, make_days_again
from orchestration.assets.gates import check_changed
from orchestration.assets.published import publish_changed
from orchestration.assets.raw import load_new
from orchestration.backed_up import back_up_changed
from orchestration.notify import Notifier
from orchestration.resources import POOL, Dbt, Refresh, Warehouse
from orchestration.retries import RETRIES
from orchestration.steps import STEPS
from orchestration.told import tell_of_night
from orchestration.translator import Translator

_AFTER = "after"
# The ops that make assets have the names that the steps have, and no two ops may have one.
_NIGHT = "night_"


def night_steps(
    project: DbtProject,
    translator: Translator,
    loaded: Sequence[dg.AssetKey],
    keys: Mapping[str, dg.AssetKey],
) -> list[dg.OpDefinition]:
    """The steps of a night, in their order.

    loaded: the raw tables that we load. keys: of all tables, by their names in the gates' suites.
    """
    steps = [_load_step(loaded), _gate_step("raw", keys)]
    for step in STEPS:
        steps += [_dbt_step(step, project, translator), _gate_step(step, keys)]
    return [*steps, _published_step(), _backed_up_step(), _told_step()]


def night(name: str, steps: Sequence[dg.OpDefinition]) -> dg.GraphDefinition:
    """A graph in which each step waits for the one before it."""
    names = [step.name.removeprefix(_NIGHT) for step in steps]
    waits = [{}, *({_AFTER: dg.DependencyDefinition(before)} for before in names[:-1])]
    return dg.GraphDefinition(
        name,
        node_defs=steps,
        dependencies={
            dg.NodeInvocation(step.name, alias=name): wait
            for step, name, wait in zip(steps, names, waits, strict=True)
        },
    )


def backfill_step() -> dg.OpDefinition:
    """The only step of a backfill."""

    def build(context: dg.OpExecutionContext, dbt: Dbt, warehouse: Warehouse) -> None:
        make_days_again(context, dbt, warehouse)

    return _step("dbt_backfill", build)


def _step(name: str, work: Callable[..., Iterator[Any] | None]) -> dg.OpDefinition:
    return dg.op(
        name=_NIGHT + name,
        ins={_AFTER: dg.In(dg.Nothing)},
        out=dg.Out(dg.Nothing),
        retry_policy=RETRIES,
        pool=POOL,
    )(work)


def _load_step(loaded: Sequence[dg.AssetKey]) -> dg.OpDefinition:
    def load(
        context: dg.OpExecutionContext, warehouse: Warehouse, refresh: Refresh
    ) -> Iterator[dg.AssetMaterialization]:
        yield from load_new(context, warehouse, refresh, loaded)

    return _step("load_raw", load)


def _gate_step(gate: str, keys: Mapping[str, dg.AssetKey]) -> dg.OpDefinition:
    def check(
        context: dg.OpExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckEvaluation]:
        yield from check_changed(context, gate, warehouse, keys)

    return _step(f"gate_{gate}", check)


def _dbt_step(name: str, project: DbtProject, translator: Translator) -> dg.OpDefinition:
    def build(
        context: dg.OpExecutionContext, dbt: Dbt, refresh: Refresh, warehouse: Warehouse
    ) -> Iterator[Any]:
        yield from build_changed(context, name, dbt, refresh, warehouse, project, translator)

    return _step(f"dbt_{name}", build)


def _published_step() -> dg.OpDefinition:
    def published(
        context: dg.OpExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetMaterialization]:
        yield from publish_changed(context, warehouse)

    return _step("published", published)


def _backed_up_step() -> dg.OpDefinition:
    def backed_up(context: dg.OpExecutionContext, warehouse: Warehouse, notifier: Notifier) -> None:
        back_up_changed(context, warehouse, notifier)

    return _step("backed_up", backed_up)


def _told_step() -> dg.OpDefinition:
    def told(context: dg.OpExecutionContext, warehouse: Warehouse, notifier: Notifier) -> None:
        tell_of_night(context, warehouse, notifier)

    return _step("told", told)
