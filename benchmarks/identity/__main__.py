"""Measure how well records are stitched: `python -m benchmarks.identity`."""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import duckdb

from benchmarks.company import PROGRAMS, REPOSITORY, WORLD_END, Company
from benchmarks.process import Cost, run
from benchmarks.report import add_to_report, machine, report
from simulator.patterns import DEFAULT_RATES
from simulator.stitching import measure_stitching, mixed_by_pattern

RESULTS = REPOSITORY / "benchmarks" / "results" / "identity.md"
DAYS = 365
SELECTED = ("+identity_refused_merges", "+identity_dropped_links")
INTRODUCTION = (
    "Written by `python -m benchmarks.identity`, of companies that the simulator makes, with the "
    "patterns that make identity hard at their default rates ([what they are]"
    "(../../docs/simulator.md)). Precision: of the pairs of records that were put together, those "
    "that are one person's. Recall: of the pairs that are, those that were put together; of tied "
    "ones, of the pairs that anything but names, birth dates and addresses ties. Seconds and "
    "memory are of the build of all that identity needs, from raw files on, without tests; the "
    "layer's own are the seconds of its models."
)
HEADINGS = (
    *("people", "records", "customers of two people", "precision", "recall", "recall of tied"),
    *("seconds", "CPU s", "peak MB", "the layer's seconds"),
)


def build(company: Company) -> tuple[Cost, float]:
    """Builds identity and all it reads; also the seconds of its own models."""
    environment = company.environment(WORLD_END + timedelta(days=1))
    command = [str(PROGRAMS / "dbt"), "--quiet", "build", "--select", *SELECTED]
    command += ["--exclude-resource-type", "test", "unit_test"]
    command += ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
    cost = run(command, environment, REPOSITORY)
    results = json.loads((company.folder / "target" / "run_results.json").read_text("utf-8"))
    return cost, sum(
        result["execution_time"]
        for result in results["results"]
        if ".int_identity__" in result["unique_id"]
    )


def measure(company: Company) -> tuple[tuple[str, ...], Mapping[str, int], list[tuple[str, ...]]]:
    """A company's row of the report, its customers of two people by pattern, its refusals."""
    company.found(DAYS)
    cost, own_seconds = build(company)
    truth_dir = company.raw_dir.parent / "truth"
    with duckdb.connect(str(company.folder / "customer_360.duckdb"), read_only=True) as warehouse:
        stitching = measure_stitching(warehouse, truth_dir)
        mixed = mixed_by_pattern(warehouse, truth_dir)
        refused = warehouse.execute(
            "select tier, identifier_type, reason, count(*) from marts.identity_refused_merges"
            " group by all order by all"
        ).fetchall()
    row = (
        f"{company.people:,}",
        f"{stitching.records:,}",
        f"{stitching.mixed_customers:,}",
        f"{stitching.precision:.5f}",
        f"{stitching.recall:.3f}",
        f"{stitching.tied_recall:.3f}",
        f"{cost.seconds:.0f}",
        f"{cost.cpu_seconds:.0f}",
        f"{cost.peak_mb:,.0f}",
        f"{own_seconds:.1f}",
    )
    return row, mixed, [(*names, f"{count:,}") for *names, count in refused]


def main() -> None:
    """Simulate, build and report; the patterns and refusals are those of the largest company."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity")
    parser.add_argument("--people", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    arguments = parser.parse_args()
    average, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder:
        measured = [
            measure(Company(Path(folder) / str(people), people))
            for people in sorted(arguments.people)
        ]
    rows = [row for row, _, _ in measured]
    report(
        arguments.output,
        "Identity",
        INTRODUCTION,
        f"{DAYS} days of history, 4 threads. {machine(average)}",
        HEADINGS,
        rows,
    )
    _, mixed, refused = measured[-1]
    add_to_report(
        arguments.output,
        "Customers of two people, by pattern that their records show",
        ("pattern", "customers"),
        [(name, f"{mixed.get(name, 0):,}") for name in DEFAULT_RATES],
    )
    add_to_report(
        arguments.output,
        "Joins that were refused",
        ("tier", "identifier", "reason", "pairs of customers"),
        refused,
    )


if __name__ == "__main__":
    main()
