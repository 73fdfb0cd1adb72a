"""Lets dbt judge raw rows in a DuckDB file of its own, and reads what became of them."""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.check.finding import Finding, Level
from orchestration.platform.environment import environment
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import RawTable

_REASONS = 3  # how many of a table's are named


def judge(
    folder: Path, project_dir: Path, tables: Iterable[RawTable], variables: str | None
) -> dict[str, str]:
    """Builds the base models of raw tables that lie in `folder`; returns what stopped some of them.

    Raises CannotRunError where dbt does not start.
    """
    profile = {
        "target": "duckdb",
        "outputs": {
            "duckdb": {
                "type": "duckdb",
                "path": str(folder / "check.duckdb"),
                "schema": "main",
                "threads": 2,
                "settings": {"TimeZone": "UTC"},
            }
        },
    }
    (folder / "profiles.yml").write_text(yaml.safe_dump({"customer_360": profile}))
    models = [f"+base_{table.source}__{table.name}" for table in tables]
    command = ["--quiet", "build", "--select", *models, "--exclude-resource-type", "test"]
    command += ["unit_test", "--project-dir", str(project_dir), "--profiles-dir", str(folder)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    command += ["--vars", variables] if variables else []
    # the rows are there as tables: no file is looked at
    with environment(CUSTOMER_360_RAW_DIR=str(folder / "no files")), _silence():
        try:
            result = dbtRunner().invoke(command)
        finally:
            DuckDBConnectionManager.close_all_connections()
    if result.exception is not None or result.result is None:
        raise CannotRunError(f"dbt cannot judge the rows: {result.exception}")
    nodes: Any = result.result
    failed = [node for node in nodes if node.status == "error"]
    return {node.node.name: _message(str(node.message)) for node in failed}


def tell(
    connection: duckdb.DuckDBPyConnection, table: RawTable, limit: int, shares: tuple[float, float]
) -> Iterator[Finding]:
    """What became of a raw table's rows, of which the first `limit` were judged.

    shares: of rows rejected, from which a build warns, and from which it fails.
    """
    name = f"{table.source}.{table.name}"
    base = f"staging.base_{table.source}__{table.name}"
    counts = dict(
        connection.execute(f"select judgement, count(*) from {base} group by 1").fetchall()
    )
    received, rejected = sum(counts.values()), counts.get("rejected", 0)
    duplicates = counts.get("duplicate", 0)
    reasons = connection.execute(
        f"select reason_code, count(*), min(row_key) from {base} where judgement = 'rejected' "
        f"group by 1 order by 2 desc, 1 limit {_REASONS}"
    ).fetchall()
    repaired = connection.execute(
        f"select repaired, count(*) from (select unnest(string_split(repaired_columns, ',')) as "
        f"repaired from {base} where judgement = 'accepted') group by 1 order by 2 desc, 1"
    ).fetchall()
    some = "the first " if received == limit else ""
    said = f"{some}{received:,} rows, {counts.get('accepted', 0):,} would be accepted"
    if duplicates:
        said += f", {duplicates:,} are copies or older versions of others (their key repeats)"
    yield Finding(name, Level.NOTE, said)
    if repaired:
        columns = ", ".join(f"{column} {count:,}" for column, count in repaired)
        yield Finding(name, Level.NOTE, f"values that cannot be read would be null: {columns}")
    if rejected:
        warns, fails = shares
        share = rejected / (received - duplicates)
        level = Level.ERROR if share >= fails else Level.WARNING if share >= warns else Level.NOTE
        told = ", ".join(
            f"{reason} {count:,}" + (f" (row {key})" if key else "")
            for reason, count, key in reasons
        )
        yield Finding(name, level, f"{rejected:,} rows ({share:.1%}) would be rejected: {told}")
    if not received:
        yield Finding(name, Level.WARNING, "has no rows")


def _message(message: str) -> str:
    """The first line of an error that says something."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return next((line for line in lines if not re.match(r"\w+ Error in ", line)), message)


@contextmanager
def _silence() -> Iterator[None]:
    """What dbt prints of errors is told in other words."""
    with Path(os.devnull).open("w", encoding="utf-8") as nothing, redirect_stdout(nothing):
        yield
