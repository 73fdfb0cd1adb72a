"""A graph of records and identifiers as customer systems make them, and its edges in DuckDB."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ids = NDArray[np.int64]

STOP_PROBABILITY = 0.4  # records a person: geometric, 2.5 in the mean
IDENTIFIERS_PER_RECORD = {1: 0.15, 2: 0.35, 3: 0.35, 4: 0.15}
IDENTIFIERS_PER_RECORD_OF_PERSON = 0.8  # how many different ones a person has
OWN_IDENTIFIER_SHARE = 0.35  # one-off cookies and devices that no other record carries
HUB_COUNT = 20  # identifiers that many strangers share
HUB_SIZES = (100, 200, 500, 1_000, 5_000)


def draw_links(record_count: int, seed: int) -> tuple[Ids, Ids]:
    """Draw which record carries which identifier.

    Args:
        record_count: records, numbered from 0.
        seed: the same seed draws the same graph.

    Returns:
        Two arrays of equal length, one element a link: record ids and identifier ids.
    """
    generator = np.random.default_rng(seed)
    persons = _draw_persons(generator, record_count)
    records, identifiers = _draw_personal_links(generator, persons)
    hub_links = _draw_hub_links(generator, record_count, int(identifiers.max()) + 1)
    return (
        np.concatenate([records, hub_links[0]]),
        np.concatenate([identifiers, hub_links[1]]),
    )


def _draw_persons(generator: np.random.Generator, record_count: int) -> Ids:
    """The person of each record; the records of one person are scattered over the ids."""
    sizes = generator.geometric(STOP_PROBABILITY, size=record_count)
    return generator.permutation(np.repeat(np.arange(record_count), sizes)[:record_count])


def _draw_personal_links(generator: np.random.Generator, persons: Ids) -> tuple[Ids, Ids]:
    """Links to identifiers of the record's person, or to one that only this record has."""
    per_record = generator.choice(
        list(IDENTIFIERS_PER_RECORD), size=len(persons), p=list(IDENTIFIERS_PER_RECORD.values())
    )
    records = np.repeat(np.arange(len(persons)), per_record)
    record_counts = np.bincount(persons)
    pool_sizes = np.maximum(
        2, (record_counts * IDENTIFIERS_PER_RECORD_OF_PERSON + 1).astype(np.int64)
    )
    pool_starts = np.cumsum(pool_sizes) - pool_sizes
    link_persons = persons[records]
    identifiers = pool_starts[link_persons] + (
        generator.random(len(records)) * pool_sizes[link_persons]
    ).astype(np.int64)
    is_own = generator.random(len(records)) < OWN_IDENTIFIER_SHARE
    identifiers[is_own] = pool_sizes.sum() + np.arange(is_own.sum())
    return records, identifiers


def _draw_hub_links(
    generator: np.random.Generator, record_count: int, first_identifier: int
) -> tuple[Ids, Ids]:
    sizes = np.minimum(generator.choice(HUB_SIZES, size=HUB_COUNT), record_count)
    records = [generator.choice(record_count, size, replace=False) for size in sizes]
    return np.concatenate(records), np.repeat(first_identifier + np.arange(HUB_COUNT), sizes)


def write_graph(path: Path, record_count: int, seed: int) -> dict[str, int]:
    """Write the tables that every contender starts from to a new DuckDB file.

    `edges` (node_a, node_b): each record to the lowest record that carries the same identifier,
    and to itself where no other record shares one. `nodes` (node_id): every record.

    Returns:
        The sizes: records, links, edges.
    """
    records, identifiers = draw_links(record_count, seed)
    drawn_links = pa.table({"record_id": records, "identifier_id": identifiers})
    with duckdb.connect(path) as connection:
        connection.register("drawn_links", drawn_links)
        connection.execute("""
            create temporary table links as select distinct record_id, identifier_id
            from drawn_links;

            create table nodes as select distinct record_id as node_id from links;

            create temporary table shared as
            select identifier_id, min(record_id) as lowest_record_id
            from links group by identifier_id having count(*) > 1;

            create temporary table pairs as
            select distinct record_id as node_a, lowest_record_id as node_b
            from links inner join shared using (identifier_id)
            where record_id <> lowest_record_id;

            create table edges as
            select node_a, node_b from pairs
            union all
            select node_id, node_id from nodes
            where node_id not in (select node_a from pairs union all select node_b from pairs);

            checkpoint;
        """)
        [counts] = connection.sql("""
            select (select count(*) from nodes), (select count(*) from links),
                (select count(*) from edges where node_a <> node_b)
        """).fetchall()
    return dict(zip(("records", "links", "edges"), counts, strict=True))
