"""What was received is what was judged, and nobody takes an empty table for a good one."""

from pathlib import Path

import pytest

from tests.support import Warehouse, failures_of

CUSTOMERS = (
    "customer_id,_loaded_at\n1,2025-12-01 02:00:00\n2,2025-12-01 02:00:00\n3,2026-02-01 02:00:00\n"
)
ORDERS = "transaction_id,customer_id,transaction_date,total_amount,currency_code,_loaded_at\n"
FIRST = (
    "t1,1,2025-11-10,100,GBP,2025-12-01 02:00:00\n"
    "t2,2,2025-11-10,100,GBP,2025-12-01 02:00:00\n"
    "t4,2,2025-11-10,50,GBP,2026-02-01 02:00:00\n"
)
SELECTION = ("--select", "+data_quality_metrics", "+rejected_records")
VARIABLES = {
    "sources": ["retail"],
    "absent_tables": ["retail.transaction_items", "retail.products", "retail.stores"],
    "as_of_date": "2026-02-02",
}


@pytest.fixture
def shop(tmp_path: Path) -> Warehouse:
    shop = Warehouse(tmp_path, tmp_path / "raw", VARIABLES)
    write(shop, "customers", CUSTOMERS)
    write(shop, "transactions", ORDERS + FIRST)
    return shop


def write(shop: Warehouse, table: str, text: str) -> None:
    path = shop.raw_dir / "retail" / f"{table}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_file_rewritten_with_as_many_rows_or_moved_away_is_noticed(shop: Warehouse) -> None:
    write(shop, "transactions.0002", ORDERS + FIRST.replace("\nt", "\np").replace("t1", "p1", 1))
    shop.build(*SELECTION)
    changed = FIRST.replace("t2,", "t2x,").replace("t1,1,2025-11-10,100", "t1,1,2025-11-10,999")
    write(shop, "transactions", ORDERS + changed)
    result = shop.dbt("build", *SELECTION)
    assert not result.success
    told = failures_of(result)
    assert "retail.transactions t2 (0 raw, 1 judged); retail.transactions t2x (1 raw, 0" in told
    assert "dbt build --full-refresh" in told
    shop.build(*SELECTION, "--full-refresh")

    (shop.raw_dir / "retail" / "transactions.0002.csv").unlink()
    told = failures_of(shop.dbt("build", *SELECTION))
    assert "retail.transactions p1 (0 raw, 1 judged)" in told
    assert "Where a file was moved away, put it back" in told


def test_a_key_that_is_an_address_is_shown_to_nobody(shop: Warehouse) -> None:
    shop.build(*SELECTION)
    write(shop, "transactions", ORDERS + FIRST.replace("t2,", "bo@corp.example,"))
    told = failures_of(shop.dbt("build", *SELECTION))
    assert "retail.transactions … (1 raw, 0 judged); retail.transactions t2 (0 raw, 1 jud" in told
    assert "bo@corp.example" not in told


def test_a_table_of_which_nothing_is_accepted_fails_the_build(
    shop: Warehouse, capsys: pytest.CaptureFixture[str]
) -> None:
    write(shop, "transactions", ORDERS + FIRST.replace("GBP", "XXX"))
    result = shop.dbt("--no-quiet", "build", *SELECTION)
    assert not result.success
    assert "no_table_is_rejected_whole" in failures_of(result)
    said = capsys.readouterr().out
    assert said.count("Of retail.transactions 3 of 3 rows are rejected") == 1
    assert "retail: 6 rows received, 3 accepted, 3 rejected (unknown_currency 3)" in said
    assert "it lacks customers.first_name, customers.last_name" in said
    assert "transactions.transaction_type" in said
    assert "few_rows_are_rejected" in said
