"""What the models expect of customers, against arithmetic of 50 digits and the paper's example."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import mpmath
import pytest

from tests.support import WORLD_END, Warehouse

HORIZONS = {"orders_3m": "91.25", "orders_12m": "365", "orders_24m": "730"}
COUNTS = (0, 1, 3, 20, 400)
AGES = (0, 200, 4000)


class Fit(NamedTuple):
    """Parameters of BG/NBD."""

    r: float
    alpha: float
    a: float
    b: float


FITS = [
    Fit(0.242595, 30.8952, 0.792922, 2.425907),  # CDNOW
    Fit(0.826542, 68.90512, 0.0034374, 6.74511),  # UCI
    Fit(0.5, 20, 1.0000001, 3),  # a near 1
    Fit(0.5, 20, 0.9999999, 3),
    Fit(0.3, 50, 0.2, 0.3),  # a + b below 1
    Fit(0.01, 3, 0.01, 0.01),
    Fit(5, 400, 8, 9),
    Fit(2, 100, 300, 500),  # all customers leave alike: a narrow peak
    Fit(1, 60, 0.02, 4000),
]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The SQL of the models that predict, by their names."""
    warehouse = Warehouse(tmp_path_factory.mktemp("sql"), Path(), {"as_of_date": WORLD_END})
    result = warehouse.dbt(
        "compile", "--select", "int_value__expected_orders", "int_value__predictions"
    )
    assert result.success
    return {done.node.name: done.node.compiled_code for done in result.result}


@pytest.fixture
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as customer_360")
        connection.execute("create schema customer_360.measures")
        yield connection


def set_up(database: duckdb.DuckDBPyConnection, fit: Fit) -> None:
    """The tables that int_value__expected_orders reads: a fit, and customers of all kinds."""
    database.execute(
        "create table customer_360.measures.int_value__usable_fit as"
        " select ?::double as r, ?::double as alpha, ?::double as a, ?::double as b",
        fit,
    )
    database.execute(
        "create table customer_360.measures.int_value__purchase_summary as"
        " select x as repeat_purchase_day_count, age as age_days"
        " from unnest(?::bigint[]) as counts(x) cross join unnest(?::bigint[]) as ages(age)",
        [COUNTS, AGES],
    )


def true_orders(fit: Fit, x: int, age: int, days: str) -> mpmath.mpf:
    """Fader, Hardie & Lee (2005), equation 10, of a customer who has not left."""
    r, alpha, a, b = (mpmath.mpf(repr(value)) for value in fit)
    horizon = mpmath.mpf(days)
    end = alpha + age + horizon
    shrunk = ((alpha + age) / end) ** (r + x)
    gauss = mpmath.hyp2f1(r + x, b + x, a + b + x - 1, horizon / end)
    return (a + b + x - 1) / (a - 1) * (1 - shrunk * gauss)


@pytest.mark.parametrize("fit", FITS)
def test_expected_orders_are_right_to_eight_digits(
    fit: Fit, models: dict[str, str], database: duckdb.DuckDBPyConnection
) -> None:
    sql = models["int_value__expected_orders"]
    set_up(database, fit)
    columns = ", ".join(("x", "age_days", *HORIZONS))
    rows = database.execute(f"select {columns} from ({sql})").fetchall()
    assert len(rows) == len(COUNTS) * len(AGES)
    with mpmath.workdps(50):
        worst = max(
            (abs(found / true_orders(fit, x, age, days) - 1), x, age, days)
            for x, age, *values in rows
            for found, days in zip(values, HORIZONS.values(), strict=True)
        )
    assert worst[0] < 1e-8, worst


def test_no_result_feels_the_nodes_that_are_left_out(
    models: dict[str, str], database: duckdb.DuckDBPyConnection
) -> None:
    """Here nodes of small weight have large values: the weight alone would leave out too many."""
    sql = models["int_value__expected_orders"]
    condition = "where weight > 1e-18 * p"
    assert condition in sql
    set_up(database, Fit(1e6, 1e-6, 1.1, 1.1))
    columns = ", ".join(HORIZONS)
    found, of_all_nodes = (
        database.execute(f"select {columns} from ({text}) order by x, age_days").fetchall()
        for text in (sql, sql.replace(condition, ""))
    )
    for row, whole in zip(found, of_all_nodes, strict=True):
        assert row == pytest.approx(whole, rel=1e-15, abs=0)


def test_the_papers_example_comes_out(
    models: dict[str, str], database: duckdb.DuckDBPyConnection
) -> None:
    """Of who bought twice in weeks 0 to 30.43 and was observed until 38.86: 1.2259 purchases in the
    next 39 weeks. The unit of time is free; it is chosen so that 39 weeks are the 365 days."""
    unit = 365 / 39
    database.execute(
        "create table customer_360.measures.int_value__usable_fit as select 0.242595 as r,"
        " 4.413602 * $unit as alpha, 0.792922 as a, 2.425907 as b, null as p, null as q, null as v",
        {"unit": unit},
    )
    database.execute(
        "create table customer_360.measures.int_value__purchase_summary as select 'ann' as"
        " customer_id, 2 as repeat_purchase_day_count, 30.43 * $unit as recency_days,"
        " 38.86 * $unit as age_days, 2 as repeat_value_day_count, 0 as mean_repeat_value_reporting",
        {"unit": unit},
    )
    database.execute(
        "create table customer_360.measures.int_value__expected_orders as "
        + models["int_value__expected_orders"]
    )
    database.execute("create schema customer_360.customer_facts")
    database.execute(
        "create table customer_360.customer_facts.int_customer_facts__orders as select"
        " 'ann' as customer_id, current_date as order_date, true as is_purchase,"
        " false as is_return, 1 as net_amount_reporting"
    )
    [(expected, alive)] = database.execute(
        f"select expected_orders_12m, p_alive from ({models['int_value__predictions']})"
    ).fetchall()
    assert (round(expected, 4), round(alive, 5)) == (1.2259, 0.72661)
