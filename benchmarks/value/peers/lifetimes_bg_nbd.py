"""BG/NBD by lifetimes. Arguments: part, warehouse.

Runs in an environment of its own, which has lifetimes and DuckDB and nothing of this project.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import duckdb
import lifetimes  # type: ignore[import-not-found]
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter

from benchmarks.peak_memory import peak_memory_mb

SUMMARY = """
    select
        customer_id,
        repeat_purchase_day_count::double as x,
        recency_days::double as recency,
        age_days::double as age
    from measures.int_value__purchase_summary
"""
USED_FIT = "select r, alpha, a, b from measures.int_value__usable_fit"
RATE = 0.10  # a year, what var clv_discount_rate is
DAYS_OF_QUARTER = 91.25
QUARTERS = 8
PARAMETERS = ("r", "alpha", "a", "b")

Numbers: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]


def fit(connection: duckdb.DuckDBPyConnection) -> Callable[[], None]:
    """Fit; afterwards its log-likelihood is computed from the fitter's own function, in days."""
    customers = connection.sql(SUMMARY).fetchnumpy()
    x, recency, age = (customers[name] for name in ("x", "recency", "age"))
    fitter = BetaGeoFitter()
    fitter.fit(x, recency, age)
    connection.execute(
        "create table fit as select ? as r, ? as alpha, ? as a, ? as b",
        [float(fitter.params_[name]) for name in PARAMETERS],
    )

    def add_log_likelihood() -> None:
        logarithms = np.log([fitter.params_[name] for name in PARAMETERS])
        mean = fitter._negative_log_likelihood(logarithms, x, recency, age, np.ones(len(x)), 0)
        connection.execute("alter table fit add column log_likelihood double")
        connection.execute("update fit set log_likelihood = ?", [-float(mean) * len(x)])

    return add_log_likelihood


def score_year(connection: duckdb.DuckDBPyConnection) -> None:
    """Whether customers are still there, and their orders of 12 months."""
    fitter, customers, history = prepare_scoring(connection)
    orders = fitter.conditional_expected_number_of_purchases_up_to_time
    customers["p_alive"] = fitter.conditional_probability_alive(*history)
    customers["expected_orders_12m"] = orders(4 * DAYS_OF_QUARTER, *history)
    connection.register("scored", customers)
    connection.execute(
        "create table scores as select customer_id, p_alive, expected_orders_12m from scored"
    )


def score_quarters(connection: duckdb.DuckDBPyConnection) -> None:
    """The same, and orders of 3 and 24 months, as they are and discounted by quarters."""
    fitter, customers, history = prepare_scoring(connection)
    orders = fitter.conditional_expected_number_of_purchases_up_to_time
    customers["p_alive"] = fitter.conditional_probability_alive(*history)
    before, discounted = 0, 0
    for quarter in range(1, QUARTERS + 1):
        expected = orders(quarter * DAYS_OF_QUARTER, *history)
        discounted = discounted + (expected - before) * (1 + RATE) ** (-(quarter - 0.5) / 4)
        customers[f"expected_orders_{3 * quarter}m"] = expected
        customers[f"discounted_orders_{3 * quarter}m"] = discounted
        before = expected
    connection.register("scored", customers)
    connection.execute("""
        create table scores as
        select
            customer_id, p_alive, expected_orders_3m, expected_orders_12m, expected_orders_24m,
            discounted_orders_3m, discounted_orders_12m, discounted_orders_24m
        from scored
    """)


def prepare_scoring(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[BetaGeoFitter, pd.DataFrame, tuple[Numbers, ...]]:
    """A fitter with the parameters that the warehouse uses, the customers, and x, recency, age."""
    [parameters] = connection.sql(USED_FIT).fetchall()
    fitter = BetaGeoFitter()
    fitter.params_ = pd.Series(parameters, index=PARAMETERS)
    customers = connection.sql(SUMMARY).df()
    return fitter, customers, tuple(customers[name].values for name in ("x", "recency", "age"))


PARTS: Mapping[str, Callable[[duckdb.DuckDBPyConnection], Callable[[], None] | None]] = {
    "fit": fit,
    "scores of a year": score_year,
    "scores of 8 quarters": score_quarters,
}


def main(part: str, warehouse: str) -> dict[str, object]:
    """Do a part, from the tables of the warehouse to one more."""
    with duckdb.connect(warehouse) as connection:
        connection.sql("select 1 as warm").df()  # imports what is imported at the first use
        start, cpu_start = time.perf_counter(), time.process_time()
        finish = PARTS[part](connection)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
        peak = peak_memory_mb()
        if finish:
            finish()
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_memory_mb": peak,
        "versions": [f"lifetimes {lifetimes.__version__}", f"NumPy {np.__version__}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
