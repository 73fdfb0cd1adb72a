"""Ids that stay: small worlds over nights on which things come, change and go (see nights.yml)."""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.case_files import variables_of, write_cases
from tests.identity.case_files import USUAL, add_seed_rows
from tests.identity.killed import Wreck, wrecks_of
from tests.identity.story_files import DAYS, STORIES, Night, read_nights
from tests.support import Warehouse, copy_project, tables_that_differ

pytestmark = pytest.mark.slow

MARTS = ["path:models/marts/identity", "customers", "customer_aliases", "customer_identifiers"]
BUILT = [f"+{mart}" for mart in MARTS]
# What of it is made of the conformed tables.
IDENTITY = ["path:models/identity", *MARTS]
# On these nights all is run again, of which nothing has changed.
AGAIN = DAYS[1::3]
# This one, which has merges, splits and records that go, is killed.
KILLED = DAYS[2]
# At so many of the moments that leave another state, from the first to the last.
KILLS = 20
# What tells of runs.
OF_RUNS = {"marts.identity_quality", "operations.built_tables", "operations.incremental_rules"}
NIGHTS = read_nights()
Table = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Outcome:
    """What a night has left, and the tables that a second run and a rebuild of it change."""

    over_at: datetime
    customers: dict[str, str]
    at_rest: Table
    dropped: Table
    refused: Table
    refused_twice: Table
    events: Table
    aliases: Table
    history: Table
    changed_again: set[str]
    rebuilt_otherwise: set[str]

    def history_at(self, moment: datetime) -> Table:
        """Each record and whose it was at a moment."""
        return sorted(
            (record, customer)
            for record, customer, since, until in self.history
            if since <= moment and (until is None or until > moment)
        )


class Company:
    """A warehouse of all stories, which is built night by night."""

    def __init__(self, folder: Path, nights: list[Night]) -> None:
        settings = variables_of([{"rows": rows} for rows in nights[-1].loads])
        project = copy_project(folder / "project")
        self.warehouse = Warehouse(folder, folder / "raw", settings, project)
        self.lacking: set[str] = set()
        self.outcomes: list[Outcome] = []
        self.wrecks: list[Wreck] = []

    def build(self, day: date, *options: str, select: Sequence[str] = BUILT) -> None:
        sources = sorted(set(self.warehouse.variables["sources"]) - self.lacking)
        selected = ["--select", *select, *options]
        self.warehouse.build(*selected, tests=False, as_of_date=str(day), sources=sources)

    def changed_by_build(self, day: date, *options: str) -> set[str]:
        """The tables that another build on a day changes; the warehouse stays as it was.

        It is built where it is, since dbt would read the whole project again elsewhere, and without
        the seeds, which are as they were.
        """
        saved = self.warehouse.copied(self.warehouse.folder / "saved")
        run_count = "select count(*) from marts.identity_quality"
        self.build(day, "--exclude-resource-type", "seed", *options)
        changed = set(tables_that_differ(saved, self.warehouse, least=30))
        assert self.warehouse.value(run_count) == saved.value(run_count) + 1
        shutil.copy(saved.database, self.warehouse.database)
        return changed - OF_RUNS

    def run(self, night: Night) -> Outcome:
        """Loads what a night brings, and builds."""
        shutil.rmtree(self.warehouse.raw_dir, ignore_errors=True)
        write_cases(self.warehouse.raw_dir, [{"rows": rows} for rows in night.loads], USUAL)
        add_seed_rows(self.warehouse.project / "seeds", night.seeds)
        # where a source goes or comes, the rules of incremental tables are others
        options = ["--full-refresh"] * (night.lacking != self.lacking)
        self.lacking = night.lacking
        began = datetime.now(UTC).replace(tzinfo=None)
        if night.day == KILLED:
            self.build(night.day, "--exclude", *IDENTITY)
            with wrecks_of(self.warehouse, self.warehouse.folder / "wrecks") as self.wrecks:
                self.build(night.day, "--threads", "1", select=IDENTITY)
            self.undisturbed = self.warehouse.copied(self.warehouse.folder / "undisturbed")
        else:
            self.build(night.day, *options)
        return Outcome(
            datetime.now(UTC).replace(tzinfo=None),
            dict(self.read("int_identity__map", "record_key, customer_id")),
            self.read(
                "int_identity__known_records",
                "record_key, anchors.customer_id",
                "inner join identity.int_identity__anchors as anchors using (record_key)"
                " where is_at_rest",
            ),
            self.read("identity_dropped_links", "record_key, identifier_type, dropped_because"),
            self.read(
                "identity_refused_merges",
                "tier, identifier_type, reason, customer_id, other_customer_id",
            ),
            self.read(
                "int_identity__refusals",
                "tier, identifier_type, identifier_value, node_id, other_node_id",
                "group by all having count(*) > 1",
            ),
            self.read(
                "identity_events",
                "event, customer_id, other_customer_id",
                f"where happened_at > '{began}'",
            ),
            self.read("customer_aliases", "former_customer_id, customer_id"),
            self.read("identity_map_history", "record_key, customer_id, valid_from, valid_to"),
            self.changed_by_build(night.day) if night.day in AGAIN else set(),
            self.changed_by_build(night.day, "--full-refresh"),
        )

    def read(self, table: str, columns: str, rest: str = "") -> Table:
        schema = "identity" if table.startswith("int_") else "marts"
        return self.warehouse.query(f"select {columns} from {schema}.{table} {rest} order by all")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    company = Company(tmp_path_factory.mktemp("nights"), NIGHTS)
    company.outcomes = [company.run(night) for night in NIGHTS]
    return company


