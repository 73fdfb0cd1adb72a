"""What a gate knows of earlier runs."""

from datetime import datetime, timedelta

import duckdb
import pytest
import yaml

from orchestration.gates import Outcome, load_suites, run_gate
from orchestration.gates.history import History
from orchestration.gates.run import let_go
from orchestration.platform.warehouse import open_target
from orchestration.publish import publish
from tests.gates.conftest import EXPECTATIONS, Gated
from tests.support import Warehouse

LATER = datetime(2190, 1, 1)
COUNTED = ("expect_table_row_count_to_be_between", None, "critical", "", True, "5")


def test_a_gate_reads_its_own_results_of_a_run_of_several_gates(
    gated: Gated, mine: Warehouse
) -> None:
    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        history = History(target)
        history.write("night", LATER, "marts", [Outcome("customers", *COUNTED)])
        history.write("night", LATER, "conformed", [Outcome("int_orders", *COUNTED)])
        results = history.read("conformed")
    assert {result.gate for result in results} == {"conformed"}
    assert [result.table for result in results if result.run_id == "night"] == ["int_orders"]


def test_results_of_an_earlier_version_are_taken_over(gated: Gated, mine: Warehouse) -> None:
    with duckdb.connect(str(mine.database)) as connection:
        connection.execute("alter table operations.quality_results rename column gate to door")
        kept = connection.execute("select count(*) from operations.quality_results").fetchall()
    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        before = History(target).read("raw")
    assert {result.gate for result in before} == {"raw"}
    assert mine.query("select count(gate) from operations.quality_results") == kept


def test_runs_of_some_tables_take_no_history_from_the_others(gated: Gated, mine: Warehouse) -> None:
    with open_target(variables=yaml.safe_dump(mine.variables)) as target:
        history = History(target)
        history.write("night", LATER, "conformed", [Outcome("int_orders", *COUNTED)])
        for batch in range(3):
            later = LATER + timedelta(minutes=5 * batch)
            history.write(f"batch {batch}", later, "conformed", [Outcome("int_events", *COUNTED)])
        results = history.read("conformed", runs=1)
    last = {(result.table, result.run_id) for result in results}
    assert {("int_orders", "night"), ("int_events", "batch 2")} <= last


def test_marts_are_compared_with_what_is_published_now(gated: Gated, mine: Warehouse) -> None:
    suites = load_suites("marts", gated.project, EXPECTATIONS)
    with open_target(variables=yaml.safe_dump(mine.variables)) as target:

        def mean_spend() -> float:
            with target.adapter.connection_named("history"):
                known = History(target).parameters(suites, "marts")
            return known["customer_rfm"]["last_mean_monetary"]

        def show(**how: bool) -> None:
            with target.adapter.connection_named("publish"):
                publish(target, **how)

        first = mean_spend()
        show()
        let_go(target)
        with duckdb.connect(str(mine.database)) as connection:
            connection.execute("update marts.customer_rfm set monetary = monetary * 2")
        assert run_gate("marts", target).passed
        assert mean_spend() == first, "passed, but not published"

        show()
        assert mean_spend() == pytest.approx(2 * first)

        show(back=True)
        assert mean_spend() == first
