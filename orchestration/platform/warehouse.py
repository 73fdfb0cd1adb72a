"""A dbt target: its raw tables, and statements run by its own client."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt.adapters.base.impl import BaseAdapter
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import get_adapter_by_type
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

from orchestration.platform.credentials import check_credentials
from orchestration.platform.exceptions import CannotRunError


@dataclass(frozen=True)
class RawTable:
    """A raw table of an enabled source, and what the project expects of its files.

    names: column of the contract -> what the table calls it, where that is another name.
    day_format, decimal: how days and numbers are written in its texts, where vars say so.
    """

    source: str
    name: str
    relation: Any  # dbt's, of the target
    columns: tuple[str, ...]
    optional: frozenset[str]
    loaded_at: str
    names: Mapping[str, str] = field(default_factory=dict)
    day_format: str | None = None
    decimal: str | None = None

    def raw_name(self, column: str) -> str:
        """What the table calls a column of its contract."""
        return self.names.get(column, column)


@dataclass
class Target:
    """An open connection to a dbt target.

    manifest: the dbt project as it was read.
    tables: by (source, table), those of enabled sources; disabled: known, but switched off.
    work_dir: a local folder that goes with the connection.
    """

    adapter: BaseAdapter
    manifest: Manifest
    tables: dict[tuple[str, str], RawTable]
    disabled: frozenset[tuple[str, str]]
    operations: Any
    work_dir: Path
    columns: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def known_tables(self) -> set[tuple[str, str]]:
        """Source and table of all that the project knows, switched on or off."""
        return {*self.tables, *self.disabled}

    @property
    def engine(self) -> str:
        """duckdb, snowflake or databricks."""
        return str(self.adapter.type())

    @property
    def reads_in_place(self) -> bool:
        """Whether dbt reads the files where they lie."""
        return self.engine == "duckdb"

    @property
    def timestamp(self) -> str:
        """The type of a UTC time without a zone."""
        return "timestamp_ntz" if self.engine == "snowflake" else "timestamp"

    def execute(self, sql: str) -> None:
        """Runs a statement. Raises DbtBaseException where it fails."""
        self.adapter.execute(sql, auto_begin=False, fetch=False)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        _, table = self.adapter.execute(sql, auto_begin=False, fetch=True)
        return [tuple(row) for row in table.rows]

    def batches(self, sql: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a query, so many at a time."""
        connections: Any = self.adapter.connections
        _, cursor = connections.add_query(sql, auto_begin=False)
        while rows := cursor.fetchmany(size):
            yield rows

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All statements in it or none, on DuckDB; the other engines commit each by itself."""
        connections: Any = self.adapter.connections
        has_some = self.engine == "duckdb"
        # to look for a table has begun one, which nobody would end
        if has_some and not connections.get_thread_connection().transaction_open:
            connections.begin()
        yield
        if has_some:
            connections.commit()

    def text(self, value: object) -> str:
        """A text literal."""
        if self.engine == "duckdb":
            return "'" + str(value).replace("'", "''") + "'"
        return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"

    def column(self, name: str) -> str:
        """A column's quoted name, in the case the engine gives to names without quotes."""
        return str(self.adapter.quote(name.upper() if self.engine == "snowflake" else name.lower()))

    def columns_of(self, table: RawTable) -> list[str] | None:
        """A raw table's columns, lower case; None where it does not exist."""
        key = (table.source, table.name)
        if key not in self.columns:
            place = table.relation
            relation = self.adapter.get_relation(place.database, place.schema, place.identifier)
            if relation is None:
                return None
            found = self.adapter.get_columns_in_relation(relation)
            self.columns[key] = [column.name.lower() for column in found]
        return self.columns[key]


def variables_of(config: Any) -> dict[str, Any]:
    """dbt's vars: those of --vars on top of the project's. config: of an adapter."""
    return {**config.vars.to_dict(), **config.cli_vars}


def is_needed(meta: Mapping[str, Any]) -> bool:
    """Whether a raw table must have a column, by what its contract says of it."""
    return bool(meta.get("required")) and not meta.get("if_absent")


@contextmanager
def open_target(
    target: str | None = None,
    profiles_dir: Path | None = None,
    project_dir: Path | None = None,
    variables: str | None = None,
    manifest: Manifest | None = None,
) -> Iterator[Target]:
    """Connects to a dbt target with dbt's own profile and adapter.

    variables: dbt's --vars, as YAML. manifest: the project, where it was read before.
    Raises CannotRunError where something is missing or the project cannot be read.
    """
    check_credentials(target, profiles_dir, project_dir)
    given = {"target": target, "profiles-dir": profiles_dir, "project-dir": project_dir}
    given["vars"] = variables
    options = [f"--{name}={value}" for name, value in given.items() if value is not None]
    result = dbtRunner(manifest).invoke(["--quiet", "parse", *options])
    if not isinstance(result.result, Manifest):
        raise CannotRunError(f"dbt cannot read the project: {result.exception}")
    manifest = result.result
    engine = manifest.metadata.adapter_type
    adapter = get_adapter_by_type(str(engine))
    try:
        with (
            tempfile.TemporaryDirectory(prefix="customer_360_load_") as folder,
            adapter.connection_named("load"),
        ):
            if engine == "databricks":
                # The connector uploads files of this folder only.
                adapter.config.credentials.connection_parameters |= {
                    "staging_allowed_local_path": folder
                }
            yield _describe(adapter, manifest, Path(folder))
    finally:
        adapter.cleanup_connections()
        # dbt-duckdb keeps the file open until then; nobody else could use it.
        DuckDBConnectionManager.close_all_connections()


def _describe(adapter: BaseAdapter, manifest: Manifest, work_dir: Path) -> Target:
    """The target's raw tables and its schema `operations`, from the project."""
    project = adapter.config.project_name
    # dbt's own types are wider than what it puts there
    nodes: Any = manifest.nodes
    sources: Any = manifest.sources.values()
    switched_off: Any = manifest.disabled.values()
    variables = variables_of(adapter.config)
    tables = {}
    for source in sources:
        contract = nodes.get(f"model.{project}.base_{source.source_name}__{source.name}")
        if contract is None:  # a table of `operations`, or of a package
            continue
        name = f"{source.source_name}.{source.name}"
        formats = (variables.get("raw_formats") or {}).get(name) or {}
        tables[source.source_name, source.name] = RawTable(
            source.source_name,
            source.name,
            adapter.Relation.create_from(adapter.config, source),
            tuple(contract.columns),
            frozenset(
                name for name, column in contract.columns.items() if not is_needed(column.meta)
            ),
            source.loaded_at_field or "_loaded_at",
            (variables.get("raw_columns") or {}).get(name) or {},
            formats.get("date"),
            formats.get("decimal"),
        )
    disabled = frozenset(
        (node.source_name, node.name)
        for versions in switched_off
        for node in versions
        if node.resource_type == "source"
    )
    rejected_records = nodes[f"model.{project}.rejected_records"]
    operations = adapter.Relation.create_from(adapter.config, rejected_records)
    return Target(adapter, manifest, tables, disabled, operations, work_dir)