@pytest.fixture(scope="module")
def outcomes(company: Company) -> list[Outcome]:
    return company.outcomes


@pytest.fixture(scope="module")
def names(outcomes: list[Outcome]) -> dict[tuple[str, str], str]:
    """The id of each customer, by its story and its name there, as it was at first."""
    ids: dict[tuple[str, str], str] = {}
    for story, nights in STORIES.items():
        for told, outcome in zip(nights, outcomes, strict=True):
            for name, records in told.customers.items():
                ids.setdefault((story, name), outcome.customers.get(records[0], "nobody"))
    return ids


def in_lines(customers: dict[str, list[str]]) -> str:
    """A line for each customer, so that a difference can be read."""
    return "\n".join(sorted(f"{name}: {' + '.join(each)}" for name, each in customers.items()))


@pytest.mark.parametrize("story", STORIES, ids=str)
def test_story(story: str, outcomes: list[Outcome], names: dict[tuple[str, str], str]) -> None:
    """Its customers are as it tells, and each has the id that it had."""
    own = {names[one]: one[1] for one in names if one[0] == story}
    for day, told, outcome in zip(DAYS, STORIES[story], outcomes, strict=True):
        found = defaultdict(list)
        records = {record for customer in told.customers.values() for record in customer}
        customers = {outcome.customers.get(record) for record in records}
        for record, customer in sorted(outcome.customers.items()):
            if customer in customers:
                found[own.get(customer, customer)].append(record)
        assert in_lines(found) == in_lines(told.customers), day
        assert {tuple(link) for link in told.dropped} <= set(outcome.dropped), day
        ids = {names[story, name] for name in told.customers}
        refused = {tuple(edge) for *edge, one, other in outcome.refused if {one, other} & ids}
        assert {tuple(edge) for edge in told.refused} <= refused, day


@pytest.mark.parametrize("place", range(len(DAYS)), ids=map(str, DAYS))
class TestNight:
    """What holds of each night, in all stories."""

    def test_holds_no_other_record(self, place: int, outcomes: list[Outcome]) -> None:
        told = [
            record
            for story in STORIES.values()
            for customer in story[place].customers.values()
            for record in customer
        ]
        assert sorted(told) == sorted(outcomes[place].customers)

    def test_refuses_each_link_and_join_once(self, place: int, outcomes: list[Outcome]) -> None:
        assert outcomes[place].refused_twice == []

    def test_tells_what_happened_and_no_more(
        self, place: int, outcomes: list[Outcome], names: dict[tuple[str, str], str]
    ) -> None:
        happened = [
            (event, names[story, name], other and names[story, other])
            for story, nights in STORIES.items()
            for event, name, other in nights[place].events
        ]
        assert sorted(outcomes[place].events, key=str) == sorted(happened, key=str)

    def test_leads_from_ids_that_are_no_more(
        self, place: int, outcomes: list[Outcome], names: dict[tuple[str, str], str]
    ) -> None:
        aliases = [
            (names[story, old], names[story, name])
            for story, nights in STORIES.items()
            for old, name in nights[place].aliases.items()
        ]
        assert sorted(outcomes[place].aliases) == sorted(aliases)

    def test_is_what_a_rebuild_makes(self, place: int, outcomes: list[Outcome]) -> None:
        assert outcomes[place].rebuilt_otherwise == set()

    def test_changes_nothing_a_second_time(self, place: int, outcomes: list[Outcome]) -> None:
        assert outcomes[place].changed_again == set()

    def test_is_remembered(self, place: int, outcomes: list[Outcome]) -> None:
        """The history tells after the last night what was so, of records at rest, too."""
        outcome = outcomes[place]
        belonged = outcomes[-1].history_at(outcome.over_at)
        assert belonged == sorted([*outcome.customers.items(), *outcome.at_rest])


def test_night_that_is_killed_is_made_good_by_the_next(company: Company) -> None:
    """At whatever statement: all is as if nothing had been, and nothing is told twice."""
    last = len(company.wrecks) - 1
    places = [round(number * last / (KILLS - 1)) for number in range(KILLS)]
    assert len({*places}) == KILLS
    nodes = {wreck.at.rpartition(".")[2] for wreck in company.wrecks}
    assert {"int_identity__anchors", "int_identity__map", "identity_events"} <= nodes
    differing = {}
    for place in places:
        wreck = company.wrecks[place]
        wreck.put_into(company.warehouse)
        company.build(KILLED, select=IDENTITY)
        two = company.undisturbed, company.warehouse
        if differ := set(tables_that_differ(*two, least=30, of_other_runs=True)) - OF_RUNS:
            differing[place, wreck.at] = differ
    assert differing == {}
