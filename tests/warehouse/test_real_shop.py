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
    assert shop.query(
        """
        select count(*), count(distinct customer_id), sum(net_amount)
        from marts.orders
        where customer_id is not null and is_purchase
        """
    ) == [(18_532, 4_338, Decimal("8911407.9040"))]


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
