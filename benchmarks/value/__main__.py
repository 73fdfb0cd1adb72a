"""Measure fits, scores and RFM beside their peers: `python -m benchmarks.value`."""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console

from benchmarks.contender import REPOSITORY, Run, make_environment, run_contender
from benchmarks.report import machine, report
from benchmarks.value import purchases
from benchmarks.value.comparison import check_fit, check_rfm, check_scores
from benchmarks.value.peers.dbt_models import DBT_VARS
from benchmarks.value.project import (
    MEMORY_LIMIT,
    PURCHASE_INPUTS,
    PURCHASE_MODELS,
    THREADS,
    build,
    make_project,
)

RESULTS = REPOSITORY / "benchmarks" / "results" / "value.md"
PEERS = "benchmarks.value.peers"
# it imports beside no newer ones
LIFETIMES_REQUIREMENTS = (
    *("lifetimes==0.11.3", "numpy==1.26.*", "pandas==2.1.*", "scipy==1.13.*", "setuptools<80"),
    "duckdb==2.0.0",
)
SEED = 5
FIFTH = 5

OURS = "dbt models"
INTRODUCTION = (
    "Written by `python -m benchmarks.value`. Every contender starts from the same tables in "
    "DuckDB and ends with a table in DuckDB, in a process of its own; imports and the parsing of "
    "the dbt project are not counted. Fit: from x, recency and age of each customer to the "
    "parameters of BG/NBD. Scores: from these and given parameters to p_alive and the orders to "
    "expect; the dbt models give those of 3, 12 and 24 months, as they are and discounted by "
    "quarters, the probability of no purchase and the value of an order, lifetimes what is said. "
    "RFM: from the orders to recency, frequency, monetary and their scores."
)
HEADINGS = ("", "contender", "seconds", "median", "to ours", "CPU s", "to ours", "peak MB")


@dataclass(frozen=True)
class Contender:
    """What does a part of the work; the part is as its module calls it."""

    work: str
    name: str
    module: str
    part: str
    is_ours: bool = False


OUR_CONTENDERS = (
    Contender("fit", OURS, "dbt_models", "fit", is_ours=True),
    Contender("scores", OURS, "dbt_models", "scores", is_ours=True),
    Contender("RFM", OURS, "dbt_models", "rfm", is_ours=True),
)
WORKS = tuple(contender.work for contender in OUR_CONTENDERS)
PEER_CONTENDERS = (
    Contender("fit", "lifetimes", "lifetimes_bg_nbd", "fit"),
    Contender("scores", "lifetimes, 12 months", "lifetimes_bg_nbd", "scores of a year"),
    Contender("scores", "lifetimes, 8 quarters", "lifetimes_bg_nbd", "scores of 8 quarters"),
    Contender("RFM", "lifetimes' summary, pandas' qcut", "pandas_rfm", "rfm"),
)


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.value")
    parser.add_argument("--customers", type=int, default=1_000_000, help="a multiple of 5")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each contender")
    parser.add_argument("--only", nargs="+", choices=WORKS, default=WORKS, help="what is measured")
    parser.add_argument("--without-peers", action="store_true", help="leave lifetimes out")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    parsed = parser.parse_args(arguments)
    if parsed.customers % FIFTH:
        parser.error("--customers must be a multiple of 5, so that fifths are cut in one way only")
    return parsed


def list_contenders(
    project: Path, works: Sequence[str], *, with_peers: bool
) -> dict[Contender, list[str]]:
    """The contenders for some works, ours first in each, with the command of each."""
    commands = {
        contender: [
            sys.executable,
            "-m",
            f"{PEERS}.{contender.module}",
            contender.part,
            str(project),
        ]
        for contender in OUR_CONTENDERS
    }
    if with_peers:
        python = make_environment("lifetimes-0.11.3", LIFETIMES_REQUIREMENTS)
        commands |= {
            contender: [str(python), "-m", f"{PEERS}.{contender.module}", contender.part]
            for contender in PEER_CONTENDERS
        }
    return {
        contender: command
        for work in works
        for contender, command in commands.items()
        if contender.work == work
    }


def prepare(project: Path, warehouse: Path, customer_count: int) -> int:
    """Write the project, and a warehouse with all that is read; how many orders are in that."""
    order_count = purchases.write_purchases(warehouse, customer_count, SEED)
    models = (*PURCHASE_MODELS, "int_value__rfm", "customer_rfm")
    make_project(project, models, PURCHASE_INPUTS, ("rfm_segments",))
    build(project, warehouse, DBT_VARS, ("+int_value__usable_fit", "rfm_segments"))
    return order_count


