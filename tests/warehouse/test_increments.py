"""What an incremental run does with loads that do not come in order, and with other rules."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from tests.support import Warehouse, copy_project, failures_of, tables_that_differ

FIRST = {
    "deliveries": """
        delivery_id,cio_id,channel,campaign_id,subject,created_at,_loaded_at
        D1,P1,email,C1,Hello,2026-01-10 08:00:00,2026-01-10 09:00:00
        """,
    "metrics": """
        event_id,delivery_id,metric,created_at,link,_loaded_at
        M1,D1,sent,2026-01-10 08:00:00,,2026-01-20 09:00:00
        M2,D2,sent,2026-01-10 08:00:00,,2026-01-11 09:00:00
        ,D1,opened,2026-01-10 08:00:00,,2026-01-20 09:00:00
        M3,D1,opened,2026-01-11 08:00:00,,2099-01-01 00:00:00
        """,
    "devices": """
        device_id,cio_id,platform,last_used_at,push_token,_loaded_at
        V1,P1,ios,yesterday,T1,2026-01-20 09:00:00
        V2,P1,ios,yesterday,T2,2026-01-05 09:00:00
        """,
}
# A delivery that a metric was waiting for; rows that are late, without a key, for the second time;
# a table that lags behind the others with a row to reject; two repairs whose rows come again.
SECOND = {
    "deliveries": """
        delivery_id,cio_id,channel,campaign_id,subject,created_at,_loaded_at
        D2,P2,email,C1,Hello,2026-01-10 08:00:00,2026-01-12 09:00:00
        D7,,email,C1,Hello,2026-01-10 08:00:00,2026-01-12 09:00:00
        """,
    "metrics": """
        event_id,delivery_id,metric,created_at,link,_loaded_at
        M4,D1,clicked,2026-01-18 08:00:00,,2026-01-18 09:00:00
        M1,D1,sent,2026-01-10 08:00:00,,2026-01-21 09:00:00
        ,D1,opened,2026-01-10 08:00:00,,2026-01-20 09:00:00
        """,
    "devices": """
        device_id,cio_id,platform,last_used_at,push_token,_loaded_at
        V1,P1,ios,2026-01-20 10:00:00,T1,2026-01-21 09:00:00
        V2,P1,ios,2026-01-09 08:00:00,T2,2026-01-21 09:00:00
        """,
}


def write(raw_dir: Path, files: dict[str, str], part: str) -> None:
    for table, rows in files.items():
        lines = [line.strip() for line in rows.strip().splitlines()]
        (raw_dir / "customer_io" / f"{table}{part}.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def first_loads(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A company with a messaging platform that lacks a table, after its first loads."""
    folder = tmp_path_factory.mktemp("first_loads")
    raw_dir = folder / "raw"
    (raw_dir / "customer_io").mkdir(parents=True)
    write(raw_dir, FIRST, "")
    variables = {
        "sources": ["customer_io"],
        "absent_tables": ["customer_io.people"],
        "as_of_date": "2026-01-31",
    }
    built = Warehouse(folder, raw_dir, variables)
    built.build(tests=False)
    return built


@pytest.fixture
def warehouse(first_loads: Warehouse, tmp_path: Path) -> Warehouse:
    """That company, to load more into."""
    raw_dir = shutil.copytree(first_loads.raw_dir, tmp_path / "raw")
    return first_loads.copied(tmp_path / "warehouse", raw_dir)


