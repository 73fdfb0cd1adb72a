"""Files as spreadsheets and other systems write them: every row counts, or the run says why not."""

import csv
import gzip
import json
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

from orchestration.load import find_files
from orchestration.load.files import BadFileError, examine, write_texts
from orchestration.platform.warehouse import RawTable
from tests.orchestration.raw_files import found
from tests.support import REPOSITORY, Warehouse, failures_of

AS_OF = "2026-02-02"
LOADED = "2026-02-01 02:00:00"
NO_TESTS = ("--exclude-resource-type", "test", "unit_test")
LARGE = Decimal("9999999999999.99")


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
        customer("aq", phone_number="0722 123 456", country_code="AQ"),
        customer("in-words", phone_number="0722 123 457", country_code="Atlantis"),
        customer("aq-with-code", phone_number="+40 722 123 458", country_code="AQ"),
        customer("too-short", phone_number="020 7946 00", country_code="UK"),
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
        order("#1001", total_amount="1.00", online_order_id="A-1"),
        order("#1002", total_amount="2.00", online_order_id="A-2"),
        order("1003", total_amount="3.00", online_order_id="1003.0", customer_id="#N/A"),
        order("too large", total_amount="10000000000000.01"),
        order("negative tax", tax_amount="-0.01"),
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
                "quantity": "999999.5",
                "unit_price": "9999999.99",
                "item_status": "SOLD",
            },
            {
                "item_id": "i2",
                "transaction_id": "large-eur",
                "product_id": "p1",
                "quantity": "-1000001",
                "unit_price": "9999999.99",
                "item_status": "RETURNED",
            },
        ],
    )
    write(
        raw_dir,
        "web.events",
        [
            {
                "event_id": f"e{number}",
                "event_type": "purchase",
                "event_timestamp": "2026-01-10 10:00:00",
                "cookie_id": f"k{number}",
                "order_id": order_number,
                "revenue": "12.50",
            }
            for number, order_number in enumerate(["B-1", "B-2", "#1003", "", "(not set)"])
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
    sources = ["retail", "oracle_brm", "web"]
    variables = {"sources": sources, "absent_tables": absent, "as_of_date": AS_OF}
    built = Warehouse(folder, raw_dir, variables)
    built.build("--write-json")
    return built


def received(warehouse: Warehouse, table: str) -> tuple[Any, ...]:
    [counts] = warehouse.query(
        "select received_count, accepted_count, rejected_count, repaired_count"
        f" from operations.data_quality_metrics where table_name = '{table}'"
    )
    return counts


def test_rows_that_begin_with_a_hash_are_rows(shop: Warehouse) -> None:
    assert received(shop, "transactions") == (8, 6, 2, 0)
    orders = shop.query("select order_id from marts.orders where order_id like 'retail:%'")
    assert {("retail:#1001",), ("retail:#1002",), ("retail:1003",), ("retail:#large",)} <= {*orders}


def test_a_spreadsheets_word_for_an_error_is_no_key(shop: Warehouse) -> None:
    assert received(shop, "customers")[:3] == (9, 8, 1)
    rejected = shop.query(
        "select row_key, reason_code from operations.rejected_records"
        " where table_name = 'customers'"
    )
    assert rejected == [(None, "missing_customer_id")]


def test_a_spreadsheets_word_for_an_error_is_nobody(shop: Warehouse) -> None:
    nobodys = shop.query("select order_id from marts.orders where customer_id is null")
    assert nobodys == [("retail:1003",)]
    assert not shop.query("select * from identity.int_identity__map where record_key like '%#N/A'")


def test_parquet_text_without_its_mark_is_text(shop: Warehouse) -> None:
    assert ("José Müller",) in shop.query("select full_name from marts.customers")


def test_a_telephone_that_cannot_be_read_is_null_and_recorded(shop: Warehouse) -> None:
    phones = dict(shop.query("select source_customer_id, phone from staging.stg_retail__customers"))
    assert phones == {
        "1": None,
        "ro": "+40722123456",
        "aq": None,
        "in-words": None,
        "aq-with-code": "+40722123458",
        "too-short": None,
        "gb": "+442079460001",
        "nowhere": "+442079460002",
    }
    repaired = shop.query(
        "select row_key, repaired_columns from operations.repaired_records order by 1"
    )
    assert repaired == [(row, "phone_number") for row in ("aq", "in-words", "too-short")]


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
    line = Decimal("999999.5") * Decimal("9999999.99")
    assert shop.query("select gross_amount, net_amount_reporting from marts.order_items") == [
        (line, (line * rate).quantize(Decimal("0.0001")))
    ]
    total = Decimal("3.00") + in_pounds
    assert (total,) in shop.query("select monetary from marts.customer_rfm")
    assert (total,) in shop.query("select net_revenue_reporting from marts.customer_360")
    for entity, amount in (("billing_transactions", "amount"), ("subscriptions", "mrr")):
        found = shop.query(f"select {amount}, {amount}_reporting from conformed.int_{entity}")
        assert found == [(LARGE, in_pounds)]
    assert {*shop.query("select arr from marts.mrr_monthly")} == {(12 * in_pounds,)}
    assert 12 * in_pounds > 10**14


def test_an_amount_that_is_too_large_or_negative_rejects_its_row(shop: Warehouse) -> None:
    rejected = shop.query(
        "select row_key, reason_code from operations.rejected_records"
        " where table_name like 'transaction%'"
    )
    assert {*rejected} == {
        ("too large", "invalid_total_amount"),
        ("negative tax", "negative_amount"),
        ("i2", "too_large"),
    }


def test_purchases_that_may_count_twice_or_not_at_all_are_a_warning(shop: Warehouse) -> None:
    path = shop.folder / "target" / "run_results.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    told = {
        result["unique_id"].split(".")[2]: {row[0] for row in shop.query(result["compiled_code"])}
        for result in results
        if result["status"] == "warn"
    }
    assert told.pop("few_rows_are_rejected")
    assert told == {
        "purchases_tracked_without_a_number": {
            "Without an order number web tracked 2 purchases of 25.00 GBP, which are no orders:"
            " event web:e3 is one. Let the shop send the number of each."
        },
        "order_numbers_find_their_partners": {
            "retail has 3 order numbers, of which tracking saw 1, so that purchases may count"
            " twice: it has A-1, the other side B-1. Let both write a purchase's number alike.",
            "web has 3 order numbers, of which the order systems know 1, so that purchases may"
            " count twice: it has B-1, the other side A-1. Let both write a purchase's number"
            " alike.",
        },
    }


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
        pytest.param(
            f"{HEADER}\n{good}\n{line('8', 'Flo', ', Jr')}\n", "in line 3 more", id="too long"
        ),
        pytest.param(f"{HEADER}\n{line('8', 'x,x')}\n{good}\n", "in line 2", id="too long first"),
        pytest.param(f"{HEADER}\n{good}\n8,Flo\n", "in line 3 fewer", id="too short"),
        pytest.param(f'{HEADER}\n{good}\n8,"Flo{good[1:]}\n', "in line 3 a quote", id="open quote"),
        pytest.param(
            f"{HEADER}\n" + f"{good}\n" * 30_000 + f"{line('8', 'x,x')}\n",
            "in line 30002 more",
            id="far down",
        ),
        pytest.param(f"\n{HEADER}\n{good}\n", "an empty first line", id="an empty first line"),
        pytest.param("", "is empty (0 bytes)", id="nothing"),
        pytest.param(f"{HEADER},City \n", "names a column twice: city", id="a column twice"),
        pytest.param(
            f"{HEADER.replace(',', '^')}\n", "Separate its columns by comma", id="odd marks"
        ),
        pytest.param(
            f"{HEADER.replace('customer_id', 'number')}\n{good}\n",
            "has no column customer_id",
            id="another name",
        ),
        pytest.param(f'{HEADER},"note\n{good},\n', "in line 1 a quote", id="open quote in names"),
        pytest.param(
            f"{HEADER.replace('first_name', chr(34) + 'first' + chr(34) + '_name')}\n{good}\n",
            "in line 1 a quote",
            id="a quote in a name",
        ),
        pytest.param(
            f"{HEADER}\n{line('7', 'José')}\n".encode("latin-1"),
            "not in UTF-8 (line 2): save it as UTF-8",
            id="latin-1",
        ),
        pytest.param(f"{HEADER}\n{good}\n".encode("utf-16"), "save it as UTF-8", id="utf-16"),
        pytest.param(f"{HEADER}\n{good}\n".encode("utf-16-be"), "save it as UTF-8", id="no mark"),
        pytest.param(f"{HEADER}\r\n{good}\n{good}\r\n", "state machine", id="line ends"),
    ]


