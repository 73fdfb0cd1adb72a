"""Measure builds of large companies on DuckDB: `python -m benchmarks.scale`."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from benchmarks.company import PROGRAMS, REPOSITORY, WORLD_END, Company
from benchmarks.process import Cost, run
from benchmarks.report import machine, report

RESULTS = REPOSITORY / "benchmarks" / "results" / "scale.md"
DAYS = 365
DEAREST = 8
INTRODUCTION = (
    "Written by `python -m benchmarks.scale`. Each build is a process of its own, from its start "
    "to its end, with `memory_limit` as said and no tests. Load is the loader's look at all raw "
    "files (DuckDB reads them in place); judging is what the models `base_` take, all threads "
    "together. Growth is of processor seconds, to the company before: 1.00 is linear in rows."
)
HEADINGS = (
    *("", "raw rows", "seconds", "CPU s", "growth", "peak MB", "file MB"),
    *("rows/s", "rows/s judged", "dearest nodes, seconds"),
)


@dataclass(frozen=True)
class Measured:
    """A step: how large the company is, the rows it went through, what it took. nodes: seconds."""

    people: int
    name: str
    rows: int
    cost: Cost
    file_mb: float
    nodes: dict[str, float]
    growth: float | None = None

    @property
    def judging_seconds(self) -> float:
        """Of all models that judge raw rows."""
        return sum(seconds for name, seconds in self.nodes.items() if name.startswith("base_"))


def build(company: Company, project: Path, memory: str, *, is_later: bool = False) -> Measured:
    """Builds a company's warehouse by a checkout of the project, without tests."""
    today = WORLD_END + timedelta(days=2 if is_later else 1)
    place = company.folder / ("before" if project != REPOSITORY else "now")
    place.mkdir(exist_ok=True)
    warehouse = place / "customer_360.duckdb"
    environment = company.environment(today) | {
        "CUSTOMER_360_DUCKDB": str(warehouse),
        "CUSTOMER_360_MEMORY_LIMIT": memory,
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(company.folder),
        "DBT_TARGET_PATH": str(place / "target"),
        "PYTHONPATH": str(project),
    }
    command = [str(PROGRAMS / "dbt"), "--quiet", "build"]
    command += ["--exclude-resource-type", "test", "unit_test"]
    command += ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
    cost = run(command, environment, project)
    results = json.loads((place / "target" / "run_results.json").read_text("utf-8"))
    nodes = {
        result["unique_id"].split(".")[2]: result["execution_time"] for result in results["results"]
    }
    size = warehouse.stat().st_size / 1024**2
    return Measured(company.people, place.name, company.row_count(), cost, size, nodes)


def load(company: Company) -> Measured:
    """The loader's look at all raw files."""
    environment = company.environment(WORLD_END)
    command = [sys.executable, "-m", "orchestration.load"]
    command += ["--profiles-dir", str(company.folder), "--project-dir", str(REPOSITORY)]
    return Measured(
        company.people, "load", company.row_count(), run(command, environment, REPOSITORY), 0, {}
    )


def checkout(reference: str, folder: Path) -> Path:
    """The project at another commit, in a folder of its own."""
    place = folder / "before"
    place.mkdir()
    archive = subprocess.run(
        ["git", "archive", reference], cwd=REPOSITORY, check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(place)], input=archive.stdout, check=True)
    return place


def growth(now: Measured, before: Measured | None) -> float | None:
    """Of processor seconds, to a smaller company's, by rows."""
    if before is None:
        return None
    return (now.cost.cpu_seconds / before.cost.cpu_seconds) / (now.rows / before.rows)


def summarise(rows: Sequence[Measured]) -> list[tuple[str, ...]]:
    """One row a step, in the order of HEADINGS."""
    return [
        (
            f"{row.people:,} people: {row.name}",
            f"{row.rows:,}",
            f"{row.cost.seconds:.0f}",
            f"{row.cost.cpu_seconds:.0f}",
            f"{row.growth:.2f}" if row.growth else "",
            f"{row.cost.peak_mb:,.0f}",
            f"{row.file_mb:,.0f}" if row.file_mb else "",
            f"{row.rows / row.cost.seconds:,.0f}",
            f"{row.rows / row.judging_seconds:,.0f}" if row.judging_seconds else "",
            ", ".join(f"{name} {seconds:.0f}" for name, seconds in _dearest(row.nodes)),
        )
        for row in rows
    ]


def _dearest(nodes: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(nodes.items(), key=lambda node: -node[1])[:DEAREST]


def measure(folder: Path, arguments: argparse.Namespace) -> list[Measured]:
    """Every size: load, build, the build of another commit beside it, and one more day."""
    former = checkout(arguments.beside, folder) if arguments.beside else None
    found: list[Measured] = []
    smaller: dict[str, Measured] = {}
    for people in arguments.people:
        company = Company(folder / str(people), people)
        company.found(DAYS)
        found.append(load(company))
        projects = {"build": REPOSITORY} | (
            {f"build at {arguments.beside}": former} if former else {}
        )
        for name, project in projects.items():
            built = build(company, project, arguments.memory)
            found.append(replace(built, name=name, growth=growth(built, smaller.get(name))))
            smaller[name] = built
        if former:
            shutil.rmtree(company.folder / "before")
        before = company.row_count()
        company.simulate("--append-days", "1")
        day = build(company, REPOSITORY, arguments.memory, is_later=True)
        found.append(replace(day, name="one more day", rows=company.row_count() - before))
    return found


def main() -> None:
    """Simulate, build and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale")
    parser.add_argument("--people", type=int, nargs="+", default=[200_000, 1_000_000])
    parser.add_argument("--memory", default="8GB", help="DuckDB's memory_limit")
    parser.add_argument("--beside", help="a commit of this project that is built, too")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    average, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), arguments)
    description = (
        f"{DAYS} days of history, memory_limit {arguments.memory}, 4 threads. {machine(average)}"
    )
    report(arguments.output, "Scale", INTRODUCTION, description, HEADINGS, summarise(found))


if __name__ == "__main__":
    main()
