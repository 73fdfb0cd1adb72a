"""The same raw files give the same public marts on three engines: built, and built further.

What each engine took is written to logs/engines.txt, which pytest prints at the end.
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest

from simulator.__main__ import main as simulate
from tests.engines.engine import REAL_WAREHOUSES, Engine, engine_at
from tests.engines.parity import Mart, Row, differences, public_marts, read
from tests.support import REPOSITORY, WORLD_END, failures_of, load_a_row_without_its_fault

WAREHOUSES = REAL_WAREHOUSES or ["snowflake", "databricks"]
DBT_VARS = {"as_of_date": WORLD_END, "scratch_table_format": "parquet"}
SHOWN = 20


@dataclass
class Built:
    """An engine, what it took, and its public marts after the first and the second build."""

    engine: Engine
    seconds: dict[str, float] = field(default_factory=dict)
    marts: dict[str, dict[str, dict[tuple[Any, ...], Row]]] = field(default_factory=dict)
    manifest: Manifest | None = None

    def build(self, state: str, raw_dir: Path, *arguments: str) -> None:
        """Load what is new, build, and read the public marts."""
        began = monotonic()
        self.engine.load(raw_dir)
        self.seconds[f"{state}: load"] = monotonic() - began
        began = monotonic()
        self.engine.build(*arguments)
        self.seconds[f"{state}: build"] = monotonic() - began
        self.manifest = self.engine.dbt("parse").result
        with self.engine.target() as target:
            self.marts[state] = {mart.name: read(target, mart) for mart in self.public_marts()}

    def public_marts(self) -> list[Mart]:
        assert self.manifest is not None
        return public_marts(self.manifest)


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company with every kind of bad row."""
    raw_dir = tmp_path_factory.mktemp("parity_world") / "raw"
    options = ["--people", "300", "--days", "90", "--seed", "11", "--end", WORLD_END]
    assert simulate([*options, "--out", str(raw_dir)]) == 0
    return raw_dir


@pytest.fixture(scope="module")
def built(
    raw_dir: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Built]:
    """Every engine's marts: after a full build, and after an increment of more days and a row
    that came again without its fault."""
    engines = {}
    for name in ["duckdb", *WAREHOUSES]:
        endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
        folder = tmp_path_factory.mktemp(f"parity_{name}")
        engine = engine_at(name, endpoint, folder, DBT_VARS, schema="parity")
        engine.variables["CUSTOMER_360_RAW_DIR"] = str(raw_dir)
        engines[name] = Built(engine)
    # the marts are compared, not tested
    for each in engines.values():
        each.build("full", raw_dir, "--exclude-resource-type", "test", "unit_test")
    assert simulate(["--append-days", "14", "--out", str(raw_dir)]) == 0
    load_a_row_without_its_fault(raw_dir)
    for each in engines.values():
        each.build("increment", raw_dir, "--exclude-resource-type", "test", "unit_test", "seed")
    write_times(engines, request)
    return engines


def write_times(engines: dict[str, Built], request: pytest.FixtureRequest) -> None:
    lines = [
        f"{name:<11} "
        + ", ".join(f"{step} {seconds:.0f} s" for step, seconds in each.seconds.items())
        for name, each in engines.items()
    ]
    if not REAL_WAREHOUSES:
        peak = request.getfixturevalue("databricks_endpoint").peak_memory()
        lines.append(f"{'databricks':<11} peak memory of the Spark server {peak / 2**30:.2f} GB")
    log = REPOSITORY / "logs" / "engines.txt"
    log.parent.mkdir(exist_ok=True)
    log.write_text("\n".join(lines) + "\n")


def assert_equal(one: Built, other: Built, state: str) -> None:
    """Every public mart is the same; else the message says table, key, column, both values."""
    found = [
        difference
        for mart in one.public_marts()
        for difference in differences(
            mart, one.marts[state][mart.name], other.marts[state][mart.name]
        )
    ]
    message = "\n".join(map(str, found[:SHOWN]))
    assert not found, f"{other.engine.name}, {state}: {len(found)} differences\n{message}"


@pytest.mark.parametrize("name", WAREHOUSES)
@pytest.mark.parametrize("state", ["full", "increment"])
def test_the_public_marts_are_equal(built: dict[str, Built], name: str, state: str) -> None:
    assert len(built["duckdb"].marts[state]["customers"]) > 200
    assert_equal(built["duckdb"], built[name], state)


def test_the_company_has_every_kind_of_bad_row(built: dict[str, Built], raw_dir: Path) -> None:
    rejected = {
        (row["source_name"], row["table_name"], row["reason_code"])
        for row in built["duckdb"].marts["increment"]["rejected_records"].values()
    }
    truth = duckdb.execute(
        "select distinct source_name, table_name, reason_code from read_parquet(?)"
        " where not is_repaired",
        [str(raw_dir.parent / "truth" / "bad_rows.parquet")],
    ).fetchall()
    assert rejected == set(truth)


@pytest.mark.parametrize("name", ["duckdb", *WAREHOUSES])
def test_a_row_that_must_go_is_gone(built: dict[str, Built], name: str) -> None:
    def repaired_tickets(state: str) -> set[str]:
        rows = built[name].marts[state]["repaired_records"].values()
        return {row["row_key"] for row in rows if row["table_name"] == "tickets"}

    assert len(repaired_tickets("full") - repaired_tickets("increment")) == 1


@pytest.mark.databricks
@pytest.mark.skipif("databricks" not in WAREHOUSES, reason="no Databricks account was named")
def test_increments_are_merged_by_delta(built: dict[str, Built]) -> None:
    with built["databricks"].engine.target() as target:
        for table in ("conformed.int_events", "operations.repaired_records"):
            schema, name = table.split(".")
            relation = target.operations.incorporate(
                path={
                    "schema": target.operations.schema.replace("operations", schema),
                    "identifier": name,
                }
            )
            history = target.query(f"select operation from (describe history {relation})")
            assert ("MERGE",) in history, table


@pytest.mark.skipif("snowflake" not in WAREHOUSES, reason="no Snowflake account was named")
def test_a_wrong_macro_on_one_engine_is_found(built: dict[str, Built], tmp_path: Path) -> None:
    snowflake = built["snowflake"]
    project = tmp_path / "project"
    for part in ("models", "macros", "seeds", "tests/dbt"):
        shutil.copytree(REPOSITORY / part, project / part)
    shutil.copy(REPOSITORY / "dbt_project.yml", project)
    macro = project / "macros" / "engine" / "integer_division.sql"
    right = "(({{ dividend }} - mod({{ dividend }}, {{ divisor }})) / {{ divisor }})"
    assert right in macro.read_text()
    macro.write_text(macro.read_text().replace(right, "({{ dividend }} / {{ divisor }})"))

    result = snowflake.engine.dbt("run", "--select", "customer_rfm", project_dir=project)
    assert result.success, failures_of(result)
    [mart] = [each for each in snowflake.public_marts() if each.name == "customer_rfm"]
    with snowflake.engine.target() as target:
        wrong = read(target, mart)
    right_rows = built["duckdb"].marts["increment"]["customer_rfm"]
    columns = {difference.column for difference in differences(mart, right_rows, wrong)}
    assert {"recency_score", "frequency_score", "monetary_score"} & columns
