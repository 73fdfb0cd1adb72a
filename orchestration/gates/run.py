"""Runs a gate: its suites on their tables, and what came out into the warehouse."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from orchestration.changes.inputs import as_of_day
from orchestration.gates.history import History
from orchestration.gates.kept import Verdicts, forget_verdicts, look_at_clock
from orchestration.gates.outcome import TIME_FORMAT, Outcome
from orchestration.gates.project import Project, Table, read_project
from orchestration.gates.renamed import as_named
from orchestration.gates.suites import GATES, IDENTITY_MAP, MEMORY, Suite, load_suites
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target


@dataclass(frozen=True)
class GateResult:
    """What came out of a gate.

    kept: the run that checked them, of tables whose verdict was kept, but for what the clock may
    have changed. news: the tables of which another thing is told than before: those that were
    checked, and those of which the clock has made something, or closes the gate. unwatched: raw
    tables that no suite is of.
    """

    gate: str
    run_id: str
    run_at: datetime
    outcomes: tuple[Outcome, ...]
    kept: Mapping[str, str] = field(default_factory=dict)
    news: tuple[str, ...] = ()
    unwatched: tuple[str, ...] = ()

    def of(self, table: str) -> list[Outcome]:
        """What came out of one table."""
        return [outcome for outcome in self.outcomes if outcome.table == table]

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
    keep: bool = False,
    progress: Callable[[Outcome], None] | None = None,
) -> GateResult:
    """Checks every suite of a gate, and writes what came out to `operations.quality_results`.

    now: UTC, what is stale or in the future is judged by it; by default the clock, and never later
    than the end of dbt's var as_of_date. folder: of the suites, by default the project's.
    only: the tables that are checked, by default all. keep: whether tables that are as they were
    when the gate last let them pass keep that verdict, but for what the clock changes.
    progress: called with each outcome.
    Raises SuiteError where a suite is wrong, CannotRunError where nothing can be checked.
    """
    if gate not in GATES:
        raise CannotRunError(f"There is no gate {gate!r}, only {', '.join(GATES)}")
    adapter = target.adapter
    root = Path(adapter.config.project_root)
    project = read_project(root / adapter.config.target_path / "manifest.json")
    suites = load_suites(gate, project, folder or root / "expectations")
    unwatched = _unwatched(gate, project, suites)
    if not suites:
        hint = f": {without_suites(unwatched)}" if unwatched else ""
        raise CannotRunError(f"No suite of the gate {gate} has a table that is switched on{hint}")
    if only is not None:
        missing = {*only} - {suite.table for suite in suites}
        if missing:
            raise CannotRunError(f"No suite of the gate {gate} is of {', '.join(sorted(missing))}")
        suites = [suite for suite in suites if suite.table in only]
    now = now or _now(adapter.config)
    project, suites = as_named(project, suites, target)
    tables = project.tables[gate]
    with adapter.connection_named("gates"):
        history = History(target)
        relations = project.relations | {MEMORY: str(history.last_identity_map)}
        known = history.parameters(suites, gate)
        work = []
        for suite in suites:
            table = tables[suite.table]
            work.append((suite, table, values(table, now, known[suite.table])))
        verdicts = Verdicts(target, gate, suites) if keep else None
        kept = verdicts.kept(suites, history) if verdicts else {}
        unchanged = [
            (kept[suite.table], table, known_values)
            for suite, table, known_values in work
            if suite.table in kept
        ]
        by_the_clock = look_at_clock(target, unchanged, relations, project.pii)
    let_go(target)
    work = [part for part in work if part[0].table not in kept]
    outcomes = []
    for outcome in _check(adapter, work, relations, project):
        outcomes.append(outcome)
        if progress:
            progress(outcome)
    checked = [suite for suite, *_ in work]
    news = [suite.table for suite in checked]
    for name, part in kept.items():
        found = [outcome for outcome in by_the_clock if outcome.table == name]
        outcomes += [*part.standing, *found]
        if part.is_news(found) or any(outcome.stops for outcome in found):
            news.append(name)
    result = GateResult(
        gate,
        run_id or uuid4().hex,
        datetime.now(tz=UTC).replace(tzinfo=None),
        tuple(outcomes),
        {name: part.checked_by for name, part in kept.items()},
        tuple(news),
        unwatched,
    )
    with adapter.connection_named("gates"):
        # first, so that what closes the gate is not taken for passed where this is killed
        forget_verdicts(target, checked)
        history.write(result.run_id, result.run_at, gate, result.outcomes)
        # before its verdict is kept: else a map would be passed and never remembered
        if result.passed and IDENTITY_MAP in news:
            history.remember_identity_map(relations)
        if verdicts:
            verdicts.keep(checked, result.outcomes, result.run_id)
    return result


def _unwatched(gate: str, project: Project, suites: Collection[Suite]) -> tuple[str, ...]:
    """The raw tables of enabled sources that no suite is of."""
    tables = project.tables["raw"].keys() if gate == "raw" else set[str]()
    return tuple(sorted(tables - {suite.table for suite in suites}))


def without_suites(tables: Collection[str]) -> str:
    """Says of raw tables that nothing checks them, and what writes their suites."""
    sources = dict.fromkeys(table.partition(".")[0] for table in tables)
    commands = " and ".join(f"python -m orchestration.gates.skeleton {name}" for name in sources)
    return f"nothing checks {', '.join(tables)}, which have no suite; {commands} writes one"


def values(table: Table, now: datetime, known: dict[str, Any]) -> dict[str, Any]:
    """The values of a suite's parameters, by their names."""
    times = {
        "now": now,
        "tomorrow": now + timedelta(days=1),
        "stale_before": now - (table.stale_after or timedelta(days=36500)),
        "late_before": now - (table.late_after or timedelta(days=36500)),
    }
    texts = {name: moment.strftime(TIME_FORMAT) for name, moment in times.items()}
    had = table.columns & {*known.get("last_columns", [])}
    required = sorted({*table.required} | had)
    columns = {"loaded_at": table.loaded_at, "required_columns": required}
    return {**texts, **known, **columns}


def _check(
    adapter: Any,
    work: list[tuple[Suite, Table, dict[str, Any]]],
    relations: dict[str, str],
    project: Project,
) -> Iterator[Outcome]:
    if not work:
        return
    from orchestration.gates.check import check_suites  # noqa: PLC0415  (takes seconds)

    yield from check_suites(adapter, work, relations, project.pii)


def let_go(target: Target) -> None:
    """Closes dbt's connection: a DuckDB file that is open for writing cannot be opened to read."""
    target.adapter.cleanup_connections()
    DuckDBConnectionManager.close_all_connections()


def _now(config: Any) -> datetime:
    """The clock, or the end of dbt's var as_of_date where that is not the last day that is over."""
    clock = datetime.now(tz=UTC).replace(tzinfo=None)
    day = as_of_day(config)
    return end_of(day) if day and end_of(day).date() < clock.date() else clock


def end_of(day: date) -> datetime:
    """The first moment after a day, UTC."""
    return datetime.combine(day, time()) + timedelta(days=1)
