"""DuckDB's tables and views are put in place in one step: whoever reads sees the old or the new."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
from dbt.adapters.duckdb.connections import DuckDBConnectionManager

from tests.materializations.in_place import (
    DESCRIPTION,
    MODELS,
    ROUNDS,
    ROWS,
    dbt,
    held,
    make_project,
)
from tests.support import REPOSITORY

OLD, NEW = (
    {name: [number, number, ROWS] for name in MODELS}
    | {"components": [number, number, ROWS * number]}
    for number in ROUNDS
)


def test_a_reader_sees_every_relation_whole_while_it_is_replaced(tmp_path: Path) -> None:
    make_project(tmp_path)
    dbt("run", tmp_path, ROUNDS[0])
    seen: list[dict[str, list[int]]] = []
    errors: list[duckdb.Error] = []
    is_over = threading.Event()

    def read() -> None:
        """As a connection of the same process, which alone may open the file meanwhile."""
        while not is_over.wait(0.001):
            environment = DuckDBConnectionManager._ENV
            connection = environment and environment.conn
            if connection is None:
                continue
            try:
                with connection.cursor() as cursor:
                    seen.append(held(cursor))
            except duckdb.Error as error:
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in (2, 1, 2):
            dbt("run", tmp_path, number)
    finally:
        is_over.set()
        reader.join()

    assert not errors
    assert len(seen) > 10
    for relations in seen:
        assert relations.keys() == MODELS.keys()
        for name, found in relations.items():
            assert found in (OLD[name], NEW[name]), name
    assert OLD["plain"] in [each["plain"] for each in seen]
    assert any(each["plain"] != each["checked"] for each in seen), "it never looked in between"


def test_descriptions_of_columns_are_kept_with_the_table(tmp_path: Path) -> None:
    make_project(tmp_path)
    dbt("run", tmp_path, ROUNDS[0])
    with duckdb.connect(str(tmp_path / "in_place.duckdb")) as connection:
        comments = connection.execute(
            "select table_name, comment from duckdb_columns() where comment <> '' order by 1"
        ).fetchall()
    assert comments == [("checked", DESCRIPTION), ("described", DESCRIPTION)]


def test_a_run_killed_at_any_statement_leaves_every_relation_old_or_new(tmp_path: Path) -> None:
    make_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.materializations.in_place", str(tmp_path)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kills = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    statements = [" ".join(statement.split()[:2]).lower() for statement, _ in kills]
    assert {"create or", "drop table", "drop view", "create table", "insert into"} <= {*statements}
    assert len(kills) > 15
    for statement, relations in kills:
        assert relations.keys() == MODELS.keys(), statement
        for name, found in relations.items():
            assert found in (OLD[name], NEW[name]), (name, statement)
    assert kills[-1] == ["", NEW]
    assert OLD in [relations for _, relations in kills]
