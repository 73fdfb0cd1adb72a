"""The raw gate judges typed tables, which other loaders write, as it judges their text."""

import re
from typing import Any

import pytest
import yaml

from orchestration.gates import Outcome
from orchestration.gates.suites import read_suites
from tests.gates.conftest import EXPECTATIONS, Gated
from tests.gates.test_mutations import violation
from tests.support import REPOSITORY

DECIMAL = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?"
WHOLE = r"[+-]?[0-9]{1,18}([.]0*)?"
BY_PEOPLE = ["0", "0.", "1", "1.", "1.00", "-1", "+1", "5", "5.0", "-5", "+5", "10", ".5", "42"]
BY_DUCKDB = ["0.0", "-0.0", "1.0", "-1.0", "10.0", "-0.25", "12345678.9", "1.2e+16", "5e-05"]
BY_SPARK = ["1.2E7", "-1.2E7", "1.23456789E7", "5.0E-5", "-5.0E-5", "1E-7", "0E-10"]
NUMBER = "bigint|numeric"  # as contracts say it
NUMBERS = [*BY_PEOPLE, *BY_DUCKDB, *BY_SPARK]
NO_NUMBERS = ["", "~", "five", "1,5", "1.2.3", ".", "e5", "1e", "1 2", "inf", "NaN", "Infinity"]


