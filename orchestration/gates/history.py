"""What earlier runs found: `operations.quality_results`, one row a run and expectation."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from orchestration.gates.outcome import TOLERATED, Judged, Outcome
from orchestration.gates.suites import CLOCK, COLUMNS, MEMORY, Expectation, Suite
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target

NAME = "quality_results"
USUAL_OF = 7
ROW_COUNT = "expect_table_row_count_to_be_between"
_TOGETHER = 100
_COLUMNS = {
    "run_id": "string",
    "run_at": "timestamp",
    "gate": "string",
    "table_name": "string",
    "expectation": "string",
    "column_name": "string",
    "severity": "string",
    "success": "boolean",
    "observed_value": "string",
    "unexpected_count": "bigint",
    "unexpected_percent": "double",
    "keys_sample": "string",
    "message": "string",
}


@dataclass(frozen=True)
class Measured(Judged):
    """One expectation of one earlier run."""

    run_id: str
    run_at: str
    gate: str
    table: str
    expectation: str
    column: str | None
    severity: str
    success: bool | None
    observed_value: str | None
    unexpected_count: int | None
    unexpected_percent: float | None
    sample: list[dict[str, Any]]
    message: str | None

    @property
    def series(self) -> tuple[str, ...]:
        """What is the same in every run."""
        return self.gate, self.table, self.expectation, self.column or "", self.severity

    @property
    def columns(self) -> list[str]:
        """The columns of its contract that a raw table had, where they were what was looked at."""
        return (self.observed_value or "").split(", ")

    @property
    def number(self) -> float | None:
        """What was measured, where it is a number."""
        if self.unexpected_percent is not None:
            return self.unexpected_percent
        return _number(self.observed_value)


@dataclass(frozen=True)
class Kept:
    """A table whose verdict is kept: the run that checked it, and what its last run found."""

    suite: Suite
    checked_by: str
    last: tuple[Measured, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the last run wrote all of it, and once: it may have been killed, or retried."""
        written = sorted((part.expectation, part.column or "") for part in self.last)
        return written == sorted((part.name, part.column or "") for part in self.suite.expectations)

    @property
    def by_the_clock(self) -> tuple[Expectation, ...]:
        """What the clock changes, but for what cannot be computed, since a column is gone."""
        unchecked = {(part.expectation, part.column) for part in self.last if part.success is None}
        return tuple(
            part
            for part in self.suite.expectations
            if CLOCK & part.names_in_query and (part.name, part.column) not in unchecked
        )

    @property
    def standing(self) -> list[Outcome]:
        """What the clock does not change, as it was found."""
        notes = {(part.name, part.column): part.notes for part in self.suite.expectations}
        for part in self.by_the_clock:
            del notes[part.name, part.column]
        return [
            Outcome(
                part.table,
                part.expectation,
                part.column,
                part.severity,
                notes[part.expectation, part.column],
                part.success,
                part.observed_value,
                part.unexpected_count,
                part.unexpected_percent,
                tuple(part.sample),
                part.message,
            )
            for part in self.last
            if (part.expectation, part.column) in notes
        ]

    def is_news(self, outcomes: Iterable[Outcome]) -> bool:
        """Whether the clock makes or mends a failure."""
        before = {(part.expectation, part.column): part.success for part in self.last}
        return any(
            before.get((outcome.expectation, outcome.column)) != outcome.success
            for outcome in outcomes
        )


