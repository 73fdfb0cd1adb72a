"""A company's warehouse, built, and built again after more days arrived."""

import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from simulator.__main__ import main as simulate
from simulator.stitching import measure_stitching
from tests.support import (
    Warehouse,
    load_a_row_without_its_fault,
    load_what_rows_wait_for,
    tables_that_differ,
)

MAP = "select record_key, customer_id from identity.int_identity__map"
NODES = "select record_key, node_id from identity.int_identity__nodes"
REPAIRED_TICKETS = "select row_key from operations.repaired_records where table_name = 'tickets'"


@dataclass(frozen=True)
class Builds:
    """The warehouse after the second build, and what it held after the first, days before."""

    warehouse: Warehouse
    first_map: dict[str, str]
    first_nodes: dict[str, int]
    first_repairs: list[tuple[str]]
    ticket_without_its_fault: str
    metrics_with_their_delivery: set[str]


@pytest.fixture(scope="module")
def builds(warehouse: Warehouse, world: Path, tmp_path_factory: pytest.TempPathFactory) -> Builds:
    folder = tmp_path_factory.mktemp("appended")
    shutil.copytree(world.parent, folder, dirs_exist_ok=True)
    appended = warehouse.copied(folder, folder / "raw", as_of_date="2026-07-21")
    first_map, first_nodes = dict(appended.query(MAP)), dict(appended.query(NODES))
    first_repairs = appended.query(REPAIRED_TICKETS)
    assert simulate(["--append-days", "21", "--out", str(appended.raw_dir)]) == 0
    ticket = load_a_row_without_its_fault(appended.raw_dir)
    metrics = load_what_rows_wait_for(appended.raw_dir)
    appended.build()
    return Builds(appended, first_map, first_nodes, first_repairs, ticket, metrics)


def test_old_records_keep_their_numbers_and_new_ones_come_after(
    builds: Builds,
) -> None:
    warehouse, first = builds.warehouse, builds.first_nodes
    nodes = dict(warehouse.query(NODES))
    assert {record: nodes[record] for record in first} == first
    new = [node for record, node in nodes.items() if record not in first]
    assert len(new) > 50
    assert min(new) > max(first.values())


def test_a_customer_keeps_its_id_or_joins_an_older_one(
    builds: Builds,
) -> None:
    warehouse, first = builds.warehouse, builds.first_map
    now = dict(warehouse.query(MAP))
    moved = {first[record]: now[record] for record in first if now[record] != first[record]}
    # Bridges that arrived join customers, and a mailbox that became a hub parts them: both are few.
    assert len(moved) < 0.05 * len(set(first.values()))
    kept = set(first.values()) & set(now.values())
    assert len(kept) > 0.95 * len(set(first.values()))


def test_every_row_of_all_loads_is_accounted_for(
    builds: Builds,
) -> None:
    warehouse = builds.warehouse
    truth = duckdb.execute(
        "select source_name, table_name, row_key, reason_code from read_parquet(?)"
        " where not is_repaired",
        [str(warehouse.truth_dir / "bad_rows.parquet")],
    ).fetchall()
    found = warehouse.query(
        "select source_name, table_name, row_key, reason_code from operations.rejected_records"
    )
    accepted_now = Counter(
        ("customer_io", "metrics", metric, "unknown_delivery")
        for metric in builds.metrics_with_their_delivery
    )
    assert Counter(found) == Counter(truth) - accepted_now


def test_an_increment_equals_a_full_rebuild(builds: Builds, tmp_path: Path) -> None:
    warehouse = builds.warehouse
    rebuilt = warehouse.copied(tmp_path)
    rebuilt.build("--full-refresh", tests=False)
    assert tables_that_differ(warehouse, rebuilt, least=80) == []


def test_a_repair_goes_when_the_row_comes_again_without_its_fault(
    builds: Builds,
) -> None:
    warehouse = builds.warehouse
    ticket = (builds.ticket_without_its_fault,)
    assert ticket in builds.first_repairs
    assert ticket not in warehouse.query(REPAIRED_TICKETS)


def test_the_latest_version_of_a_changed_row_is_the_record(
    builds: Builds,
) -> None:
    warehouse = builds.warehouse
    assert (
        warehouse.value(
            """
            select count(*)
            from staging.base_salesforce__account as older
            inner join staging.base_salesforce__account as accepted using (row_key)
            where older.judgement = 'duplicate'
                and accepted.judgement = 'accepted'
                and older.last_modified_date > accepted.last_modified_date
            """
        )
        == 0
    )
    assert warehouse.value("select count(*) from conformed.int_party_records where is_deleted") > 0


def test_still_no_customer_holds_two_people(
    builds: Builds,
) -> None:
    warehouse = builds.warehouse
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        stitching = measure_stitching(connection, warehouse.truth_dir)
    assert stitching.precision >= 0.999
    assert stitching.mixed_customers == 0
