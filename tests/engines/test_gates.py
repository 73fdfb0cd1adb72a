"""The three gates of Great Expectations find the same on every engine."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from math import isclose
from pathlib import Path
from typing import Any

import pytest

from orchestration.gates import GATES, GateResult, Outcome, load_suites, run_gate
from orchestration.gates.check import check_suites
from orchestration.gates.history import History
from orchestration.gates.project import Table, read_project
from orchestration.gates.run import let_go, values
from orchestration.platform.warehouse import Target
from tests.engines.company import MORE_DAYS, Company
from tests.engines.engine import WAREHOUSES
from tests.support import REPOSITORY, WORLD_END

NOW = datetime.combine(date.fromisoformat(WORLD_END), time()) + timedelta(days=MORE_DAYS + 1)
COLUMNS = "expect_table_columns_to_match_set"
ENGINES = ["duckdb", *WAREHOUSES]
# Columns as another loader types them: of good values (Spark writes the millions as 1.2E7), of bad.
TYPED = {
    "cx_survey.survey_response": {
        "nps_rating": ("try_cast(nps_rating as bigint)", "cast(42 as bigint)"),
        "csat_rating": ("try_cast(csat_rating as double)", "cast(42 as double)"),
    },
    "privacy.consent_events": {
        "granted": ("try_cast(granted as boolean)", "cast('2025-01-01' as date)"),
    },
    "retail.products": {
        "list_price": ("try_cast(list_price as decimal(18, 2))", "cast(-1 as decimal(18, 2))"),
    },
    "retail.transactions": {
        "total_amount": (
            "1000000 * try_cast(total_amount as double)",
            "cast('inf' as double)",
        ),
        "currency_code": ("currency_code", "cast(42 as bigint)"),
    },
    "servicenow.incident": {
        "priority": ("try_cast(priority as double)", "cast(5 as double)"),
        "state": ("state", "true"),
    },
}


@dataclass
class Checked:
    """What came out of each gate of an engine, and what is in its `quality_results` after it."""

    results: dict[str, GateResult]
    written: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def checked(built: Company) -> dict[str, Checked]:
    """Every gate of every engine, run once."""
    engines = {}
    for name in ENGINES:
        each = built[name]
        with each.timed("gates"), each.engine.target() as target:
            results = {
                gate: run_gate(gate, target, now=NOW, run_id=gate, keep=True) for gate in GATES
            }
            with target.adapter.connection_named("results"):
                place = target.operations.incorporate(path={"identifier": "quality_results"})
                written = target.query(
                    "select gate, table_name, expectation, column_name, cast(success as string), "
                    f"unexpected_count from {place}"
                )
        engines[name] = Checked(results, written)
    built.write_times()
    return engines


@pytest.mark.parametrize("name", WAREHOUSES)
@pytest.mark.parametrize("gate", GATES)
def test_every_expectation_finds_the_same(
    checked: dict[str, Checked], gate: str, name: str
) -> None:
    expected = checked["duckdb"].results[gate].outcomes
    found = checked[name].results[gate].outcomes
    assert len(expected) > 50
    pairs = zip(expected, found, strict=True)
    different = [(one, other) for one, other in pairs if not same(gate, one, other)]
    assert not different


def same(gate: str, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes of one expectation agree; means to what a decimal of Spark's holds."""
    # the loader's own column of raw tables, which DuckDB reads in place
    is_apart = gate == "raw" and one.expectation == COLUMNS
    return (
        (one.table, one.expectation, one.column) == (other.table, other.expectation, other.column)
        and one.success is other.success
        and one.unexpected_count == other.unexpected_count
        and one.message is None is other.message
        and len(one.sample) == len(other.sample)
        and (is_apart or close(one.observed_value, other.observed_value))
    )


def close(one: str | None, other: str | None) -> bool:
    try:
        return isclose(float(str(one)), float(str(other)), rel_tol=1e-5)
    except ValueError:
        return one == other


@pytest.mark.parametrize("name", ENGINES)
def test_good_data_passes_every_gate(checked: dict[str, Checked], name: str) -> None:
    failed = {
        (outcome.table, outcome.column or outcome.expectation)
        for result in checked[name].results.values()
        for outcome in result.failures
        if outcome.stops
    }
    # the order and the subscription of billions are told
    billions = {
        ("int_orders", "total_amount"),
        ("int_order_items", "unit_price"),
        ("int_subscriptions", "mrr_reporting"),
        ("int_subscription_versions", "mrr"),
    }
    assert billions <= failed
    # so small a company is silent for weeks in some of its systems
    assert {what for _, what in failed - billions} <= {"stale"}


@pytest.mark.parametrize("name", ENGINES)
def test_what_came_out_is_in_the_warehouse(checked: dict[str, Checked], name: str) -> None:
    outcomes = [
        (gate, outcome.table, outcome.expectation, outcome.column, str(outcome.success).lower(),
         outcome.unexpected_count)
        for gate, result in checked[name].results.items()
        for outcome in result.outcomes
    ]  # fmt: skip
    written = [(*row[:5], None if row[5] is None else int(row[5])) for row in checked[name].written]
    assert sorted(written, key=str) == sorted(outcomes, key=str)


