"""What the dbt models say of customers as of a day, and who of them then bought no more."""

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import yaml

from benchmarks.company import PROGRAMS, REPOSITORY, WORLD_END, Company
from benchmarks.process import run
from benchmarks.value.project import PURCHASE_INPUTS, PURCHASE_MODELS, build, make_project

CDNOW = Path(sys.prefix) / "lifetimes" / "lifetimes" / "datasets" / "CDNOW_master.txt"
CDNOW_SPLIT = date(1997, 9, 30)  # as in the papers; the log goes on to June 1998

MODELS = (
    *(*PURCHASE_MODELS, "int_value__revenue_lines", "int_value__revenue"),
    *("int_value__revenue_trend", "int_value__clv", "int_value__churn", "customer_churn"),
)
OF_CDNOW, OF_COMPANY = "CDNOW", "simulated company"
SEEDS = ("billing_revenue_types",)
MODELS_OF_HORIZON = ("int_value__predictions", "int_value__churn", "customer_churn")
# what a log of purchases says nothing of
NOTHING_OF = {
    "int_customer_facts__billing_transactions": (
        "billing_transaction_id varchar, customer_id varchar, transaction_type varchar,"
        " transaction_status varchar, transacted_at timestamp, amount_reporting numeric(18, 4)"
    ),
    "int_value__subscription_periods": "customer_id varchar, valid_from date",
    "int_value__closing_mrr": (
        "customer_id varchar, month_start_date date, mrr_reporting numeric(18, 4)"
    ),
    "int_value__subscriptions": (
        "customer_id varchar, subscription_status varchar, end_date date,"
        " mrr_reporting numeric(18, 4), first_mrr_reporting numeric(18, 4)"
    ),
    "int_experience__latest_answers": (
        "customer_id varchar, nps_score numeric(18, 4), csat_score numeric(18, 4)"
    ),
}


def write_log(warehouse: Path, log: Path, split: date) -> None:
    """Write what the models read to a new DuckDB file: the log's purchases up to the split.

    All purchases, later ones too, go to `bought` (customer_id, order_date).
    """
    with duckdb.connect(warehouse) as connection:
        connection.execute(f"""
            create table lines as
            select string_split_regex(trim(line), '\\s+') as fields
            from read_csv(
                '{log}', columns = {{'line': 'varchar'}}, header = false, delim = '\\x01',
                auto_detect = false
            )
            where regexp_matches(line, '^\\s*\\d');

            create table purchases as
            select
                fields[1] as customer_id,
                strptime(fields[2], '%Y%m%d')::date as order_date,
                fields[4]::numeric(18, 4) as amount
            from lines;

            create table bought as
            select distinct customer_id, order_date from purchases
            where amount > 0;

            create schema inputs;

            create table inputs.int_customer_facts__orders as
            select
                row_number() over (order by customer_id, order_date, amount)::varchar as order_id,
                customer_id,
                order_date,
                'completed' as order_status,
                amount > 0 as is_purchase,
                false as is_return,
                amount as net_amount_reporting
            from purchases
            where order_date <= date '{split}';

            create table inputs.int_identity__golden_records as
            select customer_id, min(order_date)::timestamp as first_seen_at
            from inputs.int_customer_facts__orders
            group by customer_id;
        """)
        for name, columns in NOTHING_OF.items():
            connection.execute(f"create table inputs.{name} ({columns})")


def predict_log(
    connection: duckdb.DuckDBPyConnection, folder: Path, log: Path, horizons: Sequence[int]
) -> None:
    """Score the customers of a log of purchases as of its split, into `predicted` and `bought`."""
    project, warehouse = folder / "project", folder / "warehouse.duckdb"
    make_project(project, MODELS, (*PURCHASE_INPUTS, *NOTHING_OF), SEEDS)
    write_log(warehouse, log, CDNOW_SPLIT)
    select: Sequence[str] = ()
    for horizon in horizons:
        dbt_vars = {
            "as_of_date": CDNOW_SPLIT.isoformat(),
            "churn_horizon_days": horizon,
            "reporting_currency": "USD",
        }
        build(project, warehouse, dbt_vars, select)
        _keep_predicted(connection, warehouse, OF_CDNOW)
        select = MODELS_OF_HORIZON
    _keep_bought(connection, warehouse, OF_CDNOW, "from warehouse.bought")


def predict_company(
    connection: duckdb.DuckDBPyConnection, company: Company, days: int, horizons: Sequence[int]
) -> None:
    """Score the buyers of a simulated company, into `predicted` and `bought`.

    The whole project is built as of each horizon before the company's end. The later orders are in
    its raw tables, and the customer facts leave them out.
    """
    company.found(days)
    warehouse = company.folder / "customer_360.duckdb"
    for horizon in sorted(horizons, reverse=True):
        split = WORLD_END - timedelta(days=horizon)
        _build_company(company, split, horizon, "+customer_churn")
        _keep_predicted(connection, warehouse, OF_COMPANY)
    _build_company(company, WORLD_END, min(horizons), "int_customer_facts__orders")
    purchases = "from warehouse.customer_facts.int_customer_facts__orders where is_purchase"
    _keep_bought(connection, warehouse, OF_COMPANY, purchases)


def _build_company(company: Company, day: date, horizon: int, select: str) -> None:
    dbt_vars = {"as_of_date": day.isoformat(), "churn_horizon_days": horizon}
    command = [
        *(str(PROGRAMS / "dbt"), "--quiet", "build", "--vars", yaml.safe_dump(dbt_vars)),
        *("--select", select, "--exclude-resource-type", "test", "unit_test"),
    ]
    run(command, company.environment(day), REPOSITORY)


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables that predictions and purchases are kept in, and `judged`, which compares them.

    `judged` has a row for each population, horizon and customer with a score.
    """
    connection.execute("""
        create table predicted (
            population varchar, as_of_date date, horizon_days bigint, customer_id varchar,
            churn_probability double, last_purchase_date date
        );

        create table bought (population varchar, customer_id varchar, bought_on date);

        create view judged as
        select
            population,
            as_of_date,
            horizon_days,
            churn_probability,
            as_of_date - last_purchase_date as recency_days,
            (not exists (
                from bought
                where bought.population = predicted.population
                    and bought.customer_id = predicted.customer_id
                    and bought.bought_on > predicted.as_of_date
                    and bought.bought_on <= predicted.as_of_date + predicted.horizon_days::integer
            ))::integer as has_churned
        from predicted
    """)


def _keep_predicted(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, population: str
) -> None:
    connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
    connection.execute(
        """
        insert into predicted
        select
            ?, churn.as_of_date, churn.horizon_days, churn.customer_id,
            churn.churn_probability_model, purchases.last_purchase_date
        from warehouse.marts.customer_churn as churn
        inner join warehouse.measures.int_value__purchase_summary as purchases using (customer_id)
        where churn.churn_probability_model is not null
        """,
        [population],
    )
    connection.execute("detach warehouse")


def _keep_bought(
    connection: duckdb.DuckDBPyConnection, warehouse: Path, population: str, purchases: str
) -> None:
    connection.execute(f"attach '{warehouse}' as warehouse (read_only)")
    connection.execute(
        f"insert into bought select distinct ?, customer_id, order_date {purchases}", [population]
    )
    connection.execute("detach warehouse")
