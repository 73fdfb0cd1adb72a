"""No model knows its engine, and each difference has one place and a form for every engine."""

import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY

ENGINES = ("duckdb", "snowflake", "databricks")
# Where a target is named to put a schema's name together, not to write other SQL.
NAMES_SCHEMAS = {"generate_schema_name.sql"}
SQL_FILES = sorted(
    path
    for folder in ("models", "macros", "tests/dbt")
    for path in (REPOSITORY / folder).rglob("*.sql")
)
MACROS = [path for path in SQL_FILES if path.is_relative_to(REPOSITORY / "macros")]
DISPATCHED = [
    (name, path)
    for path in MACROS
    for name in re.findall(r"adapter\.dispatch\('(\w+)'\)", path.read_text(encoding="utf-8"))
]


def conditions_on_the_engine(text: str) -> list[str]:
    return re.findall(r"(?:adapter\.type\(\)|target\.(?:type|name))\s*(?:==|!=|in|not in)", text)


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.name)
def test_nothing_asks_which_engine_it_runs_on(path: Path) -> None:
    if path.name not in NAMES_SCHEMAS:
        assert conditions_on_the_engine(path.read_text(encoding="utf-8")) == []


def test_a_condition_on_the_engine_would_be_found() -> None:
    assert conditions_on_the_engine("{% if target.type == 'duckdb' %}")
    assert conditions_on_the_engine("{% if adapter.type() in ('snowflake',) %}")


def test_each_difference_has_one_place() -> None:
    names = [name for name, _ in DISPATCHED]
    assert sorted(names) == sorted(set(names))
    assert len(names) > 10


@pytest.mark.parametrize(("name", "path"), DISPATCHED, ids=[name for name, _ in DISPATCHED])
def test_each_difference_has_a_form_for_every_engine(name: str, path: Path) -> None:
    forms = re.findall(rf"macro (\w+)__{name}\(", path.read_text(encoding="utf-8"))
    assert "default" in forms or set(forms) >= set(ENGINES), forms
