"""How well probabilities of churn sort customers, and how true they are."""

from datetime import date
from typing import NamedTuple

import duckdb


class Measures(NamedTuple):
    """Of the customers of a population and a horizon."""

    population: str
    as_of_date: date
    horizon_days: int
    customer_count: int
    churned_share: float
    mean_probability: float
    model_auc: float
    recency_auc: float
    difference_error: float
    model_brier: float
    constant_brier: float


class Tenth(NamedTuple):
    """Of customers with like probabilities, the lowest first."""

    population: str
    as_of_date: date
    horizon_days: int
    tenth: int
    customer_count: int
    mean_probability: float
    churned_share: float


def measure(connection: duckdb.DuckDBPyConnection) -> list[Measures]:
    """Measure each population and horizon of `judged`.

    AUC is the probability that of one who churned and one who did not the first has the higher
    score, half counted where they are equal. The place of a customer is the share of the others
    (who churned, or who did not) with a lower score. AUC is its mean over those who churned, and
    the standard error of a difference comes from the differences of places (DeLong, DeLong &
    Clarke-Pearson, Biometrics 44, 1988). Brier is the mean squared error; the constant is the share
    that churned, the best that one number can do.
    """
    rows = connection.execute(f"""
        with placed as (
            select
                *,
                {_place("churn_probability")} as model_place,
                {_place("recency_days")} as recency_place
            from judged
        )

        select
            population,
            as_of_date,
            horizon_days,
            count(*),
            avg(has_churned) as churned_share,
            avg(churn_probability),
            avg(model_place) filter (where has_churned = 1),
            avg(recency_place) filter (where has_churned = 1),
            sqrt({_error_of_mean("has_churned = 1")} + {_error_of_mean("has_churned = 0")}),
            avg((churn_probability - has_churned) ** 2),
            churned_share * (1 - churned_share)
        from placed
        group by population, as_of_date, horizon_days
        order by population, horizon_days
    """).fetchall()
    return [Measures(*row) for row in rows]


def _place(score: str) -> str:
    everybody, alike = "population, horizon_days", "population, horizon_days, has_churned"
    others = f"(count(*) over (partition by {everybody}) - count(*) over (partition by {alike}))"
    return f"({_rank(score, everybody)} - {_rank(score, alike)}) / {others}"


def _rank(score: str, group: str) -> str:
    """The rank of a score in a group, the mean of their ranks where several are equal."""
    return (
        f"(rank() over (partition by {group} order by {score})"
        f" + (count(*) over (partition by {group}, {score}) - 1) / 2)"
    )


def _error_of_mean(condition: str) -> str:
    """The squared standard error of the mean difference of places."""
    difference = "(model_place - recency_place)"
    return (
        f"var_samp({difference}) filter (where {condition}) / count(*) filter (where {condition})"
    )


def calibrate(connection: duckdb.DuckDBPyConnection) -> list[Tenth]:
    """Predicted and observed by tenths of the customers; equal probabilities are never parted."""
    rows = connection.execute("""
        with divided as (
            select
                *,
                1 + 10 * (rank() over (same order by churn_probability) - 1) // count(*) over same
                    as tenth
            from judged
            window same as (partition by population, horizon_days)
        )

        select
            population,
            as_of_date,
            horizon_days,
            tenth,
            count(*),
            avg(churn_probability),
            avg(has_churned)
        from divided
        group by population, as_of_date, horizon_days, tenth
        order by population, horizon_days, tenth
    """).fetchall()
    return [Tenth(*row) for row in rows]
