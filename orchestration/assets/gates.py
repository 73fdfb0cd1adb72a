"""A gate is one step: a check of each table behind it that has a suite, and each can stop a run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.gates import GateResult, Outcome, Suite, run_gate, write_report
from orchestration.gates.run import without_suites
from orchestration.resources import POOL, Warehouse, path_of
from orchestration.retries import RETRIES, judged


def gate_checks(
    gate: str, suites: Iterable[Suite], keys: Mapping[str, dg.AssetKey]
) -> dg.AssetChecksDefinition:
    """The checks of a gate. keys: of the tables, by their names in suites."""
    by_name = {suite.table: keys[suite.table] for suite in suites}
    specs = [
        dg.AssetCheckSpec(
            name=f"{gate}_gate",
            asset=keys[suite.table],
            blocking=True,
            description=f"{len(suite.expectations)} expectations of {suite.path.name}, owned by "
            f"{suite.owner}. What is critical stops the run.",
        )
        for suite in suites
    ]

    @dg.multi_asset_check(
        name=f"gate_{gate}", specs=specs, can_subset=True, retry_policy=RETRIES, pool=POOL
    )
    def check(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = {check.asset_key for check in context.selected_asset_check_keys}
        tables = {table: key for table, key in by_name.items() if key in chosen}
        result = _run(context.op_execution_context, gate, warehouse, only=tables)
        for table, key in tables.items():
            yield dg.AssetCheckResult(**_described(result, table, key))

    return check


def check_changed(
    context: dg.OpExecutionContext,
    gate: str,
    warehouse: Warehouse,
    keys: Mapping[str, dg.AssetKey],
) -> Iterator[dg.AssetCheckEvaluation]:
    """Checks the tables of a gate that can have changed, and tells of them. keys: as above.

    Raises a Failure where one closes the gate.
    """
    result = _run(context, gate, warehouse, keep=True)
    for run_id in sorted({*result.kept.values()}):
        tables = sorted(table for table, checked_by in result.kept.items() if checked_by == run_id)
        context.log.info(f"As run {run_id} found them: {', '.join(tables)}")
    if result.unwatched:
        context.log.warning(without_suites(result.unwatched))
    for table in result.news:
        yield dg.AssetCheckEvaluation(**_described(result, table, keys[table]))
    closing = []
    for table in result.news:
        if missed := [outcome.label for outcome in result.of(table) if outcome.stops]:
            closing.append(f"{keys[table].to_user_string()} ({', '.join(missed)})")
    if closing:
        raise dg.Failure(f"The gate {gate} is closed by {', '.join(closing)}", allow_retries=False)


def _run(
    context: dg.OpExecutionContext,
    gate: str,
    warehouse: Warehouse,
    *,
    only: Collection[str] | None = None,
    keep: bool = False,
) -> GateResult:
    folder = Path(warehouse.expectations) if warehouse.expectations else None
    with judged(f"Checking {gate}"), warehouse.open(context.log.info) as target:
        run_id = f"{context.run_id}-{gate}"
        result = run_gate(gate, target, run_id=run_id, folder=folder, only=only, keep=keep)
        write_report(target, path_of("CUSTOMER_360_QUALITY_REPORT"), folder=folder)
    return result


def _described(result: GateResult, table: str, key: dg.AssetKey) -> dict[str, Any]:
    """What came out of a table, as Dagster is told."""
    outcomes = result.of(table)
    failed = [outcome for outcome in outcomes if outcome.success is False]
    stops = any(outcome.stops for outcome in failed)
    return {
        "asset_key": key,
        "check_name": f"{result.gate}_gate",
        "passed": not failed,
        "severity": dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN,
        "metadata": {
            "expectations": len(outcomes),
            "failed": [_shown(outcome) for outcome in failed],
            "checked_by": result.kept.get(table, result.run_id),
            "report": dg.MetadataValue.path(str(path_of("CUSTOMER_360_QUALITY_REPORT"))),
        },
    }


def _shown(outcome: Outcome) -> dict[str, Any]:
    """What failed: counts and keys, which the gates keep free of PII."""
    found = {
        "expectation": outcome.expectation,
        "column": outcome.column,
        "severity": outcome.weight,
        "unexpected_count": outcome.unexpected_count,
        "unexpected_percent": outcome.unexpected_percent,
        "found": outcome.observed_value,
        "message": outcome.message,
        "keys": [*outcome.sample],
        "why_it_matters": outcome.notes,
    }
    return {name: value for name, value in found.items() if value not in (None, [])}
