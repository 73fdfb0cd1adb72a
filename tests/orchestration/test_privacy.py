"""Whatever fails, nobody is named but in dbt's own logs on the machine's disk."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb
import pytest
import yaml

from orchestration.gates.__main__ import main as check_gate
from orchestration.load.__main__ import main as load
from orchestration.notify import notify_failed_step
from orchestration.publish import main as publish
from tests.orchestration.company import VARIABLES, Company
from tests.privacy import People, people_of, personal_columns
from tests.support import environment

pytestmark = pytest.mark.slow

VARS = ["--vars", json.dumps(VARIABLES)]
WRITTEN = ("logs/dbt.log", "target/*/dbt.log", "target/*/run_results.json", "report.html")
# they hold raw rows and keys of records, on purpose
DATA = {"rejected_records", "repaired_records", "last_identity_map"}


@pytest.fixture(scope="module")
def people(company: Company) -> People:
    return people_of(company.raw_dir)


@contextmanager
def kept(*paths: Path) -> Iterator[None]:
    """Puts files and folders back as they were."""
    copies = [path.with_name(f"{path.name}.kept") for path in paths]
    for path, copy in zip(paths, copies, strict=True):
        (shutil.copytree if path.is_dir() else shutil.copy)(path, copy)
    try:
        yield
    finally:
        for path, copy in zip(paths, copies, strict=True):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            copy.rename(path)


def operations_of(warehouse: Path) -> str:
    """All that the tables of the schema `operations` hold."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'operations'"
        ).fetchall()
        tables = {name for (name,) in names} - DATA
        assert {"load_journal"} <= tables
        rows = [connection.execute(f"from operations.{table}").fetchall() for table in tables]
    return "\n".join(str(value) for table in rows for row in table for value in row)


HIDING_PLACES = [
    "2026-06-30 02:00:01 - INFO - {}",
    '{{"message": "Could not convert string \'{}\' to INT32"}}',
    "<td><code>email_address: {}</code></td>",
]


@pytest.mark.parametrize("text", HIDING_PLACES)
def test_a_person_is_found_however_it_was_written(
    company: Company, people: People, text: str
) -> None:
    columns = ("email_address", "phone_number", "last_name", "address_line_1")
    for column in columns:
        values = duckdb.execute(
            f"select distinct {column} from '{company.raw_dir}/retail/customers.parquet'"
        ).fetchall()
        found = [value for (value,) in values if value and people.found_in(text.format(value))]
        # the others are no values of a person (`n/a`), too short, or words that code has too
        assert len(found) > 25, column
        as_json = [value for value in found if people.found_in(json.dumps(text.format(value)))]
        assert as_json == found
    assert not people.found_in(text.format("customer_id 17, 2026-06-30 02:00:01.123456"))


def test_nights_name_nobody(company: Company, people: People) -> None:
    assert len(company.said) > 100
    assert not people.found_in("\n".join(company.said))
    for pattern in WRITTEN:
        files = sorted(company.folder.glob(pattern))
        assert files, pattern
        for file in files:
            assert not people.found_in(file.read_text(encoding="utf-8")), file
    assert not people.found_in(operations_of(company.folder / "customer_360.duckdb"))


def expectations_on(column: str) -> list[dict[str, object]]:
    """Expectations that no value of a column meets."""
    kwargs: dict[str, dict[str, object]] = {
        "expect_column_values_to_match_regex": {"regex": "^nobody$"},
        "expect_column_distinct_values_to_be_in_set": {"value_set": ["nobody"]},
        "expect_column_max_to_be_between": {"max_value": ""},
    }
    return [
        {
            "type": kind,
            "name": f"{kind} {column}",
            "kwargs": {"column": column, **more},
            "severity": "critical",
            "notes": "Fails.",
        }
        for kind, more in kwargs.items()
    ]


def query(name: str, sql: str) -> dict[str, object]:
    return {
        "type": "unexpected_rows_expectation",
        "name": name,
        "kwargs": {"unexpected_rows_query": sql},
        "severity": "critical",
        "notes": "Fails.",
    }