@pytest.mark.parametrize(("content", "message"), bad_files())
def test_a_file_that_cannot_be_read_ends_the_run_with_its_name_and_reason(
    customers_only: Warehouse, content: str | bytes, message: str
) -> None:
    file = customers_only.raw_dir / "retail" / "customers.0002.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    result = customers_only.dbt("build", "--select", "+base_retail__customers")
    assert not result.success
    assert result.result is None, "the run went on"
    assert file.name in str(result.exception)
    assert message in str(result.exception)
    assert "There is no raw table" not in str(result.exception)


def write_parquet(path: Path, columns: str) -> tuple[bytes, int]:
    """Writes a row; returns the file's content, and where its description of itself begins."""
    duckdb.execute(
        f"copy (select {columns}, '{LOADED}' as _loaded_at) to '{path}'"
        " (format parquet, compression gzip)"
    )
    content = path.read_bytes()
    return content, len(content) - 8 - int.from_bytes(content[-8:-4], "little")


def test_a_corrupt_parquet_file_ends_the_run_with_its_name(customers_only: Warehouse) -> None:
    customers_only.build("--select", "+base_retail__customers", tests=False)
    folder = customers_only.raw_dir / "retail"
    for file in folder.iterdir():
        file.unlink()
    write_parquet(folder / "customers.parquet", "unnest(['0', '1']) as customer_id")
    second = folder / "customers.0002.parquet"
    whole, end = write_parquet(second, "'2' as customer_id")
    for content in (
        b"PAR1 cut off",
        whole[:end] + b"\xff" * 20 + whole[end + 20 :],
        whole[:4] + b"\xff" * (end - 4) + whole[end:],
    ):
        second.write_bytes(content)
        result = customers_only.dbt("run")
        assert result.result is None, "the run went on"
        assert "customers.0002.parquet is damaged" in str(result.exception)
        assert "customers.parquet" not in str(result.exception)


