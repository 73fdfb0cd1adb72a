"""Measure whole nights on DuckDB, and a micro-batch: `python -m benchmarks.nights`."""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import dagster as dg
import duckdb
import yaml

from benchmarks.nights.micro_batch import landing_state
from benchmarks.report import machine, report
from orchestration.steps import STEPS

REPOSITORY = Path(__file__).parents[2]
RESULTS = REPOSITORY / "benchmarks" / "results" / "nights.md"
WORLD_END = date(2026, 6, 30)
SEED = 42

EVENT_DAYS = 4  # ten thousand web events, of 100,000 people
PROGRAMS = Path(sys.executable).parent
NIGHT = (str(PROGRAMS / "dg"), "launch", "--job", "nightly")

FIRST = "first night"
NOTHING_NEW = "night of nothing new"
NEXT_DAY = "night of nothing new, the next day"
FEW_PEOPLE, FEW_DAYS = 200, 30
INTRODUCTION = (
    "Written by `python -m benchmarks.nights`. Each run is a process of its own, from its "
    "start to its end: loading, gates, dbt with its tests, publication. dbt has read the project "
    "before. The micro-batch is what the sensor of the landing folder starts. Nights of a company "
    f"of {FEW_PEOPLE} people tell what a night costs whatever its data: the start of Dagster, dbt "
    "and Great Expectations, each model, test and expectation. What comes on top is of the data. "
    "Peak memory is of the largest process so far."
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
    seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    steps: Mapping[str, float]
    fixed_cpu_seconds: float | None = None

    @property
    def data_cpu_seconds(self) -> float | None:
        """What a company of a few people does not need."""
        if self.fixed_cpu_seconds is None:
            return None
        return self.cpu_seconds - self.fixed_cpu_seconds


@dataclass(frozen=True)
class Company:
    """A simulated company whose files, warehouse and Dagster home are in one folder."""

    folder: Path
    people: int

    @property
    def raw_dir(self) -> Path:
        return self.folder / "raw"

    def simulate(self, *options: str) -> None:
        """Writes raw files, of a new world or of more days."""
        command = [sys.executable, "-m", "simulator", "--out", str(self.raw_dir), *options]
        subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)

    def found(self, days: int) -> None:
        """Makes the company, with days of history and nothing in its warehouse."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.simulate(
            *("--people", str(self.people), "--days", str(days)),
            *("--seed", str(SEED), "--end", WORLD_END.isoformat()),
        )
        shutil.copy(REPOSITORY / "profiles.yml.example", self.folder / "profiles.yml")
        home = self.folder / "dagster"
        home.mkdir()
        shutil.copy(REPOSITORY / "orchestration" / "dagster.yaml", home)

    def row_count(self) -> int:
        """How many rows its raw files hold."""
        [(count,)] = duckdb.execute(
            "select sum(num_rows) from parquet_file_metadata(?)", [f"{self.raw_dir}/*/*.parquet"]
        ).fetchall()
        return int(count)

    def environment(self, today: date) -> dict[str, str]:
        """The variables that make every command work in its folder."""
        return os.environ | {
            "CUSTOMER_360_DBT_VARS": yaml.safe_dump({"as_of_date": today.isoformat()}),
            "CUSTOMER_360_DUCKDB": str(self.folder / "customer_360.duckdb"),
            "CUSTOMER_360_QUALITY_REPORT": str(self.folder / "report.html"),
            "CUSTOMER_360_RAW_DIR": str(self.raw_dir),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_PROJECT_DIR": str(REPOSITORY),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DO_NOT_TRACK": "1",
        }

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
            subprocess.run(command, cwd=REPOSITORY, env=environment, check=True)

    def run(self, command: Sequence[str], today: date) -> None:
        """Runs a job in processes of its own.

        Raises:
            SystemExit: it failed; the end of what it said is shown.
        """
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env=self.environment(today),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(
                f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
            )

    def steps(self) -> dict[str, float]:
        """Seconds of each step of the run that was launched last."""
        with dg.DagsterInstance.from_config(str(self.folder / "dagster")) as instance:
            [run] = instance.get_runs(limit=1)
            started = {
                step.step_key: (step.start_time or 0, step.end_time or 0)
                for step in instance.get_run_step_stats(run.run_id)
            }
        in_order = sorted(started.items(), key=lambda step: step[1])
        return {name: end - start for name, (start, end) in in_order}

    def measure(
        self, name: str, today: date, new_rows: int, command: Sequence[str] = NIGHT
    ) -> Measured:
        """What a run costs, from the start of its process to the end."""
        self.read_project(today)
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        self.run(command, today)
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        # of the largest process so far, on Linux in kilobytes
        return Measured(name, new_rows, seconds, cpu, after.ru_maxrss / 1024, self.steps())


def run_nights(company: Company, few: Company, days: int) -> list[Measured]:
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
        replace(first, fixed_cpu_seconds=fixed_first.cpu_seconds),
        one_day,
        micro_batch,
        after_micro_batch,
        replace(nothing, fixed_cpu_seconds=fixed.cpu_seconds),
        replace(nothing_next_day, fixed_cpu_seconds=fixed_next_day.cpu_seconds),
        fixed_first,
        fixed,
        fixed_next_day,
    ]


def summarise(runs: Sequence[Measured]) -> list[tuple[str, ...]]:
    """One row a run, in the order of HEADINGS."""
    first = runs[0]
    return [
        (
            run.name,
            f"{run.new_rows:,}",
            f"{run.seconds:.0f}",
            f"{run.seconds / first.seconds:.0%}",
            f"{run.cpu_seconds:.0f}",
            f"{run.cpu_seconds / first.cpu_seconds:.0%}",
            *_of_data(run, first),
            f"{run.peak_memory_mb:,.0f}",
            ", ".join(f"{name} {seconds:.0f}" for name, seconds in run.steps.items()),
        )
        for run in runs
    ]


def _of_data(run: Measured, first: Measured) -> tuple[str, str]:
    if run.data_cpu_seconds is None or not first.data_cpu_seconds:
        return "", ""
    return (
        f"{run.data_cpu_seconds:.0f}",
        f"{run.data_cpu_seconds / first.data_cpu_seconds:.0%}",
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
        company = Company(Path(folder) / "company", arguments.people)
        few = Company(Path(folder) / "few", FEW_PEOPLE)
        runs = run_nights(company, few, arguments.days)
        size = (company.folder / "customer_360.duckdb").stat().st_size / 1024**2
    description = (
        f"{arguments.people:,} people, {arguments.days} days of history, a warehouse of "
        f"{size:,.0f} MB. {machine(load)}"
    )
    report(arguments.output, "Nights", INTRODUCTION, description, HEADINGS, summarise(runs))


if __name__ == "__main__":
    main()
