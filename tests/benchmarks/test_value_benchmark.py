"""The benchmark of value runs, at a small size without lifetimes, and refuses other results."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.value.comparison import check_fit, check_rfm, check_scores

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_benchmark_fits_what_was_drawn_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [
        *(sys.executable, "-m", "benchmarks.value", "--without-peers", "--only", "fit"),
        *("--customers", "5000", "--repeats", "1", "--output", str(report)),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    text = report.read_text()
    assert "5,000 customers" in text
    assert "| fit | dbt models |" in text
    fitted = {
        name: (float(drawn), float(found.strip("().,;")))
        for name, drawn, found in (
            parameter.split() for parameter in text.split("fitted: ")[1].split(". ")[0].split(", ")
        )
    }
    assert set(fitted) == {"r", "alpha", "a", "b"}
    for drawn, found in fitted.values():
        assert found == pytest.approx(drawn, rel=0.5)


def write(path: Path, *tables: str) -> Path:
    """A DuckDB file of tables, each `schema.name as query`."""
    with duckdb.connect(path) as connection:
        for schema in ("measures", "marts"):
            connection.execute(f"create schema {schema}")
        for table in tables:
            connection.execute(f"create table {table}")
    return path


def test_other_parameters_are_refused(tmp_path: Path) -> None:
    fit = "as select 0.25 as r, 4e0 as alpha, 0.8 as a, 2.5 as b, -9582.4 as log_likelihood"
    ours = write(tmp_path / "ours.duckdb", f"measures.int_value__purchase_fits {fit}")
    same = write(tmp_path / "same.duckdb", f"fit {fit.replace('0.25', '0.25001')}")
    assert check_fit(ours, same) == pytest.approx(4e-5, rel=0.01)
    other = write(tmp_path / "other.duckdb", f"fit {fit.replace('0.8', '0.802')}")
    with pytest.raises(SystemExit, match="The fits differ, by 2"):
        check_fit(ours, other)


def test_other_scores_and_missing_customers_are_refused(tmp_path: Path) -> None:
    scores = "as select * from (values ('ann', 0.5), ('bob', 1e0)) as scores(customer_id, p_alive)"
    ours = write(tmp_path / "ours.duckdb", f"measures.int_value__predictions {scores}")
    assert check_scores(ours, write(tmp_path / "same.duckdb", f"scores {scores}")) == 0
    for name, changed in (
        ("other", scores.replace("0.5", "0.500001")),
        ("fewer", f"{scores} where customer_id = 'ann'"),
    ):
        with pytest.raises(SystemExit, match="scores of a customer differ"):
            check_scores(ours, write(tmp_path / f"{name}.duckdb", f"scores {changed}"))


def rfm(*frequency_scores: int, frequencies: tuple[int, ...] = (1, 1, 2, 3, 4)) -> str:
    """Five customers who differ in how often they bought."""
    customers = enumerate(zip(frequencies, frequency_scores, strict=True), start=1)
    rows = ", ".join(
        f"({number}, {number}, {frequency}, {number}, {6 - number}, {score}, {number})"
        for number, (frequency, score) in customers
    )
    names = (
        "customer_id, recency_days, frequency, monetary,"
        " recency_score, frequency_score, monetary_score"
    )
    return f"as select * from (values {rows}) as customers({names})"


def test_fifths_may_split_equal_values_and_differ_in_nothing_else(tmp_path: Path) -> None:
    ours = write(tmp_path / "ours.duckdb", f"marts.customer_rfm {rfm(1, 1, 3, 4, 5)}")
    split = write(tmp_path / "split.duckdb", f"rfm {rfm(1, 2, 3, 4, 5)}")
    assert check_rfm(ours, split) == {"recency_days": 1, "frequency": 0.8, "monetary": 1}
    for name, changed in (
        ("score", rfm(1, 2, 3, 4, 4)),
        ("measure", rfm(1, 2, 3, 4, 5, frequencies=(1, 1, 2, 3, 5))),
    ):
        with pytest.raises(SystemExit, match="of 1 customers differ"):
            check_rfm(ours, write(tmp_path / f"{name}.duckdb", f"rfm {changed}"))
