"""How many customers of a real shop, CDNOW, the rules as shipped would raise an alarm about."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.support import REPOSITORY, Warehouse
from tests.value import logs

END = date(1998, 6, 30)
MODELS = ("int_value__expected_orders", "int_value__predictions", "int_alert_days")
FIT = (0.242595, 30.8952, 0.792922, 2.425907)  # as tests/value fits it, time in days
# what a log of purchases says nothing of
NOTHING_OF = {
    "int_experience__risk": "customer_id varchar, nps_score double, csat_score double,"
    " ces_effort double, risk_level varchar",
    "int_value__billing_transactions": "customer_id varchar, transacted_at timestamp,"
    " transaction_type varchar, transaction_status varchar",
    "int_experience__usage_change": "customer_id varchar, usage_change double",
    "int_experience__service_counts": "customer_id varchar, open_ticket_count bigint,"
    " overdue_ticket_count bigint",
    "int_value__recurring": "customer_id varchar, days_to_renewal bigint",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """CDNOW's buyers as of the end of the log, and who of them met which rule (`met`)."""
    warehouse = Warehouse(tmp_path_factory.mktemp("cdnow"), Path(), {"as_of_date": END.isoformat()})
    compiled = warehouse.dbt("compile", "--select", *MODELS)
    assert compiled.success
    sql = {done.node.name: done.node.compiled_code for done in compiled.result}
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as customer_360; use customer_360")
        for schema in ("customer_facts", "measures", "reference"):
            connection.execute(f"create schema {schema}")
        for name, columns in NOTHING_OF.items():
            connection.execute(f"create table measures.{name} ({columns})")
        connection.execute(
            "create table customer_facts.int_customer_facts__orders (customer_id varchar,"
            " order_date date, is_purchase boolean, is_return boolean, net_amount_reporting double)"
        )
        connection.execute(
            "create table measures.int_value__usable_fit as select 'fitted' as clv_status,"
            " ? as r, ? as alpha, ? as a, ? as b, null::date as purchases_fitted_on,"
            " 6.25e0 as p, 3.74e0 as q, 15.44e0 as v",
            FIT,
        )
        connection.execute(
            "create table measures.int_value__purchase_summary (customer_id varchar,"
            " repeat_purchase_day_count bigint, recency_days bigint, age_days bigint,"
            " repeat_value_day_count bigint, mean_repeat_value_reporting numeric(18, 4))"
        )
        connection.executemany(
            "insert into measures.int_value__purchase_summary values (?, ?, ?, ?, ?, ?)",
            logs.summaries(logs.cdnow(), END),
        )
        for name in MODELS[:2]:
            connection.execute(f"create table measures.{name} as {sql[name]}")
        connection.execute(
            "create table measures.int_value__churn as select customer_id, 'model' as churn_method,"
            " no_purchase_probability as churn_probability from measures.int_value__predictions"
        )
        connection.execute(
            "create table reference.alert_rules as select * replace ("
            "threshold::numeric(18, 6) as threshold)"
            f" from read_csv('{REPOSITORY / 'seeds' / 'alert_rules.csv'}')"
        )
        connection.execute(
            f"create table met as select * from ({sql['int_alert_days']})"
            " where customer_id is not null"
        )
        yield connection


def test_few_customers_of_a_real_shop_are_a_critical_alarm(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    [(critical, buyers)] = shop.execute(
        "select (select count(distinct customer_id) from met where severity = 'Critical'),"
        " (select count(*) from measures.int_value__purchase_summary)"
    ).fetchall()
    assert buyers == 2349
    assert 0.05 < critical / buyers < 0.15
    # though most of all buyers will not buy within the horizon
    [(share,)] = shop.execute(
        "select avg((churn_probability >= 0.8)::integer) from measures.int_value__churn"
    ).fetchall()
    assert share > 0.75


def test_who_bought_once_or_twice_or_is_not_overdue_is_no_alarm(
    shop: duckdb.DuckDBPyConnection,
) -> None:
    wrong = """
        select count(*) from met
        inner join measures.int_value__purchase_summary as bought using (customer_id)
        where repeat_purchase_day_count < 2
            or age_days - recency_days <= 2.0 * recency_days / repeat_purchase_day_count
    """
    assert shop.execute(wrong).fetchall() == [(0,)]