def test_a_gate_that_fails_on_personal_columns_names_nobody(
    company: Company, people: People, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for gate in ("raw", "conformed", "marts"):
        (tmp_path / gate).mkdir()
    for table, columns in personal_columns().items():
        name = table.replace("/", ".")
        expectations = [part for column in columns for part in expectations_on(column)]
        expectations += [
            query("all of them", f"select {', '.join(columns)} from {{batch}}"),
            query("a cast", f"select cast({columns[0]} as integer) as number from {{batch}}"),
        ]
        suite = {"table": name, "owner": "nobody", "expectations": expectations}
        (tmp_path / "raw" / f"{name}.yml").write_text(yaml.safe_dump(suite))
    report = tmp_path / "report.html"
    options = ["--expectations", str(tmp_path), "--report", str(report)]
    warehouse = company.folder / "customer_360.duckdb"
    with kept(warehouse):
        assert check_gate(["raw", *options, *VARS]) == 1
        recorded = operations_of(warehouse)
    printed = "".join(capfd.readouterr())
    assert "expect_column_values_to_match_regex email_address" in printed
    for text in (printed, recorded, report.read_text(encoding="utf-8")):
        assert "expect_column_max_to_be_between email" in text
        assert not people.found_in(text)


def test_files_that_cannot_be_loaded_name_nobody(
    company: Company, people: People, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    raw_dir, warehouse = tmp_path / "raw", tmp_path / "warehouse.duckdb"
    customers = f"'{company.raw_dir}/retail/customers.parquet'"
    files = {
        "retail/customers.csv": ("select *", "header false"),
        "customer_io/devices.csv": ("select email_address as cio_id, *", "header true"),
        "privacy/requests.parquet": ("select email_address as _loaded_at, *", "format parquet"),
        "support/tickets.json": ("select *", "format json"),
    }
    for name, (select, options) in files.items():
        (raw_dir / name).parent.mkdir(parents=True)
        duckdb.execute(f"copy ({select} from {customers}) to '{raw_dir / name}' ({options})")
    torn = raw_dir / "support" / "tickets.json"
    torn.write_text(torn.read_text().replace('"last_name"', '"last_name'))
    with environment(CUSTOMER_360_DUCKDB=str(warehouse)):
        assert load(["--raw-dir", str(raw_dir), *VARS]) == 1
    printed = "".join(capfd.readouterr())
    assert printed.count("rejected ") == len(files) + 1
    assert not people.found_in(printed)
    assert not people.found_in(operations_of(warehouse))


def test_publishing_names_nobody(
    company: Company, people: People, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = company.folder
    with kept(company.published, folder / "publications", folder / "customer_360.duckdb"):
        assert publish(VARS) == 0
    assert not people.found_in("".join(capfd.readouterr()))


def test_a_value_that_a_database_quotes_stays_in_dbts_own_log(
    company: Company, people: People, capfd: pytest.CaptureFixture[str]
) -> None:
    """A mart reads a view that casts an address to a number, so the error quotes it."""
    one_mart = dg.define_asset_job(
        "one_mart",
        dg.AssetSelection.assets(dg.AssetKey(["marts", "customers"])).without_checks(),
        hooks={notify_failed_step},
    )
    company.definitions = dg.Definitions.merge(company.definitions, dg.Definitions(jobs=[one_mart]))
    warehouse = company.folder / "customer_360.duckdb"
    before = len(company.said)
    with kept(warehouse, company.folder / "target"):
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(
                """
                alter table identity.int_identity__golden_records rename to whole;
                create view identity.int_identity__golden_records as
                select * replace (cast(cast(email as integer) as varchar) as email)
                from identity.whole
                """
            )
        assert not company.run("one_mart").success
        logs = [file.read_text(encoding="utf-8") for file in company.folder.glob(WRITTEN[1])]
        recorded = operations_of(warehouse)
    assert people.found_in("\n".join(logs))
    [told] = company.told
    assert "customers" in told["summary"]
    printed = "".join(capfd.readouterr())
    assert "Failure in model customers" in printed
    for text in ("\n".join(company.said[before:]), printed, recorded):
        assert "customers" in text
        assert not people.found_in(text)
