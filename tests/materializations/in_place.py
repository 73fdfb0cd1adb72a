"""A small project of tables and views on DuckDB, and its runs that are killed at a statement.

python -m tests.materializations.in_place <folder>

Runs the second round of the project in the folder again and again, each in a process that is killed
before another of the statements that change something, until one is not killed. Prints for each, as
JSON, the statement and what every relation then held.
"""

import json
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest

ROWS = 20_000
ROUNDS = (1, 2)
# the number of the round, in each of so many rows
OF_ROUND = f"select {{{{ var('round') }}}} as round, range as number from range({ROWS})"
MODELS = {
    "plain": f"{{{{ config(materialized='table') }}}} {OF_ROUND}",
    "checked": f"{{{{ config(materialized='table') }}}} {OF_ROUND}",
    "seen": f"{{{{ config(materialized='view') }}}} {OF_ROUND}",
    "described": f"{{{{ config(materialized='view') }}}} {OF_ROUND}",
    # to look for columns dbt begins a transaction
    "looks": "{{ config(materialized='view') }}"
    "{% do adapter.get_columns_in_relation(ref('plain')) %} " + OF_ROUND,
    "now_view": "{{ config(materialized='table' if var('round') == 1 else 'view') }} " + OF_ROUND,
    "now_a_table": "{{ config(materialized='view' if var('round') == 1 else 'table') }} "
    + OF_ROUND,
    "components": "{{ config(materialized='connected_components') }} "
    f"select range as node_a, range as node_b from range({ROWS} * {{{{ var('round') }}}})",
}
DESCRIPTION = "from 0 on"
CONTRACTS = [
    {
        "name": name,
        "config": {"contract": {"enforced": True}, "persist_docs": {"columns": True}},
        "columns": [
            {"name": "round", "data_type": "integer", "constraints": constraints},
            {"name": "number", "data_type": "bigint", "description": DESCRIPTION},
        ],
    }
    for name, constraints in (("checked", [{"type": "not_null"}]), ("described", []))
]
MACROS = [Path(__file__).parents[2] / "macros" / name for name in ("materializations", "engine")]


def make_project(folder: Path) -> None:
    """Writes the project and lets it be read once for each round."""
    (folder / "models").mkdir(parents=True)
    output = {"type": "duckdb", "path": str(folder / "in_place.duckdb"), "threads": 1}
    written = {
        "dbt_project.yml": {
            "name": "in_place",
            "profile": "in_place",
            "macro-paths": [str(path) for path in MACROS],
            "flags": {"send_anonymous_usage_stats": False, "use_materialization_v2": True},
        },
        "profiles.yml": {"in_place": {"target": "test", "outputs": {"test": output}}},
        "models/_models.yml": {"models": CONTRACTS},
    }
    for name, content in written.items():
        (folder / name).write_text(json.dumps(content))  # JSON is YAML
    for name, sql in MODELS.items():
        (folder / "models" / f"{name}.sql").write_text(sql)


def dbt(command: str, folder: Path, number: int, manifest: Manifest | None = None) -> Any:
    """A command of dbt in a round; its result."""
    options = ["--project-dir", str(folder), "--profiles-dir", str(folder)]
    options += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    options += ["--vars", json.dumps({"round": number})]
    try:
        done = dbtRunner(manifest=manifest).invoke(["--quiet", command, *options])
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception or [node.message for node in done.result]
    return done.result


def held(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Every relation there is: the least and the greatest round, and how many rows."""
    names = connection.execute(
        "select table_name from information_schema.tables order by 1"
    ).fetchall()
    rounds = {"components": ", ".join(2 * [f"(max(node_id) + 1) // {ROWS}"])}
    return {
        name: list(
            connection.execute(
                f"select {rounds.get(name, 'min(round), max(round)')}, count(*) from {name}"
            ).fetchall()[0]
        )
        for (name,) in names
    }


def _kill_before(statement_number: int, told: int) -> None:
    """Kills this process before a statement that changes something; says which it was."""
    execute, numbers = DuckDBCursorWrapper.execute, count(1)

    def execute_until(self: Any, sql: str, bindings: Any = None) -> Any:
        result = None
        for statement in duckdb.extract_statements(sql):
            is_quiet = statement.type in (duckdb.StatementType.SELECT, duckdb.StatementType.SET)
            if not is_quiet and next(numbers) == statement_number:
                os.write(told, statement.query.strip().encode())
                os.kill(os.getpid(), signal.SIGKILL)
            result = execute(self, statement.query, bindings)
        return result

    DuckDBCursorWrapper.execute = execute_until


def main(folder: Path) -> None:
    """Runs and kills."""
    database = folder / "in_place.duckdb"
    dbt("run", folder, ROUNDS[0])
    before = shutil.copy(database, folder / "before.duckdb")
    manifest = dbt("parse", folder, ROUNDS[1])
    for number in count(1):
        shutil.copy(before, database)
        Path(f"{database}.wal").unlink(missing_ok=True)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _kill_before(number, writing)
            dbt("run", folder, ROUNDS[1], manifest)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            statement = pipe.read()
        _, status = os.waitpid(child, 0)
        with duckdb.connect(str(database)) as connection:
            print(json.dumps([statement, held(connection)]), flush=True)
        if os.WIFEXITED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
