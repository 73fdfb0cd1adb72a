"""The adapter of the Online Retail file: the reference numbers of the real one, and errors."""

import os
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from examples.online_retail.__main__ import main
from simulator.tables import TABLES

SHARED = Path(os.environ.get("CUSTOMER_360_SHARED", Path(__file__).parents[3] / "shared"))
FILE = SHARED / "real" / "online_retail.parquet"


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw folder made of the real file."""
    if not FILE.exists():
        pytest.skip(f"the Online Retail file is not at {FILE}; CUSTOMER_360_SHARED says where")
    out = tmp_path_factory.mktemp("online_retail")
    assert main([str(FILE), "--out", str(out), "--loaded-at", "2026-03-31T12:00:00+02:00"]) == 0
    return out / "retail"


def _rows(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_revenue_is_exact(raw: Path) -> None:
    found = _rows(
        "select count(*), count(distinct customer_id), count(distinct transaction_id), "
        "sum(cast(lines.total_price as decimal(18, 4))) "
        f"from '{raw}/transaction_items.parquet' as lines "
        f"join '{raw}/transactions.parquet' using (transaction_id) where customer_id is not null "
        "and cast(quantity as bigint) > 0 and cast(unit_price as decimal(18, 4)) > 0"
    )
    assert found == [(397_884, 4_338, 18_532, Decimal("8911407.904"))]


def test_no_line_and_no_invoice_is_lost(raw: Path) -> None:
    assert _rows(
        f"select count(*), count(distinct item_id) from '{raw}/transaction_items.parquet'"
    ) == [(541_909, 541_909)]
    assert _rows(
        "select count(*), count(distinct transaction_id), "
        "count(*) filter (transaction_type = 'RETURN'), "
        f"count(customer_id) from '{raw}/transactions.parquet'"
    ) == [(25_900, 25_900, 3_836, 22_190)]
    assert _rows(
        f"select count(*), count(distinct customer_id) from '{raw}/customers.parquet'"
    ) == [(4_372, 4_372)]


def test_totals_of_invoices_are_the_sums_of_their_lines(raw: Path) -> None:
    assert not _rows(
        f"select transaction_id from '{raw}/transactions.parquet' as invoices "
        f"join '{raw}/transaction_items.parquet' as lines using (transaction_id) group by 1 "
        "having sum(cast(total_price as decimal(18, 4))) "
        "<> max(cast(total_amount as decimal(18, 4)))"
    )


def test_rows_read_as_a_loader_would_leave_them(raw: Path) -> None:
    for table in ("transactions", "transaction_items", "products", "customers"):
        columns = _rows(f"describe select * from '{raw}/{table}.parquet'")
        assert tuple(row[0] for row in columns) == (
            *TABLES[f"retail.{table}"].columns,
            "_loaded_at",
        )
        assert {row[1] for row in columns[:-1]} == {"VARCHAR"}
        assert columns[-1][1] == "TIMESTAMP"
    assert _rows(
        "select item_id, product_id, quantity, unit_price, total_price, "
        "cast(_loaded_at as varchar) "
        f"from '{raw}/transaction_items.parquet' limit 1"
    ) == [("536365-1", "85123A", "6", "2.55", "15.3", "2026-03-31 10:00:00")]
    assert _rows(
        "select country_code, registration_date from "
        f"'{raw}/customers.parquet' where customer_id = '17850'"
    ) == [("GB", "2010-12-01 08:26:00")]
    assert not (raw / "stores.parquet").exists()


def test_every_product_has_one_row_and_its_usual_name(raw: Path) -> None:
    assert _rows(f"select count(*), count(distinct product_id) from '{raw}/products.parquet'") == [
        (3_958, 3_958)
    ]
    assert _rows(
        f"select product_name from '{raw}/products.parquet' where product_id = '85123A'"
    ) == [("WHITE HANGING HEART T-LIGHT HOLDER",)]


def test_what_cannot_be_done_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "raw")]
    assert main([str(tmp_path / "nothing.parquet"), *out]) == 2
    assert "There is no file" in capsys.readouterr().err
    (tmp_path / "text.parquet").write_text("no parquet")
    assert main([str(tmp_path / "text.parquet"), *out]) == 2
    assert "is not a Parquet file" in " ".join(capsys.readouterr().err.split())
    _rows(f"copy (select 1 as InvoiceNo) to '{tmp_path}/other.parquet'")
    assert main([str(tmp_path / "other.parquet"), *out]) == 2
    assert "has no column StockCode" in " ".join(capsys.readouterr().err.split())
    assert main(["--nonsense"]) == 2
