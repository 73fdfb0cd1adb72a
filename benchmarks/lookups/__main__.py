"""Measure what a screen asks of the published file: `python -m benchmarks.lookups`."""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.company import PROGRAMS, REPOSITORY, SEED, WORLD_END, Company
from benchmarks.process import Cost, run
from benchmarks.report import add_to_report, machine, report

RESULTS = REPOSITORY / "benchmarks" / "results" / "lookups.md"
DAYS = 365
REPEATS = 1_000
INTRODUCTION = (
    "Written by `python -m benchmarks.lookups`. Each question is asked of `published.duckdb` "
    f"{REPEATS:,} times, of customers drawn at random, by one open connection, and all rows "
    "are fetched: milliseconds, the median, the 95th percentile and the slowest, beside the limit "
    "for the 95th. The daily metrics are of one day, the last of a month, on which every measured "
    "customer has a row."
)
HEADINGS = (
    *("question", "people", "customers"),
    *("median ms", "95 % ms", "slowest ms", "limit ms"),
)
BUILD_HEADINGS = ("people", "rows", "seconds", "CPU s", "peak MB")
LARGE = 1_000_000


@dataclass(frozen=True)
class Question:
    """A query with one parameter, where its values come from, and how long it may take (ms)."""

    name: str
    sql: str
    values: str
    limit_ms: int
    limit_of_few_ms: int


CUSTOMERS = "select {} from published.customer_360 where {} is not null"
QUESTIONS = (
    Question(
        "customer by id",
        "from published.customer_360 where customer_id = ?",
        CUSTOMERS.format("customer_id", "customer_id"),
        *(10, 10),
    ),
    Question(
        "customers by email",
        "from published.customer_360 where email = ?",
        CUSTOMERS.format("email", "email"),
        *(100, 50),
    ),
    Question(
        "customers by a part of their name",
        "select customer_id, full_name, email from published.customer_360"
        " where contains(lower(full_name), lower(?)) limit 50",
        CUSTOMERS.format("last_name", "last_name"),
        *(100, 50),
    ),
    Question(
        "a year of a customer's metrics",
        "from published.customer_metrics_daily where customer_id = ?"
        f" and metric_date > date '{WORLD_END}' - 365 order by metric_date",
        CUSTOMERS.format("customer_id", "customer_id"),
        *(100, 100),
    ),
    Question(
        "newest 50 of a customer's timeline",
        "from published.customer_timeline where customer_id = ?"
        " order by occurred_at desc, timeline_id desc limit 50",
        CUSTOMERS.format("customer_id", "customer_id"),
        *(100, 100),
    ),
)


def build(company: Company) -> Cost:
    """Builds and publishes a company; what customer_360 alone takes, built once more."""
    environment = company.environment(WORLD_END) | {"CUSTOMER_360_MEMORY_LIMIT": "8GB"}
    dbt = [str(PROGRAMS / "dbt"), "--quiet"]
    dbt_vars = ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
    everything = ["build", "--exclude-resource-type", "test", "unit_test"]
    run([*dbt, *everything, *dbt_vars], environment, REPOSITORY)
    alone = ["run", "--select", "path:models/marts/customer_360/customer_360.sql"]
    cost = run([*dbt, *alone, *dbt_vars], environment, REPOSITORY)
    run([*dbt, "run-operation", "publish", *dbt_vars], environment, REPOSITORY)
    return cost


def ask(connection: duckdb.DuckDBPyConnection, question: Question) -> list[float]:
    """Milliseconds of each time that a question is asked, of another customer each time."""
    rows = connection.execute(question.values).fetchall()
    chosen = random.Random(SEED).choices(sorted(rows), k=REPEATS)
    found = []
    for (value,) in chosen:
        began = time.perf_counter()
        connection.execute(question.sql, [value]).fetchall()
        found.append(1000 * (time.perf_counter() - began))
    return found


def measure(company: Company) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """A row for each question, and what customer_360 took."""
    company.found(DAYS)
    cost = build(company)
    with duckdb.connect(company.folder / "published.duckdb", read_only=True) as connection:
        [(customers,)] = connection.execute(
            "select count(*) from published.customer_360"
        ).fetchall()
        rows: list[tuple[str, ...]] = []
        for question in QUESTIONS:
            took = ask(connection, question)
            *_, slow = statistics.quantiles(took, n=20)
            limit = question.limit_ms if company.people >= LARGE else question.limit_of_few_ms
            found = (statistics.median(took), slow, max(took))
            measured = (*(f"{milliseconds:.1f}" for milliseconds in found), str(limit))
            rows.append((question.name, f"{company.people:,}", f"{customers:,}", *measured))
    built = (f"{cost.seconds:.0f}", f"{cost.cpu_seconds:.0f}", f"{cost.peak_mb:,.0f}")
    return rows, (f"{company.people:,}", f"{customers:,}", *built)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, build, publish, ask and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lookups")
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, LARGE])
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    options = parser.parse_args(arguments)
    average, *_ = os.getloadavg()
    rows: list[tuple[str, ...]] = []
    builds = []
    for people in options.people:
        with tempfile.TemporaryDirectory() as folder:
            asked, built = measure(Company(Path(folder) / "company", people))
        rows += asked
        builds.append(built)
    description = f"{DAYS} days of history. {machine(average)}"
    report(options.output, "Look-ups", INTRODUCTION, description, HEADINGS, rows)
    title = "customer_360 alone, from what it reads, dbt's start included (memory_limit 8GB)"
    add_to_report(options.output, title, BUILD_HEADINGS, builds)


if __name__ == "__main__":
    main()
