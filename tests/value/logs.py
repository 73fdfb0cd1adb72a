"""Logs of real purchases: CDNOW's, whose fits the papers publish, and those of the UCI file."""

import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import duckdb

from tests.support import SHARED

CDNOW = Path(sys.prefix) / "lifetimes" / "lifetimes" / "datasets"  # of a wheel, read as files
CDNOW_END = date(1997, 9, 30)
UCI = SHARED / "real" / "online_retail.parquet"
UCI_END = date(2011, 12, 9)


class Purchase(NamedTuple):
    """A line of a log: who bought, when, and for how much."""

    customer: str
    day: date
    amount: float


def cdnow() -> list[Purchase]:
    """The tenth of CDNOW's customers that the papers fit: 2,357 of them, up to June 1998."""
    lines = (CDNOW / "CDNOW_sample.txt").read_text().splitlines()
    fields = (line.split() for line in lines if line.strip())
    return [
        Purchase(customer, date.fromisoformat(day), float(dollars))
        for _, customer, day, _, dollars in fields
    ]


def uci() -> list[Purchase]:
    """The lines above 0 of the UCI file's known customers, exact copies once, in pounds."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            select
                cast(CustomerID as varchar),
                cast(make_timestamp(cast(InvoiceDate as bigint) * 1000000) as date),
                Quantity * UnitPrice
            from (select distinct * from read_parquet(?))
            where CustomerID is not null and Quantity > 0 and UnitPrice > 0
            """,
            [str(UCI)],
        )
        return [Purchase(*row) for row in rows.fetchall()]


class Summary(NamedTuple):
    """What int_value__purchase_summary holds of a customer."""

    customer_id: str
    repeat_purchase_day_count: int
    recency_days: int
    age_days: int
    repeat_value_day_count: int
    mean_repeat_value_reporting: float | None


def summaries(log: list[Purchase], end: date, *, free_orders: bool = False) -> list[Summary]:
    """Of the purchases up to a day; free_orders: whether one of nothing counts for when."""
    days: dict[str, dict[date, float]] = {}
    for customer, day, amount in log:
        if day <= end and (free_orders or amount > 0):
            spent = days.setdefault(customer, {})
            spent[day] = spent.get(day, 0) + amount
    return [summary(customer, spent, end) for customer, spent in days.items()]


def summary(customer: str, spent: dict[date, float], end: date) -> Summary:
    """Of one customer: what they spent on which days."""
    first, last = min(spent), max(spent)
    values = [amount for day, amount in spent.items() if day > first and amount > 0]
    return Summary(
        customer,
        len(spent) - 1,
        (last - first).days,
        (end - first).days,
        len(values),
        round(sum(values) / len(values), 4) if values else None,
    )
