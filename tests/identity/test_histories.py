"""Hundreds of small random worlds over nights: an increment ends as a rebuild does."""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.case_files import write_cases
from tests.identity import worlds
from tests.identity.worlds import World
from tests.support import Warehouse, copy_project, tables_that_differ

pytestmark = pytest.mark.slow

SELECTED = [
    "--select",
    *("path:models/identity", "path:models/marts/identity", "customer_aliases"),
    *("+customers", "+customer_identifiers"),
]
# The as-of date of each night; on the last one nothing comes, and disputes grow old.
NIGHTS = ("2026-02-02", "2026-02-04", "2026-02-10")
# Tables of which a row is gone when the file has it no more; of the others it gets another version.
WHOLE = ("retail.customers", "salesforce.account", "salesforce.contact")
# What tells of runs.
OF_RUNS = {"operations.built_tables", "operations.incremental_rules"}
# What a record may be called or carry.
CHANGING = (
    *("first_name", "last_name", "date_of_birth", "birthdate", "email", "email_address"),
    *("phone", "phone_number", "mobile_phone", "requester_email", "address_line_1"),
    *("account_number", "device_id", "cookie_id", "login_id", "customer_id"),
)


@dataclass
class Company:
    """A warehouse of all worlds, each of which changes from night to night, or does not."""

    warehouse: Warehouse
    worlds: list[World]
    dice: random.Random = field(default_factory=lambda: random.Random(worlds.SEED))

    def begin(self) -> None:
        """Some of the rows of a world are known at first; the others come later."""
        self.to_come = [self._withheld(world) for world in self.worlds]

    def _withheld(self, world: World) -> dict[str, list[dict[str, str]]]:
        withheld: dict[str, list[dict[str, str]]] = {}
        if self.dice.random() < 0.5:
            for table, rows in world.rows.items():
                withheld[table] = [row for row in rows if self.dice.random() < 0.3]
                world.rows[table] = [row for row in rows if row not in withheld[table]]
        return withheld

    def go_on(self, night: int) -> None:
        """Lets a part of the worlds change."""
        loaded_at = f"{NIGHTS[night]} 01:00:00"
        for place, world in enumerate(self.worlds):
            if self.dice.random() < 0.2:
                for table, rows in self.to_come[place].items():
                    world.rows.setdefault(table, []).extend(
                        row | {"_loaded_at": loaded_at} for row in rows
                    )
                self.to_come[place] = {}
            if self.dice.random() < 0.2:
                for table, rows in world.rows.items():
                    world.rows[table] = self._changed(table, rows, loaded_at)

    def _changed(
        self, table: str, rows: list[dict[str, str]], loaded_at: str
    ) -> list[dict[str, str]]:
        after = []
        for row in rows:
            if self.dice.random() < 0.5:
                after.append(row)
                continue
            if table in WHOLE and self.dice.random() < 0.2:
                continue
            other = self.dice.choice(rows)
            own_keys = ("customer_id",) if table == "retail.customers" else ()
            columns = [
                name for name in CHANGING if name in {**row, **other} and name not in own_keys
            ]
            changed = dict(row) | {"_loaded_at": loaded_at}
            for column in self.dice.sample(columns, k=min(2, len(columns))):
                changed[column] = other.get(column, "")
            after += [changed] if table in WHOLE else [row, changed]
        return after

    def build(self, night: int, *options: str) -> None:
        write_worlds(self.worlds, self.warehouse.raw_dir)
        self.warehouse.build(*SELECTED, *options, tests=False, as_of_date=NIGHTS[night])

    def rebuilt_otherwise(self, night: int) -> set[str]:
        """The tables that a rebuild changes; the warehouse stays as it was."""
        saved = self.warehouse.copied(self.warehouse.folder / "saved")
        self.build(night, "--full-refresh", "--exclude-resource-type", "seed")
        changed = set(tables_that_differ(saved, self.warehouse, least=30))
        shutil.copy(saved.database, self.warehouse.database)
        return changed - OF_RUNS


def write_worlds(everything: list[World], raw_dir: Path) -> None:
    shutil.rmtree(raw_dir, ignore_errors=True)
    write_cases(raw_dir, [{"rows": worlds.all_rows(everything)}], {})


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("histories")
    everything = worlds.random_worlds(2000)
    settings = worlds.variables(everything)
    project = copy_project(folder / "project")
    worlds.edit_seeds(project / "seeds", everything)
    company = Company(Warehouse(folder, folder / "raw", settings, project), everything)
    company.begin()
    company.build(0)
    return company


@pytest.mark.parametrize("night", range(1, len(NIGHTS)), ids=NIGHTS[1:])
def test_an_increment_equals_a_rebuild(night: int, company: Company) -> None:
    if NIGHTS[night] != NIGHTS[-1]:
        company.go_on(night)
    company.build(night)
    assert company.rebuilt_otherwise(night) == set()


def test_worlds_that_did_not_change_are_left_alone(company: Company) -> None:
    """And what a run does not come to the end of is taken up as it is by then: who was gone is
    back, and goes."""
    night = len(NIGHTS) - 1
    company.go_on(night)
    customers = {world.name: world.rows.pop(WHOLE[0], []) for world in company.worlds[:40]}
    unfinished = ["int_identity__fingerprints", "int_identity__golden_records+"]
    company.build(night, "--exclude", *unfinished)
    [(changed, scope, records)] = company.warehouse.query(
        """
        select
            (select count(*) from identity.int_identity__changed_records),
            (select count(*) from identity.int_identity__scope),
            (select count(*) from identity.int_identity__known_records)
        """
    )
    print(f"{changed} records changed, {scope} of {records} are in scope")
    assert 200 < changed < scope < records / 2
    for world in company.worlds[:40]:
        world.rows[WHOLE[0]] = customers[world.name]
    company.build(night)
    assert company.warehouse.value("select count(*) from identity.int_identity__scope") == 0
    for world in company.worlds[:40]:
        del world.rows[WHOLE[0]]
    company.build(night)
    assert company.rebuilt_otherwise(night) == set()