def contracts() -> dict[str, dict[str, dict[str, Any]]]:
    """The columns of each raw table's contract, by their names."""
    found = {}
    for path in (REPOSITORY / "models" / "staging").glob("*/_*__base.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            source, table = model["name"].removeprefix("base_").split("__")
            found[f"{source}.{table}"] = {column["name"]: column for column in model["columns"]}
    return found


def suites() -> dict[str, list[dict[str, Any]]]:
    """The expectations of each raw table."""
    paths = sorted((EXPECTATIONS / "raw").glob("*.yml"))
    return {path.stem: yaml.safe_load(path.read_text())["expectations"] for path in paths}


CONTRACTS = contracts()
SUITES = suites()
# Table, column and pattern of every number that the raw gate looks at.
PATTERNS = [
    pytest.param(table, part["kwargs"]["column"], part["kwargs"]["regex"],
                 id=f"{table}-{part['kwargs']['column']}")
    for table, expectations in SUITES.items()
    for part in expectations
    if "regex" in part["kwargs"]
    and re.match(NUMBER, CONTRACTS[table][part["kwargs"]["column"]]["data_type"])
]  # fmt: skip
NUMERIC = list(dict.fromkeys(str(pattern.values[0]) for pattern in PATTERNS))


def types(table: str, number: str | None = None) -> dict[str, str]:
    """What the columns of a raw table are that are no text, all numbers of one type if asked."""
    typed = {"_loaded_at": "timestamp"}
    for name, column in CONTRACTS[table].items():
        kind = column["data_type"]
        if kind != "string":
            typed[name] = number if number and re.match(NUMBER, kind) else kind
    return typed


# Table and number of what is expected of columns that are typed, but for patterns, which no value
# of a type but infinity breaks.
OF_TYPES = [
    pytest.param(suite.table, number, id=f"{suite.table}-{part.name}")
    for suite in read_suites("raw", EXPECTATIONS)
    for number, part in enumerate(suite.expectations)
    if {*part.columns, *re.findall(r"\w+", part.query)} & types(suite.table).keys() - {"_loaded_at"}
    and "regex" not in part.kwargs
]


def check(gated: Gated, table: str, typed: dict[str, str], *more: str) -> list[Outcome]:
    """Checks a raw table with typed columns; more statements say {t} for it.

    What has no value of its column's type is null.
    """
    place = gated.project.tables["raw"][table]
    t = f"{place.schema}.{place.identifier}"
    statements = [
        f"alter table {t} alter column {column} type {kind} using try_cast({column} as {kind})"
        for column, kind in typed.items()
    ]
    return gated.check("raw", table, [*statements, *(part.format(t=t) for part in more)], {})


def found(outcomes: list[Outcome]) -> list[tuple[Any, ...]]:
    return [
        (part.expectation, part.column, part.success, part.unexpected_count, part.observed_value,
         part.message)
        for part in outcomes
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("table", "number"),
    [(table, None) for table in SUITES]
    + [(table, number) for table in NUMERIC for number in ("decimal(18, 2)", "double")],
)
def test_a_typed_table_is_judged_as_its_text(gated: Gated, table: str, number: str | None) -> None:
    typed = types(table, number)
    # what the types cannot hold is null in both, and no type keeps space around a value
    space = "' ' || chr(9) || chr(10) || chr(13)"
    cleaned = [
        f"update {{t}} set {column} = null where try_cast({column} as {kind}) is null"
        for column, kind in typed.items()
    ] + [
        f"update {{t}} set {column} = trim({column}, {space})"
        for column in typed
        if column != "_loaded_at"
    ]
    assert found(check(gated, table, typed)) == found(check(gated, table, {}, *cleaned))


@pytest.mark.parametrize(
    ("table", "column", "kind", "bad"),
    [
        ("retail.products", "list_price", "decimal(18, 2)", "-1"),
        ("cx_survey.survey_response", "nps_rating", "bigint", "42"),
        ("cx_survey.survey_response", "csat_rating", "double", "0"),
        ("external.sentiment", "score", "double", "2"),
        ("marketing.preferences", "preference_strength", "decimal(18, 4)", "1.0001"),
        ("privacy.consent_events", "granted", "bigint", "7"),
        ("privacy.consent_events", "granted", "date", "'2025-01-01'"),
        ("servicenow.incident", "priority", "double", "5"),
        ("servicenow.incident", "state", "bigint", "1"),
        ("web.events", "event_type", "enum('page_view', 'search', 'other')", "'other'"),
    ],
)
def test_a_bad_value_of_a_typed_column_is_found(
    gated: Gated, table: str, column: str, kind: str, bad: str
) -> None:
    outcomes = check(gated, table, {column: kind}, f"update {{t}} set {column} = {bad}")
    [missed] = [part for part in outcomes if part.column == column and part.success is False]
    assert missed.message is None
    assert missed.unexpected_percent == 100
    assert missed.sample


@pytest.mark.parametrize(("table", "number"), OF_TYPES)
def test_what_breaks_a_text_breaks_a_typed_table(gated: Gated, table: str, number: int) -> None:
    statements, _ = violation(gated, "raw", table, number)
    violated = check(gated, table, types(table), *statements)[number]
    assert (violated.success, violated.message) == (False, None)


@pytest.mark.parametrize(("table", "column", "pattern"), PATTERNS)
def test_infinity_is_no_number(gated: Gated, table: str, column: str, pattern: str) -> None:
    statement = f"update {{t}} set {column} = 'infinity'"
    outcomes = check(gated, table, {column: "double"}, statement)
    [missed] = [part for part in outcomes if part.column == column and part.success is False]
    assert missed.unexpected_percent == 100


@pytest.mark.parametrize(("table", "column", "pattern"), PATTERNS)
def test_a_pattern_takes_every_number_that_the_contract_takes(
    table: str, column: str, pattern: str
) -> None:
    contract = CONTRACTS[table][column]
    meta = contract.get("config", {}).get("meta", {})
    low, high = meta.get("min", float("-inf")), meta.get("max", float("inf"))
    form = WHOLE if contract["data_type"] == "bigint" else DECIMAL
    taken = [text for text in NUMBERS if re.fullmatch(form, text) and low <= float(text) <= high]
    assert len(taken) > 3
    refused = [text for text in taken if not re.search(pattern, text)]
    # minus nought is no number that anybody writes
    assert [text for text in refused if text != "-0.0"] == []
    assert [text for text in NO_NUMBERS if re.search(pattern, text)] == []


def test_the_forms_of_numbers_are_those_of_the_contract() -> None:
    macros = (REPOSITORY / "macros" / "staging" / "valid_value.sql").read_text()
    assert f"'^{DECIMAL}$'" in macros
    assert f"'^{WHOLE}$'" in macros
