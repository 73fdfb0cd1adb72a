"""Verdicts that a gate keeps of tables which are as they were."""

from contextlib import AbstractContextManager
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.changes import Record, Records, current_state
from orchestration.changes.records import PUBLISHED
from orchestration.gates import GateResult, run_gate
from orchestration.gates.history import History
from orchestration.gates.kept import Verdicts
from orchestration.gates.suites import IDENTITY_MAP, MEMORY
from orchestration.platform.warehouse import Target, open_target
from orchestration.publish import publish
from tests.gates.conftest import AS_OF, of_warehouse
from tests.support import Warehouse


def opened(mine: Warehouse) -> AbstractContextManager[Target]:
    return open_target(variables=yaml.safe_dump(mine.variables))


@pytest.fixture
def known(mine: Warehouse) -> Warehouse:
    """A warehouse of which a night has built all."""
    with opened(mine) as target, target.adapter.connection_named("know"):
        nodes = current_state(target).nodes
        Records(target).write({node: Record("all", "a night") for node in nodes})
    return mine


def check(mine: Warehouse, gate: str = "conformed") -> GateResult:
    with opened(mine) as target:
        return run_gate(gate, target, now=AS_OF, keep=True)


def change(mine: Warehouse, *statements: str) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        for statement in statements:
            connection.execute(statement)


def moved(known: Warehouse) -> list[tuple[object, ...]]:
    """How the identity map differs from the one that is remembered."""
    both = (f"identity.{IDENTITY_MAP}", f"operations.{MEMORY}")
    one, other = (f"select record_key, customer_id from {table}" for table in both)
    return known.query(f"({one} except {other}) union all ({other} except {one})")


def test_a_map_is_remembered_once_the_whole_gate_has_passed(known: Warehouse) -> None:
    assert check(known).passed
    someone = f"(select min(record_key) from identity.{IDENTITY_MAP})"
    change(
        known,
        f"delete from operations.{MEMORY} where record_key = {someone}",
        "update operations.built_tables set built_by = 'next night'"
        " where node like 'model.%int_identity__map' or node like 'model.%int_tickets'",
        "create table aside as from conformed.int_tickets",
        "delete from conformed.int_tickets",
    )
    closed = check(known)
    assert not closed.passed
    assert IDENTITY_MAP not in {outcome.table for outcome in closed.failures if outcome.stops}
    assert moved(known), "what was not let pass is not compared with"
    change(known, "insert into conformed.int_tickets from aside", "drop table aside")
    passed = check(known)
    assert passed.passed
    assert {*passed.news} == {IDENTITY_MAP, "int_tickets"}
    assert not moved(known)
    assert check(known).news == ()


def test_a_warning_that_stands_is_told_with_what_the_clock_has_mended(known: Warehouse) -> None:
    table = "retail.stores"
    assert table not in {outcome.table for outcome in check(known, "raw").failures}
    change(
        known,
        "update operations.quality_results set success = false, severity = 'warning' where"
        f" table_name = '{table}' and expectation in ('late', 'expect_table_columns_to_match_set')",
    )
    again = check(known, "raw")
    assert again.kept.keys() >= {table}
    assert table in again.news, "it is late no more"
    failed = [outcome for outcome in again.of(table) if outcome.success is False]
    assert [outcome.expectation for outcome in failed] == ["expect_table_columns_to_match_set"]


def test_a_check_that_was_killed_keeps_no_verdict(
    known: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(known)
    change(
        known,
        "update operations.built_tables set built_by = 'next night'"
        " where node like 'model.%.int_tickets'",
    )

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(History, "write", end)
    with pytest.raises(KeyboardInterrupt):
        check(known)
    verdicts = "select node from operations.built_tables where node like 'gate.conformed.%'"
    kept = {node for (node,) in known.query(verdicts)}
    assert "gate.conformed.int_orders" in kept
    assert "gate.conformed.int_tickets" not in kept


def test_a_check_that_wrote_half_is_checked_again(known: Warehouse) -> None:
    first = check(known)
    assert check(known).news == ()
    result = "table_name = 'int_orders' and run_id ="
    change(
        known,
        f"delete from operations.quality_results where {result} (select max_by(run_id, run_at)"
        " from operations.quality_results where gate = 'conformed') and expectation like '%unique'",
        "insert into operations.quality_results select * from operations.quality_results"
        " where table_name = 'int_tickets' and run_at ="
        " (select max(run_at) from operations.quality_results where gate = 'conformed')",
    )
    again = check(known)
    assert {*again.news} == {"int_orders", "int_tickets"}, "half, and twice"
    assert len(again.outcomes) == len(first.outcomes)


def test_marts_are_checked_again_where_bi_sees_another_publication(known: Warehouse) -> None:
    with opened(known) as target:
        before, last = publish(target), publish(target)
        Records(target).write({PUBLISHED: Record("all", last.publication_id)})
    assert check(known, "marts").passed
    assert check(known, "marts").news == ()
    with opened(known) as target:
        publish(target, to=before.publication_id)
    again = check(known, "marts")
    assert not again.kept
    with opened(known) as target:
        publish(target, to=last.publication_id)
    assert check(known, "marts").news == ()


def test_a_map_that_was_passed_is_remembered_before_its_verdict(
    known: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(known).passed
    change(
        known,
        f"delete from operations.{MEMORY} where record_key ="
        f" (select min(record_key) from identity.{IDENTITY_MAP})",
        "update operations.built_tables set built_by = 'next night'"
        " where node like 'model.%int_identity__map'",
    )

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed:
        killed.setattr(Verdicts, "keep", end)
        with pytest.raises(KeyboardInterrupt):
            check(known)
    assert not moved(known)
    check(known)
    assert not moved(known)


def test_a_test_of_a_model_that_is_switched_off_is_not_waited_for(
    retail: Warehouse, tmp_path: Path
) -> None:
    shop = retail.copied(tmp_path)
    manifest = shop.dbt("parse").result
    off = {name for name, node in manifest.nodes.items() if not node.config.enabled}
    assert off, "dbt leaves them in its manifest"
    with (
        of_warehouse(shop),
        opened(shop) as target,
        target.adapter.connection_named("look"),
    ):
        nodes = current_state(target).nodes
    assert not off & nodes.keys()
    parents = {parent for node in nodes.values() for parent in node.parents}
    assert parents <= {*nodes, *manifest.sources}
