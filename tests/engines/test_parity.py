"""The same raw files give the same marts on three engines: built, and built further."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.engines.company import Built, Company
from tests.engines.engine import WAREHOUSES
from tests.engines.parity import differences, read
from tests.support import LARGE_AMOUNT, copy_project, failures_of

SHOWN = 20


def assert_equal(one: Built, other: Built, state: str) -> None:
    """Every mart is the same; else the message says table, key, column, both values."""
    found = [
        difference
        for mart in one.all_marts()
        for difference in differences(
            mart, one.marts[state][mart.name], other.marts[state][mart.name]
        )
    ]
    message = "\n".join(map(str, found[:SHOWN]))
    assert not found, f"{other.engine.name}, {state}: {len(found)} differences\n{message}"


@pytest.mark.parametrize("name", WAREHOUSES)
@pytest.mark.parametrize("state", ["full", "increment"])
def test_the_marts_are_equal(built: Company, name: str, state: str) -> None:
    assert len(built["duckdb"].marts[state]["customers"]) > 200
    assert_equal(built["duckdb"], built[name], state)


def test_the_company_has_every_kind_of_bad_row(built: Company) -> None:
    rejected = {
        (row["source_name"], row["table_name"], row["reason_code"])
        for marts in built["duckdb"].marts.values()
        for row in marts["rejected_records"].values()
    }
    truth = duckdb.execute(
        "select distinct source_name, table_name, reason_code from read_parquet(?)"
        " where not is_repaired",
        [str(built.raw_dir.parent / "truth" / "bad_rows.parquet")],
    ).fetchall()
    assert rejected == set(truth)


@pytest.mark.parametrize("name", WAREHOUSES)
def test_a_full_refresh_drops_what_earlier_versions_left(built: Company, name: str) -> None:
    engine = built[name].engine
    with engine.target() as target:
        database, operations = target.operations.database, target.operations.schema
        intermediate = operations.replace("operations", "intermediate")
        target.execute(f"create schema {database}.{intermediate}")
        target.execute(
            f"create view {database}.{intermediate}.int_data_quality__row_counts as select 1 as a"
        )
    result = engine.dbt("run", "--full-refresh", "--select", "int_exchange_rates")
    assert result.success, failures_of(result)
    with engine.target() as target:
        schemas = [schema.lower() for schema in target.adapter.list_schemas(database)]
        assert operations.lower() in schemas
        assert intermediate.lower() not in schemas


@pytest.mark.parametrize("name", ["duckdb", *WAREHOUSES])
def test_large_amounts_are_exact_to_the_cent(built: Company, name: str) -> None:
    with built[name].engine.target() as target:
        conformed = target.operations.schema.replace("operations", "conformed")
        [[rate]] = target.query(
            f"select cast(reporting_rate as string) from {conformed}.int_exchange_rates"
            " where currency = 'EUR' and valid_from = cast('2026-01-01' as date)"
        )
    marts = built[name].marts["full"]
    [order] = [row for row in marts["orders"].values() if row["source_order_id"] == "#1001"]
    [line] = [row for row in marts["order_items"].values() if row["order_id"] == order["order_id"]]
    customer = order["customer_id"]
    of_customer = [row for row in marts["orders"].values() if row["customer_id"] == customer]
    of_line = Decimal("999999.5") * Decimal("9999999.99")
    for row, amount in ((order, Decimal(LARGE_AMOUNT)), (line, of_line)):
        exact = (amount * Decimal(str(rate))).quantize(Decimal("0.0001"))
        assert (row["net_amount"], row["net_amount_reporting"]) == (amount, exact)
    revenue = sum(row["net_amount_reporting"] for row in of_customer)
    assert marts["customer_360"][(customer,)]["net_revenue_reporting"] == revenue > 10**9


@pytest.mark.parametrize("name", ["duckdb", *WAREHOUSES])
def test_a_row_that_must_go_is_gone(built: Company, name: str) -> None:
    def faulty(state: str, mart: str, table: str) -> set[str]:
        rows = built[name].marts[state][mart].values()
        return {row["row_key"] for row in rows if row["table_name"] == table}

    for mart, table in (("repaired_records", "tickets"), ("rejected_records", "metrics")):
        assert faulty("full", mart, table) - faulty("increment", mart, table), mart


@pytest.mark.databricks
@pytest.mark.skipif("databricks" not in WAREHOUSES, reason="no Databricks account was named")
def test_increments_are_merged_by_delta(built: Company) -> None:
    with built["databricks"].engine.target() as target:
        for table in ("conformed.int_events", "staging.base_customer_io__metrics"):
            schema, name = table.split(".")
            relation = target.operations.incorporate(
                path={
                    "schema": target.operations.schema.replace("operations", schema),
                    "identifier": name,
                }
            )
            history = target.query(f"describe history {relation}")
            assert any("MERGE" in change for change in history), table


@pytest.mark.skipif("snowflake" not in WAREHOUSES, reason="no Snowflake account was named")
def test_a_wrong_macro_on_one_engine_is_found(built: Company, tmp_path: Path) -> None:
    snowflake = built["snowflake"]
    project = copy_project(tmp_path / "project")
    macro = project / "macros" / "engine" / "integer_division.sql"
    right = "cast(({{ dividend }} - mod({{ dividend }}, {{ divisor }})) / {{ divisor }} as bigint)"
    assert right in macro.read_text()
    macro.write_text(macro.read_text().replace(right, "({{ dividend }} / {{ divisor }})"))

    select = ("--select", "int_value__rfm", "customer_rfm")
    result = snowflake.engine.dbt("run", *select, project_dir=project)
    assert result.success, failures_of(result)
    [mart] = [each for each in snowflake.all_marts() if each.name == "customer_rfm"]
    with snowflake.engine.target() as target:
        wrong = read(target, mart)
    mended = snowflake.engine.dbt("run", *select)
    assert mended.success, failures_of(mended)
    right_rows = built["duckdb"].marts["increment"]["customer_rfm"]
    columns = {difference.column for difference in differences(mart, right_rows, wrong)}
    assert {"recency_score", "frequency_score", "monetary_score"} & columns