def compare(results: Mapping[Contender, Path]) -> list[str]:
    """Compare each peer's results with ours, and say how well they agree.

    Raises:
        SystemExit: they do not.
    """
    ours = {contender.work: path for contender, path in results.items() if contender.is_ours}
    peers = {contender: path for contender, path in results.items() if not contender.is_ours}
    found = []
    for contender, path in peers.items():
        pair = ours[contender.work], path
        if contender.work == "fit":
            found.append(f"the parameters differ by {check_fit(*pair):.0e} at most")
        elif contender.work == "scores":
            found.append(f"the scores of {contender.name} by {check_scores(*pair):.0e}")
        else:
            shares = check_rfm(*pair).items()
            same = ", ".join(f"{measure} {share:.1%}" for measure, share in shares)
            found.append(
                "recency, frequency and monetary of every customer are the same, and so are the "
                f"scores where qcut does not split equal values (of all customers: {same})"
            )
    return found


def summarise(runs: Mapping[Contender, Sequence[Run]]) -> list[tuple[str, ...]]:
    """One row a contender, in the order of HEADINGS.

    The fastest run counts, because whatever else the machine does only adds time.
    """

    def least(contender: Contender, unit: str) -> float:
        return min(run[unit] for run in runs[contender])

    def ratio(contender: Contender, unit: str) -> str:
        [ours] = [other for other in runs if other.is_ours and other.work == contender.work]
        return f"{least(contender, unit) / least(ours, unit):.2f}x"

    return [
        (
            contender.work,
            contender.name,
            f"{least(contender, 'seconds'):.2f}",
            f"{statistics.median(run['seconds'] for run in repeats):.2f}",
            ratio(contender, "seconds"),
            f"{least(contender, 'cpu_seconds'):.2f}",
            ratio(contender, "cpu_seconds"),
            f"{max(run['peak_memory_mb'] for run in repeats):,.0f}",
        )
        for contender, repeats in runs.items()
    ]


def describe(warehouse: Path, order_count: int) -> str:
    """Of what everything is: the purchases, as drawn and as fitted."""
    with duckdb.connect(warehouse, read_only=True) as connection:
        [(customers, groups, *fitted)] = connection.execute("""
            select
                count(*),
                count(distinct (repeat_purchase_day_count, recency_days, age_days)),
                any_value(r), any_value(alpha), any_value(a), any_value(b)
            from measures.int_value__purchase_summary
            cross join measures.int_value__usable_fit
        """).fetchall()
    drawn = (purchases.R, purchases.ALPHA, purchases.A, purchases.B)
    parameters = ", ".join(
        f"{name} {value:g} ({found:.4g})"
        for name, value, found in zip(("r", "alpha", "a", "b"), drawn, fitted, strict=True)
    )
    return (
        f"{customers:,} customers, {order_count:,} orders, {groups:,} different (x, recency, age); "
        f"drawn, and in brackets fitted: {parameters}."
    )


def main() -> None:
    """Draw the purchases, run the contenders in turn, compare them and report."""
    arguments = parse_arguments()
    console = Console()
    load, *_ = os.getloadavg()
    with tempfile.TemporaryDirectory() as folder, console.status("") as status:
        status.update(f"drawing {arguments.customers:,} customers")
        # dbt reads the project once where the warehouse is in one place
        project, warehouse = Path(folder) / "project", Path(folder) / "warehouse.duckdb"
        prepared = Path(folder) / "prepared.duckdb"
        order_count = prepare(project, warehouse, arguments.customers)
        warehouse.rename(prepared)
        contenders = list_contenders(
            project, arguments.only, with_peers=not arguments.without_peers
        )
        runs: dict[Contender, list[Run]] = {contender: [] for contender in contenders}
        results = {
            contender: Path(folder) / f"{position}.duckdb"
            for position, contender in enumerate(contenders)
        }
        for repeat in range(1, arguments.repeats + 1):
            for contender, command in contenders.items():
                status.update(
                    f"{contender.work}: {contender.name}, run {repeat} of {arguments.repeats}"
                )
                shutil.copy(prepared, warehouse)
                runs[contender].append(run_contender([*command, str(warehouse)]))
                warehouse.rename(results[contender])
        status.update("comparing the results")
        agreements = compare(results)
        description = describe(prepared, order_count)

    rows = summarise(runs)
    versions = dict.fromkeys(name for run, *_ in runs.values() for name in run["versions"])
    description = " ".join(
        [
            description,
            f"All agree: {'; '.join(agreements)}." if agreements else "",
            f"Fastest of {arguments.repeats} runs; {THREADS} threads, {MEMORY_LIMIT} for DuckDB.",
            f"{', '.join(versions)}. {machine(load)}",
        ]
    )
    report(arguments.output, "Value", INTRODUCTION, description, HEADINGS, rows)
    console.print(f"written to {arguments.output}")


if __name__ == "__main__":
    main()
