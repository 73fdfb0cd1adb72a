"""A company's warehouse on DuckDB and on Snowflake, whose marts can be published."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest
import yaml
from dbt.contracts.graph.manifest import Manifest
from dbt_common.exceptions import DbtBaseException

from orchestration.platform.warehouse import Target, open_target
from tests.engines.engine import Engine, engine_at
from tests.processes import run_module
from tests.publication.few import publish_few
from tests.support import Warehouse, environment


@dataclass(frozen=True)
class Shop:
    """A company whose marts are built on one engine."""

    engine: Engine
    manifest: Manifest  # of all marts, or of a few

    @property
    def variables(self) -> str:
        """dbt's vars, as a command takes them."""
        return yaml.safe_dump(self.engine.dbt_vars)

    @property
    def published_file(self) -> Path:
        """What BI opens, on DuckDB."""
        return self.engine.folder / "published.duckdb"

    @property
    def kept_files(self) -> list[Path]:
        """The publications, on DuckDB."""
        return sorted((self.engine.folder / "publications").iterdir())

    @contextmanager
    def open(self, **variables: object) -> Iterator[Target]:
        """The warehouse, as the orchestration reaches it."""
        with open_target(
            self.engine.name, variables=self.variables, manifest=self.manifest
        ) as target:
            # nothing is read anew for what no model depends on
            target.adapter.config.cli_vars.update(variables)
            yield target

    def schema(self, target: Target, name: str) -> str:
        """A schema's name with what stands in front of it."""
        return str(target.operations.schema).removesuffix("operations") + name

    def change(self, target: Target, mark: str) -> None:
        """Let two marts say so that they are of another night, and one of them have fewer rows."""
        marts = self.schema(target, "marts")
        target.execute(f"update {marts}.customers set full_name = '{mark}'")
        target.execute(f"update {marts}.orders set order_status = '{mark}'")
        target.execute(
            f"delete from {marts}.customers where customer_id = "
            f"(select min(customer_id) from {marts}.customers)"
        )

    def keep_few_rows(self) -> None:
        """Leave the marts what a few customers have: what is published here is about tables."""
        with self.open() as target:
            marts = self.schema(target, "marts")
            few = f"select customer_id from {marts}.customers order by customer_id limit 50"
            target.execute(f"create table {marts}.few as {few}")
            for node in target.manifest.flat_graph["nodes"].values():
                is_published = node["config"].get("meta", {}).get("published")
                if is_published and "customer_id" in node["columns"]:
                    table = f"{marts}.{node['alias']}"
                    kept = f"select customer_id from {marts}.few"
                    target.execute(f"delete from {table} where customer_id not in ({kept})")
            target.execute(f"drop table {marts}.few")

    def publish(self, *arguments: str, kill: tuple[str, ...] = ()) -> CompletedProcess[str]:
        """`python -m orchestration.publish` of few marts; kill: at a moment, see killed.py."""
        options = ["--target", self.engine.name, "--vars", self.variables, *arguments]
        return run_module("tests.publication.killed", ",".join(kill), *options)

    def shown(self, target: Target) -> dict[str, str]:
        """A hash of every table that BI sees, by its name."""
        if self.engine.name == "duckdb":
            with duckdb.connect(str(self.published_file), read_only=True) as connection:
                names = connection.execute("select table_name from duckdb_tables()").fetchall()
                return {
                    name: digest(connection.execute(f"from published.{name}").fetchall())
                    for (name,) in names
                }
        published = self.schema(target, "published")
        [[publication]] = target.query(
            f"select row_counts from {published}.publications where is_current"
        )
        return {
            name: digest(target.query(f"select * from {published}.{name}"))
            for name in [*yaml.safe_load(publication), "publications"]
        }

    def in_published_file(self, query: str) -> set[tuple[Any, ...]]:
        """The rows of a query on the file that BI opens."""
        with duckdb.connect(str(self.published_file), read_only=True) as connection:
            return set(connection.execute(query).fetchall())

    def columns_shown(self, target: Target) -> set[tuple[str, str]]:
        """The table and the name of every column that BI sees, lower case."""
        if self.engine.name == "duckdb":
            return self.in_published_file(
                "select table_name, lower(column_name) from duckdb_columns()"
                " where database_name = 'published' and not internal"
            )
        schema = self.schema(target, "published").split(".")[-1]
        return {
            (str(table), str(column))
            for table, column in target.query(
                "select lower(table_name), lower(column_name) from information_schema.columns"
                f" where lower(table_schema) = lower('{schema}')"
            )
        }

    def undescribed(self, target: Target) -> set[tuple[str, str | None]]:
        """What BI sees without a description: columns, and tables (which the stand-in of Snowflake
        takes descriptions of, but tells none)."""
        if self.engine.name == "duckdb":
            return self.in_published_file(
                "select table_name, column_name from duckdb_columns()"
                " where database_name = 'published' and not internal and comment is null"
                " union select table_name, null from duckdb_tables() where comment is null"
            )
        schema = self.schema(target, "published").split(".")[-1]
        rows = target.query(
            "select lower(table_name), lower(column_name), comment from information_schema.columns"
            f" where lower(table_schema) = lower('{schema}')"
        )
        return {(table, column) for table, column, comment in rows if not comment}

    def show_raw_rows(self, target: Target, publication_id: str) -> None:
        """Let the publication that BI sees be one of those that held rejected_records."""
        statements = [
            "create table {0}.rejected_records as select '{{}}' as raw_row",
            "update {0}.publications set row_counts = '{{\"rejected_records\": 1}}'",
        ]
        if self.engine.name == "duckdb":
            with duckdb.connect(str(self.kept_files[-1])) as connection:
                for statement in statements:
                    connection.execute(statement.format("main"))
        else:
            schema = self.schema(target, f"published_{publication_id}")
            for statement in statements:
                target.execute(statement.format(schema))
        target.adapter.execute_macro("turn_published", kwargs={"publication_id": publication_id})


