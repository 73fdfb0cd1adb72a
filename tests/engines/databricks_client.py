"""Lets databricks-sql-connector, and so dbt-databricks, talk to open-source Spark. For tests only.

Databricks' Thrift protocol is Hive's with extensions that the open-source server does not have.
Everything here takes one of them away; the statements themselves are left as they are, but for the
name of the catalog and for bound parameters.

    python -m tests.engines.databricks_client MODULE [ARGUMENT ...]

runs a Python module (`dbt.cli.main build`, say) with a connector that is changed so.
"""

import base64
import functools
import re
import runpy
import sys
from collections import defaultdict
from collections.abc import Callable
from itertools import takewhile
from types import SimpleNamespace
from typing import Any

from databricks.sdk import config as sdk_config
from databricks.sql import client, result_set
from databricks.sql.backend.thrift_backend import ThriftDatabricksClient
from databricks.sql.backend.types import SessionId
from databricks.sql.exc import ServerOperationError
from databricks.sql.thrift_api.TCLIService import ttypes
from dbt.adapters.databricks import connections
from dbt.adapters.databricks.dbr_capabilities import DBRCapabilities, DBRCapability

NUMBERS = {"BIGINT", "BOOLEAN", "DECIMAL", "DOUBLE", "FLOAT", "INT", "SMALLINT", "TINYINT"}


@functools.cache
def connect_to_open_source_spark() -> None:
    """Change the connector within this process; a second call changes nothing more.

    From then on `host` is `127.0.0.1:PORT` and the connection is plain HTTP.
    """
    _speak_plain_http()
    _speak_the_open_source_protocol()
    _accept_results_without_columns()
    _keep_sessions()
    _list_columns_of_delta_tables()
    _look_up_nothing_about_the_host()
    _send_no_telemetry()
    _leave_out_what_only_databricks_has()


def _speak_plain_http() -> None:
    """The server has no certificate, and wants a user's name rather than a token."""
    original = ThriftDatabricksClient.__init__

    class Anybody:
        def add_headers(self, headers: dict[str, str]) -> None:
            headers["Authorization"] = "Basic " + base64.b64encode(b"anybody:").decode()

    def init(self: ThriftDatabricksClient, **settings: Any) -> None:
        path = settings["http_path"].lstrip("/")
        settings["_connection_uri"] = f"http://{settings['server_hostname']}/{path}"
        settings["_retry_stop_after_attempts_count"] = 1
        settings["auth_provider"] = Anybody()
        original(self, **settings)

    ThriftDatabricksClient.__init__ = init


def _speak_the_open_source_protocol() -> None:
    """Change each request to what the server knows, each answer to what the connector wants."""
    original = ThriftDatabricksClient.make_request

    def make_request(
        self: ThriftDatabricksClient, method: Callable[..., Any], request: Any, *rest: Any
    ) -> Any:
        if isinstance(request, ttypes.TOpenSessionReq):
            # Results by columns, as Databricks sends them; newer than this Hive has no version.
            request.client_protocol = ttypes.TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V8
        elif isinstance(request, ttypes.TExecuteStatementReq):
            request.statement = _with_parameters(request.statement, request.parameters)
            request.statement = _in_spark_catalog(request.statement)
            request.parameters = None
        response = original(self, method, request, *rest)
        if isinstance(response, ttypes.TOpenSessionResp):
            # The connector refuses older servers, and a catalog or parameters with them.
            response.serverProtocolVersion = ttypes.TProtocolVersion.SPARK_CLI_SERVICE_PROTOCOL_V9
            response.canUseMultipleCatalogs = True
        elif isinstance(response, ttypes.TGetResultSetMetadataResp):
            response.resultFormat = ttypes.TSparkRowSetType.COLUMN_BASED_SET
        elif isinstance(response, ttypes.TFetchResultsResp):
            response.resultSetMetadata = ttypes.TGetResultSetMetadataResp(
                resultFormat=ttypes.TSparkRowSetType.COLUMN_BASED_SET, lz4Compressed=False
            )
        return response

    ThriftDatabricksClient.make_request = make_request


def _in_spark_catalog(statement: str) -> str:
    """What dbt knows as the catalog `hive_metastore` has another name in open-source Spark."""
    return re.sub(r"`hive_metastore`|\bhive_metastore(?=\.)", "spark_catalog", statement)


