"""Rows that must not break a warehouse (tests/floor/cases.yml) are judged alike on each engine."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.case_files import write_cases_together
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at
from tests.engines.parity import Mart, Row, differences, read
from tests.floor.case_files import CASES, USUAL, VARIABLES

BASE_MODELS = ("--select", "+path:models/staging/*/base", "--exclude-resource-type", "test")
SCHEMA = "judged"


@dataclass(frozen=True)
class Judged:
    """The base tables of the cases, and their rows."""

    tables: list[Mart]
    rows: dict[str, dict[tuple[Any, ...], Row]]


def judge(engine: Engine, raw_dir: Path) -> Judged:
    """Loads the cases and builds what judges them."""
    engine.variables["CUSTOMER_360_RAW_DIR"] = str(raw_dir)
    engine.load(raw_dir)
    engine.build(*BASE_MODELS, "unit_test")
    with engine.target() as target:
        tables = [
            Mart(
                node.name,
                str(node.relation_name),
                {name: str(column.data_type) for name, column in node.columns.items()}
                | dict.fromkeys(["row_version_id", "row_key", "judgement"], "string")
                | dict.fromkeys(["reason_code", "repaired_columns", "raw_row"], "string")
                | {"loaded_at": "timestamp"},
                ("row_version_id",),
            )
            for node in target.manifest.nodes.values()
            if node.resource_type == "model" and node.name.startswith("base_")
        ]
        rows = {table.name: read(target, table) for table in tables}
    for row in (row for table in rows.values() for row in table.values()):
        # which the loader writes in one spelling
        row["raw_row"] = re.sub(r'"_loaded_at":"[^"]*",?', "", row["raw_row"] or "")
    return Judged(tables, rows)


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases") / "raw"
    write_cases_together(folder, CASES, USUAL)
    return folder


@pytest.fixture(scope="module")
def on_duckdb(raw_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("duckdb")
    return judge(engine_at("duckdb", None, folder, VARIABLES), raw_dir)


def test_the_cases_are_of_every_kind(on_duckdb: Judged) -> None:
    rows = [row for table in on_duckdb.rows.values() for row in table.values()]
    assert len(rows) > 150
    assert {row["judgement"] for row in rows} == {"accepted", "rejected", "duplicate"}
    assert sum(row["repaired_columns"] is not None for row in rows) > 5


@pytest.mark.parametrize("name", ENGINES[1:])
def test_rows_are_judged_alike(
    name: str, on_duckdb: Judged, raw_dir: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    endpoint = request.getfixturevalue(f"{name}_endpoint")
    dbt_vars = company_vars(name) | VARIABLES
    judged = judge(engine_at(name, endpoint, tmp_path, dbt_vars, SCHEMA), raw_dir)
    found = [
        difference
        for table in judged.tables
        for difference in differences(table, on_duckdb.rows[table.name], judged.rows[table.name])
    ]
    assert not found, "\n".join(map(str, found[:20]))