def digest(rows: list[tuple[object, ...]]) -> str:
    """A hash of rows in any order."""
    return hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()


@pytest.fixture(
    scope="module",
    params=["duckdb", pytest.param("snowflake", marks=pytest.mark.snowflake)],
)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The targets whose every moment is tested; tests/engines publishes on Databricks, too.

    On Snowflake it is the warehouse of tests/engines, whose tests come before (tests/conftest.py).
    """
    if request.param == "snowflake":
        engine: Engine = request.getfixturevalue("built")["snowflake"].engine
        return engine
    warehouse: Warehouse = request.getfixturevalue("warehouse")
    engine = engine_at("duckdb", None, tmp_path_factory.mktemp("publication"), warehouse.variables)
    warehouse.copied(engine.folder)
    return engine


@pytest.fixture(scope="module")
def published_from(engine: Engine) -> Iterator[Shop]:
    """The warehouse of a company of few customers, with the environment that leads to it."""
    with environment(**engine.variables):
        shop = Shop(engine, engine.dbt("parse").result)
        shop.keep_few_rows()
        yield shop


@pytest.fixture
def whole_shop(published_from: Shop) -> Shop:
    """The shop's warehouse before anything was published."""
    with published_from.open() as target:
        if published_from.engine.name == "duckdb":
            published_from.published_file.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                for file in published_from.kept_files:
                    file.unlink()
        else:
            prefix = published_from.schema(target, "published")
            for name in target.adapter.list_schemas(target.operations.database):
                if name.lower().startswith(prefix):
                    target.execute(f"drop schema {name} cascade")
        with suppress(DbtBaseException):
            target.execute(f"drop table {target.operations.without_identifier()}.publications")
    return published_from


@pytest.fixture(scope="module")
def manifest_of_few(published_from: Shop) -> Manifest:
    with environment(**published_from.engine.variables):
        manifest: Manifest = published_from.engine.dbt("parse").result
    publish_few(manifest)
    return manifest


@pytest.fixture
def shop(whole_shop: Shop, manifest_of_few: Manifest) -> Shop:
    """The same, of which few marts are published."""
    return replace(whole_shop, manifest=manifest_of_few)
