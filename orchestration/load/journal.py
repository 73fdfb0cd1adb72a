"""The journal of loads: `operations.load_journal`, one row for everything that became of a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from orchestration.platform.warehouse import Target

NAME = "load_journal"
_TOGETHER = 100


class Status(StrEnum):
    """What became of a file; `removed`: its rows were taken out, to be loaded anew."""

    LOADED = "loaded"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    REMOVED = "removed"


@dataclass(frozen=True)
class Outcome:
    """What became of a file.

    file_name: within the raw folder of its source. file_hash: SHA-256. rows: None where not known.
    """

    source_name: str
    table_name: str
    file_name: str
    status: Status
    reason: str | None = None
    row_count: int | None = None
    file_size: int | None = None
    file_hash: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The source and the name of the file."""
        return self.source_name, self.file_name


class Journal:
    """What became of each file last, and a place to write what becomes of it now."""

    def __init__(self, target: Target) -> None:
        """Reads the journal; makes it where there is none."""
        self._target = target
        self._table = target.operations.incorporate(path={"identifier": NAME})
        self._load_id = uuid4().hex
        self._waiting: list[str] = []
        target.execute(f"create schema if not exists {self._table.without_identifier()}")
        target.execute(
            f"create table if not exists {self._table} (load_id string, source_name string, "
            "table_name string, file_name string, file_size bigint, file_hash string, "
            f"row_count bigint, status string, reason string, loaded_at {target.timestamp})"
        )
        rows = target.query(
            "select source_name, table_name, file_name, status, reason, row_count, file_size, "
            f"file_hash from {self._table} qualify row_number() over ("
            "partition by source_name, file_name order by loaded_at desc nulls last) = 1"
        )
        outcomes = [
            Outcome(source, table, file, Status(status), *rest)
            for source, table, file, status, *rest in rows
        ]
        self._last = {outcome.key: outcome for outcome in outcomes}

    def last(self, source_name: str, file_name: str) -> Outcome | None:
        """What became of a file the last time."""
        return self._last.get((source_name, file_name))

    def loaded(self) -> list[Outcome]:
        """The files whose rows are there."""
        return [outcome for outcome in self._last.values() if outcome.status == Status.LOADED]

    def add(self, outcome: Outcome, now: datetime) -> None:
        """Notes what became of a file, unless it is what the journal says already."""
        if outcome.status == Status.SKIPPED or self._last.get(outcome.key) == outcome:
            return
        self._last[outcome.key] = outcome
        self._waiting.append(self._row(outcome, now))
        if len(self._waiting) >= _TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Writes what was noted."""
        if self._waiting:
            self._target.execute(f"insert into {self._table} values {', '.join(self._waiting)}")
        self._waiting = []

    def _row(self, outcome: Outcome, now: datetime) -> str:
        literal = self._literal
        values: Iterable[str] = (
            literal(self._load_id), literal(outcome.source_name), literal(outcome.table_name),
            literal(outcome.file_name), literal(outcome.file_size), literal(outcome.file_hash),
            literal(outcome.row_count), literal(outcome.status.value), literal(outcome.reason),
            f"cast('{now.replace(tzinfo=None)}' as {self._target.timestamp})",
        )  # fmt: skip
        return f"({', '.join(values)})"

    def _literal(self, value: str | int | None) -> str:
        if value is None:
            return "null"
        return str(value) if isinstance(value, int) else self._target.text(value)
