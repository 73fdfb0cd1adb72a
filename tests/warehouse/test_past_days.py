"""A past day made again is as its night left it, and nothing else changes.

Six days; CUSTOMER_360_PAST_DAYS says how many (30 take three minutes).
"""

import os
import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from simulator.__main__ import main as simulate
from tests.support import WORLD_END, Warehouse, failures_of, tables_that_differ

pytestmark = pytest.mark.slow

COUNT = max(6, int(os.environ.get("CUSTOMER_360_PAST_DAYS", "6")))
DAYS = [str(date.fromisoformat(WORLD_END) - timedelta(before)) for before in reversed(range(COUNT))]
IN_ANY_ORDER = random.Random(5).sample(DAYS, COUNT)
DAILY = {"measures.int_alert_days": "alert_date", "marts.customer_metrics_daily": "metric_date"}
# models of so small a company are hardly ever good ones: on each of two days a fit that is
FITS = {
    "measures.int_value__purchase_fits": "0.8 as r, {alpha} as alpha, 0.7 as a, 2.5 as b",
    "measures.int_value__spend_fits": "6.0 as p, 4.0 as q, 15.0 as v",
}
GOOD_FITS = {DAYS[1]: 60.0, DAYS[4]: 40.0}


def change(warehouse: Warehouse, *statements: str) -> None:
    with duckdb.connect(str(warehouse.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def run(warehouse: Warehouse, *arguments: str, **variables: object) -> None:
    result = warehouse.dbt("run", *arguments, **variables)
    assert result.success, failures_of(result)


def backfill(warehouse: Warehouse, day: str) -> None:
    run(warehouse, "--selector", "backfill", as_of_date=day, backfill=True)


def refused(warehouse: Warehouse, *selected: str, **variables: object) -> str:
    """Why a backfill does not begin."""
    result = warehouse.dbt("run", *selected, backfill=True, **variables)
    assert not result.success
    return str(result.exception)


@pytest.fixture(scope="module")
def nights(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The company after a night of each day, the first of which fits."""
    nights = warehouse.copied(tmp_path_factory.mktemp("nights"))
    change(nights, *(f"delete from {table}" for table in DAILY))
    for table, parameters in FITS.items():
        for day, alpha in GOOD_FITS.items():
            values = f"date '{day}' as as_of_date, 9 as step_count, true as is_converged"
            change(
                nights,
                f"insert into {table} select * replace ({values}, {parameters.format(alpha=alpha)})"
                f" from {table} where as_of_date = '{WORLD_END}'",
            )
        change(nights, f"delete from {table} where as_of_date = '{WORLD_END}'")
    for day in DAYS:
        layers = ("customer_facts", "measures", "customer_metrics_daily")
        run(nights, "--select", *layers, as_of_date=day)
    return nights


@pytest.fixture(scope="module")
def backfilled(nights: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The company whose last night was the only one that wrote its day, and the days made since."""
    backfilled = nights.copied(tmp_path_factory.mktemp("backfilled"))
    for table, day in DAILY.items():
        change(backfilled, f"delete from {table} where {day} < '{WORLD_END}'")
    for day in IN_ANY_ORDER:
        backfill(backfilled, day)
    return backfilled


def test_days_made_again_in_any_order_are_those_of_nights_and_all_else_is_as_it_was(
    nights: Warehouse, backfilled: Warehouse
) -> None:
    for warehouse in (nights, backfilled):
        run(warehouse, "--select", "customer_alerts", as_of_date=WORLD_END)
    assert tables_that_differ(nights, backfilled, least=80) == []
    views = (
        "select schema_name, view_name, views.sql from duckdb_schemas() as schemas left join"
        " duckdb_views() as views using (database_name, schema_name) where not schemas.internal"
        " order by all"
    )
    assert nights.query(views) == backfilled.query(views)


def test_those_days_have_something_to_tell(nights: Warehouse) -> None:
    for table, day in DAILY.items():
        days = f"select distinct cast({day} as varchar) from {table} order by 1"
        assert nights.query(days) == [(each,) for each in DAYS]
    fits = nights.query(f"select cast(as_of_date as varchar) from {next(iter(FITS))} order by 1")
    first_fits = [(day,) for day in (DAYS[0], *GOOD_FITS)]
    assert fits[: len(first_fits)] == first_fits  # a night fits anew after a week
    predicted = nights.query(
        "select cast(metric_date as varchar), sum(predicted_clv_12m) > 0"
        " from marts.customer_metrics_daily group by 1 order by 1"
    )
    assert predicted[0] == (DAYS[0], None)
    assert {(day, True) for day in GOOD_FITS} <= {*predicted}
    opened = nights.value(
        f"select count(*) from marts.customer_alerts where opened_on > '{DAYS[0]}'"
    )
    assert opened > 0


def test_revenue_of_all_days_is_that_of_the_months(tmp_path: Path) -> None:
    world = ["--people", "80", "--days", "8", "--seed", "7", "--end", WORLD_END]
    assert simulate([*world, "--out", str(tmp_path / "raw")]) == 0
    variables = {"sources": ["retail"], "metrics_daily": "all", "as_of_date": WORLD_END}
    shop = Warehouse(tmp_path, tmp_path / "raw", variables)
    shop.build(tests=False)
    first_day = shop.value("select min(order_date) from customer_facts.int_customer_facts__orders")
    day = date.fromisoformat(WORLD_END)
    while day > first_day:
        day -= timedelta(1)
        backfill(shop, str(day))
    revenue = "select sum(net_revenue_reporting) from marts."
    assert shop.value(f"{revenue}customer_metrics_daily") > 0
    assert shop.query(f"{revenue}customer_metrics_daily") == shop.query(f"{revenue}revenue_monthly")


def test_a_backfill_of_something_else_is_refused(backfilled: Warehouse) -> None:
    day = {"as_of_date": DAYS[0]}
    whole = ("--selector", "backfill")
    assert "must be told as_of_date. Run: dbt run" in refused(backfilled, *whole, as_of_date=None)
    tomorrow = str(date.fromisoformat(WORLD_END) + timedelta(1))
    assert f"cannot be of {tomorrow}, since the last night was of {WORLD_END}" in refused(
        backfilled, *whole, as_of_date=tomorrow
    )
    others = refused(backfilled, "--select", "customer_metrics_daily", "customers", **day)
    assert "must not build customers." in others
    fits = refused(backfilled, "--select", "int_value__purchase_fits", **day)
    assert "must not build int_value__purchase_fits." in fits
    parts = refused(backfilled, "--select", "customer_metrics_daily", **day)
    assert "must build int_customer_day, too." in parts
    assert not backfilled.query("from duckdb_schemas() where schema_name like '%_backfill'")
    empty = backfilled.copied(backfilled.folder / "without a night")
    change(empty, *(f"delete from {table}" for table in DAILY))
    assert "the last night was of no day yet" in refused(empty, *whole, **day)
