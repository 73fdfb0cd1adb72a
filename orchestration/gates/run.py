"""Runs a gate: its suites on their tables, and what came out into the warehouse."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from orchestration.gates.history import History
from orchestration.gates.outcome import Outcome
from orchestration.gates.project import Project, Table, read_project
from orchestration.gates.suites import GATES, MEMORY, Suite, load_suites
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target

_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class GateResult:
    """What came out of a gate."""

    gate: str
    run_id: str
    run_at: datetime
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing critical failed."""
        return not any(outcome.stops for outcome in self.outcomes)

    @property
    def failures(self) -> list[Outcome]:
        """What failed, critical first."""
        failed = [outcome for outcome in self.outcomes if outcome.success is False]
        return sorted(failed, key=lambda outcome: not outcome.stops)


def run_gate(
    gate: str,
    target: Target,
    *,
    now: datetime | None = None,
    run_id: str | None = None,
    folder: Path | None = None,
    only: Collection[str] | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> GateResult:
    """Checks every suite of a gate, and writes what came out to `operations.quality_results`.

    now: UTC, what is stale or in the future is judged by it; by default the clock, and never later
    than the end of dbt's var as_of_date. folder: of the suites, by default the project's.
    only: the tables that are checked, by default all. progress: called with each outcome.
    Raises SuiteError where a suite is wrong, CannotRunError where nothing can be checked.
    """
    if gate not in GATES:
        raise CannotRunError(f"There is no gate {gate!r}, only {', '.join(GATES)}")
    adapter = target.adapter
    root = Path(adapter.config.project_root)
    project = read_project(root / adapter.config.target_path / "manifest.json")
    suites = load_suites(gate, project, folder or root / "expectations")
    if not suites:
        raise CannotRunError(f"No suite of the gate {gate} has a table that is switched on")
    if only is not None:
        missing = {*only} - {suite.table for suite in suites}
        if missing:
            raise CannotRunError(f"No suite of the gate {gate} is of {', '.join(sorted(missing))}")
        suites = [suite for suite in suites if suite.table in only]
    with adapter.connection_named("gates"):
        history = History(target)
        known = history.parameters(suites, gate)
    now = now or _now(adapter.config)
    tables = project.tables[gate]
    work = [
        (suite, tables[suite.table], values(tables[suite.table], now, known[suite.table]))
        for suite in suites
    ]
    relations = project.relations | {MEMORY: str(history.last_identity_map)}
    outcomes = []
    let_go(target)
    for outcome in _check(adapter, work, relations, project):
        outcomes.append(outcome)
        if progress:
            progress(outcome)
    result = GateResult(
        gate, run_id or uuid4().hex, datetime.now(tz=UTC).replace(tzinfo=None), tuple(outcomes)
    )
    with adapter.connection_named("gates"):
        history.write(result.run_id, result.run_at, gate, result.outcomes)
        if result.passed and any(outcome.table == "int_identity__map" for outcome in outcomes):
            history.remember_identity_map(relations)
    return result


def values(table: Table, now: datetime, known: dict[str, float]) -> dict[str, Any]:
    """The values of a suite's parameters, by their names."""
    times = {
        "now": now,
        "tomorrow": now + timedelta(days=1),
        "stale_before": now - (table.stale_after or timedelta(days=36500)),
        "late_before": now - (table.late_after or timedelta(days=36500)),
    }
    texts = {name: moment.strftime(_TIME_FORMAT) for name, moment in times.items()}
    columns = {"loaded_at": table.loaded_at, "required_columns": list(table.required)}
    return {**texts, **known, **columns}


def _check(
    adapter: Any,
    work: list[tuple[Suite, Table, dict[str, Any]]],
    relations: dict[str, str],
    project: Project,
) -> Any:
    from orchestration.gates.check import check_suites  # noqa: PLC0415  (takes seconds)

    return check_suites(adapter, work, relations, project.pii)


def let_go(target: Target) -> None:
    """Closes dbt's connection: a DuckDB file that is open for writing cannot be opened to read."""
    target.adapter.cleanup_connections()
    DuckDBConnectionManager.close_all_connections()


def _now(config: Any) -> datetime:
    """The clock, or the end of dbt's var as_of_date where that is earlier."""
    clock = datetime.now(tz=UTC).replace(tzinfo=None)
    as_of = {**config.vars.to_dict(), **config.cli_vars}.get("as_of_date")
    if not as_of:
        return clock
    day = as_of if isinstance(as_of, date) else date.fromisoformat(str(as_of))
    return min(clock, end_of(day))


def end_of(day: date) -> datetime:
    """The first moment after a day, UTC."""
    return datetime.combine(day, time()) + timedelta(days=1)
