"""Publishing, and going back, on each engine."""

import json
import os
import signal
import subprocess
import sys

import duckdb
import pytest
import yaml

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target
from orchestration.publish import publish
from tests.engines.company import SCHEMA
from tests.processes import run_module
from tests.publication.conftest import Shop
from tests.publication.few import FEW
from tests.support import REPOSITORY, WORLD_END

MARTS = {
    path.stem
    for path in (REPOSITORY / "models" / "marts").rglob("*.sql")
    if path.parent.name != "identity"  # holds evidence of who is who
}
MOMENTS = {
    "duckdb": [
        ("after", "attach"), ("before", '"main"."orders" as'),
        ("before", '"main"."publications" as'), ("before", "detach publication"),
        ("before", "rename"), ("after", "rename"), ("before", "insert into"),
    ],
    "snowflake": [
        ("after", f"create schema CUSTOMER_360.{SCHEMA}_published_2"), ("before", "orders clone"),
        ("before", ".publications as"), ("after", f"{SCHEMA}_published_next.orders clone"),
        ("before", "swap with"), ("after", "swap with"), ("before", "insert into"),
    ],
}  # fmt: skip
on_duckdb = pytest.mark.parametrize("engine", ["duckdb"], indirect=True, scope="module")
TURNED = [("after", "rename"), ("after", "swap with"), ("before", "insert into")]


def record(target: Target) -> list[tuple[object, ...]]:
    """operations.publications, in order."""
    table = target.operations.incorporate(path={"identifier": "publications"})
    return target.query(
        "select publication_id, run_id, cast(as_of_date as string), previous_publication_id, "
        f"row_counts, is_current from {table} order by publication_id"
    )


