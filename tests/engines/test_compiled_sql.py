"""What dbt compiles for a warehouse is SQL of that warehouse.

The stand-ins take more than the real engines do, so sqlglot reads every statement in the dialect of
the real one, and no function may be one that it has never heard of.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from tests.engines.company import Company
from tests.engines.engine import WAREHOUSES

# Functions of the real engine that sqlglot has no name for.
KNOWN_FUNCTIONS = {
    "snowflake": {"HASH", "TRY_TO_TIMESTAMP_NTZ", "TRY_TO_TIMESTAMP_TZ"},
    "databricks": {"XXHASH64"},
}
ONLY_DUCKDB = {
    "literal": "select e'\\t' || name from shops",
    "lambda": "select list_transform(names, lambda name: name || '!') from shops",
    "position": "select #1 from shops",
    "function": "select regexp_matches(name, 'a') from shops",
    "struct": "select struct_pack(name := 'a')",
    "command": "pragma table_info('shops')",
}


def faults_in(target: Path, dialect: str) -> list[str]:
    """What is wrong in the statements that dbt compiled and ran: model, and why."""
    files = [*target.glob("compiled/**/*.sql"), *target.glob("run/**/*.sql")]
    assert files, f"dbt compiled nothing into {target}"
    return [
        f"{file.stem} ({file.relative_to(target)}): {fault}"
        for file in files
        for fault in faults_of(file.read_text(), dialect)
    ]


def faults_of(sql: str, dialect: str) -> Iterator[str]:
    """Why a text of statements is not of a dialect."""
    try:
        statements = sqlglot.parse(sql, read=dialect, error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        yield str(error)
        return
    for statement in filter(None, statements):
        for command in statement.find_all(exp.Command):
            yield f"not understood: {command.this} …"
        for call in statement.find_all(exp.Anonymous):
            if call.name.upper() not in KNOWN_FUNCTIONS[dialect]:
                yield f"unknown function {call.name}"


@pytest.mark.parametrize("name", WAREHOUSES)
def test_every_statement_is_of_the_dialect(built: Company, name: str) -> None:
    faults = faults_in(built[name].engine.folder / "target", name)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("dialect", KNOWN_FUNCTIONS)
@pytest.mark.parametrize("sql", ONLY_DUCKDB.values(), ids=ONLY_DUCKDB)
def test_the_check_finds_what_only_duckdb_has(sql: str, dialect: str, tmp_path: Path) -> None:
    model = tmp_path / "compiled" / "shops.sql"
    model.parent.mkdir()
    model.write_text(sql)

    faults = faults_in(tmp_path, dialect)

    assert faults
    assert faults[0].startswith("shops (compiled/shops.sql): ")
