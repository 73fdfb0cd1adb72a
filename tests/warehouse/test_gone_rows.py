"""What a raw table that is loaded whole has no more is gone with the next run, within bounds."""

import shutil
from pathlib import Path

import pytest

from tests.support import Warehouse, failures_of, tables_that_differ

CUSTOMERS = "customer_id,first_name,last_name,email_address,_loaded_at"
STORES = "store_id,store_name,_loaded_at"
DEVICES = "device_id,cio_id,platform,last_used_at,_loaded_at"
PREFERENCES = (
    "preference_id,customer_id,preference_type,preference_value,preference_date,_loaded_at"
)
VARIABLES = {
    "sources": ["retail", "customer_io", "marketing"],
    "absent_tables": [
        "retail.transactions", "retail.transaction_items", "retail.products",
        "customer_io.people", "customer_io.deliveries", "customer_io.metrics",
        "marketing.campaigns", "marketing.engagement_events",
    ],
    "as_of_date": "2026-01-31",
}  # fmt: skip
MANY = [f"C{n},Ann,Lee{n},c{n}@shop.example,2026-01-20 02:00:00" for n in range(1, 25)]
NAMELESS = [f",{name},Nobody,,2026-01-02 02:00:00" for name in ("Bo", "Cy")]
BUILD = ("--select", "+customer_identifiers", "+customers", "+data_quality_metrics")


def write(raw_dir: Path, table: str, header: str, *rows: str) -> None:
    file = raw_dir / f"{table}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([header, *rows]) + "\n")


@pytest.fixture(scope="module")
def first_loads(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("gone_rows")
    raw_dir = folder / "raw"
    write(raw_dir, "retail/customers", CUSTOMERS, *MANY, *NAMELESS)
    again = [
        "C3,Ann,Lee3,new@shop.example,2026-01-22 02:00:00",
        "C4,Ann,Lee4,c4@shop.example,2026-01-22 02:00:00",
    ]
    write(raw_dir, "retail/customers.0002", CUSTOMERS, *again)
    stores = [f"S{n},Shop {n},2026-01-02 02:00:00" for n in (1, 2, 3)]
    write(raw_dir, "retail/stores", STORES, *stores)
    write(
        raw_dir, "customer_io/devices", DEVICES,
        "V1,P1,ios,2026-01-10 08:00:00,2026-01-20 09:00:00",
        "V1,P1,ios,2026-01-12 08:00:00,2026-01-20 09:00:00",
        "V1,P2,ios,2026-01-12 08:00:00,2026-01-20 09:00:00",
        "V2,P2,ios,2026-01-12 08:00:00,2026-01-20 09:00:00",
    )  # fmt: skip
    preferences = [f"F{n},C{n},BRAND,Acme,2026-01-05,2026-01-06 02:00:00" for n in (1, 2)]
    write(raw_dir, "marketing/preferences", PREFERENCES, *preferences)
    warehouse = Warehouse(folder, raw_dir, VARIABLES)
    warehouse.build(*BUILD, tests=False)
    return warehouse


@pytest.fixture
def warehouse(first_loads: Warehouse, tmp_path: Path) -> Warehouse:
    """That company, to take rows from."""
    raw_dir = shutil.copytree(first_loads.raw_dir, tmp_path / "raw")
    return first_loads.copied(tmp_path / "warehouse", raw_dir)


def test_an_increment_without_rows_that_are_gone_equals_a_full_rebuild(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    raw_dir = warehouse.raw_dir
    # A customer and a row without an id are gone, one is new though loaded long ago; with the file
    # of later versions goes the newer email of one, and of another a version that said the same.
    late = "C99,Di,Marsh,c99@shop.example,2026-01-01 02:00:00"
    write(raw_dir, "retail/customers", CUSTOMERS, *MANY[:4], *MANY[5:], NAMELESS[0], late)
    (raw_dir / "retail" / "customers.0002.csv").unlink()
    write(raw_dir, "retail/stores", STORES, *[f"S{n},Shop {n},2026-01-02 02:00:00" for n in (1, 3)])
    # exported whole each night: a device has a version less, and an owner one device less
    write(
        raw_dir, "customer_io/devices", DEVICES,
        "V1,P1,ios,2026-01-12 08:00:00,2026-01-21 09:00:00",
        "V2,P2,ios,2026-01-12 08:00:00,2026-01-21 09:00:00",
    )  # fmt: skip
    write(
        raw_dir, "marketing/preferences", PREFERENCES,
        "F2,C2,BRAND,Acme,2026-01-05,2026-01-06 02:00:00",
    )  # fmt: skip
    warehouse.build(*BUILD)

    versions = "select row_version_id from staging.base_{} where row_key is not null order by 1"
    found = {row for (row,) in warehouse.query(versions.format("retail__customers"))}
    assert found == {f"C{n}|a1" for n in (*range(1, 25), 99) if n != 5}
    for table, left in {
        "retail__stores": ["S1|a1", "S3|a1"],
        "customer_io__devices": ["V1|P1|a1", "V2|P2|a1"],
        "marketing__preferences": ["F2|a1"],
    }.items():
        assert [row for (row,) in warehouse.query(versions.format(table))] == left
    nameless = "select count(*) from staging.base_retail__customers where row_key is null"
    assert warehouse.value(nameless) == 1
    emails = dict(warehouse.query("select record_key, email from conformed.int_party_records"))
    assert emails["retail:C3"] == "c3@shop.example"
    assert "retail:C5" not in emails
    assert warehouse.query("from marts.customers where email = 'c5@shop.example'") == []

    rebuilt = warehouse.copied(tmp_path / "rebuilt")
    rebuilt.build(*BUILD, "--full-refresh", tests=False)
    assert tables_that_differ(warehouse, rebuilt, least=20) == []


def test_a_table_that_was_cut_short_stops_the_run_before_it_changes_anything(
    warehouse: Warehouse,
) -> None:
    rows = "from staging.base_retail__customers order by all"
    before = warehouse.query(rows)
    (warehouse.raw_dir / "retail" / "customers.0002.csv").unlink()
    let_through = "dbt run --select base_retail__customers"
    for left, gone, share, options in (
        (0, "24 of 24, 100.0 %", "1.0", ""),
        (18, "6 of 24, 25.0 %", "0.25", " --full-refresh"),
    ):
        write(warehouse.raw_dir, "retail/customers", CUSTOMERS, *MANY[:left])
        told = failures_of(warehouse.dbt("build", *BUILD, *options.split()))
        assert f"are in their raw tables no more: retail.customers ({gone})" in told
        assert "max_removed_share allows 20.0 %" in told
        assert f"{let_through}{options} --vars '{{max_removed_share: {share}}}'" in told
        assert warehouse.query(rows) == before
    assert warehouse.dbt(*let_through.split()[1:], max_removed_share=0.25).success
    assert warehouse.value("select count(*) from staging.base_retail__customers") == 18
