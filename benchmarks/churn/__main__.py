"""Measure the churn model by time split: `python -m benchmarks.churn`."""

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.console import Console

from benchmarks.churn.measures import Measures, Tenth, calibrate, measure
from benchmarks.churn.splits import (
    CDNOW,
    make_tables,
    predict_company,
    predict_log,
)
from benchmarks.company import REPOSITORY, Company
from benchmarks.report import add_to_report, machine, report

RESULTS = REPOSITORY / "benchmarks" / "results" / "churn.md"
INTRODUCTION = (
    "Written by `python -m benchmarks.churn`. Each customer with a purchase is scored by the dbt "
    "models as of a day (`customer_churn.churn_probability_model`, fitted to the purchases up to "
    "that day), and judged by the purchases of the days after it: churn is no purchase within the "
    "horizon. Recency is the days since the last purchase, as a score of churn by itself; behind ± "
    "stands the standard error of the difference. Brier is "
    "the mean squared error of the probability; the constant's is that of the share that churned, "
    "given to all, which nobody knows before."
)
HEADINGS = (
    *("", "as of", "days", "customers", "churned", "mean predicted", "AUC model", "AUC recency"),
    *("difference", "Brier model", "Brier constant", "ratio"),
)
TENTH_HEADINGS = (
    "",
    "as of",
    "days",
    "tenth",
    "customers",
    "mean predicted",
    "churned",
    "difference",
)


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.churn")
    parser.add_argument("--horizons", type=int, nargs="+", default=[90, 180], help="days")
    parser.add_argument("--people", type=int, default=5_000, help="people in the simulated world")
    parser.add_argument("--days", type=int, default=730, help="days of its history")
    parser.add_argument("--without-company", action="store_true", help="leave it out")
    parser.add_argument("--log", type=Path, default=CDNOW, help="CDNOW's master log")
    parser.add_argument("--output", type=Path, default=RESULTS, help="where the report goes")
    parsed = parser.parse_args(arguments)
    if not parsed.log.exists():
        parser.error(f"{parsed.log} is not there: `make .venv/lifetimes/.installed` fetches it")
    return parsed


def summarise(found: Sequence[Measures]) -> list[tuple[str, ...]]:
    """One row a population and horizon, in the order of HEADINGS."""
    return [
        (
            of.population,
            f"{of.as_of_date}",
            f"{of.horizon_days}",
            f"{of.customer_count:,}",
            f"{of.churned_share:.1%}",
            f"{of.mean_probability:.1%}",
            f"{of.model_auc:.4f}",
            f"{of.recency_auc:.4f}",
            f"{of.model_auc - of.recency_auc:+.4f} ± {of.difference_error:.4f}",
            f"{of.model_brier:.4f}",
            f"{of.constant_brier:.4f}",
            f"{of.model_brier / of.constant_brier:.2f}",
        )
        for of in found
    ]


def rows_of_tenths(tenths: Sequence[Tenth]) -> list[tuple[str, ...]]:
    """One row a tenth, in the order of TENTH_HEADINGS."""
    return [
        (
            of.population,
            f"{of.as_of_date}",
            f"{of.horizon_days}",
            f"{of.tenth}",
            f"{of.customer_count:,}",
            f"{of.mean_probability:.1%}",
            f"{of.churned_share:.1%}",
            f"{100 * (of.mean_probability - of.churned_share):+.1f} points",
        )
        for of in tenths
    ]


def judge(found: Sequence[Measures]) -> str:
    """Whether the model sorts customers at least as well as recency does, in a sentence."""
    worse = [
        f"{of.population}, {of.horizon_days} days" for of in found if of.model_auc < of.recency_auc
    ]
    if worse:
        return f"The model sorts worse than recency alone: {'; '.join(worse)}."
    return "The model sorts no worse than recency alone in any row."


def main() -> None:
    """Score, judge and report."""
    arguments = parse_arguments()
    console = Console()
    load, *_ = os.getloadavg()
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect() as connection,
        console.status("") as status,
    ):
        make_tables(connection)
        status.update("scoring the customers of CDNOW")
        predict_log(connection, Path(folder) / "log", arguments.log, arguments.horizons)
        if not arguments.without_company:
            status.update(f"simulating and building a company of {arguments.people:,} people")
            company = Company(Path(folder) / "company", arguments.people)
            predict_company(connection, company, arguments.days, arguments.horizons)
        found, tenths = measure(connection), calibrate(connection)

    buyers = (
        ""
        if arguments.without_company
        else f", and the buyers of a simulated company of {arguments.people:,} people and "
        f"{arguments.days} days, who buy most before Christmas, as of the horizon before its end"
    )
    description = f"The customers of CDNOW's whole log{buyers}. {judge(found)} {machine(load)}"
    report(arguments.output, "Churn", INTRODUCTION, description, HEADINGS, summarise(found))
    rows = rows_of_tenths(tenths)
    add_to_report(arguments.output, "Calibration", TENTH_HEADINGS, rows)
    console.print(f"written to {arguments.output}")


if __name__ == "__main__":
    main()
