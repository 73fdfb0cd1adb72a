"""How well the records of a simulated company were stitched, against the truth beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

PAIRS = """
with
records as (
    select
        identity_map.customer_id,
        truth.tied_to,
        coalesce('person:' || truth.person_id, 'organisation:' || truth.organisation_id) as party
    from identity.int_identity__map as identity_map
    inner join read_parquet(?) as truth using (record_key)
    where coalesce(truth.person_id, truth.organisation_id) is not null
),
found as (select count(*) as n from records group by customer_id),
real as (select count(*) as n from records group by party),
shared as (select count(*) as n from records group by customer_id, party),
tied as (select count(*) as n from records where tied_to is not null group by tied_to),
shared_tied as (
    select count(*) as n from records where tied_to is not null group by tied_to, customer_id
),
mixed as (select customer_id from records group by 1 having count(distinct party) > 1)
select
    (select count(*) from records),
    (select count(*) from mixed),
    (select coalesce(sum(n * (n - 1) / 2), 0) from found),
    (select coalesce(sum(n * (n - 1) / 2), 0) from real),
    (select coalesce(sum(n * (n - 1) / 2), 0) from shared),
    (select coalesce(sum(n * (n - 1) / 2), 0) from tied),
    (select coalesce(sum(n * (n - 1) / 2), 0) from shared_tied)
"""
MIXED_BY_PATTERN = """
with
records as (
    select identity_map.customer_id, truth.record_key, truth.person_id
    from identity.int_identity__map as identity_map
    inner join read_parquet(?) as truth using (record_key)
    where truth.person_id is not null
),
mixed as (select customer_id from records group by 1 having count(distinct person_id) > 1)
select patterns.pattern, count(distinct records.customer_id)
from records
inner join mixed using (customer_id)
inner join read_parquet(?) as patterns using (record_key)
group by 1
"""


@dataclass(frozen=True)
class Stitching:
    """How the identity map compares with the truth, counted over pairs of records.

    Attributes:
        records: Records whose true person or organisation is known.
        mixed_customers: Customers that hold records of more than one true person or organisation.
        precision: Pairs of records put together rightly, of all pairs put together; 0-1.
        recall: Pairs of records put together, of all pairs that belong together; 0-1.
        tied_recall: Of the pairs that anything but names, birth dates and addresses ties; 0-1.
    """

    records: int
    mixed_customers: int
    precision: float
    recall: float
    tied_recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0-1."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def measure_stitching(warehouse: duckdb.DuckDBPyConnection, truth_dir: Path) -> Stitching:
    """Compare `identity.int_identity__map` with the truth of the simulator.

    Records that belong to nobody in particular (a browser that several people share) are left out.
    """
    row = warehouse.execute(PAIRS, [str(truth_dir / "records.parquet")]).fetchone()
    assert row is not None
    records, mixed, found, real, both, tied, both_tied = (int(value) for value in row)
    return Stitching(
        records=records,
        mixed_customers=mixed,
        precision=both / found if found else 1.0,
        recall=both / real if real else 1.0,
        tied_recall=both_tied / tied if tied else 1.0,
    )


def mixed_by_pattern(warehouse: duckdb.DuckDBPyConnection, truth_dir: Path) -> Mapping[str, int]:
    """The patterns that customers of two people show, with how many of them do."""
    files = [str(truth_dir / "records.parquet"), str(truth_dir / "patterns.parquet")]
    return dict(warehouse.execute(MIXED_BY_PATTERN, files).fetchall())