class History:
    """The results of a target, and what can be learnt from them."""

    def __init__(self, target: Target) -> None:
        """Makes the tables where they are not there yet."""
        self._target = target
        self._table = target.operations.incorporate(path={"identifier": NAME})
        self.last_identity_map = target.operations.incorporate(path={"identifier": MEMORY})
        types = _COLUMNS | {"run_at": target.timestamp}
        columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
        target.execute(f"create schema if not exists {self._table.without_identifier()}")
        target.execute(f"create table if not exists {self._table} ({columns})")
        target.adapter.execute_macro("rename_door_to_gate")
        target.execute(
            f"create table if not exists {self.last_identity_map} "
            "(record_key string, customer_id string)"
        )

    def read(self, gate: str | None = None, runs: int = 30) -> list[Measured]:
        """The results of the last runs of each table of a gate, or of all gates, oldest first.

        A micro-batch checks the tables that changed; those that did not keep what they have.
        """
        return self._read("" if gate is None else f"gate = {self._target.text(gate)}", runs)

    def _read(self, condition: str, runs: int) -> list[Measured]:
        """The results of each table's last runs among those that fulfil a condition."""
        where = f"where {condition}" if condition else ""
        rows = self._target.query(
            "select run_id, cast(run_at as string) as measured_at, gate, table_name, expectation, "
            "column_name, severity, cast(success as string), observed_value, unexpected_count, "
            f"unexpected_percent, keys_sample, message from {self._table} inner join ("
            "select run_id, gate, table_name, "
            "row_number() over (partition by gate, table_name order by max(run_at) desc) as age "
            f"from {self._table} {where} group by run_id, gate, table_name"
            f") as runs using (run_id, gate, table_name) where age <= {int(runs)} "
            "order by measured_at, run_id"
        )
        return [_measured(row) for row in rows]

    def parameters(self, suites: Iterable[Suite], gate: str) -> dict[str, dict[str, Any]]:
        """What is known of earlier runs, by table: what suites call `usual_…` and `last_…`.

        `last_columns`: the names of those that a raw table had.
        """
        results = self.read(gate, runs=2 * USUAL_OF)
        compared = self._compared_with(gate)
        last_columns = {
            result.table: result.columns for result in compared if result.expectation == COLUMNS
        }
        known: dict[str, dict[str, Any]] = {}
        for suite in suites:
            of_table = [result for result in results if result.table == suite.table]
            values: dict[str, Any] = {"last_columns": last_columns.get(suite.table, [])}
            for expectation in suite.expectations:
                for result in compared:
                    number = _number(result.observed_value)
                    if number is not None and (result.table, result.expectation, result.column) == (
                        suite.table,
                        expectation.name,
                        expectation.column,
                    ):
                        values[f"last_{expectation.metric}"] = number
            counts = [
                number
                for result in of_table
                if result.expectation == ROW_COUNT and result.success
                if (number := _number(result.observed_value)) is not None
            ]
            values["usual_row_count"] = median(counts[-USUAL_OF:]) if counts else 1
            known[suite.table] = values
        return known

    def forget_column(self, table: str, column: str) -> bool:
        """Forgets that a raw table had a column when its gate last passed; whether it had it."""
        for result in self._compared_with("raw"):
            if (result.table, result.expectation) == (table, COLUMNS) and column in result.columns:
                text = self._target.text
                kept = ", ".join(name for name in result.columns if name != column)
                self._target.execute(
                    f"update {self._table} set observed_value = {text(kept)} "
                    f"where run_id = {text(result.run_id)} and gate = 'raw' "
                    f"and table_name = {text(table)} and expectation = {text(COLUMNS)}"
                )
                return True
        return False

    def _compared_with(self, gate: str) -> list[Measured]:
        """What each table had when its gate last passed; behind marts, before what is published."""
        of_gate = f"gate = {self._target.text(gate)}"
        passed = (
            f"select run_id from {self._table} where {of_gate} group by run_id having "
            "max(case when severity = 'critical' and not success "
            f"and coalesce(message, '') not like '{TOLERATED}%' then 1 else 0 end) = 0"
        )
        published = self.published() if gate == "marts" else None
        if published:
            until = f"and max(run_at) <= cast('{published[1]}' as {self._target.timestamp})"
            if compared := self._read(f"{of_gate} and run_id in ({passed} {until})", runs=1):
                return compared
        return self._read(f"{of_gate} and run_id in ({passed})", runs=1)

    def published(self) -> tuple[str, str] | None:
        """What is published now, and when it was made."""
        record = self._target.adapter.execute_macro("create_publications_record")
        found = self._target.query(
            f"select publication_id, cast(published_at as string) from {record} where is_current"
        )
        return (str(found[0][0]), str(found[0][1])) if found else None

    def write(self, run_id: str, run_at: datetime, gate: str, outcomes: Iterable[Outcome]) -> None:
        """Writes what came out of a run."""
        rows = [self._row(run_id, run_at, gate, outcome) for outcome in outcomes]
        for start in range(0, len(rows), _TOGETHER):
            values = ", ".join(rows[start : start + _TOGETHER])
            self._target.execute(
                f"insert into {self._table} ({', '.join(_COLUMNS)}) values {values}"
            )

    def _time(self, moment: datetime) -> str:
        return f"cast('{moment:%Y-%m-%d %H:%M:%S.%f}' as {self._target.timestamp})"

    def remember_identity_map(self, relations: Mapping[str, str]) -> None:
        """Keeps which customer each record belongs to, for the next run to compare with."""
        self._target.execute(
            f"create or replace table {self.last_identity_map} as "
            f"select record_key, customer_id from {relations['int_identity__map']}"
        )

    def _row(self, run_id: str, run_at: datetime, gate: str, outcome: Outcome) -> str:
        text = self._target.text
        values: list[Any] = [
            text(run_id), self._time(run_at), text(gate), text(outcome.table),
            text(outcome.expectation), outcome.column and text(outcome.column),
            text(outcome.severity), outcome.success,
            outcome.observed_value and text(outcome.observed_value), outcome.unexpected_count,
            outcome.unexpected_percent, text(json.dumps(outcome.sample, default=str)),
            outcome.message and text(outcome.message),
        ]  # fmt: skip
        return f"({', '.join('null' if value is None else str(value) for value in values)})"


def forget_column(target: Target, name: str) -> None:
    """Forgets that a raw table had a column, `source.table.column`: it may be gone from now on.

    Raises CannotRunError where it had none of that name when the gate last passed.
    """
    source, _, rest = name.partition(".")
    table, _, column = rest.partition(".")
    with target.adapter.connection_named("gates"):
        if not History(target).forget_column(f"{source}.{table}", column):
            raise CannotRunError(
                f"{source}.{table} had no column {column!r} when the gate raw last passed: "
                "say --without <source>.<table>.<column>, as the raw table calls it."
            )


def _measured(row: tuple[Any, ...]) -> Measured:
    run_id, run_at, gate, table, expectation, column, severity, *found = row
    success, observed_value, count, percent, sample, message = found
    return Measured(
        run_id,
        run_at,
        gate,
        table,
        expectation,
        column,
        severity,
        None if success is None else str(success).lower() == "true",
        observed_value,
        None if count is None else int(count),
        None if percent is None else float(percent),
        json.loads(sample or "[]"),
        message,
    )


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
