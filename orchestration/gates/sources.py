"""The data source of Great Expectations that belongs to a dbt target."""

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from dbt.adapters.base.impl import BaseAdapter

from orchestration.platform.exceptions import CannotRunError


@contextmanager
def open_source(context: Any, adapter: BaseAdapter) -> Iterator[Any]:
    """Opens a dbt target's data source in a context, and closes it.

    On DuckDB the file must not be open for writing in this process.
    """
    engine = str(adapter.type())
    if engine not in _SOURCES:
        raise CannotRunError(
            f"The gates cannot read a target of type {engine!r}, only {', '.join(_SOURCES)}"
        )
    source = _SOURCES[engine](context, adapter.config.credentials)
    opened = source.get_execution_engine()
    try:
        # while one connection is open, DuckDB opens its file for no other
        with opened.engine.connect() if engine == "duckdb" else nullcontext():
            yield source
    finally:
        opened.close()
        context.data_sources.delete(source.name)


def _duckdb(context: Any, credentials: Any) -> Any:
    from sqlalchemy.pool import NullPool  # noqa: PLC0415  (slow to import)

    from orchestration.gates import duckdb_source  # noqa: F401, PLC0415  (slow, registers itself)

    path = Path(credentials.path)
    if not path.exists():
        raise CannotRunError(f"There is no {path}: load the raw files or run dbt first")
    return context.data_sources.add_duckdb(
        "gates",
        connection_string=f"duckdb+gate:///{path}",
        kwargs={"connect_args": {"read_only": True}, "poolclass": NullPool},
    )


def _snowflake(context: Any, credentials: Any) -> Any:
    """Signs in as dbt does: a password that the address needs by its form is overruled."""
    account, user = quote(credentials.account), quote(credentials.user or "-")
    place = f"{quote(credentials.database)}/{quote(credentials.schema)}"
    options = {"warehouse": credentials.warehouse or "-", "role": credentials.role or "-"}
    arguments = {
        "account": credentials.account,
        "password": None,
        "warehouse": credentials.warehouse,
        "role": credentials.role,
        "session_parameters": {"QUERY_TAG": credentials.query_tag or ""},
        **credentials.auth_args(),
    }
    return context.data_sources.add_snowflake(
        "gates",
        connection_string=f"snowflake://{user}:-@{account}/{place}?{urlencode(options)}",
        kwargs={"connect_args": arguments},
    )


def _databricks(context: Any, credentials: Any) -> Any:
    """Signs in as dbt does: the address is there for its form, and names the schema."""
    from databricks import sql  # noqa: PLC0415  (only who needs it pays)
    from dbt.adapters.databricks.handle import SqlUtils  # noqa: PLC0415

    arguments = SqlUtils.prepare_connection_arguments(
        credentials, credentials.authenticate(), credentials.http_path
    )
    arguments["use_inline_params"] = False  # SQLAlchemy's dialect binds them
    options = {
        "http_path": credentials.http_path,
        "catalog": credentials.database,
        "schema": credentials.schema,
    }
    return context.data_sources.add_databricks_sql(
        "gates",
        connection_string=f"databricks://-:-@{credentials.host}?{urlencode(options)}",
        kwargs={"creator": lambda: sql.connect(**arguments)},
    )


_SOURCES: dict[str, Callable[[Any, Any], Any]] = {
    "duckdb": _duckdb,
    "snowflake": _snowflake,
    "databricks": _databricks,
}


def quiet_context() -> Any:
    """A context of Great Expectations that lives in memory and reports to nobody."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # What it logs of a statement that fails may quote values; outcomes say that it failed.
    # Not by a level: some of its modules set their own.
    logger = logging.getLogger("great_expectations")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415  (takes seconds)
        from great_expectations.data_context.types.base import (  # noqa: PLC0415
            ProgressBarsConfig,
        )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context
