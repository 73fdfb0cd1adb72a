"""What the warehouse remembers of dbt's runs, and of what they built, on each engine."""

from datetime import date
from typing import Any

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt_common.events.base_types import EventMsg

from orchestration.changes import Record, Records
from orchestration.changes.inputs import due_days, raw_versions, tables_there
from orchestration.changes.records import EVERYTHING, age
from orchestration.platform.warehouse import Target
from tests.engines.engine import Engine
from tests.support import environment


def history(target: Target, columns: str) -> list[tuple[Any, ...]]:
    relation = target.operations.incorporate(path={"identifier": "run_history"})
    return target.query(f"select {columns} from {relation} order by 1")


def test_runs_are_remembered_for_a_while(engine: Engine) -> None:
    with environment(CUSTOMER_360_RUN_ID="of Dagster"):
        assert engine.dbt("seed", "--select", "rfm_segments", "nicknames").success
    with engine.target() as target:
        rows = history(target, "node, resource_type, status, command, dagster_run_id")
        assert rows == [
            (f"seed.customer_360.{name}", "seed", "success", "seed", "of Dagster")
            for name in ("nicknames", "rfm_segments")
        ]
        measured = history(target, "count(*), count(started_at), count(dbt_version), min(seconds)")
        [(count, started, versions, seconds)] = measured
        assert (count, started, versions) == (2, 2, 2) and seconds > 0
        relation = target.operations.incorporate(path={"identifier": "run_history"})
        target.execute(
            f"update {relation} set invoked_at = cast('2020-01-01 00:00:00' as {target.timestamp})"
        )
    assert engine.dbt("seed", "--select", "rfm_segments").success
    with engine.target() as target:
        assert history(target, "node, dagster_run_id") == [("seed.customer_360.rfm_segments", None)]


def test_what_was_built_is_known_until_somebody_builds_it(engine: Engine) -> None:
    records = {
        "seed.customer_360.rfm_segments": Record("of one thing", "a run"),
        "seed.customer_360.nicknames": Record("of another's", "a run"),
    }
    with engine.target() as target:
        known = Records(target)
        known.forget_everything("a run")
        known.write(records)
        known.write(records)
        found = known.read()
        assert {name: record.inputs for name, record in found.items()} == {
            EVERYTHING: "",
            **{name: record.inputs for name, record in records.items()},
        }
        assert all(record.built_by == "a run" for record in found.values())
        assert 0 <= age(found[EVERYTHING]) < 1
    assert engine.dbt("seed", "--select", "rfm_segments").success
    with engine.target() as target:
        known = Records(target)
        assert known.read().keys() == {EVERYTHING, "seed.customer_360.nicknames"}
        ran = [invocation_id for (invocation_id,) in history(target, "distinct invocation_id")]
        seed = "seed.customer_360.rfm_segments"
        for number, run in enumerate(["another", *ran, *ran]):
            known.complete({seed: Record(f"number {number}", run)})
        completed = known.read()[seed]
        assert completed.built_by in ran, "who has not claimed it says nothing of it"
        assert completed.inputs == f"number {1 + ran.index(completed.built_by)}", "once"
        place = target.manifest.nodes["seed.customer_360.rfm_segments"]
        schema = place.schema.lower()
        assert (schema, "rfm_segments") in tables_there(target, {schema, "no_schema"})
        known.forget([seed, "seed.customer_360.nicknames"])
        assert known.read().keys() == {EVERYTHING}


@pytest.mark.parametrize("engine", ["duckdb"], indirect=True)
def test_who_writes_last_is_known_to_have_written(engine: Engine) -> None:
    """Two runs at once, as warehouses allow: a night is remembered while this one still writes."""
    with engine.target() as target:
        Records(target).forget_everything("a run")

    def remember_a_night(event: EventMsg) -> None:
        if event.info.name == "LogSeedResult":
            with DuckDBConnectionManager.env().conn.cursor() as cursor:
                cursor.execute("update operations.built_tables set inputs = 'it', built_by = 'it'")

    options = ["--select", "rfm_segments", "--target", engine.name]
    with environment(**engine.variables):
        dbt = dbtRunner(callbacks=[remember_a_night])
        assert dbt.invoke(["--quiet", "seed", *options]).success
        DuckDBConnectionManager.close_all_connections()
    with engine.target() as target:
        rows = target.query("select node, inputs, built_by = 'it' from operations.built_tables")
    assert ("seed.customer_360.rfm_segments", None, False) in rows
    assert (EVERYTHING, "it", True) in rows, "it was written in the meantime"


def test_rows_that_others_load_and_rows_that_come_due_are_seen(engine: Engine) -> None:
    with engine.target() as target:
        events = target.tables["web", "events"]
        place, timestamp = events.relation, target.timestamp
        there = target.adapter.get_relation(place.database, place.schema, place.identifier)
        if there is not None:  # of tests before these
            target.adapter.drop_relation(there)
        target.adapter.execute_macro("commit_transaction")
    changes = [
        f"create schema if not exists {place.without_identifier()}",
        f"create table {place} as select cast('2026-06-30 10:00:00' as {timestamp})"
        f" as {events.loaded_at}",
        f"insert into {place} select * from {place}",
        f"update {place} set {events.loaded_at} = cast('2026-07-01' as {timestamp})",
        f"alter table {place} add column page varchar(20)",
    ]
    versions = []
    with environment(CUSTOMER_360_LOADED_BY_OTHERS="web"):
        for change in changes:
            with engine.target() as target:
                target.execute(change)
            with engine.target() as target:  # as the next step opens it
                versions.append(raw_versions(target).get(("web", "events")))
    assert versions[0] is None
    assert len({*versions}) == len(changes)
    with engine.target() as target:
        days = [
            due_days(target, {str(place): [events.loaded_at]}, date(2026, month, day))
            for month, day in ((6, 30), (7, 1))
        ]
    assert days == [
        {str(place): [(events.loaded_at, None, "2026-07-01")]},
        {str(place): [(events.loaded_at, "2026-07-01", None)]},
    ]
