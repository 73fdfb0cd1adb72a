"""Files as spreadsheets and other systems write them: every row counts, or the run says why not."""

import csv
import shutil
import threading
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.impl import DuckDBAdapter

from tests.support import REPOSITORY, Warehouse, failures_of

AS_OF = "2026-02-02"
LOADED = "2026-02-01 02:00:00"
LARGE = Decimal("9999999999.99")


def contract(table: str) -> dict[str, str]:
    """The columns of a raw table, all empty."""
    source, name = table.split(".")
    path = REPOSITORY / "models" / "staging" / source / f"_{source}__base.yml"
    models = yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    [model] = [one for one in models if one["name"] == f"base_{source}__{name}"]
    return {column["name"]: "" for column in model["columns"]}


def write(raw_dir: Path, table: str, rows: Iterable[dict[str, str]], part: str = "") -> Path:
    """A CSV file of a raw table, with all columns of its contract."""
    path = raw_dir / f"{table.replace('.', '/')}{part}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    empty = contract(table) | {"_loaded_at": LOADED}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(empty), lineterminator="\n")
        writer.writeheader()
        writer.writerows(empty | row for row in rows)
    return path


def customer(key: str, **columns: str) -> dict[str, str]:
    return {"customer_id": key, "registration_date": "2025-01-01", **columns}


