"""What was built when it was built last: `operations.built_tables`, one row a node of dbt.

Also of each table that a gate let pass (`gate.<gate>.<table>`), of what is published (`published`)
and backed up (`identity_backup`), and of when a night last built everything (`everything`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from orchestration.platform.warehouse import Target

NAME = "built_tables"
PUBLISHED = "published"
EVERYTHING = "everything"
_TOGETHER = 200


@dataclass(frozen=True)
class Record:
    """What something was made of, a hash, and by which run: of dbt, a gate, or a publication."""

    inputs: str
    built_by: str
    built_at: datetime | None = None


class Records:
    """The records of a target."""

    def __init__(self, target: Target) -> None:
        """Makes the table where it is not there yet."""
        self._target = target
        self._table = target.operations.incorporate(path={"identifier": NAME})
        target.execute(f"create schema if not exists {self._table.without_identifier()}")
        target.execute(
            f"create table if not exists {self._table} "
            f"(node string, inputs string, built_by string, built_at {target.timestamp})"
        )

    def read(self) -> dict[str, Record]:
        """All of them, by node, but for what a run of dbt builds, or did not build to its end."""
        rows = self._target.query(
            f"select node, inputs, built_by, built_at from {self._table} where inputs is not null"
        )
        return {node: Record(*found) for node, *found in rows}

    def write(self, records: Mapping[str, Record]) -> None:
        """Puts records in the place of what is there. Where that is killed, some are missing."""
        if not records:
            return
        self.forget(records)
        for values in self._values(records, self._now()):
            self._target.execute(
                f"insert into {self._table} (node, inputs, built_by, built_at) values {values}"
            )

    def complete(self, records: Mapping[str, Record]) -> None:
        """Puts records in the place of what the runs of dbt that built them have claimed (the macro
        claim_built_tables); what another run has claimed since stays its own."""
        for values in self._values(records):
            self._target.execute(
                f"merge into {self._table} as known "
                f"using (select * from (values {values}) as made (node, inputs, built_by)) as made "
                "on known.node = made.node and known.built_by = made.built_by "
                "and known.inputs is null "
                f"when matched then update set inputs = made.inputs, built_at = {self._now()}"
            )

    def forget(self, nodes: Iterable[str]) -> None:
        """Takes out the records of some nodes."""
        names = self._texts(*nodes)
        if names:
            self._target.execute(f"delete from {self._table} where node in ({names})")

    def forget_everything(self, run_id: str) -> None:
        """Takes out all records, and notes when: what comes next is built whole."""
        self._target.execute(f"delete from {self._table}")
        self.write({EVERYTHING: Record("", run_id)})

    def _values(self, records: Mapping[str, Record], *more: str) -> Iterator[str]:
        """Node, inputs, built_by and more of each record, as rows of SQL, so many at a time."""
        rows = [
            f"({', '.join([self._texts(node, record.inputs, record.built_by), *more])})"
            for node, record in records.items()
        ]
        for start in range(0, len(rows), _TOGETHER):
            yield ", ".join(rows[start : start + _TOGETHER])

    def _now(self) -> str:
        return f"cast('{_now():%Y-%m-%d %H:%M:%S}' as {self._target.timestamp})"

    def _texts(self, *values: Any) -> str:
        return ", ".join(self._target.text(value) for value in values)


def age(record: Record) -> float:
    """Days since something was recorded, or until then where a clock was wrong."""
    assert record.built_at is not None
    return abs((_now() - record.built_at.replace(tzinfo=None)).total_seconds()) / 86400


def _now() -> datetime:
    return datetime.now(tz=UTC).replace(tzinfo=None)
