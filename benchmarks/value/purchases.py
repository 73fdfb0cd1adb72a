"""Purchases of customers who buy and leave as BG/NBD and Gamma-Gamma say, in DuckDB."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Days = NDArray[np.int64]

END = date(2026, 6, 30)
DAYS = 730  # customers come from the first to the last
# in days and pounds: near CDNOW's, for a shop of which more people know
R, ALPHA, A, B = 0.4, 40.0, 0.8, 2.5
P, Q, V = 6.0, 4.0, 15.0


def draw_purchases(customer_count: int, seed: int) -> tuple[Days, Days, NDArray[np.int64]]:
    """Draw who bought on which day, and for how much.

    Args:
        customer_count: customers, numbered from 0, each of whom buys at least once.
        seed: the same seed draws the same purchases.

    Returns:
        Three arrays of equal length, one element a day of purchases, ordered by customer and day:
        customers, days from 0 to DAYS, and pence.
    """
    generator = np.random.default_rng(seed)
    first_days = generator.integers(0, DAYS, customer_count)
    ages = DAYS - first_days
    counts = generator.poisson(generator.gamma(R, 1 / ALPHA, customer_count) * ages)
    # after how many repeat purchases each leaves
    lasting = generator.geometric(generator.beta(A, B, customer_count))

    customers = np.repeat(np.arange(customer_count), counts)
    times = generator.random(len(customers)) * ages[customers]
    order = np.lexsort((times, customers))
    places = np.arange(len(customers)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = order[places < lasting[customers]]
    days = first_days[customers[kept]] + np.ceil(times[kept]).astype(np.int64)

    # purchases of one day are one; the first is on day 0 of each
    keys = np.unique(
        np.concatenate([np.arange(customer_count), customers[kept]]) * (DAYS + 1)
        + np.concatenate([first_days, days])
    )
    buyers, bought_on = np.divmod(keys, DAYS + 1)
    rates = generator.gamma(Q, 1 / V, customer_count)
    pence = np.ceil(100 * generator.gamma(P, 1 / rates[buyers])).astype(np.int64)
    return buyers, bought_on, pence


def write_purchases(path: Path, customer_count: int, seed: int) -> int:
    """Write the inputs of the models to a new DuckDB file: orders, and customers seen that day.

    Returns:
        How many orders.
    """
    buyers, bought_on, pence = draw_purchases(customer_count, seed)
    drawn = pa.table({"buyer": buyers, "bought_on": bought_on, "pence": pence})
    with duckdb.connect(path) as connection:
        connection.register("drawn", drawn)
        connection.execute(f"""
            create schema inputs;

            create table inputs.int_customer_facts__orders as
            select
                'customer-' || lpad(buyer::varchar, 9, '0') as customer_id,
                date '{END - timedelta(days=DAYS)}' + bought_on::integer as order_date,
                true as is_purchase,
                false as is_return,
                (pence / 100)::numeric(18, 4) as net_amount_reporting
            from drawn
            order by bought_on, hash(buyer);

            create table inputs.int_identity__golden_records as
            select customer_id, min(order_date)::timestamp as first_seen_at
            from inputs.int_customer_facts__orders
            group by customer_id;
        """)
    return len(buyers)
