"""What a full refresh takes away, and what it leaves."""

from pathlib import Path

import duckdb
import pytest

from tests.support import Warehouse

LEFT_BY_EARLIER_VERSIONS = ("int_customers__service_counts", "int_data_quality__row_counts")


VARIABLES = {
    "sources": ["customer_io"],
    "absent_tables": ["customer_io.people", "customer_io.deliveries", "customer_io.metrics"],
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A company that knows of devices and nothing else: of one, and of one without an id."""
    folder = tmp_path_factory.mktemp("full_refresh")
    write_devices(folder / "raw", "V1,P1", ",P2")
    return Warehouse(folder, folder / "raw", VARIABLES)


def write_devices(raw_dir: Path, *devices: str) -> None:
    (raw_dir / "customer_io").mkdir(parents=True, exist_ok=True)
    rows = [f"{device},ios,,,2026-01-01 09:00:00" for device in devices]
    header = "device_id,cio_id,platform,last_used_at,push_token,_loaded_at"
    (raw_dir / "customer_io" / "devices.csv").write_text("\n".join([header, *rows]) + "\n")


def build(company: Warehouse, *options: str, as_of_date: str, **variables: bool) -> None:
    selected = ("--select", "+data_quality_history", *options)
    company.build(*selected, tests=False, as_of_date=as_of_date, **variables)


def change(company: Warehouse, statement: str) -> None:
    with duckdb.connect(str(company.database)) as connection:
        connection.execute(statement)


def test_a_full_refresh_keeps_the_quality_of_earlier_days(company: Warehouse) -> None:
    build(company, as_of_date="2026-01-01")
    build(company, as_of_date="2026-01-02")
    write_devices(company.raw_dir, "V1,P1", "V3,P3", "V3,P3", ",P2")
    build(company, "--full-refresh", as_of_date="2026-01-02")
    history = company.query(
        "select cast(as_of_date as varchar), received_count, accepted_count, rejected_count,"
        " duplicate_count, cast(quality_score as double) from operations.data_quality_history"
        " where table_name = 'devices' order by 1"
    )
    assert history == [("2026-01-01", 2, 1, 1, 0, 50.0), ("2026-01-02", 4, 2, 1, 1, 66.6667)]


def test_a_run_as_of_an_earlier_day_leaves_the_history_as_it_is(company: Warehouse) -> None:
    history = "select * from operations.data_quality_history order by table_day_id"
    before = company.query(history)
    assert before
    write_devices(company.raw_dir, "V1,P1", "V4,P4")
    for day in ("2026-01-01", "2025-12-31"):
        build(company, as_of_date=day)
        assert company.query(history) == before


IDENTITY = ("+customers", "+identity_events")
IDS = "select record_key, customer_id from identity.int_identity__map order by 1"
NODES = "select record_key from identity.int_identity__nodes order by 1"


def test_a_full_refresh_takes_over_a_warehouse_that_knew_no_history(company: Warehouse) -> None:
    """One of the first form had nodes and a map: every id is kept, also where the record that it is
    made of is gone, and told of once."""
    write_devices(company.raw_dir, "V1,P1", "V4,P4", "V5,P5")
    build(company, *IDENTITY, as_of_date="2026-01-02")
    ids = dict(company.query(IDS))
    change(
        company,
        "update identity.int_identity__map as joined set customer_id = anchor.customer_id,"
        " anchor_node_id = anchor.node_id from identity.int_identity__map as anchor"
        " where joined.record_key = 'customer_io:P5' and anchor.record_key = 'customer_io:P4'",
    )
    for table in ("known_records", "known_identifiers", "anchors"):
        change(company, f"drop table identity.int_identity__{table}")
    for table in ("identity_map_history", "identity_events"):
        change(company, f"drop table marts.{table}")
    write_devices(company.raw_dir, "V1,P1", "V5,P5")
    build(company, *IDENTITY, "--full-refresh", as_of_date="2026-01-02")
    assert dict(company.query(IDS)) == {
        "customer_io:P1": ids["customer_io:P1"],
        "customer_io:P5": ids["customer_io:P4"],
    }
    events = "select event, count(*) from marts.identity_events group by 1 order by 1"
    assert company.query(events) == [("created", 2), ("kept", 1)]


def test_who_starts_anew_keeps_nothing(company: Warehouse) -> None:
    write_devices(company.raw_dir, "V6,P6")
    refused = company.dbt("build", "--select", *IDENTITY, start_anew=True)
    assert "add --full-refresh" in str(refused.exception)
    build(company, *IDENTITY, "--full-refresh", as_of_date="2026-01-02", start_anew=True)
    assert company.query(NODES) == [("customer_io:P6",)]
    history = "select count(*), count(valid_to) from marts.identity_map_history"
    assert company.query(history) == [(1, 0)]
    assert company.query("select count(*) from operations.data_quality_history") == [(4,)]


def test_a_full_refresh_drops_what_earlier_versions_left_and_nothing_else(
    company: Warehouse,
) -> None:
    def left() -> list[str]:
        return [
            name
            for [name] in company.query(
                "select table_name from information_schema.tables"
                " where table_schema = 'intermediate'"
            )
        ]

    def run(*options: str) -> bool:
        selected = ("--select", "base_customer_io__devices")
        return company.dbt("run", *options, *selected, as_of_date="2026-01-01").success

    def schemas() -> int:
        return len(company.query("from duckdb_schemas() where schema_name = 'intermediate'"))

    change(company, "create schema intermediate")
    assert run("--full-refresh")
    assert schemas() == 1, "what is empty may be another's"
    change(company, "create table intermediate.somebody_elses as select 1 as number")
    for name in LEFT_BY_EARLIER_VERSIONS:
        change(company, f"create view intermediate.{name} as select 1 as number")
    assert run()
    assert len(left()) == 3
    assert run("--full-refresh")
    assert left() == ["somebody_elses"]
    change(company, "drop table intermediate.somebody_elses")
    change(company, f"create view intermediate.{LEFT_BY_EARLIER_VERSIONS[0]} as select 1 as number")
    assert run("--full-refresh")
    assert schemas() == 0
