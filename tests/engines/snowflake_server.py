"""A Snowflake stand-in: fakesnow's server, with what dbt-snowflake needs beside it.

`snowflake_server(folder)` runs it for a while. By hand: `python -m tests.engines.snowflake_server
PORT`. It keeps everything in memory and knows no users: any name and password will do.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import fakesnow.arrow
import fakesnow.cursor
import fakesnow.server
import pyarrow as pa
import snowflake.connector.errors
import snowflake.connector.network
import sqlglot
import uvicorn
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import exp

REPOSITORY = Path(__file__).parents[2]
HOST = "127.0.0.1"
START_TIMEOUT = 60.0
STOP_TIMEOUT = 10.0
ANSWER_TIMEOUT = 600
"""Seconds that a client of this process waits for an answer. Snowflake itself says within a minute
that a statement still runs; the stand-in cannot, and a statement sent again would meet itself."""
LOG_LINES = 30


class SnowflakeServerError(RuntimeError):
    """The stand-in did not come up."""


@dataclass(frozen=True)
class SnowflakeEndpoint:
    """Where the stand-in answers."""

    host: str
    port: int
    account: str = "fakesnow"
    protocol: str = "http"


@contextmanager
def snowflake_server(folder: Path) -> Iterator[SnowflakeEndpoint]:
    """Run the stand-in in a process of its own, with its log and files in a folder.

    Raises SnowflakeServerError, with the log's tail, where it does not answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    snowflake.connector.network.DEFAULT_SOCKET_CONNECT_TIMEOUT = ANSWER_TIMEOUT
    endpoint = SnowflakeEndpoint(HOST, free_port())
    log = folder / "snowflake_server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engines.snowflake_server", str(endpoint.port)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            env=os.environ | {"TMPDIR": str(folder)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_it_answers(endpoint, process, log)
        yield endpoint
    finally:
        stop(process)


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(
    endpoint: SnowflakeEndpoint, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Return when the server takes connections; raise SnowflakeServerError where it does not."""
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection((endpoint.host, endpoint.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    code = process.poll()
    fate = f"gave no answer within {START_TIMEOUT:.0f} s" if code is None else f"ended with {code}"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
    raise SnowflakeServerError(
        f"The Snowflake stand-in on port {endpoint.port} {fate}. Is everything of "
        f"`pip install -c constraints.txt -e '.[dev]'` installed? {log} ends with:\n{tail}"
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(STOP_TIMEOUT)
            return
        except ProcessLookupError:
            process.wait()
            return
        except subprocess.TimeoutExpired:
            continue


# ---- what runs in the server's process ----

# Statements that change nothing the stand-in knows of: it has no roles and no session parameters.
WITHOUT_EFFECT = [r"\s*(grant|revoke|alter\s+session|use\s+(role|warehouse|secondary))\b"]
# Schemas of a database, which take each other's place.
SWAP = re.compile(r"alter\s+schema\s+(\S+)\s+swap\s+with\s+([^\s;]+)", re.IGNORECASE)
CLONE = re.compile(r"create\s+transient\s+table\s+(\S+)\s+clone\s+([^\s;]+)", re.IGNORECASE)
COMMENT_ON_TABLE = re.compile(r"\s*comment\s+on\s+table\s+(\S+)", re.IGNORECASE)
COMMENT_ON_COLUMNS = re.compile(
    r"\s*alter\s+(?:transient\s+)?table\s+(\S+)\s+alter\s+\S+\s+comment", re.IGNORECASE
)
COMMENT = re.compile(r"(\S+)\s+(?:comment|is)\s+\$\$(.*?)\$\$", re.IGNORECASE | re.DOTALL)
# Statements that Snowflake commits before and after.
DATA_DEFINITION = re.compile(r"\s*(create|drop|alter|comment|truncate)\b", re.IGNORECASE)


def serve(port: int) -> None:
    """Serve until the process is ended."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    fakesnow.server.shared_fs.nop_regexes = WITHOUT_EFFECT
    mend_fakesnow()
    uvicorn.run(fakesnow.server.app, host=HOST, port=port, log_level="warning")


def end_with_parent() -> None:
    """End this process when its standard input closes: a killed test leaves no server behind."""
    sys.stdin.read()
    os._exit(0)


def mend_fakesnow() -> None:
    """Fill the gaps of fakesnow that dbt, or this project's SQL, falls into."""
    parse = fakesnow.cursor.parse_one
    fakesnow.cursor.parse_one = lambda command: mend_statement(parse(command))
    FakeSnowflakeCursor.execute = answer_errors(FakeSnowflakeCursor.execute)
    fakesnow.server.ServerError = AnsweredError
    fakesnow.arrow.timestamp_to_sf_struct = keep_nulls(fakesnow.arrow.timestamp_to_sf_struct)
    transforms = fakesnow.cursor.transforms
    # TRIM would lose the characters to trim, and the sum of decimals become a floating number.
    transforms.trim_cast_varchar = as_it_stands
    transforms.numeric_agg_implicit_cast = as_it_stands
    transforms.to_timestamp = keep_try_casts(transforms.to_timestamp)
    transforms.merge = lambda statement: [statement]
    FakeSnowflakeCursor._execute = merge_at_once(FakeSnowflakeCursor._execute)


def mend_statement(statement: exp.Expression) -> exp.Expression:
    """A parsed statement as fakesnow understands it."""
    make_temporary_tables_plain(statement)
    try_timestamps_as_casts(statement)
    format_times(statement)
    match_at_once(statement)
    name_the_warehouse(statement)
    if isinstance(statement, exp.Merge):
        qualify_inserted_values(statement)
    return statement


def make_temporary_tables_plain(statement: exp.Expression) -> None:
    """Drop TEMPORARY from a table with a schema: DuckDB has temporary tables in one schema only."""
    if isinstance(statement, exp.Create) and (properties := statement.args.get("properties")):
        table = statement.find(exp.Table)
        if table is not None and table.db:
            properties.set(
                "expressions",
                [
                    each
                    for each in properties.expressions
                    if not isinstance(each, exp.TemporaryProperty)
                ],
            )


def try_timestamps_as_casts(statement: exp.Expression) -> None:
    """Write TRY_TO_TIMESTAMP_NTZ and _TZ of a column as casts: fakesnow knows them of literals."""
    types = {"TRY_TO_TIMESTAMP_NTZ": "timestamp", "TRY_TO_TIMESTAMP_TZ": "timestamptz"}
    for call in list(statement.find_all(exp.Anonymous)):
        if call.name.upper() in types:
            to = exp.DataType.build(types[call.name.upper()])
            call.replace(exp.TryCast(this=call.expressions[0], to=to))


def format_times(statement: exp.Expression) -> None:
    """Cast a column that TO_CHAR formats as a time: else sqlglot drops the format for DuckDB."""
    for call in list(statement.find_all(exp.ToChar)):
        if (form := call.args.get("format")) and form.name.startswith("YYYY"):
            value, form = call.this.sql("snowflake"), form.sql("snowflake")
            typed = f"to_char(cast({value} as timestamp_ntz), {form})"
            call.replace(sqlglot.parse_one(typed, read="snowflake"))


def match_at_once(statement: exp.Expression) -> None:
    """Ask DuckDB whether a pattern matches, where REGEXP_INSTR(...) > 0 asks where it does.

    sqlglot writes that as lists of all matches and all that lies between, for each row anew.
    """
    for place in list(statement.find_all(exp.RegexpInstr)):
        asked = place.parent
        if isinstance(asked, exp.GT) and asked.expression.name == "0":
            text_and_pattern = [*place.unnest_operands()]
            asked.replace(exp.Anonymous(this="REGEXP_MATCHES", expressions=text_and_pattern))


def name_the_warehouse(statement: exp.Expression) -> None:
    """Answer CURRENT_WAREHOUSE(), which dbt asks where a model has a warehouse of its own."""
    for call in list(statement.find_all(exp.Func)):
        if call.sql("snowflake").upper() == "CURRENT_WAREHOUSE()":
            call.replace(exp.Literal.string("STAND_IN"))


def qualify_inserted_values(merge: exp.Merge) -> None:
    """Put the source's name in front of the values a MERGE inserts, where dbt writes none."""
    source = merge.args["using"].alias_or_name
    for insert in merge.find_all(exp.Insert):
        for column in insert.expression.find_all(exp.Column):
            if not column.table:
                column.set("table", exp.to_identifier(source))


def answer_errors(execute: Any) -> Any:
    """Let every error reach the client as one of the statement: it retries an HTTP 500 for minutes.

    A failed statement ends its transaction, since DuckDB takes no other statement in it, and a data
    definition commits what went before, as on Snowflake.
    """

    def execute_or_answer(
        cursor: FakeSnowflakeCursor, command: str, *arguments: Any, **options: Any
    ) -> FakeSnowflakeCursor:
        try:
            if DATA_DEFINITION.match(command):
                end_transaction(cursor, "commit")
            done = "select 'Statement executed successfully.' as status"
            if swap := SWAP.search(command):
                swap_schemas(cursor._duck_conn, *swap.groups())
                command = done
            elif statements := comments_of(command):
                cursor._duck_conn.execute(statements)
                command = done
            result: FakeSnowflakeCursor = execute(cursor, command, *arguments, **options)
            if clone := CLONE.search(command):
                copy_comments(cursor._duck_conn, *reversed(clone.groups()))
            return result
        except snowflake.connector.errors.ProgrammingError:
            end_transaction(cursor, "rollback")
            raise
        except Exception as error:
            end_transaction(cursor, "rollback")
            raise snowflake.connector.errors.ProgrammingError(
                msg=f"{type(error).__name__}: {error}", errno=100000, sqlstate="22000"
            ) from error

    return execute_or_answer


def swap_schemas(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    """Let two schemas take each other's tables, in one transaction: DuckDB renames no schema."""
    connection.execute("begin")
    aside = f"{one}_aside"
    connection.execute(f"create schema {aside}")
    for source, destination in ((one, aside), (other, one), (aside, other)):
        names = connection.execute(
            "select table_name from duckdb_tables()"
            " where database_name ilike ? and schema_name ilike ?",
            source.split("."),
        ).fetchall()
        for (name,) in names:
            connection.execute(f"create table {destination}.{name} as from {source}.{name}")
            copy_comments(connection, f"{source}.{name}", f"{destination}.{name}")
            connection.execute(f"drop table {source}.{name}")
    connection.execute(f"drop schema {aside}")
    connection.execute("commit")


def comments_of(command: str) -> str:
    """The comments that dbt gives a table or its columns, as DuckDB takes them; fakesnow cannot."""
    texts = [(name, text.replace("'", "''")) for name, text in COMMENT.findall(command)]
    if on_table := COMMENT_ON_TABLE.match(command):
        return f"comment on table {on_table[1]} is '{texts[0][1]}'"
    if on_columns := COMMENT_ON_COLUMNS.match(command):
        return ";".join(f"comment on column {on_columns[1]}.{n} is '{t}'" for n, t in texts)
    return ""


def copy_comments(connection: duckdb.DuckDBPyConnection, source: str, copy: str) -> None:
    """Give a copied table the comments of the other, as a clone has them."""
    place = "database_name ilike ? and schema_name ilike ? and table_name ilike ?"
    found = connection.execute(
        f"select 'table', '', comment from duckdb_tables() where {place} and comment is not null"
        " union all select 'column', '.' || column_name, comment from duckdb_columns()"
        f" where {place} and comment is not null",
        [*source.split("."), *source.split(".")],
    ).fetchall()
    for kind, column, comment in found:
        text = comment.replace("'", "''")
        connection.execute(f"comment on {kind} {copy}{column} is '{text}'")


class AnsweredError(fakesnow.server.ServerError):
    """What went wrong outside the statement itself, say a type that fakesnow cannot send."""

    def __init__(self, status_code: int, code: str, message: str) -> None:
        super().__init__(200 if status_code == 500 else status_code, code, message)


def end_transaction(cursor: FakeSnowflakeCursor, how: str) -> None:
    """Commit or roll back the transaction of a session, if there is one."""
    with suppress(duckdb.TransactionException):
        cursor._duck_conn.execute(how)


def keep_nulls(to_struct: Any) -> Any:
    """Let a timestamp that is null be null for the client, and not the first second of 1970."""

    def to_struct_with_nulls(timestamps: pa.ChunkedArray) -> pa.StructArray:
        struct = to_struct(timestamps)
        return pa.StructArray.from_arrays(
            struct.flatten(), fields=list(struct.type), mask=timestamps.combine_chunks().is_null()
        )

    return to_struct_with_nulls


def merge_at_once(execute: Any) -> Any:
    """Run a MERGE as DuckDB's own: fakesnow's is several statements, which no transaction holds."""

    def execute_or_merge(
        cursor: FakeSnowflakeCursor, statement: exp.Expression, params: Any = None
    ) -> Any:
        if isinstance(statement, exp.Merge):
            merge = cursor._duck_conn.execute(statement.sql(dialect="duckdb"), params)
            [(row_count,)] = merge.fetchall()
            statement, params = exp.select(f"{row_count} as row_count"), None
        return execute(cursor, statement, params)

    return execute_or_merge


def as_it_stands(expression: exp.Expression) -> exp.Expression:
    """A transformation that does nothing, in place of one that does harm."""
    return expression


def keep_try_casts(transform: Any) -> Any:
    """Let TRY_CAST to a timestamp give null for what is none: fakesnow makes a CAST of it."""
    return lambda e: e if isinstance(e, exp.TryCast) else transform(e)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
