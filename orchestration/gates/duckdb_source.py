"""DuckDB as a data source of Great Expectations, which has none of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import sqlalchemy as sa
from duckdb_engine import Dialect
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from sqlalchemy.dialects import postgresql, registry
from sqlalchemy.engine.interfaces import ReflectedColumn, ReflectedPrimaryKeyConstraint

_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "BIGINT": sa.BigInteger,
    "BOOLEAN": sa.Boolean,
    "DATE": sa.Date,
    "DECIMAL": sa.Numeric,
    "DOUBLE": sa.Double,
    "HUGEINT": sa.BigInteger,
    "INTEGER": sa.Integer,
    "TIMESTAMP": sa.DateTime,
    "VARCHAR": sa.String,
}


class GateDialect(Dialect):
    """Reads a table's columns from DuckDB's own catalogue.

    Asking for them as PostgreSQL is asked takes half a second a table.
    """

    supports_statement_cache = True

    def get_columns(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> list[ReflectedColumn]:
        """Name and type of each column."""
        query = sa.text(
            "select column_name, data_type, is_nullable from duckdb_columns() "
            "where database_name = current_database() and schema_name = :schema "
            "and table_name = :table order by column_index"
        )
        rows = connection.execute(query, {"schema": schema or "main", "table": table_name})
        return [
            {
                "name": name,
                "type": _TYPES.get(str(kind).partition("(")[0], sa.types.NullType)(),
                "nullable": nullable,
                "default": None,
            }
            for name, kind, nullable in rows
        ]

    def get_pk_constraint(
        self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> ReflectedPrimaryKeyConstraint:
        """None: dbt's contracts declare no primary keys."""
        return {"constrained_columns": [], "name": None}


registry.register("duckdb.gate", __name__, "GateDialect")


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection open while a batch is validated.

    Great Expectations reads results after its connection was given back, when DuckDB has dropped
    them.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        # regular expressions (~) are written as on PostgreSQL
        self.dialect_module = postgresql
        self._open: sa.Connection | None = None

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The one connection; a statement that fails leaves it usable."""
        if self._open is None:
            self._open = self.engine.connect()
        try:
            yield self._open
        except Exception:
            self._open.rollback()
            raise

    def close(self) -> None:
        """Lets go of the file."""
        if self._open is not None:
            self._open.close()
            self._open = None
        self.engine.dispose()


EngineType = type[SqlAlchemyExecutionEngine]


class DuckDBDatasource(SQLDatasource):
    """A DuckDB file: `context.data_sources.add_duckdb(name, connection_string=…)`."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> EngineType:
        """The engine that validates its batches."""
        return DuckDBExecutionEngine
