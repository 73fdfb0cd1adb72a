"""Appends: what they leave alone, what they bring, and that they can be repeated."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulator.tables import TABLES
from simulator.writer import raw_path
from tests.simulator.folders import Worlds, contents, run
from tests.simulator.judge import Judged


def test_old_files_are_untouched_and_each_append_adds_one_a_table(worlds: Worlds) -> None:
    before, after = contents(worlds.first / "raw"), contents(worlds.appended / "raw")
    assert {name: after[name] for name in before} == before
    added = set(after) - set(before)
    assert len(added) == 2 * len(TABLES)
    assert all(".0002." in name or ".0003." in name for name in added)


def test_the_same_appends_give_the_samecontents(worlds: Worlds, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(worlds.first, again)
    for days in ("7", "30"):
        assert run("--append-days", days, "--out", str(again / "raw")) == 0
    assert contents(again) == contents(worlds.appended)


def test_everything_appended_is_loaded_after_what_was_there(worlds: Worlds) -> None:
    ends = []
    for batch in (1, 2, 3):
        tables = [
            pq.read_table(raw_path(worlds.appended / "raw", name, batch, "parquet"))["_loaded_at"]
            for name in TABLES
        ]
        moments = [moment for column in tables for moment in column.to_pylist()]
        ends.append((min(moments), max(moments)))
    assert ends[0][1] < ends[1][0]
    assert ends[1][1] < ends[2][0]
    assert str(ends[0][1]) <= "2026-04-01 06:00:00"
    assert str(ends[2][1]) <= "2026-05-08 06:00:00"


@pytest.fixture(scope="module")
def new(judged: Judged, judged_appended: Judged) -> Judged:
    """The appended world, with the load time at which the first batch ended."""
    end = judged.rows("select max(loaded_at) from web.events")[0][0]
    judged_appended.db.execute(
        f"create or replace macro is_new(moment) as moment > timestamp '{end}'"
    )
    return judged_appended


def test_new_rows_of_new_and_of_old_people(new: Judged) -> None:
    count = new.rows(
        "select count(*) filter (customer_id in (select customer_id from retail.customers where "
        "not is_new(loaded_at))), count(*) from retail.transactions "
        "where is_new(loaded_at) and customer_id is not null and is_winner"
    )[0]
    assert 0 < count[0] < count[1]


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("retail.customers", "true"),
        ("retail.products", "true"),
        ("salesforce.account", "true"),
        ("salesforce.contact", "is_deleted"),
        ("customer_io.people", "true"),
        ("external.profiles", "true"),
        ("oracle_brm.subscription", "status = 'Cancelled'"),
        ("support.tickets", "resolved_at is not null"),
        ("servicenow.incident", "resolved_at is not null"),
    ],
)
def test_changed_rows_replace_older_ones(new: Judged, table: str, what: str) -> None:
    changed = new.rows(
        f"select count(*) from {table} as newer join {table} as older using (row_key) "
        "where newer.is_winner and is_new(newer.loaded_at) and not is_new(older.loaded_at) "
        f"and newer.{what}".replace("newer.true", "true")
    )
    assert changed[0][0] > 0


@pytest.mark.parametrize(
    ("table", "moment"),
    [
        ("retail.transactions", "transaction_date"),
        ("web.events", "event_timestamp"),
        ("marketing.engagement_events", "engagement_date"),
        ("customer_io.deliveries", "created_at"),
    ],
)
def test_some_rows_come_late(new: Judged, table: str, moment: str) -> None:
    late = new.rows(
        f"select count(*) from {table} where is_winner and is_new(loaded_at) "
        f"and {moment} < timestamp '2026-04-01'"
    )
    assert late[0][0] > 0


def test_the_truth_only_grows(judged: Judged, judged_appended: Judged) -> None:
    for name in ("records", "bad_rows", "duplicate_rows"):
        before = judged.rows(f"select count(*) from truth.{name}")[0][0]
        assert judged_appended.rows(f"select count(*) from truth.{name}")[0][0] > before
    old = dict(judged.rows("select record_key, person_id from truth.records"))
    new_ones = dict(judged_appended.rows("select record_key, person_id from truth.records"))
    assert all(new_ones[key] in (person, None) for key, person in old.items())
