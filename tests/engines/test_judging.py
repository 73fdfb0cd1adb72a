"""Rows that must not break a warehouse (tests/floor/cases.yml) are judged alike on each engine.

And what was accepted of them, written back as other loaders write it, with types, is accepted as it
was; tests/warehouse has that of all rows, on DuckDB.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dbt.artifacts.resources.types import NodeType

from tests.case_files import write_cases_together
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at
from tests.engines.parity import Mart, Row, differences, read
from tests.floor.case_files import CASES, USUAL, VARIABLES

Rows = dict[str, dict[tuple[Any, ...], Row]]

BASE_MODELS = ("--select", "+path:models/staging/*/base", "--exclude-resource-type", "test")
SCHEMA = "judged"
# What base tables have beside the columns of their contracts.
JUDGEMENT = dict.fromkeys(
    ["row_version_id", "row_key", "judgement", "reason_code", "repaired_columns", "raw_row"],
    "string",
) | {"loaded_at": "timestamp"}
# The type of a time that knows its zone.
TIMES = {"snowflake": "timestamp_tz", "databricks": "timestamp"}


@dataclass(frozen=True)
class Judged:
    """The base tables of the cases, and their rows."""

    tables: list[Mart]
    rows: Rows


def judge(engine: Engine, *options: str) -> Judged:
    """Builds what judges the raw rows, and reads it."""
    engine.build(*BASE_MODELS, "unit_test", *options)
    with engine.target() as target:
        tables = [
            Mart(
                node.name,
                str(node.relation_name),
                {name: str(column.data_type) for name, column in node.columns.items()} | JUDGEMENT,
                ("row_version_id",),
            )
            for node in target.manifest.nodes.values()
            if node.resource_type == NodeType.Model and node.name.startswith("base_")
        ]
        rows = {table.name: read(target, table) for table in tables}
    for row in (row for table in rows.values() for row in table.values()):
        # which the loader writes in one spelling
        row["raw_row"] = re.sub(r'"_loaded_at":"[^"]*",?', "", row["raw_row"] or "")
    return Judged(tables, rows)


def write_back_with_types(engine: Engine, judged: Judged) -> set[str]:
    """Puts the accepted rows in the place of the raw ones, with types; names the tables."""
    written = set()
    with engine.target() as target:
        types = {"bigint": "double", "timestamp": TIMES[engine.name]}
        for table in judged.tables:
            source, _, name = table.name.removeprefix("base_").partition("__")
            if (source, name) not in target.tables:  # of which no case has a row
                continue
            raw = target.tables[source, name]
            kinds = {name: kind for name, kind in table.columns.items() if name not in JUDGEMENT}
            typed = [
                f"cast({name} as {types.get(kind, kind)}) as {target.column(name)}"
                for name, kind in kinds.items()
            ]
            typed.append(
                f"cast(loaded_at as {types['timestamp']}) as {target.column('_loaded_at')}"
            )
            target.execute(
                f"create or replace table {raw.relation} as select {', '.join(typed)}"
                f" from {table.relation} where judgement = 'accepted'"
            )
            written.add(table.name)
    return written


def load_and_judge(engine: Engine, raw_dir: Path) -> Judged:
    engine.variables["CUSTOMER_360_RAW_DIR"] = str(raw_dir)
    engine.load(raw_dir)
    return judge(engine)


def assert_equal(tables: list[Mart], expected: Rows, found: Rows) -> None:
    different = [
        difference
        for table in tables
        for difference in differences(table, expected[table.name], found[table.name])
    ]
    assert not different, "\n".join(map(str, different[:20]))


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases") / "raw"
    write_cases_together(folder, CASES, USUAL)
    return folder


@pytest.fixture(scope="module")
def on_duckdb(raw_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("duckdb")
    return load_and_judge(
        engine_at("duckdb", None, folder, company_vars("duckdb") | VARIABLES), raw_dir
    )


def test_the_cases_are_of_every_kind(on_duckdb: Judged) -> None:
    rows = [row for table in on_duckdb.rows.values() for row in table.values()]
    assert len(rows) > 150
    assert {row["judgement"] for row in rows} == {"accepted", "rejected", "duplicate"}
    assert sum(row["repaired_columns"] is not None for row in rows) > 5


@pytest.mark.parametrize("name", ENGINES[1:])
def test_rows_are_judged_alike_as_texts_and_of_types(
    name: str, on_duckdb: Judged, raw_dir: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    endpoint = request.getfixturevalue(f"{name}_endpoint")
    dbt_vars = company_vars(name) | VARIABLES | {"max_removed_share": 1}
    engine = engine_at(name, endpoint, tmp_path, dbt_vars, SCHEMA)
    judged = load_and_judge(engine, raw_dir)
    assert_equal(judged.tables, on_duckdb.rows, judged.rows)

    accepted = {
        name: {
            key: row | {"repaired_columns": None, "raw_row": ""}
            for key, row in rows.items()
            if row["judgement"] == "accepted"
        }
        for name, rows in judged.rows.items()
    }
    with_rows = {name for name, rows in accepted.items() if rows}
    assert write_back_with_types(engine, judged) >= with_rows
    assert len(with_rows) > 10
    assert_equal(judged.tables, accepted, judge(engine, "--full-refresh").rows)
