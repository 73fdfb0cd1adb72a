"""Verdicts that are kept: of tables which are as they were when a gate last let them pass.

What depends on the clock is found out all the same, by plain SQL: a table that was not loaded grows
stale. What closed a gate is never kept, but checked again.
"""

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from orchestration.changes import Record, Records, current_state
from orchestration.changes.inputs import files_hash, hash_of
from orchestration.changes.records import PUBLISHED
from orchestration.gates.history import History, Kept, Measured
from orchestration.gates.outcome import SAMPLE_SIZE, Outcome, plain
from orchestration.gates.project import Table
from orchestration.gates.suites import IDENTITY_MAP, Suite
from orchestration.platform.warehouse import Target


def name_of(suite: Suite) -> str:
    """What the verdict on a suite's table is called among what was built."""
    return f"gate.{suite.gate}.{suite.table}"


def forget_verdicts(target: Target, suites: Iterable[Suite]) -> None:
    """Forgets what a gate found of tables, since nobody knows what they were made of."""
    Records(target).forget(name_of(suite) for suite in suites)


class Verdicts:
    """What a gate found of each table that it let pass, as long as it holds."""

    def __init__(self, target: Target, gate: str, suites: Iterable[Suite]) -> None:
        """Looks at what the tables of a gate's suites are made of now."""
        self._records = Records(target)
        self._state = current_state(target)
        self._gate = gate
        self._code = [files_hash(Path(__file__).parent, "."), version("great-expectations")]
        self._models = {
            node.name: node.unique_id for node in self._state.nodes.values() if node.kind == "model"
        }
        self._project = target.adapter.config.project_name
        self._inputs = {suite.table: self._inputs_of(suite) for suite in suites}

    def kept(self, suites: Iterable[Suite], history: History) -> dict[str, Kept]:
        """The tables whose verdict holds, by name.

        None of marts where BI sees another publication than the last that a night made: they are
        compared with what is published.
        """
        if self._gate == "marts":
            last_published, published = self._state.records.get(PUBLISHED), history.published()
            if not (last_published and published and last_published.built_by == published[0]):
                return {}
        last: dict[str, list[Measured]] = {}
        for result in history.read(self._gate, runs=1):
            last.setdefault(result.table, []).append(result)
        found = {}
        for suite in suites:
            record = self._state.records.get(name_of(suite))
            if record and record.inputs == self._inputs[suite.table]:
                part = Kept(suite, record.built_by, tuple(last.get(suite.table, ())))
                if part.is_whole:
                    found[suite.table] = part
        return found

    def keep(self, suites: Iterable[Suite], outcomes: Iterable[Outcome], run_id: str) -> None:
        """Remembers suites that a run has checked, but for the tables that close the gate.

        The identity map's only where nothing does, as it is only then that the map is kept, with
        which the next run compares.
        """
        closing = {outcome.table for outcome in outcomes if outcome.stops}
        not_kept = closing | {IDENTITY_MAP} if closing else closing
        open_suites = [suite for suite in suites if suite.table not in not_kept]
        self._records.write(
            {
                name_of(suite): Record(inputs, run_id)
                for suite in open_suites
                if (inputs := self._inputs[suite.table])
            }
        )

    def _inputs_of(self, suite: Suite) -> str | None:
        """What a verdict depends on: the suite, its table, and those that its queries name.

        What a run compares with an earlier one is none of it: what is the same has not moved.
        """
        named = {name for part in suite.expectations for name in part.names_in_query}
        tables = sorted(self._models[name] for name in named & self._models.keys())
        if self._gate == "raw":
            tables.append(f"source.{self._project}.{suite.table}")
        else:
            tables.append(self._models[suite.table])
        versions = self._state.versions(*tables)
        return versions and hash_of(self._code, suite.expectations, versions)


def look_at_clock(
    target: Target,
    kept: Iterable[tuple[Kept, Table, Mapping[str, Any]]],
    relations: Mapping[str, str],
    hidden: frozenset[str],
) -> list[Outcome]:
    """What comes out now of the expectations of kept tables that the clock changes.

    kept: with the table, and what its queries may name beside relations. hidden: PII columns.
    """
    queries = [
        (
            part.suite,
            expectation,
            expectation.query_with({**values, **relations, "batch": table.relation}),
        )
        for part, table, values in kept
        for expectation in part.by_the_clock
    ]
    if not queries:
        return []
    counts = dict(
        target.query(
            " union all ".join(
                f"select {number}, count(*) from ({query}) as found"
                for number, (*_, query) in enumerate(queries)
            )
        )
    )
    return [
        Outcome(
            suite.table,
            expectation.name,
            expectation.column,
            expectation.severity,
            expectation.notes,
            success=not counts[number],
            observed_value=str(counts[number]),
            unexpected_count=int(counts[number]),
            sample=_sample(target, query, hidden) if counts[number] else (),
        )
        for number, (suite, expectation, query) in enumerate(queries)
    ]


def _sample(target: Target, query: str, hidden: frozenset[str]) -> tuple[dict[str, Any], ...]:
    """Some rows that a query finds, without PII."""
    _, found = target.adapter.execute(
        f"select * from ({query}) as found limit {SAMPLE_SIZE}", auto_begin=False, fetch=True
    )
    rows = [dict(zip(found.column_names, row, strict=True)) for row in found.rows]
    return tuple(
        {name: plain(value) for name, value in row.items() if name.lower() not in hidden}
        for row in rows
    )