def test_a_parquet_file_on_which_a_model_fails_is_named(shop: Warehouse, tmp_path: Path) -> None:
    raw_dir = shutil.copytree(shop.raw_dir, tmp_path / "raw")
    for file in raw_dir.glob("retail/transactions*"):
        file.unlink()
    columns = ("transaction_id", "transaction_date", "total_amount", "currency_code")
    damaged = raw_dir / "retail" / "transactions.parquet"
    whole, end = write_parquet(damaged, ", ".join(f"'1' as {column}" for column in columns))
    damaged.write_bytes(whole[:4] + b"\xff" * (end - 4) + whole[end:])
    mine = shop.copied(tmp_path / "mine", raw_dir)
    result = mine.dbt("run", "--select", "base_retail__transactions")
    assert not result.success
    assert f"{damaged} is damaged" in str(result.exception) + failures_of(result)


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


CUSTOMERS = RawTable("retail", "customers", None, tuple(NAMES[:-1]), frozenset(), "_loaded_at")
# No warehouse but DuckDB could hold such a column.
REFUSED_BY_THE_LOADER = {"a comma in a name", "a line break in a name"}


def test_dbt_and_the_loader_read_every_file_alike(customers_only: Warehouse) -> None:
    folder = customers_only.raw_dir / "retail"
    for number, (key, (header, first_name, more, end)) in enumerate(READABLE.items()):
        path = folder / f"customers.{number:04}.csv"
        content = header + end + line(key, first_name, more) + end
        path.write_text(content, encoding="utf-8", newline="")
    loaded = {}
    for number, key in enumerate(READABLE):
        path, texts = folder / f"customers.{number:04}.csv", customers_only.folder / "texts.parquet"
        if key in REFUSED_BY_THE_LOADER:
            with pytest.raises(BadFileError, match="has a column named 'a"):
                examine(found(path), CUSTOMERS)
            continue
        assert write_texts(examine(found(path), CUSTOMERS), texts, datetime(2026, 2, 2)) == 1
        loaded |= dict(duckdb.sql(f"select customer_id, first_name from '{texts}'").fetchall())
    assert loaded.keys() == READABLE.keys() - REFUSED_BY_THE_LOADER
    assert loaded["lines in a value"] == "A\nB"

    customers_only.build("--select", "+base_retail__customers", tests=False)
    staged = dict(
        customers_only.query("select customer_id, first_name from staging.base_retail__customers")
    )
    assert staged == loaded | dict.fromkeys(REFUSED_BY_THE_LOADER, "Ann") | dict.fromkeys("012")


