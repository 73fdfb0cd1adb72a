"""What the loader does, on every engine: each test has a raw table of its own."""

import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.load import Outcome, Status, find_files, load_files
from orchestration.platform.warehouse import Target, open_target
from tests.engines.engine import ENGINES, Engine
from tests.orchestration.raw_files import LOADED_AT, write_file
from tests.processes import run_module


@pytest.fixture(scope="module")
def target(engine: Engine) -> Iterator[Target]:
    with open_target(target=engine.name) as opened:
        yield opened


# DuckDB reads the files in place: it has no raw tables to load.
on_warehouses = pytest.mark.parametrize("engine", ENGINES[1:], indirect=True, scope="module")


def load(target: Target, raw_dir: Path, *, replace_changed: bool = False) -> list[Outcome]:
    files = find_files(raw_dir, target.known_tables)
    return list(load_files(target, files, replace_changed=replace_changed))


def statuses(outcomes: list[Outcome]) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


def rows(target: Target, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Columns of a raw table as texts, sorted."""
    source, name = table.split(".")
    relation = target.tables[source, name].relation
    texts = ", ".join(f"cast({column} as string)" for column in columns)
    return sorted(target.query(f"select {texts} from {relation}"), key=str)


def journal_of(target: Target, table: str) -> list[tuple[object, ...]]:
    source, name = table.split(".")
    journal = target.operations.incorporate(path={"identifier": "load_journal"})
    return target.query(
        f"select file_name, status, row_count from {journal} "
        f"where source_name = '{source}' and table_name = '{name}' order by loaded_at, file_name"
    )


def test_a_file_is_loaded_once(target: Target, tmp_path: Path) -> None:
    write_file(tmp_path, "retail/customers.parquet", 3)
    assert statuses(load(target, tmp_path)) == ["loaded"]
    assert statuses(load(target, tmp_path)) == ["skipped"]
    assert journal_of(target, "retail.customers") == [("customers.parquet", "loaded", 3)]


@pytest.mark.parametrize("engine", ENGINES[:1], indirect=True, scope="module")
def test_a_file_that_was_seen_is_judged_anew_by_another_contract(
    target: Target, tmp_path: Path
) -> None:
    write_file(tmp_path, "retail/customers.other.parquet", 3)
    assert statuses(load(target, tmp_path)) == ["loaded"]
    table = target.tables["retail", "customers"]
    target.tables["retail", "customers"] = replace(table, columns=(*table.columns, "shoe_size"))
    try:
        [outcome] = load(target, tmp_path)
    finally:
        target.tables["retail", "customers"] = table
    assert outcome.status == Status.REJECTED
    assert "shoe_size" in str(outcome.reason)


@on_warehouses
def test_appended_files_add_their_rows(target: Target, tmp_path: Path) -> None:
    write_file(tmp_path, "retail/stores.parquet", 2)
    load(target, tmp_path)
    write_file(tmp_path, "retail/stores.0002.parquet", 1)
    assert statuses(load(target, tmp_path)) == ["loaded", "skipped"]
    assert rows(target, "retail.stores", "store_id") == [
        ("store_id 0",), ("store_id 0",), ("store_id 1",),
    ]  # fmt: skip


@on_warehouses
def test_every_format_arrives_with_the_same_texts(target: Target, tmp_path: Path) -> None:
    nasty = ['it\'s; a "b", \\ and\nü 🎉', None, "\\N", " x "]
    for number, extension in enumerate(["parquet", "csv", "json"]):
        write_file(tmp_path, f"support/tickets.{number}.{extension}", 4, category=nasty)
    assert statuses(load(target, tmp_path)) == ["loaded"] * 3
    found = rows(target, "support.tickets", "category", "_loaded_from")
    for number in range(3):
        mine = [text for text, mark in found if str(mark).startswith(f"tickets.{number}.")]
        assert sorted(mine, key=str) == sorted(nasty, key=str)


@on_warehouses
def test_typed_values_become_the_texts_that_staging_would_see(
    target: Target, tmp_path: Path
) -> None:
    values = {"unit_price": [1.5, 1e20, None], "is_active": [True, False, None]}
    write_file(tmp_path, "retail/products.parquet", 3, **values)
    load(target, tmp_path)
    assert rows(target, "retail.products", "unit_price", "is_active") == [
        ("1.5", "true"), ("1e+20", "false"), (None, None),
    ]  # fmt: skip


@on_warehouses
def test_columns_may_come_later_and_optional_ones_may_lack(target: Target, tmp_path: Path) -> None:
    write_file(tmp_path, "customer_io/deliveries.1.parquet", 1)
    write_file(tmp_path, "customer_io/deliveries.2.parquet", 1, without=("subject",), fax=["new"])
    assert statuses(load(target, tmp_path)) == ["loaded"] * 2
    found = rows(target, "customer_io.deliveries", "subject", "fax")
    assert found == sorted([("subject 0", None), (None, "new")], key=str)


def test_a_file_without_the_time_of_loading_gets_it(target: Target, tmp_path: Path) -> None:
    write_file(tmp_path, "web/events.parquet", 1)
    write_file(tmp_path, "web/events.0002.parquet", 1, without=("_loaded_at",))
    without, with_time = load(target, tmp_path)
    assert with_time.status == Status.LOADED
    if target.reads_in_place:
        assert without.status == Status.REJECTED
        assert "has no column _loaded_at" in str(without.reason)
    else:
        [earlier, later] = rows(target, "web.events", "_loaded_at")
        assert str(earlier[0]).startswith(LOADED_AT) and str(later[0]) > LOADED_AT


@on_warehouses
def test_a_file_that_changed_is_loaded_again_only_on_request(
    target: Target, tmp_path: Path
) -> None:
    write_file(tmp_path, "marketing/campaigns.parquet", 2)
    load(target, tmp_path)
    write_file(tmp_path, "marketing/campaigns.parquet", 3)
    [outcome] = load(target, tmp_path)
    assert outcome.status == Status.REJECTED
    assert "has changed since it was loaded" in str(outcome.reason)
    assert len(rows(target, "marketing.campaigns", "campaign_id")) == 2

    assert statuses(load(target, tmp_path, replace_changed=True)) == ["loaded"]
    assert len(rows(target, "marketing.campaigns", "campaign_id")) == 3
    assert [status for _, status, _ in journal_of(target, "marketing.campaigns")] == [
        "loaded", "rejected", "removed", "loaded",
    ]  # fmt: skip


@on_warehouses
def test_a_table_that_was_dropped_is_filled_again(target: Target, tmp_path: Path) -> None:
    write_file(tmp_path, "external/sentiment.parquet", 2)
    load(target, tmp_path)
    table = target.tables["external", "sentiment"]
    target.execute(f"drop table {table.relation}")
    target.columns.clear()
    target.adapter.cache_dropped(table.relation)
    assert statuses(load(target, tmp_path)) == ["loaded"]
    assert len(rows(target, "external.sentiment", "_loaded_from")) == 2


def test_a_bad_file_is_rejected_with_its_reason_and_the_others_load(
    target: Target, tmp_path: Path
) -> None:
    good = write_file(tmp_path, "servicenow/incident.good.parquet")
    whole = good.read_bytes()
    bad = {
        "servicenow/incident.cut.parquet": (
            whole[: len(whole) // 2],
            "No magic bytes",
        ),
        "servicenow/incident.empty.parquet": (b"", "too small to be a Parquet file"),
        "servicenow/incident.xlsx": (b"x", "is not one of .parquet, .csv"),
        "servicenow/other.parquet": (whole, "belongs to no known table (servicenow.other)"),
        "incident.parquet": (whole, "belongs to no known table (incident)"),
        "servicenow/2026/incident.parquet": (
            whole,
            "belongs to no known table (servicenow.2026)",
        ),
    }
    for name, (content, _) in bad.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    write_file(tmp_path, "servicenow/incident.lacks.parquet", without=("sys_id", "opened_at"))
    write_file(tmp_path, "servicenow/incident.names.parquet", **{"a column": ["x"] * 3})
    write_file(tmp_path, "servicenow/incident.times.parquet", _loaded_at=["soon"] * 3)
    reasons = {name: reason for name, (_, reason) in bad.items()} | {
        "servicenow/incident.lacks.parquet": "has no column sys_id, opened_at",
        "servicenow/incident.names.parquet": "has a column named 'a column'",
        "servicenow/incident.times.parquet": "has 3 values in _loaded_at that are not times",
    }
    (tmp_path / "servicenow" / ".incident.unfinished.parquet").write_bytes(b"x")

    for _ in range(2):  # the second time no row is added to the journal
        outcomes = load(target, tmp_path)
        found = {
            "/".join(filter(None, outcome.key)): str(outcome.reason)
            for outcome in outcomes
            if outcome.status == Status.REJECTED
        }
        assert found.keys() == reasons.keys()
        for name, reason in reasons.items():
            assert reason in found[name]
            assert "\n" not in found[name]
    assert statuses([outcome for outcome in outcomes if outcome.file_name == good.name]) == [
        "skipped"
    ]
    journal = target.operations.incorporate(path={"identifier": "load_journal"})
    [[noted]] = target.query(
        f"select count(*) from {journal} where source_name like 'servicenow%' or source_name = ''"
    )
    assert noted == len(reasons) + 1


def test_a_killed_load_started_again_loads_every_file_once(
    engine: Engine, target: Target, tmp_path: Path
) -> None:
    """Killed at four moments in turn: each run goes on from what the last one left."""
    sizes = {"transactions": 2, "transaction_items": 3, "transactions.0002": 4}
    for name, count in sizes.items():
        write_file(tmp_path / "raw", f"retail/{name}.parquet", count)
    moments = [
        ("before", "merge into"),
        ("after", "merge into"),
        ("before", "insert into"),
        ("after", "insert into"),
    ]
    variables = {"CUSTOMER_360_DUCKDB": str(tmp_path / "killed.duckdb")}

    def run(*moment: str) -> int:
        options = [engine.name, str(tmp_path / "raw"), *moment]
        return run_module("tests.orchestration.killed", *options, variables=variables).returncode

    for moment in moments:
        if "merge into" in moment and target.reads_in_place:
            continue
        assert run(*moment) == -signal.SIGKILL
    assert run() == 0

    if target.reads_in_place:
        with duckdb.connect(variables["CUSTOMER_360_DUCKDB"], read_only=True) as connection:
            noted = connection.execute(
                "select file_name, status, row_count from operations.load_journal order by 1"
            ).fetchall()
        assert noted == [
            ("transaction_items.parquet", "loaded", 3),
            ("transactions.0002.parquet", "loaded", 4),
            ("transactions.parquet", "loaded", 2),
        ]
    else:
        marks = [mark for (mark,) in rows(target, "retail.transactions", "_loaded_from")]
        assert len(marks) == 6 and len(set(marks)) == 2
        assert len(rows(target, "retail.transaction_items", "_loaded_from")) == 3
        loaded = [*journal_of(target, "retail.transactions")]
        assert sorted(loaded) == [
            ("transactions.0002.parquet", "loaded", 4), ("transactions.parquet", "loaded", 2),
        ]  # fmt: skip
