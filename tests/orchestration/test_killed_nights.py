"""Nights in processes of their own: killed at random moments, and two at once.

They build what new sales have changed, from the raw files to what is published. When a night
is killed the clock decides, here alone: other tests die at a statement, these where nobody looked.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.orchestration.company import VARIABLES, Company
from tests.orchestration.test_definitions import settings
from tests.support import REPOSITORY

pytestmark = pytest.mark.slow

# Each is a minute: CUSTOMER_360_KILLS=10 for more moments than CI has time for.
KILLS = int(os.environ.get("CUSTOMER_360_KILLS", "3"))
WAREHOUSE = "customer_360.duckdb"
STATE = (WAREHOUSE, "published.duckdb", "publications")
LIMIT_SECONDS = 900


@dataclass
class Nights:
    """A company whose nights are processes."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def published(self) -> Path:
        return self.folder / "published.duckdb"

    def run(self, *command: str) -> subprocess.Popen[bytes]:
        """A command of the virtual environment, in a process group of its own."""
        variables = settings(self.folder) | {"CUSTOMER_360_DBT_VARS": json.dumps(VARIABLES)}
        variables["DAGSTER_HOME"] = str(self.folder / "dagster")
        program, *arguments = command
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name(program)), *arguments],
            cwd=REPOSITORY,
            env=os.environ | variables,
            stdout=(self.folder / "said.log").open("a"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def start(self) -> subprocess.Popen[bytes]:
        """A night."""
        return self.run("dg", "launch", "--job", "nightly")

    def shown(self) -> tuple[str, dict[str, Counter[Any]]]:
        """The publication that BI sees, which must be whole, and the rows of its tables."""
        with duckdb.connect(str(self.published), read_only=True) as connection:
            [[publication, row_counts]] = connection.execute(
                "select publication_id, row_counts from published.publications where is_current"
            ).fetchall()
            tables = {
                name: Counter(connection.execute(f"select * from published.{name}").fetchall())
                for name in json.loads(row_counts)
            }
        assert {name: rows.total() for name, rows in tables.items()} == json.loads(row_counts)
        return publication, tables

    def publications(self) -> int:
        """How many there have been so far."""
        with duckdb.connect(str(self.folder / WAREHOUSE), read_only=True) as connection:
            [[count]] = connection.execute(
                "select count(*) from operations.publications"
            ).fetchall()
        return int(count)


def copy_state(source: Path, target: Path) -> None:
    """Copies the warehouse and what is published."""
    for name in STATE:
        copy = shutil.copytree if (source / name).is_dir() else shutil.copy
        shutil.rmtree(target / name, ignore_errors=True)
        copy(source / name, target / name)


def sell(folder: Path, prefix: str) -> None:
    """Writes files in which the last sales of the stores come again, as sales of their own."""
    renamed = f"'{prefix}-' || transaction_id as transaction_id"
    for table, names in (
        ("transactions", renamed),
        ("transaction_items", f"'{prefix}-' || item_id as item_id, {renamed}"),
    ):
        duckdb.execute(f"""
            copy (
                select * replace (
                    {names},
                    (select max(_loaded_at) + interval 1 hour from '{folder}/{table}.parquet')
                        as _loaded_at
                )
                from '{folder}/{table}.parquet'
                where transaction_id in (
                    select transaction_id from '{folder}/transactions.parquet'
                    where channel = 'POS' and transaction_type = 'PURCHASE'
                    order by _loaded_at desc, transaction_id limit 10
                )
            ) to '{folder}/{table}.{prefix}.parquet'
        """)


@pytest.fixture(scope="module")
def nights(first_night: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """The company after its first night, with more sales to customers that it knows."""
    folder = tmp_path_factory.mktemp("nights")
    shutil.copytree(first_night.raw_dir, folder / "raw")
    sell(folder / "raw" / "retail", "again")
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    (folder / "dagster").mkdir()
    shutil.copy(REPOSITORY / "orchestration" / "dagster.yaml", folder / "dagster")
    nights = Nights(folder)
    copy_state(first_night.folder, folder)
    try:
        assert nights.run("dbt", "parse", "--vars", json.dumps(VARIABLES)).wait(LIMIT_SECONDS) == 0
        yield nights
    finally:
        for process in nights.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def test_killed_nights_are_completed_by_the_next(nights: Nights) -> None:
    before = nights.folder / "before"
    before.mkdir()
    copy_state(nights.folder, before)
    publication, stale = nights.shown()
    began = time.monotonic()
    assert nights.start().wait(LIMIT_SECONDS) == 0
    length = time.monotonic() - began
    undisturbed, expected = nights.shown()
    assert undisturbed != publication
    assert expected != stale
    copy_state(before, nights.folder)

    moments, killed = random.Random(5), []
    for number in range(KILLS):
        content = nights.published.read_bytes()
        night = nights.start()
        try:
            night.wait((number + moments.random()) / KILLS * length)
        except subprocess.TimeoutExpired:
            os.killpg(night.pid, signal.SIGKILL)
        ended = night.wait(LIMIT_SECONDS)
        assert ended in (0, -signal.SIGKILL)
        killed.append(ended == -signal.SIGKILL)
        if nights.published.read_bytes() != content:
            assert nights.shown()[1] == expected, "a new publication is whole"

    assert any(killed), "no night was under way at its moment"
    assert nights.start().wait(LIMIT_SECONDS) == 0
    last, tables = nights.shown()
    assert last not in (publication, undisturbed)
    assert tables == expected


def test_two_nights_that_start_at_once_both_succeed(nights: Nights) -> None:
    sell(nights.folder / "raw" / "retail", "more")
    before = nights.publications()
    two = [nights.start(), nights.start()]
    assert [night.wait(LIMIT_SECONDS) for night in two] == [0, 0]
    assert nights.publications() == before + 1, "the second one finds nothing new"
    nights.shown()