@pytest.mark.parametrize("name", ENGINES)
def test_what_passed_is_kept_but_for_what_the_clock_changes(
    built: Company, checked: dict[str, Checked], name: str
) -> None:
    first = checked[name].results["raw"]
    closing = {outcome.table for outcome in first.outcomes if outcome.stops}
    with built[name].engine.target() as target:
        known, later = (
            run_gate("raw", target, now=now, keep=True) for now in (NOW, NOW + timedelta(days=400))
        )
    assert not first.kept
    assert known.kept.keys() == {outcome.table for outcome in first.outcomes} - closing
    assert {*known.news} == closing
    assert told(known) == told(first)
    stopping = [outcome for outcome in later.outcomes if outcome.stops]
    stale = {outcome.table for outcome in stopping}
    assert {outcome.expectation for outcome in stopping} == {"stale"}
    assert closing < stale <= {*later.news}
    assert later.kept.keys() == known.kept.keys()


def told(result: GateResult) -> set[tuple[object, ...]]:
    return {
        (part.table, part.expectation, part.column, part.success, part.unexpected_count,
         part.message)
        for part in result.outcomes
    }  # fmt: skip


@pytest.mark.parametrize("name", ENGINES)
def test_a_broken_table_closes_the_gate(
    built: Company, checked: dict[str, Checked], name: str, tmp_path: Path
) -> None:
    (tmp_path / "marts").mkdir()
    shutil.copy(REPOSITORY / "expectations" / "marts" / "customers.yml", tmp_path / "marts")
    customers = sorted(key for (key,) in built["duckdb"].marts["increment"]["customers"])
    middle, last = customers[len(customers) // 2], customers[-1]
    with built[name].engine.target() as target, broken_customers(target, middle, last):
        result = run_gate("marts", target, now=NOW, folder=tmp_path)
    assert not result.passed
    found = {outcome.expectation: outcome for outcome in result.failures if outcome.stops}
    assert found.keys() == {
        "expect_table_row_count_to_be_between",
        "expect_column_values_to_be_unique",
        "customers_of_the_map",
    }
    doubled = found["expect_column_values_to_be_unique"]
    assert doubled.unexpected_count == 2
    assert doubled.sample == ({"customer_id": last}, {"customer_id": last})


@contextmanager
def broken_customers(target: Target, middle: str, last: str) -> Iterator[None]:
    """The mart without the customers before one, and with another twice; then as it was."""
    marts = target.operations.schema.replace("operations", "marts")
    customers = target.operations.incorporate(path={"schema": marts, "identifier": "customers"})
    aside = target.operations.incorporate(path={"identifier": "customers_aside"})
    before, doubled = f"customer_id < '{middle}'", f"customer_id = '{last}'"
    with target.adapter.connection_named("break"):
        target.execute(
            f"create table {aside} as select * from {customers} where {before} or {doubled}"
        )
        target.execute(f"delete from {customers} where {before}")
        target.execute(f"insert into {customers} select * from {aside} where {doubled}")
    let_go(target)
    try:
        yield
    finally:
        with target.adapter.connection_named("mend"):
            target.execute(f"delete from {customers} where {doubled}")
            target.execute(f"insert into {customers} select * from {aside}")
            target.execute(f"drop table {aside}")


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("table", TYPED)
def test_a_typed_raw_table_is_judged_by_its_text(built: Company, name: str, table: str) -> None:
    engine = built[name].engine
    project = read_project(engine.folder / "target" / "manifest.json")
    suites = load_suites("raw", project, REPOSITORY / "expectations")
    [suite] = [suite for suite in suites if suite.table == table]
    columns = TYPED[table]
    judged: list[list[Outcome]] = []
    with engine.target() as target:
        for position in (0, 1):
            typed = {column: pair[position] for column, pair in columns.items()}
            place = project.tables["raw"][table]
            with typed_copy(target, place, typed) as copy:
                work = [(suite, copy, values(copy, NOW, {"usual_row_count": 1}))]
                outcomes = check_suites(target.adapter, work, project.relations, project.pii)
                judged.append([part for part in outcomes if part.column in columns])
    good, bad = judged
    assert {part.column for part in good} == {*columns}
    assert all(part.success and part.message is None for part in good), good
    assert all(part.success is False and part.unexpected_percent == 100 for part in bad), bad


@contextmanager
def typed_copy(target: Target, table: Table, typed: Mapping[str, str]) -> Iterator[Table]:
    """A raw table's required columns, some of them typed, and times as times; then gone."""
    copy = target.operations.incorporate(path={"identifier": "typed_copy"})
    columns = dict.fromkeys([*table.required, *typed])
    expressions = {column: column for column in columns} | {
        "_loaded_at": "cast(_loaded_at as timestamp)",
        **typed,
    }
    selected = ", ".join(f"{expression} as {column}" for column, expression in expressions.items())
    with target.adapter.connection_named("type"):
        target.execute(f"create table {copy} as select {selected} from {table.relation}")
    let_go(target)
    try:
        yield replace(table, schema=copy.schema, identifier=copy.identifier)
    finally:
        with target.adapter.connection_named("drop"):
            target.execute(f"drop table {copy}")
        let_go(target)


@pytest.mark.parametrize("name", WAREHOUSES)
def test_results_of_an_earlier_version_are_taken_over(
    built: Company, checked: dict[str, Checked], name: str
) -> None:
    with built[name].engine.target() as target, target.adapter.connection_named("results"):
        results = target.operations.incorporate(path={"identifier": "quality_results"})
        columns = [part.name.lower() for part in target.adapter.get_columns_in_relation(results)]
        former = ", ".join(columns).replace("gate", "gate as door")
        target.execute(f"create or replace table {results} as select {former} from {results}")
        found = History(target).read("marts")
    assert found
    assert {result.gate for result in found} == {"marts"}
