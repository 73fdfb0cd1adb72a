"""Measure what nodes, tests, statements and events cost: `python -m benchmarks.cost`."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from benchmarks.company import FEW_DAYS, FEW_PEOPLE, PROGRAMS, REPOSITORY, Company
from benchmarks.cost.copies import write_copies
from benchmarks.nights.__main__ import NIGHT
from benchmarks.process import run
from benchmarks.report import machine, report

RESULTS = REPOSITORY / "benchmarks" / "results" / "cost.md"
TODAY = date(2026, 7, 1)
TIMES = 2
DBT = (str(PROGRAMS / "dbt"), "--quiet")
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
INTRODUCTION = (
    "Written by `python -m benchmarks.cost`: a small company on DuckDB, so that what is measured "
    "is the price of a node, a test or a statement, and hardly that of data. dbt builds in one "
    "thread what it has built before, the project unchanged. Processor seconds are of the whole "
    "process: DuckDB's among them, the imports not, where it says nothing else."
)
HEADINGS = ("kind of node", "nodes", "CPU ms each", "statements each", "CPU s")


def measured(options: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """What benchmarks.cost.nodes prints of a command of dbt."""
    command = [sys.executable, "-m", "benchmarks.cost.nodes", *options]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, check=True, capture_output=True, text=True
    )
    [line] = [line for line in done.stdout.splitlines() if line.startswith('{"kinds"')]
    found: dict[str, Any] = json.loads(line)
    return found


def events_of_night(company: Company) -> int:
    """How many events Dagster stored of the run that was launched last."""
    with dg.DagsterInstance.from_config(str(company.folder / "dagster")) as instance:
        [run] = instance.get_runs(limit=1)
        return len(instance.all_logs(run.run_id))


def build_copies(company: Company, folder: Path, today: date, times: int) -> tuple[int, int, float]:
    """How many models and tests the copies have, and CPU seconds of building them once more."""
    target = company.folder / "target"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    write_copies(folder, manifest, target / "compiled" / "customer_360" / "models", times)
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    environment = company.environment(today) | {
        "DBT_PROFILES_DIR": str(folder),
        "DBT_PROJECT_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "PYTHONPATH": str(REPOSITORY),
    }
    run([*DBT, "build"], environment, folder)
    seconds = run([*DBT, "build"], environment, folder).cpu_seconds
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    kinds = [result["unique_id"].split(".")[0] for result in results["results"]]
    return kinds.count("model"), kinds.count("test"), seconds


def rows_of(kinds: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """One row a kind of node, in the order of HEADINGS, and one of all models."""
    models = {name: kind for name, kind in kinds.items() if name.endswith(")")}
    together = {
        part: sum(kind[part] for kind in models.values())
        for part in ("nodes", "cpu_seconds", "statements")
    }
    return [
        (
            name,
            f"{kind['nodes']}",
            f"{1000 * kind['cpu_seconds'] / kind['nodes']:.0f}",
            f"{kind['statements'] / kind['nodes']:.1f}",
            f"{kind['cpu_seconds']:.1f}",
        )
        for name, kind in [*sorted(kinds.items()), ("all models", together)]
        if kind["nodes"]
    ]


def main() -> None:
    """Simulate a company, build it, measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost")
    parser.add_argument("--people", type=int, default=300, help="people in the world")
    parser.add_argument("--days", type=int, default=400, help="days of history")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    load, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder) / "company", arguments.people)
        company.found(arguments.days)
        environment = company.environment(TODAY)
        dbt_vars = ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
        run([*DBT, "build", *NO_UNIT_TESTS, *dbt_vars], environment, REPOSITORY)
        shutil.copytree(company.folder / "target", company.folder / "kept")
        again = measured(["run", *dbt_vars], environment)
        build = measured(["build", *dbt_vars], environment)
        shutil.rmtree(company.folder / "target")
        (company.folder / "kept").rename(company.folder / "target")
        models, tests, seconds = build_copies(company, Path(folder) / "copies", TODAY, TIMES)
        nights = Company(Path(folder) / "nights", FEW_PEOPLE)
        nights.found(FEW_DAYS)
        run(NIGHT, nights.environment(TODAY), REPOSITORY)
        first = events_of_night(nights)
        run(NIGHT, nights.environment(TODAY), REPOSITORY)
        nothing = events_of_night(nights)
    description = (
        f"{arguments.people} people, {arguments.days} days. `dbt run` of the unchanged project: "
        f"{again['total']:.1f} CPU s; `dbt build` with its tests: {build['total']:.1f}. "
        f"A generated project of {models} models with {tests} data tests (the compiled models of "
        f"this one, {TIMES} times) is built in {seconds:.1f} CPU s, start and imports included. "
        f"Dagster stores {first:,} events of a first night and {nothing:,} of one in which nothing "
        f"came. {machine(load)}"
    )
    rows = rows_of(build["kinds"])
    report(arguments.output, "Cost", INTRODUCTION, description, HEADINGS, rows)


if __name__ == "__main__":
    main()
