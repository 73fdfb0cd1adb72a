"""The quality report: one HTML file that opens offline, out of `operations.quality_results`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.gates.history import ROW_COUNT, History, Measured
from orchestration.gates.project import read_project
from orchestration.gates.suites import GATES, load_suites
from orchestration.platform.warehouse import Target

TREND = 20
STATES = ("failed", "warning", "passed")
_WIDTH, _HEIGHT = 110, 22
_TEMPLATE = "report.html.j2"


def write_report(target: Target, path: Path, *, folder: Path | None = None) -> Path:
    """Writes what the last run of every gate found, and the runs before it; returns the path."""
    root = Path(target.adapter.config.project_root)
    manifest = root / target.adapter.config.target_path / "manifest.json"
    project = read_project(manifest)
    suites = [
        suite
        for gate in GATES
        for suite in load_suites(gate, project, folder or root / "expectations")
    ]
    owners = {(suite.gate, suite.table): suite.owner for suite in suites}
    notes = {
        (suite.gate, suite.table, part.name, part.column or "", part.severity): part.notes
        for suite in suites
        for part in suite.expectations
    }
    with target.adapter.connection_named("report"):
        results = History(target).read(runs=TREND)
    gates = [_gate(gate, [part for part in results if part.gate == gate]) for gate in GATES]
    html = (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            gates=[gate for gate in gates if gate],
            owners=owners,
            notes=notes,
            written_at=datetime.now(tz=UTC).strftime("%Y-%m-%d %H:%M UTC"),
        )
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8")
    return path


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.globals |= {"sparkline": sparkline, "trend": trend, "shown": shown}
    return environment


def _gate(gate: str, results: list[Measured]) -> dict[str, Any] | None:
    """What each table's last run found, what failed first; None where the gate never ran.

    Not every run checks every table.
    """
    if not results:
        return None
    series: dict[tuple[str, ...], list[Measured]] = {}
    for result in results:
        series.setdefault(result.series, []).append(result)
    last_runs = {result.table: result.run_id for result in results}
    tables: list[dict[str, Any]] = []
    for table, run_id in sorted(last_runs.items()):
        rows = [part for part in results if (part.table, part.run_id) == (table, run_id)]
        tables.append({"name": table, "state": _state(rows), "rows": rows})
    tables.sort(key=lambda table: STATES.index(table["state"]))
    runs = list(dict.fromkeys(result.run_id for result in results))
    history = [
        {"at": rows[0].run_at[:16], "state": _state(rows)}
        for rows in ([part for part in results if part.run_id == run] for run in runs)
    ]
    last = [row for table in tables for row in table["rows"]]
    failed = [row.stops for row in last if row.success is False]
    return {
        "name": gate,
        "run_at": results[-1].run_at[:16],
        "state": _state(last),
        "tables": tables,
        "history": history[-TREND:],
        "series": series,
        "count": len(last),
        "failed": failed.count(True),
        "warnings": failed.count(False),
    }


def _state(results: Iterable[Measured]) -> str:
    """failed, warning or passed: the worst of some outcomes."""
    failed = [result for result in results if result.success is False]
    if any(result.stops for result in failed):
        return "failed"
    return "warning" if failed else "passed"


def shown(result: Measured) -> str:
    """What an expectation found, in a few words."""
    if result.message:
        return result.message
    if result.unexpected_percent is not None:
        return f"{result.unexpected_percent:.2f} % of rows do not fit"
    if result.number is None:
        return result.observed_value or ""
    number = f"{result.number:,.4g}" if result.number % 1 else f"{result.number:,.0f}"
    number = number.replace(",", " ")
    counts_rows = result.expectation == ROW_COUNT or not result.expectation.startswith("expect_")
    return f"{number} {'row' if number == '1' else 'rows'}" if counts_rows else number


def sparkline(results: list[Measured]) -> str:
    """The points of a line through the last runs' numbers, for an SVG polyline; "" below two."""
    numbers = _numbers(results)
    if len(numbers) < 2:  # noqa: PLR2004
        return ""
    low, high = min(numbers), max(numbers)
    spread = (high - low) or 1.0
    step = _WIDTH / (len(numbers) - 1)
    heights = [
        _HEIGHT / 2 if high == low else _HEIGHT - 2 - (number - low) / spread * (_HEIGHT - 4)
        for number in numbers
    ]
    return " ".join(f"{index * step:.1f},{y:.1f}" for index, y in enumerate(heights))


def trend(results: list[Measured]) -> str:
    """The line of sparkline() in words."""
    numbers = _numbers(results)
    return f"{len(numbers)} runs, from {numbers[0]:.4g} to {numbers[-1]:.4g}" if numbers else ""


def _numbers(results: list[Measured]) -> list[float]:
    return [number for result in results if (number := result.number) is not None]