def write_every_format(folder: Path) -> dict[str, int]:
    """A file of one customer in every spelling that is read; the rows of each."""
    names, row = HEADER, line("{}", "Ann")
    texts = {
        "customers.semicolon.CSV": f"{names}\n{row}\n".replace(",", ";"),
        "customers.tab.tsv": f"{names}\n{row}\n".replace(",", "\t"),
        "customers.bar.txt": f'{names},"fax"\n{row},\n'.replace(",", "|"),
        "customers.packed.csv.gz": f"{names}\n{row}\n",
        "customers.lines.jsonl": '{"customer_id": 77, "_loaded_at": "' + LOADED + '"}\n',
        "customers.packed.ndjson.GZ": '{"customer_id": "{}", "note": "nobody knows"}\n',
        "customers/part-00000.csv": f"{names}\n{row}\n",
        "customers.nobody.csv": f"{names}\n",
    }
    for number, (name, text) in enumerate(texts.items()):
        path, content = folder / name, text.replace("{}", f"t{number}").encode()
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(content) if name.lower().endswith("gz") else content)
    others = ", ".join(f"null as {name}" for name in NAMES[1:-1])
    typed = {"customers.typed.Parquet": "12345678901234567", "customers/part-1.parquet": "1.5"}
    for name, key in typed.items():
        duckdb.execute(
            f"copy (select {key} as customer_id, {others}, timestamp '{LOADED}' as _loaded_at)"
            f" to '{folder / name}' (format parquet)"
        )
    (folder / "customers" / "_SUCCESS").touch()
    return {name: 0 if "nobody" in name else 1 for name in [*texts, *typed]}


def test_files_of_every_format_and_spelling_are_read_together(customers_only: Warehouse) -> None:
    folder = customers_only.raw_dir / "retail"
    files = write_every_format(folder)
    (folder / "customers-part2.csv").write_text(f"{HEADER}\n")
    (folder / "customers.0003.xlsx").touch()
    customers_only.build("--select", "+base_retail__customers", tests=False)

    keys = {key for (key,) in customers_only.query("select customer_id from raw_retail.customers")}
    assert keys == {
        *"012",
        *(f"t{n}" for n in (0, 1, 2, 3, 5, 6)),
        "77",
        "12345678901234567",
        "1.5",
    }
    judged = customers_only.query(
        "select judgement, count(*) from staging.base_retail__customers group by 1"
    )
    assert judged == [("accepted", len(keys))]
    said = (customers_only.folder / "logs" / "dbt.log").read_text(encoding="utf-8")
    warned = said[said.rindex("Raw files that are not read") :]
    assert "customers-part2.csv belongs to no known table (retail.customers-part2)" in warned
    assert "If its rows are of retail.customers, name it retail/customers.<part>.csv" in warned
    assert "customers.0003.xlsx is not one of .parquet, .csv" in warned

    found_files = find_files(customers_only.raw_dir, [("retail", "customers")])
    unread = [file.name for file in found_files if file.problem]
    assert unread == ["customers-part2.csv", "customers.0003.xlsx"]
    texts = customers_only.folder / "texts.parquet"
    loaded = {
        file.name: write_texts(examine(file, CUSTOMERS), texts, datetime(2026, 2, 2))
        for file in found_files
        if not file.problem
    }
    assert loaded == files | {"customers.csv": 3}


