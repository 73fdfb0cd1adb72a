"""The UCI Online Retail file, the real log of a gift shop, with nothing but `retail` enabled."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from examples.online_retail.__main__ import main as load_online_retail
from tests.support import SHARED, Warehouse

FILE = SHARED / "real" / "online_retail.parquet"
AS_OF = "2011-12-10"
SCORES = ["recency_score", "frequency_score", "monetary_score"]
PURCHASES = """
    select count(*), count(distinct customer_id), sum(net_amount)
    from marts.orders
    where customer_id is not null and is_purchase
"""

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"no {FILE}: set CUSTOMER_360_SHARED to the folder that holds it"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("shop")
    raw_dir = folder / "raw"
    assert load_online_retail([str(FILE), "--out", str(raw_dir)]) == 0
    variables = {
        "sources": ["retail"],
        "absent_tables": ["retail.stores"],
        "reporting_currency": "GBP",
        "as_of_date": AS_OF,
    }
    built = Warehouse(folder, raw_dir, variables)
    built.build()
    return built


@pytest.fixture(scope="module")
def invoices(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Its invoices and customers in the fewest columns, as a spreadsheet of the shop's has them."""
    folder = tmp_path_factory.mktemp("invoices")
    (folder / "raw" / "retail").mkdir(parents=True)
    loaded = "'10.12.2011 02:00' as _loaded_at"
    queries = {
        "transactions": f"""
            select
                InvoiceNo,
                max(CustomerID) as CustomerID,
                strftime(to_timestamp(min(InvoiceDate)), '%d.%m.%Y %H:%M:%S') as InvoiceDate,
                replace(sum(Quantity * cast(UnitPrice as decimal(18, 4)))::varchar, '.', ',')
                    as Amount,
                'GBP' as Currency,
                {loaded}
            from '{FILE}'
            group by InvoiceNo
        """,
        "customers": f"select distinct CustomerID, {loaded} from '{FILE}'"
        " where CustomerID is not null",
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table, query in queries.items():
            file = folder / "raw" / "retail" / f"{table}.csv"
            connection.execute(f"copy ({query}) to '{file}' (delimiter ';')")
    names = {
        "transaction_id": "InvoiceNo",
        "customer_id": "CustomerID",
        "transaction_date": "InvoiceDate",
        "total_amount": "Amount",
        "currency_code": "Currency",
    }
    written = {"date": "%d.%m.%Y", "decimal": ","}
    variables = {
        "sources": ["retail"],
        "absent_tables": [f"retail.{name}" for name in ("transaction_items", "products", "stores")],
        "raw_columns": {
            "retail.transactions": names,
            "retail.customers": {"customer_id": names["customer_id"]},
        },
        "raw_formats": {"retail.transactions": written, "retail.customers": written},
        "as_of_date": AS_OF,
    }
    built = Warehouse(folder, folder / "raw", variables)
    built.build("--select", "+customer_rfm", "+orders", "+customers", tests=False)
    return built


@pytest.fixture(scope="module")
def lines() -> pd.DataFrame:
    """The lines of the file that have a customer."""
    return duckdb.execute(
        """
        select
            cast(cast(CustomerID as bigint) as varchar) as customer,
            InvoiceNo as invoice,
            cast(make_timestamp(cast(InvoiceDate * 1000000 as bigint)) as date) as day,
            cast(Quantity as bigint) as quantity,
            UnitPrice as price
        from read_parquet(?)
        where CustomerID is not null
        """,
        [str(FILE)],
    ).df()


def test_every_line_of_the_file_is_accounted_for(shop: Warehouse) -> None:
    received, accepted, rejected, duplicates = shop.query(
        "select received_count, accepted_count, rejected_count, duplicate_count"
        " from operations.data_quality_metrics where table_name = 'transaction_items'"
    )[0]
    assert received == 541_909
    assert duplicates == 0
    assert received == accepted + rejected


def test_purchases_come_out_to_the_penny(shop: Warehouse) -> None:
    assert shop.query(
        """
        select count(*), count(distinct customer_id), count(distinct order_id), sum(net_amount)
        from marts.order_items
        where customer_id is not null and order_type = 'purchase' and unit_price > 0
        """
    ) == [(397_884, 4_338, 18_532, Decimal("8911407.9040"))]
    assert shop.query(PURCHASES) == [(18_532, 4_338, Decimal("8911407.9040"))]


def test_the_fewest_columns_give_the_same_customers_orders_and_scores(
    shop: Warehouse, invoices: Warehouse
) -> None:
    assert invoices.query(PURCHASES) == shop.query(PURCHASES)
    for question in (
        "select customer_id, record_count, is_anonymous from marts.customers",
        "select order_id, customer_id, order_type, ordered_at, net_amount from marts.orders"
        " where customer_id is not null",
        "from marts.customer_rfm",
    ):
        found = invoices.query(f"{question} order by all")
        assert len(found) > 4_000
        assert found == shop.query(f"{question} order by all")


def test_rfm_equals_an_independent_computation(shop: Warehouse, lines: pd.DataFrame) -> None:
    amounts = (lines["quantity"] * lines["price"]).groupby(lines["customer"]).sum().round(4)
    purchases = lines[(lines["quantity"] > 0) & (lines["price"] > 0)].groupby("customer")
    expected = pd.DataFrame(
        {
            "recency_days": (pd.Timestamp(AS_OF) - purchases["day"].max()).dt.days,
            "frequency": purchases["invoice"].nunique(),
        }
    )
    expected["monetary"] = amounts.reindex(expected.index)
    for score, measure, ascending in (
        ("recency_score", "recency_days", False),
        ("frequency_score", "frequency", True),
        ("monetary_score", "monetary", True),
    ):
        ranks = expected[measure].rank(method="min", ascending=ascending) - 1
        expected[score] = 1 + (5 * ranks // len(expected)).astype(int)

    rows = shop.query(
        f"""
        select source_record_id, recency_days, frequency, monetary, {", ".join(SCORES)}
        from marts.customer_rfm
        inner join identity.int_identity__map using (customer_id)
        inner join conformed.int_party_records using (record_key)
        """
    )
    found = pd.DataFrame(rows, columns=["customer", *expected.columns]).set_index("customer")
    found = found.astype({"monetary": float}).sort_index()
    assert len(found) == 4_338
    pd.testing.assert_frame_equal(found, expected.sort_index(), check_dtype=False, atol=1e-6)


def test_nobody_is_merged_in_a_log_without_contact_points(shop: Warehouse) -> None:
    assert shop.value("select count(*) from marts.customers") == 4_372
    assert shop.value("select max(record_count) from marts.customers") == 1


def test_an_absent_table_is_empty_and_typed(shop: Warehouse) -> None:
    assert shop.value("select count(*) from conformed.int_stores") == 0
    assert not list(Path(shop.raw_dir).rglob("stores*"))
