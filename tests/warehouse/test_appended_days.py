"""A company's warehouse, built, and built again after more days arrived."""

import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from simulator.__main__ import main as simulate
from simulator.summary import measure_stitching
from tests.support import Warehouse

MAP = "select record_key, customer_id from identity.int_identity__map"
NODES = "select record_key, node_id from identity.int_identity__nodes"


@pytest.fixture(scope="module")
def builds(
    world: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Warehouse, dict[str, str], dict[str, int]]:
    """The warehouse after the second build; the map and the nodes after the first."""
    folder = tmp_path_factory.mktemp("appended")
    shutil.copytree(world.parent, folder, dirs_exist_ok=True)
    warehouse = Warehouse(folder, folder / "raw", {"as_of_date": "2026-07-21"})
    warehouse.build("--exclude-resource-type", "test", "unit_test")
    first_map, first_nodes = dict(warehouse.query(MAP)), dict(warehouse.query(NODES))
    assert simulate(["--append-days", "21", "--out", str(warehouse.raw_dir)]) == 0
    warehouse.build("--exclude-resource-type", "unit_test")
    return warehouse, first_map, first_nodes


def test_old_records_keep_their_numbers_and_new_ones_come_after(
    builds: tuple[Warehouse, dict[str, str], dict[str, int]],
) -> None:
    warehouse, _, first = builds
    nodes = dict(warehouse.query(NODES))
    assert {record: nodes[record] for record in first} == first
    new = [node for record, node in nodes.items() if record not in first]
    assert len(new) > 50
    assert min(new) > max(first.values())


def test_a_customer_keeps_its_id_or_joins_an_older_one(
    builds: tuple[Warehouse, dict[str, str], dict[str, int]],
) -> None:
    warehouse, first, _ = builds
    now = dict(warehouse.query(MAP))
    moved = {first[record]: now[record] for record in first if now[record] != first[record]}
    # Bridges that arrived join customers, and a mailbox that became a hub parts them: both are few.
    assert len(moved) < 0.05 * len(set(first.values()))
    kept = set(first.values()) & set(now.values())
    assert len(kept) > 0.95 * len(set(first.values()))


def test_every_row_of_all_loads_is_accounted_for(
    builds: tuple[Warehouse, dict[str, str], dict[str, int]],
) -> None:
    warehouse, _, _ = builds
    truth = duckdb.execute(
        "select source_name, table_name, row_key, reason_code from read_parquet(?)"
        " where not is_repaired",
        [str(warehouse.truth_dir / "bad_rows.parquet")],
    ).fetchall()
    found = warehouse.query(
        "select source_name, table_name, row_key, reason_code from operations.rejected_records"
    )
    assert Counter(found) == Counter(truth)


def test_the_latest_version_of_a_changed_row_is_the_record(
    builds: tuple[Warehouse, dict[str, str], dict[str, int]],
) -> None:
    warehouse, _, _ = builds
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
    builds: tuple[Warehouse, dict[str, str], dict[str, int]],
) -> None:
    warehouse, _, _ = builds
    with duckdb.connect(str(warehouse.database), read_only=True) as connection:
        stitching = measure_stitching(connection, warehouse.truth_dir / "records.parquet")
    assert stitching.precision >= 0.999
    assert stitching.mixed_customers == 0
