"""Each source system builds without the others, on files of its own and of nobody else's."""

import gc
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.gates import run_gate
from orchestration.gates.suites import COLUMNS
from orchestration.platform.environment import environment
from orchestration.platform.warehouse import open_target
from tests.conftest import built_alone
from tests.support import REGISTRY, SYSTEMS, WORLD_END, Warehouse, failures_of

# Two share a build where they supply nothing of one kind but parties: of each such entity there is
# one supplier or none, as where a system is alone (tests/project/test_layering.py holds that no
# system's models read another's).
ALONE = [
    ["retail"],
    ["salesforce", "cx_survey"],
    ["servicenow", "marketing"],
    ["oracle_brm", "customer_io"],
    ["web", "external"],
    ["support", "privacy"],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alone")


@pytest.mark.parametrize("sources", ALONE, ids="-".join)
def test_builds_alone(sources: list[str], world: Path, shared_folder: Path, tmp_path: Path) -> None:
    alone = built_alone(sources, world, shared_folder)
    known = alone.query("select distinct source_name from operations.data_quality_metrics")
    assert {*known} == {(source,) for source in sources}
    of_customers = alone.query(
        "select distinct source_name from conformed.int_party_records"
        " inner join identity.int_identity__map using (record_key)"
    )
    assert {*of_customers} == {*known}
    other = [name for name in SYSTEMS if name not in sources]
    assert not alone.query(
        f"select table_name from information_schema.tables"
        f" where regexp_matches(table_name, '({'|'.join(other)})__')"
    )

    fresh = alone.copied(tmp_path).dbt("source", "freshness")
    assert fresh.exception is None
    checked = [result for result in fresh.result if result.node.resource_type == "source"]
    assert {result.node.source_name for result in checked} == {*sources}
    # The world ended long ago, and that is all there is to say against its freshness.
    assert all(result.status in ("pass", "warn", "error") for result in checked)


def test_systems_that_share_a_build_supply_nothing_of_one_kind() -> None:
    assert sorted(source for sources in ALONE for source in sources) == sorted(SYSTEMS)
    for sources in ALONE:
        supplied = [part for source in sources for part in REGISTRY[source]["supplies"]]
        shared = {part for part in supplied if supplied.count(part) > 1}
        assert shared <= {"party_records", "party_identifiers"}


def test_an_absent_table_leaves_a_typed_and_empty_place(world: Path, folder: Path) -> None:
    raw_dir = folder / "absent" / "raw"
    shutil.copytree(world / "retail", raw_dir / "retail")
    (raw_dir / "retail" / "stores.parquet").unlink()
    variables = {"sources": ["retail"], "as_of_date": WORLD_END}
    warehouse = Warehouse(folder / "absent", raw_dir, variables)

    result = warehouse.dbt("build", "--select", "+int_stores")
    assert not result.success
    assert "There is no raw table" in failures_of(result)
    assert "absent_tables" in failures_of(result)

    warehouse.build(absent_tables=["retail.stores"])
    assert warehouse.value("select count(*) from conformed.int_stores") == 0


def test_a_missing_column_is_a_typed_null_but_one_that_a_row_needs_is_an_error(
    retail: Warehouse, tmp_path: Path
) -> None:
    raw_dir = tmp_path / "raw"
    shutil.copytree(retail.raw_dir, raw_dir)
    warehouse = Warehouse(tmp_path, raw_dir, retail.variables)
    file = raw_dir / "retail" / "products.parquet"

    def drop(column: str) -> None:
        rows = duckdb.read_parquet(str(file)).project(f"* exclude ({column})").to_arrow_table()
        duckdb.from_arrow(rows).write_parquet(str(file))

    drop("unit_cost")
    warehouse.build("--select", "+int_products")
    assert warehouse.query("select distinct unit_cost from conformed.int_products") == [(None,)]

    drop("product_id")
    result = warehouse.dbt("build", "--select", "base_retail__products")
    assert not result.success
    assert "products.parquet has no column product_id. Add what is missing" in failures_of(result)


def test_a_column_may_be_named_otherwise(retail: Warehouse, tmp_path: Path) -> None:
    raw_dir = tmp_path / "raw"
    shutil.copytree(retail.raw_dir, raw_dir)
    names = {
        "retail.products": {"product_id": "Artikel-Nr."},
        # as judged rows name theirs, which increments read beside raw ones
        "retail.transactions": {"transaction_id": "row_key", "store_id": "loaded_at"},
    }
    for table, renamed in names.items():
        file = raw_dir / f"{table.replace('.', '/')}.parquet"
        columns = ", ".join(f'{column} as "{name}"' for column, name in renamed.items())
        rows = duckdb.read_parquet(str(file)).project(
            f"{columns}, * exclude ({', '.join(renamed)})"
        )
        duckdb.from_arrow(rows.to_arrow_table()).write_parquet(str(file))
    warehouse = Warehouse(tmp_path, raw_dir, retail.variables | {"raw_columns": names})
    for _ in range(2):
        warehouse.build("--select", "+int_products", "+base_retail__transactions")
    # (but for the raw row, which has the columns' names in it)
    for rows in (
        "* from conformed.int_products",
        "* exclude (raw_row) from staging.base_retail__transactions",
    ):
        query = f"select {rows} order by all"
        assert warehouse.query(query) == retail.query(query)

    with (
        environment(
            CUSTOMER_360_DUCKDB=str(warehouse.database),
            CUSTOMER_360_RAW_DIR=str(raw_dir),
            DBT_TARGET_PATH=str(warehouse.folder / "target"),
        ),
        open_target(
            profiles_dir=warehouse.folder,
            project_dir=warehouse.project,
            variables=yaml.safe_dump(warehouse.variables),
        ) as target,
    ):
        gate = run_gate("raw", target, only={"retail.products"})
    of_key = [part.success for part in gate.outcomes if part.column == "Artikel-Nr."]
    assert of_key and all(of_key)
    assert all(part.success for part in gate.outcomes if part.expectation == COLUMNS)

    for wrong, message in (
        ({"product_nr": "Artikel-Nr."}, "raw_columns: retail.products has no column 'product_nr'"),
        ({"product_id": "sku"}, "raw_columns: retail.products has 'sku' for product_id and sku"),
    ):
        result = warehouse.dbt("build", raw_columns={"retail.products": wrong})
        assert not result.success
        assert message in failures_of(result)


def test_raw_tables_may_be_named_otherwise(world: Path, folder: Path) -> None:
    raw_dir = folder / "renamed" / "raw"
    shutil.copytree(world / "retail", raw_dir / "retail")
    variables = {
        "sources": ["retail"],
        "as_of_date": WORLD_END,
        "raw_schemas": {"retail": "shop"},
        "raw_tables": {"retail.customers": "clients"},
    }
    warehouse = Warehouse(folder / "renamed", raw_dir, variables)
    warehouse.build("--select", "+int_party_records", tests=False)
    assert warehouse.value("select count(*) from shop.clients") > 0


@pytest.mark.parametrize("file_format", ["csv", "json"])
def test_raw_files_of_another_format_give_the_same_rows(
    file_format: str, retail: Warehouse, tmp_path: Path
) -> None:
    raw_dir = tmp_path / "raw"
    (raw_dir / "retail").mkdir(parents=True)
    for file in (retail.raw_dir / "retail").glob("*.parquet"):
        target = raw_dir / "retail" / f"{file.stem}.{file_format}"
        options = "header" if file_format == "csv" else "array false"
        duckdb.execute(f"copy (from '{file}') to '{target}' (format {file_format}, {options})")
    warehouse = Warehouse(tmp_path, raw_dir, retail.variables)
    warehouse.build("--select", "+stg_retail__customers", "+stg_retail__transactions")
    for table in ("customers", "transactions"):
        query = f"select * from staging.stg_retail__{table} order by 1"
        assert warehouse.query(query) == retail.query(query)


def test_a_corrupt_file_stops_the_build_and_no_older_one_takes_its_place(
    retail: Warehouse, tmp_path: Path
) -> None:
    raw_dir = tmp_path / "raw"
    shutil.copytree(retail.raw_dir, raw_dir)
    warehouse = retail.copied(tmp_path, raw_dir)
    tables = "select table_name from information_schema.tables where table_schema = 'raw_retail'"
    assert warehouse.query(tables)

    (raw_dir / "retail" / "customers.parquet").write_bytes(b"PAR1 cut off")
    assert not warehouse.dbt("run", "--select", "+stg_retail__customers").success
    gc.collect()  # the error that ended the run holds its connection
    assert not warehouse.query(tables)