def order(key: str, **columns: str) -> dict[str, str]:
    return {
        "transaction_id": key,
        "customer_id": "1",
        "transaction_date": "2026-01-10 10:00:00",
        "transaction_type": "PURCHASE",
        "transaction_status": "COMPLETED",
        "total_amount": "10.00",
        "currency_code": "GBP",
        **columns,
    }


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A shop that has every awkward row of this file which can be read, built with all tests."""
    folder = tmp_path_factory.mktemp("awkward")
    raw_dir = folder / "raw"
    customers = [
        customer("1", first_name="José", last_name="Müller", email_address="jose@shop.example"),
        customer("#N/A", first_name="Cy", last_name="Young"),
        customer("ro", phone_number="0722 123 456", country_code="RO"),
        customer("ro-in-words", phone_number="0722 123 457", country_code="Romania"),
        customer("ro-with-code", phone_number="+40 722 123 458", country_code="RO"),
        customer("gb", phone_number="020 7946 0001", country_code="UK"),
        customer("nowhere", phone_number="020 7946 0002"),
    ]
    file = write(raw_dir, "retail.customers", customers)
    blobs = ", ".join(f"encode({name}) as {name}" for name in contract("retail.customers"))
    duckdb.execute(
        f"copy (select {blobs}, _loaded_at from read_csv('{file}', all_varchar = true,"
        f" comment = '')) to '{file.with_suffix('.parquet')}' (format parquet)"
    )
    file.unlink()
    orders = [
        order("#1001", total_amount="1.00"),
        order("#1002", total_amount="2.00"),
        order("1003", total_amount="3.00"),
    ]
    write(raw_dir, "retail.transactions", orders)
    # another file of the table, with its columns in another order and one that nobody knows
    more = raw_dir / "retail" / "transactions.0002.csv"
    names = ["note", "_loaded_at", *reversed(contract("retail.transactions"))]
    with more.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="", lineterminator="\r\n")
        writer.writeheader()
        for row in (
            order("#large", total_amount=str(LARGE)),
            order("large-eur", total_amount=str(LARGE), currency_code="EUR"),
            order("large-back", total_amount=str(LARGE), transaction_type="RETURN"),
        ):
            writer.writerow(row | {"_loaded_at": LOADED, "note": "# no, comment"})
    write(
        raw_dir,
        "retail.transaction_items",
        [
            {
                "item_id": "i1",
                "transaction_id": "large-eur",
                "product_id": "p1",
                "quantity": "1000000",
                "unit_price": "9999.99",
                "discount_amount": "0",
                "item_status": "SOLD",
            }
        ],
    )
    money = {"amount": str(LARGE), "currency": "EUR"}
    write(
        raw_dir,
        "oracle_brm.billing_transaction",
        [
            {
                "transaction_id": "b1",
                "customer_id": "a1",
                "transaction_date": "2026-01-10",
                "transaction_type": "invoice",
                "status": "posted",
                **money,
            }
        ],
    )
    write(
        raw_dir,
        "oracle_brm.subscription",
        [
            {
                "subscription_id": "s1",
                "customer_id": "a1",
                "status": "Active",
                "start_date": "2026-01-10",
                "mrr": str(LARGE),
                "currency": "EUR",
            }
        ],
    )
    absent = ["retail.products", "retail.stores", "oracle_brm.usage"]
    variables = {"sources": ["retail", "oracle_brm"], "absent_tables": absent, "as_of_date": AS_OF}
    built = Warehouse(folder, raw_dir, variables)
    built.build("--exclude-resource-type", "unit_test")
    return built


def received(warehouse: Warehouse, table: str) -> tuple[Any, ...]:
    [counts] = warehouse.query(
        "select received_count, accepted_count, rejected_count, repaired_count"
        f" from operations.data_quality_metrics where table_name = '{table}'"
    )
    return counts


def test_rows_that_begin_with_a_hash_are_rows(shop: Warehouse) -> None:
    assert received(shop, "transactions") == (6, 6, 0, 0)
    orders = shop.query("select order_id from marts.orders where order_id like 'retail:%'")
    assert {("retail:#1001",), ("retail:#1002",), ("retail:1003",), ("retail:#large",)} <= {*orders}


def test_a_spreadsheets_word_for_an_error_is_no_key(shop: Warehouse) -> None:
    assert received(shop, "customers")[:3] == (7, 6, 1)
    assert shop.query("select row_key, reason_code from operations.rejected_records") == [
        (None, "missing_customer_id")
    ]


def test_parquet_text_without_its_mark_is_text(shop: Warehouse) -> None:
    assert ("José Müller",) in shop.query("select full_name from marts.customers")


def test_a_telephone_of_an_unknown_country_is_null_and_recorded(shop: Warehouse) -> None:
    phones = dict(shop.query("select source_customer_id, phone from staging.stg_retail__customers"))
    assert phones == {
        "1": None,
        "ro": None,
        "ro-in-words": None,
        "ro-with-code": "+40722123458",
        "gb": "+442079460001",
        "nowhere": "+442079460002",
    }
    repaired = shop.query(
        "select row_key, repaired_columns from operations.repaired_records order by 1"
    )
    assert repaired == [("ro", "phone_number"), ("ro-in-words", "phone_number")]


def test_large_amounts_are_exact_to_the_cent(shop: Warehouse) -> None:
    rate = shop.value(
        "select reporting_rate from conformed.int_exchange_rates"
        " where currency = 'EUR' and valid_from = '2026-01-01'"
    )
    in_pounds = (LARGE * rate).quantize(Decimal("0.0001"))
    assert in_pounds > Decimal("1e9")
    amounts = dict(shop.query("select order_id, net_amount_reporting from marts.orders"))
    assert amounts["retail:#large"] == LARGE
    assert amounts["retail:large-eur"] == in_pounds
    assert amounts["retail:large-back"] == -LARGE
    line = Decimal("1000000") * Decimal("9999.99")
    assert shop.query("select gross_amount, net_amount_reporting from marts.order_items") == [
        (line, (line * rate).quantize(Decimal("0.0001")))
    ]
    total = Decimal("6.00") + in_pounds
    assert shop.query("select monetary from marts.customer_rfm") == [(total,)]
    assert (total,) in shop.query("select net_revenue_reporting from marts.customer_360")
    for entity, amount in (("billing_transactions", "amount"), ("subscriptions", "mrr")):
        found = shop.query(f"select {amount}, {amount}_reporting from conformed.int_{entity}")
        assert found == [(LARGE, in_pounds)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A shop that has nothing but customers; dbt reads the project once for all of its tests."""
    folder = tmp_path_factory.mktemp("customers_only")
    tables = ("transactions", "transaction_items", "products", "stores")
    variables = {
        "sources": ["retail"],
        "absent_tables": [f"retail.{name}" for name in tables],
        "as_of_date": AS_OF,
    }
    return Warehouse(folder, folder / "raw", variables)


