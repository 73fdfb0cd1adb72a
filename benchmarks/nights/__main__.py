"""Measure whole nights on DuckDB, and a micro-batch: `python -m benchmarks.nights`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import dagster as dg

from benchmarks.company import FEW_DAYS, FEW_PEOPLE, PROGRAMS, REPOSITORY, WORLD_END, Company
from benchmarks.nights.micro_batch import landing_state
from benchmarks.process import Cost, run
from benchmarks.report import machine, report
from orchestration.steps import STEPS

RESULTS = REPOSITORY / "benchmarks" / "results" / "nights.md"

EVENT_DAYS = 4  # ten thousand web events, of 100,000 people
NIGHT = (str(PROGRAMS / "dg"), "launch", "--job", "nightly")

FIRST = "first night"
NOTHING_NEW = "night of nothing new"
NEXT_DAY = "night of nothing new, the next day"
INTRODUCTION = (
    "Written by `python -m benchmarks.nights`. Each run is a process of its own, from its "
    "start to its end: loading, gates, dbt with its tests, publication. dbt has read the project "
    "before. The micro-batch is what the sensor of the landing folder starts. Nights of a company "
    f"of {FEW_PEOPLE} people tell what a night costs whatever its data: the start of Dagster, dbt "
    "and Great Expectations, each model, test and expectation. What comes on top is of the data. "
    "Peak memory is of the largest process."
)
HEADINGS = (
    *("", "new rows", "seconds", "to the first", "CPU s", "to the first"),
    *("CPU s of data", "to the first", "peak MB", "steps"),
)


@dataclass(frozen=True)
class Measured:
    """A run of a job, and what it cost."""

    name: str
    new_rows: int
    cost: Cost
    steps: Mapping[str, float]
    fixed: Cost | None = None

    @property
    def data_cpu_seconds(self) -> float | None:
        """What a company of a few people does not need."""
        if self.fixed is None:
            return None
        return self.cost.cpu_seconds - self.fixed.cpu_seconds


@dataclass(frozen=True)
class Nights(Company):
    """A company whose nights are run."""

    def land_events(self, days: int) -> None:
        """Lets the web events of more days land, and nothing else."""
        known = {*self.raw_dir.glob("*/*")}
        self.simulate("--append-days", str(days))
        for file in {*self.raw_dir.glob("*/*")} - known:
            if file.parent.name != "web":
                file.unlink()

    def read_project(self, today: date) -> None:
        """Lets dbt read the project, which a night does not unless it has changed.

        Here its variables have, since they hold the day; without them it is the clock's.
        """
        environment = self.environment(today)
        for folder in ("", *(f"dbt_{step}" for step in STEPS)):
            options = {
                "--target-path": str(self.folder / "target" / folder),
                "--vars": environment["CUSTOMER_360_DBT_VARS"],
            }
            command = [str(PROGRAMS / "dbt"), "--quiet", "parse", *chain(*options.items())]
            run(command, environment, REPOSITORY)

    def steps(self) -> dict[str, float]:
        """Seconds of each step of the run that was launched last."""
        with dg.DagsterInstance.from_config(str(self.folder / "dagster")) as instance:
            [last] = instance.get_runs(limit=1)
            started = {
                step.step_key: (step.start_time or 0, step.end_time or 0)
                for step in instance.get_run_step_stats(last.run_id)
            }
        in_order = sorted(started.items(), key=lambda step: step[1])
        return {name: end - start for name, (start, end) in in_order}

    def measure(
        self, name: str, today: date, new_rows: int, command: Sequence[str] = NIGHT
    ) -> Measured:
        """What a run costs, from the start of its process to the end."""
        self.read_project(today)
        cost = run(command, self.environment(today), REPOSITORY)
        return Measured(name, new_rows, cost, self.steps())


def run_nights(company: Nights, few: Nights, days: int) -> list[Measured]:
    """Nights of everything, one more day and nothing new, and a micro-batch; nights of a few people
    before, which tell what is fixed."""
    today = WORLD_END + timedelta(days=1)
    few.found(FEW_DAYS)
    rows = few.row_count()
    fixed_first = few.measure(f"{FIRST}, {few.people} people", today, rows)
    fixed = few.measure(f"{NOTHING_NEW}, {few.people} people", today, 0)
    next_day = today + timedelta(days=1)
    fixed_next_day = few.measure(f"{NEXT_DAY}, {few.people} people", next_day, 0)

    company.found(days)
    rows = company.row_count()
    first = company.measure(FIRST, today, rows)

    company.simulate("--append-days", "1")
    today += timedelta(days=1)
    before, rows = rows, company.row_count()
    one_day = company.measure("night of one more day", today, rows - before)

    state = company.folder / "landing.json"
    state.write_text(landing_state(company.raw_dir), encoding="utf-8")
    company.land_events(EVENT_DAYS)
    today += timedelta(days=EVENT_DAYS)
    command = [sys.executable, "-m", "benchmarks.nights.micro_batch", str(state)]
    events = company.row_count() - rows
    micro_batch = company.measure("micro-batch of web events", today, events, command)

    after_micro_batch = company.measure("night after it", today, 0)
    nothing = company.measure(NOTHING_NEW, today, 0)
    nothing_next_day = company.measure(NEXT_DAY, today + timedelta(days=1), 0)
    return [
        replace(first, fixed=fixed_first.cost),
        one_day,
        micro_batch,
        after_micro_batch,
        replace(nothing, fixed=fixed.cost),
        replace(nothing_next_day, fixed=fixed_next_day.cost),
        fixed_first,
        fixed,
        fixed_next_day,
    ]


def summarise(runs: Sequence[Measured]) -> list[tuple[str, ...]]:
    """One row a run, in the order of HEADINGS."""
    first = runs[0]
    return [
        (
            night.name,
            f"{night.new_rows:,}",
            f"{night.cost.seconds:.0f}",
            f"{night.cost.seconds / first.cost.seconds:.0%}",
            f"{night.cost.cpu_seconds:.0f}",
            f"{night.cost.cpu_seconds / first.cost.cpu_seconds:.0%}",
            *_of_data(night, first),
            f"{night.cost.peak_mb:,.0f}",
            ", ".join(f"{name} {seconds:.0f}" for name, seconds in night.steps.items()),
        )
        for night in runs
    ]


def _of_data(night: Measured, first: Measured) -> tuple[str, str]:
    if night.data_cpu_seconds is None or not first.data_cpu_seconds:
        return "", ""
    return (
        f"{night.data_cpu_seconds:.0f}",
        f"{night.data_cpu_seconds / first.data_cpu_seconds:.0%}",
    )


def main() -> None:
    """Simulate a company, run its nights and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nights")
    parser.add_argument("--people", type=int, default=100_000, help="people in the world")
    parser.add_argument("--days", type=int, default=365, help="days of history")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    load, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        company = Nights(Path(folder) / "company", arguments.people)
        few = Nights(Path(folder) / "few", FEW_PEOPLE)
        runs = run_nights(company, few, arguments.days)
        size = (company.folder / "customer_360.duckdb").stat().st_size / 1024**2
    description = (
        f"{arguments.people:,} people, {arguments.days} days of history, a warehouse of "
        f"{size:,.0f} MB. {machine(load)}"
    )
    report(arguments.output, "Nights", INTRODUCTION, description, HEADINGS, summarise(runs))


if __name__ == "__main__":
    main()
