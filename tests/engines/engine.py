"""A dbt target with a warehouse of its own: DuckDB, or the stand-in of Snowflake or Databricks.

CUSTOMER_360_REAL_WAREHOUSES="snowflake databricks", or one of them, puts real accounts in the place
of the stand-ins: those that the credentials in the environment lead to (profiles.yml.example).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner, dbtRunnerResult

from orchestration.load import Outcome, Status, find_files, load_files
from orchestration.platform.warehouse import Target, open_target
from tests.support import REPOSITORY, SETTINGS, SYSTEMS, WORLD_END, environment, failures_of

ENGINES = [
    "duckdb",
    pytest.param("snowflake", marks=pytest.mark.snowflake),
    pytest.param("databricks", marks=[pytest.mark.databricks, pytest.mark.slow]),
]

REAL_WAREHOUSES = os.environ.get("CUSTOMER_360_REAL_WAREHOUSES", "").split()
WAREHOUSES = REAL_WAREHOUSES or ["snowflake", "databricks"]


def company_vars(name: str) -> dict[str, Any]:
    """dbt's vars of the company that is on every engine."""
    scratch = {"scratch_table_format": "parquet"} if name == "databricks" else {}
    return {**SETTINGS, "as_of_date": WORLD_END, "clv_min_repeat_buyers": 20, **scratch}


@dataclass(frozen=True)
class Engine:
    """A target: its name, its folder, the environment that leads to it, and dbt's vars."""

    name: str
    folder: Path
    variables: dict[str, str]
    dbt_vars: dict[str, Any]

    def dbt(self, *arguments: str, project_dir: Path = REPOSITORY) -> dbtRunnerResult:
        """Run a dbt command against the target, in this process."""
        command = ["--quiet", *arguments, "--project-dir", str(project_dir)]
        command += ["--target", self.name, "--vars", yaml.safe_dump(self.dbt_vars)]
        with environment(**self.variables, DBT_WRITE_JSON="false"):  # half a second
            try:
                return dbtRunner().invoke(command)
            finally:
                DuckDBConnectionManager.close_all_connections()

    def build(self, *arguments: str) -> dbtRunnerResult:
        """`dbt build`, which must succeed."""
        result = self.dbt("build", *arguments)
        assert result.success, f"{self.name}:\n{failures_of(result)}"
        return result

    @contextmanager
    def target(self) -> Iterator[Target]:
        """The target's own client."""
        dbt_vars = yaml.safe_dump(self.dbt_vars)
        with (
            environment(**self.variables),
            open_target(self.name, project_dir=REPOSITORY, variables=dbt_vars) as target,
        ):
            yield target

    def load(self, raw_dir: Path) -> list[Outcome]:
        """Load the files of a raw folder, none of which may be rejected."""
        with self.target() as target:
            outcomes = list(load_files(target, find_files(raw_dir, target.known_tables)))
        rejected = [outcome for outcome in outcomes if outcome.status == Status.REJECTED]
        assert not rejected, rejected
        return outcomes

    def show(self, sql: str, project_dir: Path = REPOSITORY) -> list[tuple[Any, ...]]:
        """The rows of a query that is a template, as a dbt model is."""
        arguments = ("--inline", sql, "--limit", "-1", "--output", "json")
        result = self.dbt("show", *arguments, project_dir=project_dir)
        assert result.success, f"{self.name}: {result.exception or failures_of(result)}"
        [answer] = result.result.results
        return [tuple(row) for row in answer.agate_table.rows]


@dataclass(frozen=True)
class RealAccount:
    """An account of the environment's; all that is made there has this schema in front."""

    schema: str


@contextmanager
def real_account(name: str, folder: Path) -> Iterator[RealAccount]:
    """A real Snowflake or Databricks; what was made there for a while is dropped at the end."""
    account = RealAccount(f"parity_{uuid4().hex[:8]}")
    try:
        yield account
    finally:
        with engine_at(name, account, folder).target() as target:
            operations = target.operations
            for schema in target.adapter.list_schemas(operations.database):
                if schema.lower().startswith(account.schema):
                    made = operations.incorporate(path={"schema": schema}).without_identifier()
                    target.execute(f"drop schema {made} cascade")


def engine_at(
    name: str,
    endpoint: Any,
    folder: Path,
    dbt_vars: dict[str, Any] | None = None,
    schema: str = "dev",
) -> Engine:
    """A target whose warehouse is reached at an endpoint (None for DuckDB), with its own profile.

    folder: of the profile, dbt's artefacts, DuckDB's file and what is staged. schema: what stands
    in front of every schema on a warehouse, where other tests have theirs.
    """
    if isinstance(endpoint, RealAccount):
        schema = f"{endpoint.schema}_{schema}"
    variables = {
        "CUSTOMER_360_DUCKDB": str(folder / "customer_360.duckdb"),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_PROJECT_DIR": str(REPOSITORY),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    settings: dict[str, object] = {}
    if name != "duckdb":
        variables["CUSTOMER_360_SCHEMA"] = schema
        variables |= {
            f"CUSTOMER_360_{source.upper()}_SCHEMA": f"{schema}_raw_{source}" for source in SYSTEMS
        }
    if isinstance(endpoint, RealAccount):
        dbt_vars = (dbt_vars or {}) | {"scratch_table_format": "delta"}
    elif name == "snowflake":
        settings = {
            "host": endpoint.host,
            "port": endpoint.port,
            "protocol": endpoint.protocol,
        }
        variables |= {
            "SNOWFLAKE_ACCOUNT": endpoint.account,
            "SNOWFLAKE_USER": "tester",
            "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD": "any",
        }
    elif name == "databricks":
        variables |= endpoint.environment()
        variables["CUSTOMER_360_STAGING"] = str(folder / "staging")
        (folder / "staging").mkdir()
    profiles = yaml.safe_load((REPOSITORY / "profiles.yml.example").read_text())
    profiles["customer_360"]["outputs"][name] |= settings
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    return Engine(name, folder, variables, dbt_vars or {})
