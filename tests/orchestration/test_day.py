"""Nights know which models and tests say something of the as-of date."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.changes import built_state, current_state
from orchestration.changes.state import nodes_of
from orchestration.platform.warehouse import open_target
from orchestration.steps import STEPS
from tests.orchestration.company import VARIABLES, Company
from tests.support import REPOSITORY, WORLD_END

pytestmark = pytest.mark.slow

DAY = "2026-08-09"  # later than any that the company has seen
DAILY = {
    "billing_transactions", "ces_summary", "csat_summary", "customer_360", "customer_alerts",
    "customer_churn", "customer_clv", "customer_health", "customer_metrics_daily", "customer_rfm",
    "customer_timeline", "data_quality_metrics", "identity_quality", "mrr_monthly",
    "nps_summary", "opportunities",
    "subscriptions", "support_daily", "tickets", "int_alert_days", "int_customer_360__lifecycle",
    "int_customer_day", "int_experience__latest_answers", "int_experience__period_answers",
    "int_experience__service_counts", "int_experience__tickets", "int_experience__usage_change",
    "int_value__billing_transactions", "int_value__churn", "int_value__clv", "int_value__months",
    "int_value__payment_behaviour", "int_value__predictions", "int_value__purchase_summary",
    "int_value__recurring", "int_value__revenue_trend", "int_value__rfm",
    "int_value__subscriptions", "int_value__usable_fit",
}  # fmt: skip
# What is due of them are days that they found themselves, when they were built last.
DUE_BY_THEMSELVES = {
    "int_identity__changed_records", "int_identity__clusters", "int_identity__known_identifiers",
    "int_identity__scope",
}  # fmt: skip
COMPARED = re.compile(rf"cast\((?:\w+\.)?(\w+) as date\)\s*(?:<=|>)\s*cast\('{DAY}' as date\)")


@pytest.fixture(scope="module")
def compiled(
    company: Company, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The project's models and tests, compiled as of a day that nothing else speaks of."""
    variables = json.dumps(VARIABLES | {"as_of_date": DAY})
    folder: Path = tmp_path_factory.mktemp("compiled")
    views = "select schema_name, view_name, sql from duckdb_views() order by all"
    before = company.query(views)
    with company.on(DAY):
        try:
            command = ["--quiet", "compile", "--exclude", "resource_type:unit_test"]
            options = ["--vars", variables, "--target-path", str(folder)]
            result = dbtRunner().invoke([*command, *options])
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert result.success, result.exception
    assert company.query(views) == before, "who compiles changes nothing"
    yield {part.node.unique_id: part.node for part in result.result}


def meta(node: Any) -> dict[str, Any]:
    return dict(node.config.meta or {})


def test_what_speaks_of_the_day_is_known(
    company: Company, compiled: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with company.on(DAY), open_target(variables=json.dumps(VARIABLES)) as target:
        nodes = nodes_of(target.manifest)
        metrics = target.manifest.nodes["model.customer_360.data_quality_metrics"]
        monkeypatch.setattr(metrics.config, "materialized", "ephemeral")
        reader = "model.customer_360.data_quality_history"
        assert not nodes[reader].speaks_of_day
        assert nodes_of(target.manifest)[reader].speaks_of_day, "its code is part of the reader's"
    speak = {name for name, node in compiled.items() if DAY in (node.compiled_code or "")}
    assert {name for name, node in nodes.items() if node.speaks_of_day} == speak
    due = {name for name in speak if nodes[name].meta.get("due")}
    assert {nodes[name].name for name in speak - due if nodes[name].kind == "model"} == DAILY
    others = {nodes[name].name for name in due} - DUE_BY_THEMSELVES
    assert all(name.startswith("int_customer_facts__") for name in others)
    assert [name for name in speak if nodes[name].kind == "test"]


def test_what_comes_due_in_rows_that_a_night_made_is_known_after_it(
    company: Company, tmp_path: Path
) -> None:
    mine, step = company.copy(tmp_path / "mine"), STEPS[0]
    with mine.on(WORLD_END):
        with open_target(variables=json.dumps(VARIABLES)) as target:
            before = current_state(target, step)
        with duckdb.connect(str(mine.folder / "customer_360.duckdb")) as connection:
            for table, due_on in (
                ("int_identity__clusters__refusals", "reconsidered_on"),
                ("int_identity__known_identifiers", "forgotten_on"),
            ):
                connection.execute(f"update identity.{table} set {due_on} = date '2027-01-01'")
        with open_target(variables=json.dumps(VARIABLES)) as target:
            after = built_state(target, before, before.nodes.values())
            now = current_state(target, step)
    for name in DUE_BY_THEMSELVES:
        node = f"model.customer_360.{name}"
        assert after.days[node] == now.days[node] != before.days[node], name


def test_no_config_says_the_day(compiled: dict[str, Any]) -> None:
    """dbt reads it once, and keeps it on the days after."""
    assert not [node.name for node in compiled.values() if DAY in str(node.config.to_dict())]


def test_what_comes_due_is_said_of_every_date_that_is_compared(compiled: dict[str, Any]) -> None:
    for node in compiled.values():
        if not meta(node).get("due") or node.name in DUE_BY_THEMSELVES:
            continue
        compared = COMPARED.findall(node.compiled_code)
        assert len(compared) == node.compiled_code.count(DAY), node.name
        declared = meta(node)["due"]
        assert {*compared} == {column for columns in declared.values() for column in columns}
        for entity in declared:
            parent = compiled[f"model.customer_360.{entity}"]
            assert parent.unique_id in node.depends_on_nodes
            # what comes due in it is asked for before the step of the model begins
            assert STEPS.index(meta(parent)["step"]) < STEPS.index(meta(node)["step"])


def test_no_table_is_made_by_the_clock() -> None:
    clock = re.compile(
        r"current_date|current_timestamp|run_started_at|\bnow\(|getdate|sysdate", re.I
    )
    files = [
        path
        for folder in ("models", "macros", "tests/dbt")
        for path in (REPOSITORY / folder).rglob("*")
        if path.suffix in (".sql", ".yml")  # where raw rows are refused by SQL
    ]
    named = {path.stem for path in files if clock.search(path.read_text(encoding="utf-8"))}
    # a bound of what is read, one of what may be said, and what tells of runs and publications
    assert named == {
        *("as_of_date", "check_vars", "high_water_mark", "run_history", "run_time", "publish")
    }