@pytest.fixture
def customers_only(project: Warehouse) -> Warehouse:
    """That shop with one good file, and no table yet."""
    shutil.rmtree(project.raw_dir, ignore_errors=True)
    project.database.unlink(missing_ok=True)
    write(project.raw_dir, "retail.customers", [customer(str(n)) for n in range(3)])
    return project


def bad_files() -> list[Any]:
    """Content of another file of customers, and what the error must say of it."""
    names = ",".join([*contract("retail.customers"), "_loaded_at"])
    commas = names.count(",")
    good = "7" + "," * commas + LOADED
    return [
        pytest.param(
            f"{names}\n{good}\n8,Flo,Reyes, Jr{good[1:]}\n", "Line: 3", id="too long last"
        ),
        pytest.param(f"{names}\n8,x{good[1:]}\n{good}\n", "Line: 2", id="too long first"),
        pytest.param(f"{names}\n{good}\n8,Flo\n", "Line: 3", id="too short"),
        pytest.param(f'{names}\n{good}\n8,"Flo{good[1:]}\n', "Line: 3", id="an open quote"),
        pytest.param(
            f"{names}\n" + f"{good}\n" * 30_000 + f"8,x{good[1:]}\n", "Line: 30002", id="far down"
        ),
        pytest.param(f"\n{names}\n{good}\n", "its first line is empty", id="an empty first line"),
        pytest.param("", "its first line is empty", id="nothing"),
        pytest.param(f"{names},city\n", "names the column 'city' twice", id="a column twice"),
        pytest.param(
            f"{names}\n7,José{',' * (commas - 1)}{LOADED}\n".encode("latin-1"),
            "not utf-8",
            id="another encoding",
        ),
    ]


@pytest.mark.parametrize(("content", "message"), bad_files())
def test_a_file_that_cannot_be_read_ends_the_run_with_its_name_and_reason(
    customers_only: Warehouse, content: str | bytes, message: str
) -> None:
    file = customers_only.raw_dir / "retail" / "customers.0002.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = customers_only.dbt("run", "--select", "base_retail__customers")
    assert not result.success
    assert result.result is None, "the run went on"
    assert file.name in str(result.exception)
    assert message in str(result.exception)
    assert "There is no raw table" not in str(result.exception)


def test_a_corrupt_parquet_file_ends_the_run(customers_only: Warehouse) -> None:
    customers_only.build("--select", "base_retail__customers", "--exclude-resource-type", "test")
    for file in (customers_only.raw_dir / "retail").iterdir():
        file.unlink()
    (customers_only.raw_dir / "retail" / "customers.parquet").write_bytes(b"PAR1 cut off")
    result = customers_only.dbt("build")
    assert result.result is None, "the run went on"
    assert "customers.parquet" in str(result.exception)


def test_an_empty_name_in_the_first_line_is_a_column_of_its_own(customers_only: Warehouse) -> None:
    """As spreadsheets save a sheet with an empty column beside the data."""
    names = ",".join([*contract("retail.customers"), "_loaded_at"])
    row = "7" + "," * names.count(",") + LOADED
    file = customers_only.raw_dir / "retail" / "customers.0002.csv"
    file.write_text(f"\ufeff{names},,\n{row},,\n", encoding="utf-8")
    customers_only.build("--select", "base_retail__customers", "--exclude-resource-type", "test")
    assert customers_only.value("select count(*) from staging.base_retail__customers") == 4


def test_raw_tables_are_looked_up_once_and_before_threads_start(
    customers_only: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = []
    list_relations = DuckDBAdapter.list_relations_without_caching

    def noted(self: DuckDBAdapter, schema_relation: Any) -> Any:
        listed.append((schema_relation.schema, threading.current_thread()))
        return list_relations(self, schema_relation)

    monkeypatch.setattr(DuckDBAdapter, "list_relations_without_caching", noted)
    result = customers_only.dbt("run", "--select", "+stg_retail__customers")
    assert result.success, failures_of(result)
    raw = [thread for schema, thread in listed if schema == "raw_retail"]
    assert raw == [threading.main_thread()]


def test_a_default_country_that_nobody_knows_is_refused(customers_only: Warehouse) -> None:
    result = customers_only.dbt("parse", default_country="RO")
    assert "var 'default_country': unknown 'RO'. Known: AE, AT, AU" in str(result.exception)
