"""Files as spreadsheets and other systems write them: every row counts, or the run says why not."""

import csv
import shutil
import threading
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.impl import DuckDBAdapter

from orchestration.load.files import BadFileError, examine, write_texts
from orchestration.platform.warehouse import RawTable
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
        order("1003", total_amount="3.00", customer_id="#N/A"),
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
    built.build()
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


def test_a_spreadsheets_word_for_an_error_is_nobody(shop: Warehouse) -> None:
    nobodys = shop.query("select order_id from marts.orders where customer_id is null")
    assert nobodys == [("retail:1003",)]
    assert not shop.query("select * from identity.int_identity__map where record_key like '%#N/A'")


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
    total = Decimal("3.00") + in_pounds
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


NAMES = [*contract("retail.customers"), "_loaded_at"]


def line(key: str, first_name: str, more: str = "") -> str:
    """A row of customers, and what stands behind it."""
    return f"{key},{first_name}{',' * (len(NAMES) - 2)}{LOADED}{more}"


HEADER = ",".join(NAMES)


def bad_files() -> list[Any]:
    """Content of another file of customers, and what the error must say of it."""
    good = line("7", "")
    return [
        pytest.param(f"{HEADER}\n{good}\n{line('8', 'Flo', ', Jr')}\n", "Line: 3", id="too long"),
        pytest.param(f"{HEADER}\n{line('8', 'x,x')}\n{good}\n", "Line: 2", id="too long first"),
        pytest.param(f"{HEADER}\n{good}\n8,Flo\n", "Line: 3", id="too short"),
        pytest.param(f'{HEADER}\n{good}\n8,"Flo{good[1:]}\n', "Line: 3", id="an open quote"),
        pytest.param(
            f"{HEADER}\n" + f"{good}\n" * 30_000 + f"{line('8', 'x,x')}\n",
            "Line: 30002",
            id="far down",
        ),
        pytest.param(f"\n{HEADER}\n{good}\n", "its first line is empty", id="an empty first line"),
        pytest.param("", "its first line is empty", id="nothing"),
        pytest.param(f"{HEADER},City \n", "names the column 'City' twice", id="a column twice"),
        pytest.param(
            f"{HEADER.replace(',', ';')}\n", "Separate the columns by commas", id="semicolons"
        ),
        pytest.param(
            f"{HEADER.replace('city', 'town')}\n{good}\n", "has no column city", id="another name"
        ),
        pytest.param(f'{HEADER},"note\n{good},\n', "Line: 1", id="an open quote in the names"),
        pytest.param(
            f"{HEADER.replace('first_name', chr(34) + 'first' + chr(34) + '_name')}\n{good}\n",
            "Line: 1",
            id="a quote in a name",
        ),
        pytest.param(
            f"{HEADER}\n{line('7', 'José')}\n".encode("latin-1"), "not utf-8", id="another encoding"
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
    customers_only.build("--select", "base_retail__customers", tests=False)
    for file in (customers_only.raw_dir / "retail").iterdir():
        file.unlink()
    (customers_only.raw_dir / "retail" / "customers.parquet").write_bytes(b"PAR1 cut off")
    result = customers_only.dbt("run")
    assert result.result is None, "the run went on"
    assert "customers.parquet" in str(result.exception)


# What the file is: its first line, the given name in its one row, what ends the row and each line.
READABLE = {
    "bom": ("\ufeff" + HEADER, "Ann", "", "\n"),
    "old Macs": (HEADER, "Ann", "", "\r"),
    "quoted names": (HEADER.replace("city", '"city"'), "Ann", "", "\n"),
    "blanks around names": (HEADER.replace(",", " , "), "Ann", "", "\n"),
    # as spreadsheets save a sheet with empty columns beside the data
    "no names": (HEADER + ",,", "Ann", ",,", "\n"),
    "a comma in a name": (HEADER + ',"a, ""b"""', "Ann", ",x", "\n"),
    "a line break in a name": (HEADER + ',"a\nb"', "Ann", ",x", "\n"),
    # as CRMs export texts of several lines
    "lines in a value": (HEADER, '"A\nB"', "", "\r\n"),
    "the other way round": (HEADER, '"A\r\nB"', "", "\n"),
    "a control character": (HEADER, "A\x01B", "", "\n"),
    "a number sign": (HEADER, "#Ann", "", "\n"),
}


# No warehouse but DuckDB could hold such a column.
REFUSED_BY_THE_LOADER = {"a comma in a name", "a line break in a name"}


def test_dbt_and_the_loader_read_every_file_alike(customers_only: Warehouse) -> None:
    folder = customers_only.raw_dir / "retail"
    for number, (key, (header, first_name, more, end)) in enumerate(READABLE.items()):
        path = folder / f"customers.{number:04}.csv"
        content = header + end + line(key, first_name, more) + end
        path.write_text(content, encoding="utf-8", newline="")
    table = RawTable("retail", "customers", None, tuple(NAMES[:-1]), frozenset(), "_loaded_at")
    loaded = {}
    for number, key in enumerate(READABLE):
        path, texts = folder / f"customers.{number:04}.csv", customers_only.folder / "texts.parquet"
        if key in REFUSED_BY_THE_LOADER:
            with pytest.raises(BadFileError, match="has a column named 'a"):
                examine(path, table)
            continue
        assert write_texts(examine(path, table), texts, datetime(2026, 2, 2)) == 1
        loaded |= dict(duckdb.sql(f"select customer_id, first_name from '{texts}'").fetchall())
    assert loaded.keys() == READABLE.keys() - REFUSED_BY_THE_LOADER
    assert loaded["lines in a value"] == "A\nB"

    customers_only.build("--select", "base_retail__customers", tests=False)
    staged = dict(
        customers_only.query("select customer_id, first_name from staging.base_retail__customers")
    )
    assert staged == loaded | dict.fromkeys(REFUSED_BY_THE_LOADER, "Ann") | dict.fromkeys("012")


def test_a_binary_column_that_nobody_names_is_left_alone(customers_only: Warehouse) -> None:
    file = customers_only.raw_dir / "retail" / "customers.csv"
    picture = "'\\xff\\xfe'::blob as picture"
    duckdb.execute(
        f"copy (select * replace (encode(first_name) as first_name), {picture} from"
        f" read_csv('{file}', all_varchar = true)) to '{file.with_suffix('.parquet')}'"
    )
    file.unlink()
    customers_only.build("--select", "base_retail__customers", tests=False)
    assert customers_only.value("select count(*) from staging.base_retail__customers") == 3


def test_binary_text_in_another_encoding_ends_the_run(customers_only: Warehouse) -> None:
    file = customers_only.raw_dir / "retail" / "customers.csv"
    duckdb.execute(
        f"copy (select * replace ('\\xE9'::blob as first_name) from"
        f" read_csv('{file}', all_varchar = true)) to '{file.with_suffix('.parquet')}'"
    )
    file.unlink()
    result = customers_only.dbt("run", "--select", "base_retail__customers")
    assert result.result is None, "the run went on"
    assert "not UTF-8 in column first_name of " in str(result.exception)
    assert "customers.parquet" in str(result.exception)


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
