"""The warehouse and the oracle find the same customers in hundreds of small random worlds."""

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

import pytest

from tests.identity import oracle, worlds
from tests.support import Warehouse, copy_project

WORLDS = worlds.random_worlds()
# The same again, by other names and with their rows in another order.
AGAIN = worlds.shuffled(worlds.random_worlds(1000))
# What dbt builds, and what of it the oracle reads.
SELECTED = "+int_identity__map +identity_dropped_links"
RECORDS = """
    select
        record_key, node_id, party_type, record_kind, source_record_id, source_name, first_name,
        last_name, birth_date
    from conformed.int_party_records
    inner join identity.int_identity__nodes using (record_key)
"""
LINKS = """
    select record_key, identifier_type, identifier_value, first_seen_at, last_seen_at
    from conformed.int_party_identifiers
"""
MAP = """
    select map.record_key, nodes.record_key
    from identity.int_identity__map as map
    inner join identity.int_identity__nodes as nodes on map.anchor_node_id = nodes.node_id
"""
DROPPED = """
    select record_key, identifier_type, identifier_value, dropped_because
    from marts.identity_dropped_links
"""


@dataclass(frozen=True)
class Outcome:
    """All worlds in one warehouse, as it has found its customers and as the oracle does."""

    records: dict[str, oracle.Record]
    links: list[oracle.Link]
    settings: oracle.Settings
    found: dict[str, str]
    expected: oracle.Resolution


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The worlds, with seeds in which hubs are small and the worlds' overrides stand."""
    folder = tmp_path_factory.mktemp("worlds")
    everything = WORLDS + AGAIN
    worlds.write_worlds(everything, folder / "raw")
    project = copy_project(folder / "project")
    worlds.edit_seeds(project / "seeds", everything)
    warehouse = Warehouse(folder, folder / "raw", worlds.variables(everything), project)
    warehouse.build("--select", *SELECTED.split(), tests=False)
    return warehouse


@pytest.fixture(scope="module")
def outcome(warehouse: Warehouse) -> Outcome:
    records = [oracle.Record(*row) for row in warehouse.query(RECORDS)]
    links = [oracle.Link(*row) for row in warehouse.query(LINKS)]
    settings = oracle.read_settings(
        warehouse.project / "seeds",
        worlds.AS_OF.date(),
        correction_days=warehouse.variables["correction_days"],
        max_records_per_customer=warehouse.variables["max_records_per_customer"],
    )
    return Outcome(
        {record.record_key: record for record in records},
        links,
        settings,
        dict(warehouse.query(MAP)),
        oracle.resolve(records, links, settings),
    )


def world_of(record_key: str) -> str:
    """The name of the world in which a record is: `w0001` of `retail:w0001-c1`."""
    return next(re.finditer("w[0-9]{4}", record_key)).group()


def test_worlds_are_hostile(outcome: Outcome) -> None:
    """Each reason to drop a link, and each size of customer, is among them."""
    assert len(WORLDS) >= 300
    assert set(outcome.expected.dropped.values()) == {
        "isolated", "blocked", "shared_record", "type", "too_many_values", "hub", "crowded_day",
        "no_name", "window",
    }  # fmt: skip
    sizes = {len(records) for records in outcome.expected.customers.values()}
    assert sizes >= set(range(1, outcome.settings.max_records_per_customer + 1))


def test_warehouse_finds_the_customers_of_the_oracle(outcome: Outcome) -> None:
    assert outcome.found.keys() == outcome.expected.anchors.keys()
    differing = sorted(
        {
            world_of(record_key)
            for record_key, anchor in outcome.expected.anchors.items()
            if outcome.found[record_key] != anchor
        }
    )
    if differing:
        pytest.fail(f"{len(differing)} worlds differ: {differing}\n{told(outcome, differing[0])}")


def told(outcome: Outcome, world: str) -> str:
    """A world in words: its records and links, and both of its partitions."""
    lines = [f"The first of them, {world}:"]
    for record in sorted(outcome.records.values(), key=lambda record: record.node_id):
        if world not in record.record_key:
            continue
        name = f"{record.first_name or '-'} {record.last_name or '-'} {record.birth_date or '-'}"
        lines.append(f"  {record.node_id} {record.record_key} ({record.party_type}): {name}")
        for link in sorted(outcome.links, key=lambda link: (link.identifier_type, link.value)):
            if link.record_key == record.record_key:
                key = link.record_key, link.identifier_type, link.value
                lines.append(
                    f"      {link.identifier_type} {link.value}, {link.first_seen_at} to "
                    f"{link.last_seen_at} {outcome.expected.dropped.get(key, '')}"
                )
    lines += [f"  {row}" for row in outcome.settings.overrides if world in row.left]
    for title, anchors in (("warehouse", outcome.found), ("oracle", outcome.expected.anchors)):
        lines.append(f"  {title}:")
        own = [record_key for record_key in anchors if world in record_key]
        customers = oracle.grouped(sorted(own), anchors.__getitem__)
        lines += [f"    {anchor}: {', '.join(keys)}" for anchor, keys in customers.items()]
    return "\n".join(lines)


def test_warehouse_drops_the_links_of_the_oracle(warehouse: Warehouse, outcome: Outcome) -> None:
    found = {(key, kind, value): why for key, kind, value, why in warehouse.query(DROPPED)}
    reasons = found | outcome.expected.dropped
    differing = [
        f"{link}: {found.get(link)} in the warehouse, {outcome.expected.dropped.get(link)} here"
        for link in sorted(reasons)
        if found.get(link) != outcome.expected.dropped.get(link)
    ]
    assert not differing, "\n".join(differing[:20])


def test_no_customer_contradicts_itself(outcome: Outcome) -> None:
    """But for what somebody has joined by hand."""
    by_hand = joined_by_hand(outcome.settings)
    customers: dict[str, list[str]] = defaultdict(list)
    for record_key, anchor in outcome.found.items():
        if record_key not in by_hand:
            customers[anchor].append(record_key)
    for anchor, record_keys in customers.items():
        profiles = [oracle.profile_of(outcome.records[key]) for key in record_keys]
        for one, other in combinations({p for p in profiles if p}, 2):
            assert not oracle.contradict(one, other, outcome.settings.nicknames), anchor


def test_no_customer_holds_two_that_are_to_be_kept_apart(outcome: Outcome) -> None:
    for override in outcome.settings.decided("unlink"):
        anchors = [outcome.found.get(key or "") for key in (override.left, override.right)]
        assert None in anchors or anchors[0] != anchors[1], override


def joined_by_hand(settings: oracle.Settings) -> Collection[str]:
    links = settings.decided("link")
    return {key for override in links for key in (override.left, override.right) if key}


def test_order_of_rows_means_nothing(outcome: Outcome) -> None:
    def name_in(text: str, *, first: int) -> str:
        return re.sub("w([0-9]{4})", lambda name: f"w{int(name[1]) % 1000 + first:04}", text)

    for record_key, anchor in outcome.found.items():
        other = outcome.found[name_in(record_key, first=1000)]
        assert name_in(other, first=0) == name_in(anchor, first=0), record_key
