"""The benchmark of churn runs on CDNOW's log, and measures what it says."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import duckdb
import pytest

from benchmarks.churn.measures import calibrate, measure
from benchmarks.churn.splits import CDNOW

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.skipif(not CDNOW.exists(), reason=f"CDNOW's log is not at {CDNOW}")
def test_benchmark_compares_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [
        *(sys.executable, "-m", "benchmarks.churn", "--without-company", "--horizons", "90"),
        *("--output", str(report)),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    text = report.read_text()
    assert "| CDNOW | 1997-09-30 | 90 | 23,500 | 82.2% | 84.5% | 0.7642 | 0.7630 |" in text
    assert "no worse than recency alone" in text
    assert "| CDNOW | 1997-09-30 | 90 | 10 |" in text, "the last tenth is calibrated"


@pytest.fixture
def judged() -> duckdb.DuckDBPyConnection:
    """Ten customers, two of whom have the same probability, and not the same fate."""
    connection = duckdb.connect()
    connection.execute("""
        create table judged as
        select 'shop' as population, date '2026-01-01' as as_of_date, 90 as horizon_days, *
        from (
            values
            (0.1, 5, 0), (0.2, 9, 0), (0.3, 2, 1), (0.4, 3, 0), (0.5, 4, 0),
            (0.5, 6, 1), (0.6, 6, 1), (0.7, 8, 0), (0.8, 7, 1), (0.9, 10, 1)
        ) as customers(churn_probability, recency_days, has_churned)
    """)
    return connection


def test_auc_is_the_share_of_pairs_in_the_right_order(judged: duckdb.DuckDBPyConnection) -> None:
    [found] = measure(judged)
    rows = judged.sql("select churn_probability, recency_days, has_churned from judged").fetchall()
    for position, auc in enumerate((found.model_auc, found.recency_auc)):
        churned = [row[position] for row in rows if row[2]]
        others = [row[position] for row in rows if not row[2]]
        pairs = [(one > other) + (one == other) / 2 for one, other in product(churned, others)]
        assert auc == pytest.approx(sum(pairs) / len(pairs))
    assert (found.customer_count, found.churned_share) == (10, 0.5)
    assert found.constant_brier == 0.25
    squares = [(float(row[0]) - row[2]) ** 2 for row in rows]
    assert found.model_brier == pytest.approx(sum(squares) / len(squares))


def test_equal_probabilities_are_in_one_tenth(judged: duckdb.DuckDBPyConnection) -> None:
    tenths = calibrate(judged)
    assert [of.tenth for of in tenths] == [1, 2, 3, 4, 5, 7, 8, 9, 10]
    assert (tenths[4].customer_count, tenths[4].churned_share) == (2, 0.5)