def test_a_wrong_clock_does_not_pin_an_old_version(tmp_path: Path) -> None:
    files = {
        "external/profiles": """
            profile_id,email,data_source,age_range,gender,education_level,occupation,income_range,interests,social_activity,influence_score,data_quality_score,last_updated,_loaded_at
            P1,old@example.org,,,,,,,,,,,2036-01-01 00:00:00,2026-01-10 09:00:00
            P1,new@example.org,,,,,,,,,,,2026-01-15 08:00:00,2026-01-16 09:00:00
            P2,new@example.com,,,,,,,,,,,2026-01-15 08:00:00,2026-01-16 09:00:00
            P2,old@example.com,,,,,,,,,,,2026-01-12 08:00:00,2026-01-17 09:00:00
            """,
        "customer_io/devices": """
            device_id,cio_id,platform,last_used_at,push_token,_loaded_at
            V1,P1,ios,2036-01-01 00:00:00,old,2026-01-10 09:00:00
            V1,P1,ios,2026-01-12 08:00:00,new,2026-01-12 09:00:00
            """,
    }
    for name, rows in files.items():
        file = tmp_path / "raw" / f"{name}.csv"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join(line.strip() for line in rows.strip().splitlines()))
    absent = [
        "external.sentiment",
        *(f"customer_io.{t}" for t in ("people", "deliveries", "metrics")),
    ]
    variables = {"sources": ["external", "customer_io"], "absent_tables": absent}
    warehouse = Warehouse(tmp_path / "warehouse", tmp_path / "raw", variables)
    warehouse.build("--select", "+stg_external__profiles", "+stg_customer_io__devices")

    profiles = "select source_profile_id, email from staging.stg_external__profiles order by 1"
    assert warehouse.query(profiles) == [("P1", "new@example.org"), ("P2", "new@example.com")]
    assert warehouse.value("select push_token from staging.stg_customer_io__devices") == "new"


def test_loads_out_of_order_end_as_a_full_rebuild(warehouse: Warehouse, tmp_path: Path) -> None:
    rejected = "select row_key, reason_code from operations.rejected_records order by 1"
    assert ("M2", "unknown_delivery") in warehouse.query(rejected)

    write(warehouse.raw_dir, SECOND, ".0002")
    warehouse.build()

    assert ("M2", "unknown_delivery") not in warehouse.query(rejected)
    assert ("D7", "missing_cio_id") in warehouse.query(rejected)
    assert warehouse.value("select count(*) from operations.repaired_records") == 0
    events = warehouse.query("select message_event_id from conformed.int_message_events")
    assert sorted(events) == [(f"customer_io:M{number}",) for number in (1, 2, 3, 4)]

    rebuilt = warehouse.copied(tmp_path / "rebuilt")
    rebuilt.build("--full-refresh", tests=False)
    assert tables_that_differ(warehouse, rebuilt, least=20) == []


def test_a_merge_updates_only_rows_that_changed(warehouse: Warehouse) -> None:
    warehouse.build("--select", "base_customer_io__deliveries")
    [file] = warehouse.folder.glob("target/run/**/base_customer_io__deliveries.sql")
    merge = file.read_text()
    [given] = re.findall(r'using ("?base_customer_io__deliveries__dbt_tmp\w*"?)', merge)
    with duckdb.connect(str(warehouse.database)) as connection:
        connection.execute(
            f"create temp table {given} as from staging.base_customer_io__deliveries"
        )
        assert connection.execute(merge).fetchall() == [(0,)]
        for value in ("null", "'Hello again'"):
            connection.execute(f"update {given} set subject = {value} where row_key = 'D1'")
            assert connection.execute(merge).fetchall() == [(1,)]
    assert warehouse.value(
        "select subject from staging.base_customer_io__deliveries where row_key = 'D1'"
    ) == "Hello again"  # fmt: skip


def test_a_run_by_other_rules_stops_until_the_tables_are_rebuilt(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    build = ("build", "--exclude-resource-type", "test", "unit_test")
    stopped = warehouse.dbt(*build, default_country="FR")
    assert not stopped.success
    said = str(stopped.exception) + failures_of(stopped)
    assert "built by other rules" in said
    assert "base_customer_io__deliveries" in said
    assert "dbt build --full-refresh" in said

    changed = replace(warehouse, project=copy_project(tmp_path / "project"))
    engagement = changed.project / "models" / "conformed" / "engagement"
    contracts = engagement / "_engagement__models.yml"
    contracts.write_text(contracts.read_text().replace("constraints: [{type: not_null}]", ""))
    stopped = changed.dbt("run", "--select", "int_events")
    assert "int_events" in str(stopped.exception) + failures_of(stopped)
    assert "built by other rules" in str(stopped.exception) + failures_of(stopped)

    assert warehouse.dbt(*build, "--full-refresh", default_country="FR").success
    assert warehouse.dbt(*build, default_country="FR").success
    assert not warehouse.dbt(*build).success