def test_files_whose_types_differ_are_read_as_text(customers_only: Warehouse) -> None:
    folder = customers_only.raw_dir / "retail"
    (folder / "customers.csv").unlink()
    others = ", ".join(f"null as {name}" for name in NAMES[2:-1])
    typed = ("12345678901234567", "1.5::double", "'x'", "true", "date '2026-01-02'")
    for number, key in enumerate(typed):
        duckdb.execute(
            f"copy (select {key} as customer_id, encode('Zoë') as first_name, {others},"
            f" '{LOADED}' as _loaded_at) to '{folder}/customers.{number}.parquet' (format parquet)"
        )
    customers_only.build("--select", "+base_retail__customers", tests=False)
    rows = customers_only.query(
        "select customer_id, first_name from staging.base_retail__customers order by 1"
    )
    keys = ["1.5", "12345678901234567", "2026-01-02", "true", "x"]
    assert rows == [(key, "Zoë") for key in keys]


def test_a_key_of_json_in_another_case_ends_the_run(customers_only: Warehouse) -> None:
    path = customers_only.raw_dir / "retail" / "customers.2.json"
    path.write_text(f'{{"customer_id": "7", "City": "Rome", "_loaded_at": "{LOADED}"}}\n')
    result = customers_only.dbt("build", "--select", "+base_retail__customers", *NO_TESTS)
    assert f"{path} has a key City: write it city" in str(result.exception)
    path.write_text(f'{{"CUSTOMER_ID": "7", "_LOADED_AT": "{LOADED}"}}\n')
    found = find_files(customers_only.raw_dir, [("retail", "customers")])
    [file] = [file for file in found if file.path == path]
    with pytest.raises(BadFileError, match="has a key CUSTOMER_ID: write it customer_id"):
        write_texts(examine(file, CUSTOMERS), customers_only.folder / "texts", datetime(2026, 2, 2))


def test_a_binary_column_that_nobody_names_is_left_alone(customers_only: Warehouse) -> None:
    file = customers_only.raw_dir / "retail" / "customers.csv"
    picture = "'\\xff\\xfe'::blob as picture"
    duckdb.execute(
        f"copy (select * replace (encode(first_name) as first_name), {picture} from"
        f" read_csv('{file}', all_varchar = true)) to '{file.with_suffix('.parquet')}'"
    )
    file.unlink()
    customers_only.build("--select", "+base_retail__customers", tests=False)
    assert customers_only.value("select count(*) from staging.base_retail__customers") == 3


def test_binary_text_in_another_encoding_ends_the_run(customers_only: Warehouse) -> None:
    file = customers_only.raw_dir / "retail" / "customers.csv"
    duckdb.execute(
        f"copy (select * replace ('\\xE9'::blob as first_name) from"
        f" read_csv('{file}', all_varchar = true)) to '{file.with_suffix('.parquet')}'"
    )
    file.unlink()
    result = customers_only.dbt("build", "--select", "+base_retail__customers", *NO_TESTS)
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
    result = customers_only.dbt("build", "--select", "+stg_retail__customers", *NO_TESTS)
    assert result.success, failures_of(result)
    raw = [thread for schema, thread in listed if schema == "raw_retail"]
    assert raw == [threading.main_thread()]
