"""The small company's warehouse with its gates checked once, and copies of it to break."""

import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.gates import Outcome, Suite, load_suites
from orchestration.gates.check import check_suites
from orchestration.gates.history import History
from orchestration.gates.project import Project, Table, read_project
from orchestration.gates.run import GateResult, let_go, run_gate, values
from orchestration.gates.suites import GATES
from orchestration.platform.warehouse import Target, open_target
from tests.support import REPOSITORY, WORLD_END, Warehouse, environment

EXPECTATIONS = REPOSITORY / "expectations"
AS_OF = datetime.fromisoformat(WORLD_END) + timedelta(days=1)


@contextmanager
def of_warehouse(warehouse: Warehouse) -> Iterator[None]:
    """The environment in which dbt finds a warehouse, and writes nothing elsewhere."""
    folder = warehouse.folder
    with environment(
        CUSTOMER_360_DUCKDB=str(warehouse.database),
        CUSTOMER_360_RAW_DIR=str(warehouse.raw_dir),
        DBT_PROFILES_DIR=str(folder),
        DBT_PROJECT_DIR=str(REPOSITORY),
        DBT_TARGET_PATH=str(folder / "target"),
        DBT_LOG_PATH=str(folder / "logs"),
    ):
        yield


@dataclass
class Gated:
    """A warehouse whose gates were checked, with what they know of that run."""

    target: Target
    project: Project
    results: dict[str, GateResult]
    database: Path
    pristine: Path
    suites: dict[tuple[str, str], Suite] = field(default_factory=dict)
    known: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    memory: str = ""
    broken: set[Table] = field(default_factory=set)

    def check(
        self,
        gate: str,
        table: str,
        statements: Iterable[str],
        changed: dict[str, Any],
        only: Collection[int] = (),
    ) -> list[Outcome]:
        """Checks a table after some statements, while all others are as they were.

        only: the numbers of the expectations that are checked, by default all.
        """
        place = self.project.tables[gate][table]
        self._break(place, statements)
        suite = self.suites[gate, table]
        if only:
            expectations = [suite.expectations[number] for number in sorted(only)]
            suite = replace(suite, expectations=tuple(expectations))
        relations = self.project.relations | {"last_identity_map": self.memory}
        work = [(suite, place, self.known[gate, table] | changed)]
        return list(check_suites(self.target.adapter, work, relations, self.project.pii))

    def _break(self, place: Table, statements: Iterable[str]) -> None:
        """Puts back what was broken before, in one go: opening the file is what takes time."""
        self.broken.add(place)
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(f"attach '{self.pristine}' as pristine (read_only)")
            for table in self.broken:
                name = f"{table.schema}.{table.identifier}"
                # without the contract's constraints, which would not let it be broken
                connection.execute(f"create or replace table {name} as from pristine.{name}")
            for statement in statements:
                connection.execute(statement)
        self.broken = {place}


@pytest.fixture(scope="session")
def gated(warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gated]:
    """A copy of the warehouse, raw tables and all, whose three gates were checked once."""
    folder = tmp_path_factory.mktemp("gated")
    mine = replace(warehouse, folder=folder)
    shutil.copy(warehouse.database, mine.database)
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    with duckdb.connect(str(mine.database)) as connection:
        for schema, name in connection.execute(
            "select schema_name, view_name from duckdb_views() where schema_name like 'raw%'"
        ).fetchall():
            connection.execute(f"create table keep as from {schema}.{name}")
            connection.execute(f"drop view {schema}.{name}")
            connection.execute(f"create table {schema}.{name} as from keep")
            connection.execute("drop table keep")
    with ExitStack() as opened:
        with of_warehouse(mine):
            target = opened.enter_context(open_target(variables=yaml.safe_dump(mine.variables)))
            results = {gate: run_gate(gate, target) for gate in GATES}
            manifest = Path(target.adapter.config.project_root) / (
                Path(target.adapter.config.target_path) / "manifest.json"
            )
            project = read_project(manifest)
            pristine = folder / "pristine" / mine.database.name
            gated = Gated(target, project, results, mine.database, pristine)
            with target.adapter.connection_named("known"):
                history = History(target)
                gated.memory = str(history.last_identity_map)
                for gate in GATES:
                    suites = load_suites(gate, project, EXPECTATIONS)
                    known = history.parameters(suites, gate)
                    for suite in suites:
                        table = project.tables[gate][suite.table]
                        gated.suites[gate, suite.table] = suite
                        gated.known[gate, suite.table] = values(table, AS_OF, known[suite.table])
            let_go(target)
            pristine.parent.mkdir()
            shutil.copy(mine.database, pristine)
        yield gated


@pytest.fixture
def mine(warehouse: Warehouse, gated: Gated, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse of the test's own, whose gates were checked once."""
    own = replace(warehouse, folder=tmp_path)
    shutil.copy(gated.pristine, own.database)
    shutil.copy(gated.database.parent / "profiles.yml", tmp_path / "profiles.yml")
    with of_warehouse(own):
        yield own
