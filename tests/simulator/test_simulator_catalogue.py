"""The catalogue of defects against the contracts of the raw tables."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from simulator.defects import CATALOGUE
from simulator.mess import complete
from simulator.tables import TABLES
from tests.simulator.folders import run
from tests.simulator.judge import Judged, contracts

CONTRACTS = contracts()


def _kinds_of_invalid(rules: dict[str, Any]) -> set[str]:
    """How a text may be invalid in a column."""
    kinds = {kind for kind in ("min", "max") if kind in rules}
    if "accepted_values" in rules:
        kinds.add("values")
    elif rules.get("format") == "email":
        kinds.add("format")
    elif "phone_country" in rules:
        kinds.add("country")
    elif rules["data_type"] != "string":
        kinds.add("type")
    return kinds


def test_tables_are_those_of_the_contracts() -> None:
    assert set(TABLES) == set(CONTRACTS)
    for name, table in TABLES.items():
        contract = CONTRACTS[name]
        assert table.columns == tuple(contract["columns"]), name
        assert list(table.key) == contract["row_key"], name
        assert [table.latest_by] == contract.get("latest_by", [None]), name


@pytest.mark.parametrize("table", sorted(CONTRACTS))
def test_every_required_column_is_missing_somewhere(table: str) -> None:
    required = {
        name for name, rules in CONTRACTS[table]["columns"].items() if rules.get("required")
    }
    assert {one.column for one in CATALOGUE[table] if one.kind == "missing"} == required


@pytest.mark.parametrize("table", sorted(CONTRACTS))
def test_every_kind_of_invalid_value_occurs_and_is_judged_as_the_contract_says(table: str) -> None:
    wanted = {
        (name, kind, rules.get("if_invalid") != "reject")
        for name, rules in CONTRACTS[table]["columns"].items()
        for kind in _kinds_of_invalid(rules)
    }
    found = {
        (one.column, one.kind, one.is_repaired)
        for one in CATALOGUE[table]
        if one.kind not in ("missing", "rule")
    }
    assert found == wanted


@pytest.mark.parametrize("table", sorted(CONTRACTS))
def test_every_rule_is_broken_somewhere(table: str) -> None:
    rules = {rule["reason"] for rule in CONTRACTS[table].get("reject_when", [])}
    assert {one.reason for one in CATALOGUE[table] if one.kind == "rule"} == rules


def _held(world: Judged) -> Counter[tuple[Any, ...]]:
    return Counter(
        world.rows(
            "select source_name || '.' || table_name, reason_code, is_repaired from truth.bad_rows"
        )
    )


@pytest.mark.parametrize(("seed", "days"), [("1", "1"), ("2", "30"), ("3", "400")])
def test_a_world_of_200_people_holds_the_whole_catalogue(
    tmp_path_factory: pytest.TempPathFactory, seed: str, days: str
) -> None:
    world = tmp_path_factory.mktemp("small")
    arguments = ["--people", "200", "--days", days, "--seed", seed, "--end", "2026-03-31"]
    assert run(*arguments, "--out", str(world / "raw")) == 0
    wanted = Counter(
        (table, one.reason, one.is_repaired) for table, ones in CATALOGUE.items() for one in ones
    )
    assert wanted - _held(Judged(world)) == Counter()


def test_about_one_row_in_a_hundred_is_bad(judged_appended: Judged) -> None:
    bad = judged_appended.rows(
        "select count(*) from truth.bad_rows where source_name = 'web' or table_name = 'metrics'"
    )[0][0]
    received = sum(
        judged_appended.rows(f"select count(*) from {table}")[0][0]
        for table in ("web.events", "customer_io.metrics")
    )
    assert 0.004 < bad / received < 0.03


def test_a_column_that_no_system_fills_is_empty_or_asked_for() -> None:
    stores = TABLES["retail.stores"]
    told = {name: pa.array(["S1"]) for name in stores.columns}
    contract = {**stores.contract, "opened_on": {"data_type": "date"}}
    columns = complete(replace(stores, contract=contract), told)
    assert columns == {**told, "opened_on": pa.nulls(1, pa.string())}
    contract["opened_on"] |= {"required": True}
    asked = "retail.py gives retail.stores no opened_on, which _retail__base.yml requires"
    with pytest.raises(LookupError, match=asked):
        complete(replace(stores, contract=contract), told)