def mark_as_published(target: Target, model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the YAML of a model say `meta: {published: true}`."""
    node = target.manifest.flat_graph["nodes"][f"model.customer_360.{model}"]
    monkeypatch.setitem(node["config"], "meta", {"published": True})


def test_what_is_published_is_what_is_marked_so_described_and_without_raw_rows(
    whole_shop: Shop,
) -> None:
    with whole_shop.open() as target:
        publish(target)
        marked = {
            node["alias"]
            for node in target.manifest.flat_graph["nodes"].values()
            if node["config"].get("meta", {}).get("published")
        }
        columns = whole_shop.columns_shown(target)
        undescribed = whole_shop.undescribed(target)
    assert marked == MARTS
    assert {table for table, _ in columns} == {*MARTS, "publications"}
    assert ("customers", "full_name") in columns
    assert not [table for table, column in columns if column == "raw_row"]
    # what publishing itself adds is told of in docs/operations.md
    assert {table for table, _ in undescribed} == {"publications"}


def test_a_model_with_raw_rows_that_is_marked_as_published_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.open() as target:
        publish(target)
        shown = shop.shown(target)
    with shop.open() as target:
        mark_as_published(target, "rejected_records", monkeypatch)
        refused = r"in rejected_records \(column raw_row\).*`published: true`"
        with pytest.raises(CannotRunError, match=refused):
            publish(target)
        assert shop.shown(target) == shown
    monkeypatch.undo()
    with shop.open() as target:
        assert publish(target).dropped == [], "something was begun"


def test_a_table_of_operations_that_is_marked_as_published_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.open() as target:
        mark_as_published(target, "data_quality_metrics", monkeypatch)
        refused = "data_quality_metrics is of the schema operations.*`published: true`"
        with pytest.raises(CannotRunError, match=refused):
            publish(target)
    monkeypatch.undo()
    with shop.open() as target:
        assert publish(target).dropped == [], "something was begun"


def test_raw_rows_that_only_the_database_knows_of_are_refused(shop: Shop) -> None:
    with shop.open() as target:
        publish(target)
        shown = shop.shown(target)
        orders = f"{shop.schema(target, 'marts')}.orders"
        target.execute(f"alter table {orders} add column raw_row {target.timestamp}")
        with pytest.raises(CannotRunError, match=r"in orders \(column raw_row\)"):
            publish(target)
    with shop.open() as target:
        target.execute(f"alter table {orders} drop column raw_row")
        assert shop.shown(target) == shown
        assert publish(target).dropped == [], "something was begun"


def test_a_former_publication_with_raw_rows_is_not_shown_again(shop: Shop) -> None:
    with shop.open() as target:
        old = publish(target).publication_id
        shop.show_raw_rows(target, old)
        assert ("rejected_records", "raw_row") in shop.columns_shown(target)

        new = publish(target)
        assert not [table for table, column in shop.columns_shown(target) if column == "raw_row"]
        assert new.kept == [old, new.publication_id]
        shown = shop.shown(target)
        for way in ({"back": True}, {"to": old}):
            with pytest.raises(CannotRunError, match=f"{old} holds raw rows, in rejected_records"):
                publish(target, **way)
            assert shop.shown(target) == shown
        assert publish(target).previous_publication_id == new.publication_id


def test_going_back_restores_the_former_publication_whole(shop: Shop) -> None:
    with shop.open() as target:
        first = publish(target, run_id="first night")
        shown_first = shop.shown(target)
        assert set(shown_first) == {*FEW, "publications"}
        assert first.previous_publication_id is None
        assert first.as_of_date == WORLD_END

        shop.change(target, "second night")
        second = publish(target, run_id="second night")
        shown_second = shop.shown(target)
        assert shown_second["customers"] != shown_first["customers"]
        assert second.previous_publication_id == first.publication_id
        assert second.kept == [first.publication_id, second.publication_id]
        assert second.row_counts["customers"] == first.row_counts["customers"] - 1

    back = shop.publish("--back")
    assert back.returncode == 0, back.stderr
    assert f"Published {first.publication_id}" in back.stdout
    assert f"before: {second.publication_id}" in back.stdout
    customers = f"{first.row_counts['customers']:,} rows (+1)"
    assert customers in back.stdout
    with shop.open() as target:
        assert shop.shown(target) == shown_first
        assert [(row[1], row[5]) for row in record(target)] == [
            ("first night", True), ("second night", False),
        ]  # fmt: skip
        with pytest.raises(CannotRunError, match="took the place of no publication"):
            publish(target, back=True)
        publish(target, to=second.publication_id)
        assert shop.shown(target) == shown_second

        # the one before is the one that was shown before, not the next older one
        publish(target, back=True)
        third = publish(target)
        assert third.previous_publication_id == first.publication_id
        assert publish(target, back=True).publication_id == first.publication_id


def test_what_cannot_be_gone_back_to_is_said(shop: Shop) -> None:
    back = shop.publish("--back")
    assert back.returncode == 2
    assert "Nothing is published yet" in back.stderr
    with shop.open() as target:
        first = publish(target)
        shown = shop.shown(target)
    unknown = shop.publish("--to", "20200101_000000_000000")
    assert unknown.returncode == 2
    assert "20200101_000000_000000 is not kept" in unknown.stderr
    assert first.publication_id in unknown.stderr
    with shop.open() as target:
        assert shop.shown(target) == shown


def test_the_last_publications_are_kept(shop: Shop) -> None:
    with shop.open(publications_kept=2) as target:
        ids = [publish(target).publication_id for _ in range(3)]
        last = publish(target)
    assert last.kept == [ids[2], last.publication_id]
    assert last.dropped == [ids[1]]


def test_run_operation_does_the_same(whole_shop: Shop) -> None:
    options = ["--target", whole_shop.engine.name, "--vars", whole_shop.variables]
    first = run_module("dbt.cli.main", "run-operation", "publish", *options)
    assert first.returncode == 0, first.stdout
    assert "customers" in first.stdout and "(new)" in first.stdout
    with whole_shop.open() as target:
        [[publication_id, *_, is_current]] = record(target)
        assert is_current
        assert set(whole_shop.shown(target)) == {*MARTS, "publications"}
        second = publish(target)
    arguments = yaml.safe_dump({"back": True})
    back = run_module("dbt.cli.main", "run-operation", "publish", "--args", arguments, *options)
    assert back.returncode == 0, back.stdout
    assert f"Published {publication_id}" in back.stdout
    assert f"before: {second.publication_id}" in back.stdout


def test_a_mart_that_is_not_built_stops_the_publish(shop: Shop) -> None:
    with shop.open() as target:
        publish(target)
        shown = shop.shown(target)
    with shop.open() as target:
        marts = shop.schema(target, "marts")
        target.execute(f"create table {marts}.aside as select * from {marts}.customer_rfm")
        target.execute(f"drop table {marts}.customer_rfm")
        with pytest.raises(CannotRunError, match=r"not been built: \S*marts.customer_rfm"):
            publish(target)
    with shop.open() as target:
        target.execute(f"create table {marts}.customer_rfm as select * from {marts}.aside")
        target.execute(f"drop table {marts}.aside")
        assert shop.shown(target) == shown


def test_a_killed_publish_leaves_what_was_published(shop: Shop) -> None:
    with shop.open() as target:
        shop.change(target, "before")
        publish(target, run_id="before")
        shown = shop.shown(target)
    for moment in MOMENTS[shop.engine.name]:
        with shop.open() as target:
            shop.change(target, " ".join(moment))
        killed = shop.publish(kill=moment)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stdout, killed.stderr)
        with shop.open() as target:
            if moment not in TURNED:
                assert shop.shown(target) == shown, moment
            finished = publish(target, run_id="after")
            published = shop.shown(target)
            assert published["customers"] != shown["customers"]
            shown = published
            # the one that died is gone, or, if it was turned to, known
            ids = [row[0] for row in record(target)]
            assert set(finished.kept) <= set(ids)
            assert [row[5] for row in record(target)].count(True) == 1
            if shop.engine.name == "duckdb":
                assert [file.name for file in shop.kept_files] == [
                    f"{publication_id}.duckdb" for publication_id in finished.kept
                ]


def test_a_reader_meets_no_error_and_no_mixture(shop: Shop) -> None:
    nights = [f"night {number}" for number in range(7)]
    with shop.open() as target:
        shop.change(target, nights[0])
        publish(target, run_id=nights[0])
        place = str(shop.published_file)
        settings = {}
        if shop.engine.name != "duckdb":
            place = shop.schema(target, "published")
        if shop.engine.name == "snowflake":
            credentials = target.adapter.config.credentials
            settings = {
                name: getattr(credentials, name)
                for name in ("account", "host", "port", "protocol", "user", "password", "database")
            }
        command = [sys.executable, "-m", "tests.publication.reader", shop.engine.name, place]
        reader = subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | {"READER_SETTINGS": json.dumps(settings)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert reader.stdout is not None
        seen = [reader.stdout.readline()]
        for night in nights[1:]:
            shop.change(target, night)
            publish(target, run_id=night)
        output, errors = reader.communicate()
    assert reader.returncode == 0, errors
    readings = [json.loads(line) for line in [*seen, *output.splitlines()]]
    assert len(readings) > len(nights)
    assert readings[0] == [nights[0]] * 3
    assert readings[-1] == [nights[-1]] * 3
    assert {night for reading in readings for night in reading} <= set(nights)
    assert all(len(set(reading)) == 1 for reading in readings)
    assert len({tuple(reading) for reading in readings}) > 2


@on_duckdb
def test_a_profile_without_the_plugin_is_told_so(shop: Shop) -> None:
    profile = shop.engine.folder / "profiles.yml"
    before = profile.read_text()
    profiles = yaml.safe_load(before)
    del profiles["customer_360"]["outputs"]["duckdb"]["plugins"]
    profile.write_text(yaml.safe_dump(profiles))
    try:
        with shop.open() as target, pytest.raises(CannotRunError, match="plugin `publications`"):
            publish(target)
    finally:
        profile.write_text(before)


# The oldest DuckDB that must read what is published, for BI tools have their own.
DUCKDB_1_4 = REPOSITORY / ".venv" / "duckdb-1.4"
READ_ALL = """
import json, sys, duckdb
assert duckdb.__version__.startswith("1.4."), duckdb.__version__
connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute("select table_name from duckdb_tables()").fetchall()
print(json.dumps({
    table: len(connection.execute(f"select * from published.{table}").fetchall())
    for (table,) in tables
}))
"""


@on_duckdb
@pytest.mark.skipif(
    not (DUCKDB_1_4 / ".installed").exists(),
    reason="DuckDB 1.4 is not there: `make .venv/duckdb-1.4/.installed` installs it",
)
def test_duckdb_1_4_reads_what_is_published(whole_shop: Shop) -> None:
    with whole_shop.open() as target:
        first = publish(target)
        publish(target)
    # without the packages of .venv, and those of this folder
    reader = [sys.executable, "-S", "-P", "-c", READ_ALL, str(whole_shop.published_file)]

    def read() -> dict[str, int]:
        done = subprocess.run(
            reader, env=os.environ | {"PYTHONPATH": str(DUCKDB_1_4)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    assert read() == first.row_counts | {"publications": 2}
    with whole_shop.open() as target:
        publish(target, to=first.publication_id)
    assert read() == first.row_counts | {"publications": 1}


WRITE_AND_DIE = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table main.mine as select 1 as number")
os.kill(os.getpid(), 9)
"""


@on_duckdb
def test_who_wrote_into_the_published_file_leaves_nothing_behind(shop: Shop) -> None:
    log = shop.published_file.with_name("published.duckdb.wal")
    with shop.open() as target:
        publish(target)
        writer = [sys.executable, "-c", WRITE_AND_DIE, str(shop.published_file)]
        assert subprocess.run(writer, check=False).returncode == -signal.SIGKILL
        assert log.exists()
        publish(target)
        assert not log.exists()
        with duckdb.connect(str(shop.published_file), read_only=True) as connection:
            names = connection.execute("select table_name from duckdb_tables()").fetchall()
            assert {name for (name,) in names} == {*FEW, "publications"}
