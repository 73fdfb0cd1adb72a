"""What is wrong with raw data is said at once, before a build."""

from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from orchestration.check.__main__ import main
from tests.support import Warehouse, environment

ABSENT = ["retail.transaction_items", "retail.products", "retail.stores"]
EXPORT = """\
    Customer-ID;first_name;E-Mail;registration_date;loyalty_points;note;_loaded_at
    1;Ann;ann@corp.example;31.01.2025;1.200,5;x;2026-02-01 02:00:00
    2;Bo;bo@corp.example;05.02.2025;3,0;;2026-02-01 02:00:00
    2;Bo;b@corp.example;05.02.2025;3,0;;2026-02-01 01:00:00
    ;Cy;cy@corp.example;07.02.2025;;;2026-02-01 02:00:00
    """
ORDERS = "transaction_id,transaction_date,total_amount,currency_code,_loaded_at\n"
NAMES = {"customer_id": "Customer-ID", "email_address": "E-Mail"}


def write(folder: Path, name: str, text: str) -> None:
    path = folder / "raw" / "retail" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")


def check(
    folder: Path, capsys: pytest.CaptureFixture[str], *more: str, **variables: object
) -> tuple[int, str]:
    """The exit code, and what was said."""
    warehouse = Warehouse(folder, folder / "raw")
    known = {"sources": ["retail"], "absent_tables": ABSENT, "as_of_date": "2026-02-02"}
    warehouse.dbt("--version")  # brings the profile
    with environment(
        CUSTOMER_360_DUCKDB=str(warehouse.database), CUSTOMER_360_RAW_DIR=str(folder / "raw")
    ):
        code = main(
            [
                "--profiles-dir", str(folder), "--vars", yaml.safe_dump(known | variables),
                "--raw-dir", str(folder / "raw"), *more,
            ]
        )  # fmt: skip
    assert not warehouse.database.exists()
    return code, capsys.readouterr().out


def test_all_that_is_wrong_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "customers.csv", EXPORT)
    write(tmp_path, "customers_2026.csv", EXPORT)
    write(tmp_path, "transactions.csv", f"{ORDERS}1,2026-01-01,1,GBP,2026-02-01 02:00:00,9\n")
    code, said = check(tmp_path, capsys)
    assert code == 1
    for sentence in (
        "customers_2026.csv is not read: it belongs to no known table",
        "error    has no column customer_id, without which a row means nothing",
        "has a column Customer-ID that no contract names: is it customer_id? Then say raw_columns:"
        " {retail.customers: {customer_id: 'Customer-ID'}}",
        "has a column E-Mail that no contract names: is it email_address?",
        "has a column note that no contract names, which stays in the raw table",
        "writes registration_date as '05.02.2025'. Say raw_formats:"
        " {retail.customers: {date: '%d.%m.%Y'}}",
        "writes loyalty_points as '1.200,5': if the comma is a decimal one, say raw_formats:"
        " {retail.customers: {decimal: ','}}",
        "transactions.csv has in line 2 more values than its first line has names",
        "lacks last_name, email_address, phone_number",
    ):
        assert sentence in said
    assert "A build would stop, or leave a table empty." in said


def test_what_was_said_of_names_and_formats_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "customers.csv", EXPORT)
    code, said = check(
        tmp_path,
        capsys,
        absent_tables=[*ABSENT, "retail.transactions"],
        raw_columns={"retail.customers": NAMES},
        raw_formats={"retail.customers": {"date": "%d.%m.%Y", "decimal": ","}},
    )
    assert code == 0
    assert "4 rows, 2 would be accepted, 1 are copies or older versions" in said
    assert "1 rows (33.3%) would be rejected: missing_customer_id 1" in said
    assert "values that cannot be read would be null: loyalty_points 1" in said
    assert "writes" not in said
    assert "A build can start." in said


def test_a_table_that_would_be_empty_and_a_time_that_is_none_are_errors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, "customers.csv", "customer_id,_loaded_at\n1,05/01/2026 02:00\n")
    write(tmp_path, "transactions.csv", f"{ORDERS}1,2026-01-01,1,XXX,2026-02-01 02:00:00\n")
    code, said = check(tmp_path, capsys)
    assert code == 1
    assert "_loaded_at '05/01/2026 02:00'" in said and "raw_formats" in said
    assert "error    1 rows (100.0%) would be rejected: unknown_currency 1 (row 1)" in said
