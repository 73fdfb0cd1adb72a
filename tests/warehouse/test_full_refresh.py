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


def build(company: Warehouse, *options: str, as_of_date: str) -> None:
    selected = ("--select", "+data_quality_history", *options)
    company.build(*selected, tests=False, as_of_date=as_of_date)


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


def test_a_full_refresh_drops_what_earlier_versions_left_and_nothing_else(
    company: Warehouse,
) -> None:
    def change(statement: str) -> None:
        with duckdb.connect(str(company.database)) as connection:
            connection.execute(statement)

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

    change("create schema intermediate")
    assert run("--full-refresh")
    assert schemas() == 1, "what is empty may be another's"
    change("create table intermediate.somebody_elses as select 1 as number")
    for name in LEFT_BY_EARLIER_VERSIONS:
        change(f"create view intermediate.{name} as select 1 as number")
    assert run()
    assert len(left()) == 3
    assert run("--full-refresh")
    assert left() == ["somebody_elses"]
    change("drop table intermediate.somebody_elses")
    change(f"create view intermediate.{LEFT_BY_EARLIER_VERSIONS[0]} as select 1 as number")
    assert run("--full-refresh")
    assert schemas() == 0
