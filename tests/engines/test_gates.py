"""The three doors of Great Expectations find the same on every engine."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isclose
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from orchestration.gates import DOORS, DoorResult, Outcome, run_door
from orchestration.gates.doors import let_go
from orchestration.load import Target
from tests.engines.conftest import MORE_DAYS, Built, write_times
from tests.engines.engine import WAREHOUSES
from tests.support import REPOSITORY, WORLD_END

NOW = datetime.combine(date.fromisoformat(WORLD_END), time()) + timedelta(days=MORE_DAYS + 1)
COLUMNS = "expect_table_columns_to_match_set"
ENGINES = ["duckdb", *WAREHOUSES]


@dataclass
class Checked:
    """What came out of each door of an engine, and what is in its `quality_results` after it."""

    results: dict[str, DoorResult]
    written: list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def checked(built: dict[str, Built], request: pytest.FixtureRequest) -> dict[str, Checked]:
    """Every door of every engine, run once."""
    engines = {}
    for name, each in built.items():
        began = monotonic()
        with each.engine.target() as target:
            results = {door: run_door(door, target, now=NOW, run_id=door) for door in DOORS}
            with target.adapter.connection_named("results"):
                place = target.operations.incorporate(path={"identifier": "quality_results"})
                written = target.query(
                    "select door, table_name, expectation, column_name, cast(success as string), "
                    f"unexpected_count from {place}"
                )
        each.seconds["gates"] = monotonic() - began
        engines[name] = Checked(results, written)
    write_times(built, request)
    return engines


@pytest.mark.parametrize("name", WAREHOUSES)
@pytest.mark.parametrize("door", DOORS)
def test_every_expectation_finds_the_same(
    checked: dict[str, Checked], door: str, name: str
) -> None:
    expected = checked["duckdb"].results[door].outcomes
    found = checked[name].results[door].outcomes
    assert len(expected) > 50
    pairs = zip(expected, found, strict=True)
    different = [(one, other) for one, other in pairs if not same(door, one, other)]
    assert not different


def same(door: str, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes of one expectation agree; means to what a decimal of Spark's holds."""
    # the loader's own column of raw tables, which DuckDB reads in place
    is_apart = door == "raw" and one.expectation == COLUMNS
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
def test_good_data_passes_every_door(checked: dict[str, Checked], name: str) -> None:
    failed = {
        outcome.expectation
        for result in checked[name].results.values()
        for outcome in result.failures
        if outcome.stops
    }
    # so small a company is silent for weeks in some of its systems
    assert failed <= {"stale"}


@pytest.mark.parametrize("name", ENGINES)
def test_what_came_out_is_in_the_warehouse(checked: dict[str, Checked], name: str) -> None:
    outcomes = [
        (door, outcome.table, outcome.expectation, outcome.column, str(outcome.success).lower(),
         outcome.unexpected_count)
        for door, result in checked[name].results.items()
        for outcome in result.outcomes
    ]  # fmt: skip
    written = [(*row[:5], None if row[5] is None else int(row[5])) for row in checked[name].written]
    assert sorted(written, key=str) == sorted(outcomes, key=str)


@pytest.mark.parametrize("name", ENGINES)
def test_a_broken_table_closes_the_door(
    built: dict[str, Built], checked: dict[str, Checked], name: str, tmp_path: Path
) -> None:
    (tmp_path / "marts").mkdir()
    shutil.copy(REPOSITORY / "expectations" / "marts" / "customers.yml", tmp_path / "marts")
    customers = sorted(key for (key,) in built["duckdb"].marts["increment"]["customers"])
    middle, last = customers[len(customers) // 2], customers[-1]
    with built[name].engine.target() as target, broken_customers(target, middle, last):
        result = run_door("marts", target, now=NOW, folder=tmp_path)
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
