"""A gate is one step: a check of each table behind it that has a suite, and each can stop a run."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.gates import Outcome, Suite, run_gate, write_report
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
        folder = Path(warehouse.expectations) if warehouse.expectations else None
        report = path_of("CUSTOMER_360_QUALITY_REPORT")
        with judged(f"Checking {gate}"), warehouse.open(context.log.info) as target:
            run_id = f"{context.run.run_id}-{gate}"
            result = run_gate(gate, target, run_id=run_id, folder=folder, only=tables)
            write_report(target, report, folder=folder)
        for table, key in tables.items():
            outcomes = [outcome for outcome in result.outcomes if outcome.table == table]
            yield _result(gate, key, outcomes, report)

    return check


def _result(
    gate: str, key: dg.AssetKey, outcomes: list[Outcome], report: Path
) -> dg.AssetCheckResult:
    failed = [outcome for outcome in outcomes if outcome.success is False]
    stops = any(outcome.stops for outcome in failed)
    severity = dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=f"{gate}_gate",
        passed=not failed,
        severity=severity,
        metadata={
            "expectations": len(outcomes),
            "failed": [_described(outcome) for outcome in failed],
            "report": dg.MetadataValue.path(str(report)),
        },
    )


def _described(outcome: Outcome) -> dict[str, Any]:
    """What failed: counts and keys, which the gates keep free of PII."""
    found = {
        "expectation": outcome.expectation,
        "column": outcome.column,
        "severity": outcome.severity,
        "unexpected_count": outcome.unexpected_count,
        "unexpected_percent": outcome.unexpected_percent,
        "found": outcome.observed_value,
        "message": outcome.message,
        "keys": [*outcome.sample],
        "why_it_matters": outcome.notes,
    }
    return {name: value for name, value in found.items() if value not in (None, [])}
