"""Small worlds of which nobody may be glued to a stranger or torn apart (see cases.yml)."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.case_files import variables_of, write_cases
from tests.identity.case_files import CASES, USUAL, add_seed_rows
from tests.support import Warehouse, copy_project

BUILT = "+int_identity__map +identity_refused_merges +identity_dropped_links +rejected_records"


@dataclass(frozen=True)
class World:
    """A warehouse of all cases; the records of each customer, and the customer of each record."""

    warehouse: Warehouse
    records: dict[str, list[str]]
    customers: dict[str, str]

    def customers_of(self, case: dict[str, Any]) -> set[str]:
        """The ids of the customers that hold a record of a case."""
        return {self.customers[record] for customer in case["customers"] for record in customer}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("cases")
    write_cases(folder / "raw", CASES, USUAL)
    project = copy_project(folder / "project")
    add_seed_rows(project / "seeds", CASES)
    warehouse = Warehouse(folder, folder / "raw", variables_of(CASES), project)
    warehouse.build("--select", BUILT, tests=False)
    rows = warehouse.query(
        "select customer_id, record_key from identity.int_identity__map order by record_key"
    )
    records: dict[str, list[str]] = {}
    for customer, record in rows:
        records.setdefault(customer, []).append(record)
    return World(warehouse, records, {record: customer for customer, record in rows})


def in_lines(customers: list[list[str]]) -> str:
    """A line for each customer, with its records, so that a difference can be read."""
    return "\n".join(sorted(" + ".join(records) for records in customers))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any], world: World) -> None:
    customers = world.customers_of(case)
    came_out = in_lines([world.records[each] for each in customers])
    assert came_out == in_lines(case["customers"])
    if "refused" in case:
        told = world.warehouse.query(
            "select tier, identifier_type, reason, customer_id, other_customer_id"
            " from marts.identity_refused_merges"
        )
        mine = {(*edge,) for *edge, left, right in told if {left, right} & customers}
        assert {(*edge,) for edge in case["refused"]} <= mine
    if "dropped" in case:
        told = world.warehouse.query(
            "select record_key, identifier_type, dropped_because from marts.identity_dropped_links"
        )
        assert {(*link,) for link in case["dropped"]} <= set(told)


def test_cases_say_of_every_record_whose_it_is(world: World) -> None:
    said = [record for case in CASES for customer in case["customers"] for record in customer]
    assert sorted(said) == sorted(world.customers)


def test_a_browser_of_two_logins_brings_none_of_their_records_into_scope(
    world: World, tmp_path: Path
) -> None:
    raw_dir = shutil.copytree(world.warehouse.raw_dir, tmp_path / "raw")
    warehouse = world.warehouse.copied(tmp_path, raw_dir)
    warehouse.build("--select", "+int_identity__golden_records", tests=False)
    seen_again = {"event_id": "stf-x", "cookie_id": "stf-k3", "login_id": "stf-ada"}
    seen_again |= {"event_timestamp": "2026-01-20 10:00:00"}
    write_cases(tmp_path / "later", [{"rows": {"web.events": [seen_again]}}], USUAL)
    shutil.copy(tmp_path / "later" / "web" / "events.000.csv", raw_dir / "web" / "events.later.csv")
    warehouse.build("--select", "+int_identity__map", tests=False)
    scope = warehouse.query("select record_key from identity.int_identity__scope")
    assert scope == [("web:cookie:stf-k3",)]


def test_every_row_of_the_cases_is_accepted(world: World) -> None:
    rejected = "select table_name, row_key, reason_code from operations.rejected_records"
    assert world.warehouse.query(rejected) == []
