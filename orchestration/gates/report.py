"""The quality report: one HTML file that opens offline, out of `operations.quality_results`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.gates.history import History, Measured
from orchestration.gates.project import read_project
from orchestration.gates.suites import DOORS, load_suites
from orchestration.load import Target

TREND = 20
_WIDTH, _HEIGHT = 110, 22
_TEMPLATE = "report.html.j2"


def write_report(target: Target, path: Path, *, folder: Path | None = None) -> Path:
    """Writes what the last run of every door found, and the runs before it; returns the path."""
    root = Path(target.adapter.config.project_root)
    manifest = root / target.adapter.config.target_path / "manifest.json"
    project = read_project(manifest)
    owners = {
        (suite.door, suite.table): suite.owner
        for door in DOORS
        for suite in load_suites(door, project, folder or root / "expectations")
    }
    notes = {
        (suite.door, suite.table, expectation.name, expectation.column): expectation.notes
        for door in DOORS
        for suite in load_suites(door, project, folder or root / "expectations")
        for expectation in suite.expectations
    }
    with target.adapter.connection_named("report"):
        results = History(target).read(runs=TREND)
    doors = [_door(door, [part for part in results if part.door == door]) for door in DOORS]
    html = (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            doors=[door for door in doors if door],
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
    environment.globals |= {"sparkline": sparkline, "shown": shown}
    return environment


def _door(door: str, results: list[Measured]) -> dict[str, Any] | None:
    """A door's last run, with the trend of each expectation; None where it never ran."""
    runs = list(dict.fromkeys(result.run_id for result in results))
    if not runs:
        return None
    last = [result for result in results if result.run_id == runs[-1]]
    series: dict[tuple[str, ...], list[Measured]] = {}
    for result in results:
        series.setdefault(result.series, []).append(result)
    tables = [
        {"name": table, "state": _state(rows), "rows": rows}
        for table, rows in (
            (table, list(rows)) for table, rows in groupby(last, key=lambda result: result.table)
        )
    ]
    history = [
        {"at": rows[0].run_at[:16], "state": _state(rows)}
        for rows in ([r for r in results if r.run_id == run] for run in runs)
    ]
    return {
        "name": door,
        "run_at": last[0].run_at[:16],
        "state": _state(last),
        "tables": tables,
        "history": history,
        "series": series,
        "count": len(last),
        "failed": sum(result.success is False for result in last),
    }


def _state(results: Iterable[Measured]) -> str:
    """failed, warning or passed: the worst of some outcomes."""
    failed = [result for result in results if result.success is False]
    if any(result.severity == "critical" for result in failed):
        return "failed"
    return "warning" if failed else "passed"


def shown(result: Measured) -> str:
    """What an expectation found, in a few words."""
    if result.message:
        return result.message
    if result.unexpected_percent is not None:
        return f"{result.unexpected_percent:.2f} % of rows do not fit"
    if result.observed_value is None:
        return ""
    try:
        return (
            f"{float(result.observed_value):,.4g}".replace(",", " ")
            if "." in (result.observed_value)
            else f"{int(result.observed_value):,}".replace(",", " ")
        )
    except ValueError:
        return result.observed_value


def sparkline(results: list[Measured]) -> str:
    """The points of a line through the last runs' numbers, for an SVG polyline; "" below two."""
    numbers = [number for result in results if (number := result.number) is not None]
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
