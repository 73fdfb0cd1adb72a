"""Three engines built from the same raw files: whole, and then further.

What each took is written to logs/engines.txt, which pytest prints at the end.
"""

from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from dbt.contracts.graph.manifest import Manifest

from simulator.__main__ import main as simulate
from tests.engines.engine import REAL_WAREHOUSES, WAREHOUSES, Engine, engine_at
from tests.engines.parity import Mart, Row, all_marts, read
from tests.support import (
    REPOSITORY,
    WORLD_END,
    load_a_row_without_its_fault,
    load_awkward_rows,
    load_what_rows_wait_for,
)

MORE_DAYS = 14
DBT_VARS = {"as_of_date": WORLD_END, "scratch_table_format": "parquet"}


@dataclass
class Built:
    """An engine, what it took, and its marts after the first and the second build."""

    engine: Engine
    seconds: dict[str, float] = field(default_factory=dict)
    marts: dict[str, dict[str, dict[tuple[Any, ...], Row]]] = field(default_factory=dict)
    manifest: Manifest | None = None

    def build(self, state: str, raw_dir: Path, *arguments: str) -> None:
        """Load what is new, build, and read the marts."""
        began = monotonic()
        self.engine.load(raw_dir)
        self.seconds[f"{state}: load"] = monotonic() - began
        began = monotonic()
        self.engine.build(*arguments)
        self.seconds[f"{state}: build"] = monotonic() - began
        self.manifest = self.engine.dbt("parse").result
        with self.engine.target() as target:
            self.marts[state] = {mart.name: read(target, mart) for mart in self.all_marts()}

    def all_marts(self) -> list[Mart]:
        assert self.manifest is not None
        return all_marts(self.manifest)


@pytest.fixture(scope="session")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small company with every kind of bad row, and some awkward ones."""
    raw_dir = tmp_path_factory.mktemp("parity_world") / "raw"
    options = ["--people", "300", "--days", "90", "--seed", "11", "--end", WORLD_END]
    assert simulate([*options, "--out", str(raw_dir)]) == 0
    load_awkward_rows(raw_dir)
    return raw_dir


@pytest.fixture(scope="session")
def built(
    raw_dir: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Built]:
    """Every engine's marts: after a full build, and after an increment of more days, a row that
    came again without its fault, and one that another waited for."""
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
    assert simulate(["--append-days", str(MORE_DAYS), "--out", str(raw_dir)]) == 0
    load_a_row_without_its_fault(raw_dir)
    load_what_rows_wait_for(raw_dir)
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
