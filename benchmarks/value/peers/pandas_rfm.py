"""RFM by pandas, on the summary of lifetimes. Arguments: part, warehouse.

Runs in an environment of its own, which has lifetimes and DuckDB and nothing of this project.
"""

import json
import sys
import time

import duckdb
import pandas as pd
from lifetimes.utils import (  # type: ignore[import-not-found]
    summary_data_from_transaction_data,
)

from benchmarks.peak_memory import peak_memory_mb

ORDERS = """
    select customer_id, order_date, net_amount_reporting::double as amount
    from customer_facts.int_customer_facts__orders
"""
END = "select max(as_of_date) from measures.int_clv_parameters"
FIFTHS = (1, 2, 3, 4, 5)


def score(connection: duckdb.DuckDBPyConnection) -> None:
    """Summarise the orders, and cut each measure into fifths, ties by order of appearance."""
    [(end,)] = connection.sql(END).fetchall()
    orders = connection.sql(ORDERS).df()
    customers = summary_data_from_transaction_data(
        *(orders, "customer_id", "order_date"),
        monetary_value_col="amount",
        observation_period_end=end,
        include_first_transaction=True,
    )
    customers["recency_days"] = customers["T"] - customers["recency"]
    customers["monetary"] = (customers["frequency"] * customers["monetary_value"]).round(2)
    for measure, ascending in (("recency_days", False), ("frequency", True), ("monetary", True)):
        ranks = customers[measure].rank(method="first", ascending=ascending)
        scores = pd.qcut(ranks, len(FIFTHS), labels=FIFTHS)
        customers[f"{measure.removesuffix('_days')}_score"] = scores.astype(int)
    scored = customers.reset_index()
    connection.register("scored", scored)
    connection.execute("""
        create table rfm as
        select
            customer_id, recency_days, frequency, monetary,
            recency_score, frequency_score, monetary_score,
            recency_score * 100 + frequency_score * 10 + monetary_score as rfm_cell
        from scored
    """)


def main(_part: str, warehouse: str) -> dict[str, object]:
    """Score the customers of a warehouse, into the table rfm."""
    with duckdb.connect(warehouse) as connection:
        connection.sql("select 1 as warm").df()  # imports what is imported at the first use
        start, cpu_start = time.perf_counter(), time.process_time()
        score(connection)
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_memory_mb": peak_memory_mb(),
        "versions": [f"pandas {pd.__version__}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