def _with_parameters(statement: str, parameters: list[Any] | None) -> str:
    """Write bound parameters (`:name`), which only Databricks binds, into the statement."""
    values = {parameter.name: _literal(parameter) for parameter in parameters or []}
    return re.sub(r"(?<![:\w]):`?(\w+)`?", lambda found: values.get(found[1], found[0]), statement)


def _literal(parameter: Any) -> str:
    if parameter.value is None:
        return "null"
    text = parameter.value.stringValue
    if parameter.type in NUMBERS:
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _accept_results_without_columns() -> None:
    """A statement that is no query answers with no columns, which the connector cannot join up."""
    original = result_set.concat_table_chunks

    def concat_table_chunks(chunks: list[Any]) -> Any:
        with_columns = [chunk for chunk in chunks if chunk.column_table]
        return original(with_columns) if with_columns else result_set.ColumnTable([], [])

    result_set.concat_table_chunks = concat_table_chunks


def _keep_sessions() -> None:
    """Hand a closed connection's session to the next one: dbt opens one a model, and a new one is
    slow. What would end with the session, its temporary views, is dropped. (The server would
    analyse every one of them again before it closed a session.)
    """
    original_open = ThriftDatabricksClient.open_session
    original_request = ThriftDatabricksClient.make_request
    idle: dict[str, list[SessionId]] = defaultdict(list)
    views: dict[bytes, set[str]] = defaultdict(set)

    def open_session(self: ThriftDatabricksClient, **settings: Any) -> SessionId:
        try:
            session_id = idle[self._host].pop()
        except IndexError:
            return original_open(self, **settings)
        self._session_id_hex = session_id.hex_guid
        return session_id

    def make_request(
        self: ThriftDatabricksClient, method: Callable[..., Any], request: Any, *rest: Any
    ) -> Any:
        if isinstance(request, ttypes.TExecuteStatementReq):
            found = re.search(r"\btemporary view (\S+) as\b", request.statement, re.IGNORECASE)
            if found:
                views[request.sessionHandle.sessionId.guid].add(found[1])
        return original_request(self, method, request, *rest)

    def close_session(self: ThriftDatabricksClient, session_id: SessionId) -> None:
        handle = session_id.to_thrift_handle()
        for view in views.pop(handle.sessionId.guid, ()):
            statement = f"drop view if exists {view}"
            request = ttypes.TExecuteStatementReq(sessionHandle=handle, statement=statement)
            original_request(self, self._client.ExecuteStatement, request)
        idle[self._host].append(session_id)
        self._transport.close()

    ThriftDatabricksClient.open_session = open_session
    ThriftDatabricksClient.make_request = make_request
    ThriftDatabricksClient.close_session = close_session


def _list_columns_of_delta_tables() -> None:
    """SQLAlchemy's dialect asks the catalog for them, which here knows those of no Delta table."""

    def columns(
        self: client.Cursor, catalog_name: str, schema_name: str, table_name: str, **_: Any
    ) -> Any:
        try:
            self.execute(f"describe table {catalog_name}.{schema_name}.{table_name}")
        except ServerOperationError:
            described = []
        else:
            described = self.fetchall()
        listed = [
            SimpleNamespace(
                COLUMN_NAME=name,
                TYPE_NAME=kind.upper(),
                NULLABLE=1,
                COLUMN_DEF=None,
                REMARKS=comment,
            )
            for name, kind, comment in takewhile(lambda row: row.data_type, described)
        ]
        return SimpleNamespace(fetchall=lambda: listed)

    client.Cursor.columns = columns


def _look_up_nothing_about_the_host() -> None:
    """A workspace publishes facts about itself over HTTPS; here the question would be retried."""
    sdk_config.Config._resolve_host_metadata = lambda self: None
    connections.check_spog_preconditions = lambda **settings: None


def _send_no_telemetry() -> None:
    """The connector would send it to the host, and fetch large results from cloud storage."""
    original = client.Connection.__init__

    def init(self: client.Connection, *arguments: Any, **settings: Any) -> None:
        original(
            self, *arguments, **settings | {"enable_telemetry": False, "use_cloud_fetch": False}
        )

    client.Connection.__init__ = init


def _leave_out_what_only_databricks_has() -> None:
    """REPLACE ON and INSERT BY NAME REPLACE WHERE are no statements of open-source Spark."""
    for capability in (DBRCapability.REPLACE_ON, DBRCapability.INSERT_BY_NAME_REPLACE_WHERE):
        DBRCapabilities.CAPABILITY_SPECS.pop(capability)


if __name__ == "__main__":
    connect_to_open_source_spark()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
