"""Nights that build what can have changed, and leave what a night of everything leaves."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from orchestration.assets.raw import EVERYTHING_AFTER_DAYS, _why_everything
from orchestration.changes import Records
from orchestration.changes.inputs import project_hash
from orchestration.platform.warehouse import open_target
from orchestration.publish import main as publish
from orchestration.resources import Refresh
from tests.orchestration.company import VARIABLES, Company
from tests.orchestration.test_night import STEPS, steps_of
from tests.support import WORLD_END, Warehouse, tables_that_differ

pytestmark = pytest.mark.slow

NEXT_DAY, DAY_AFTER, MUCH_LATER = "2026-07-01", "2026-07-02", "2026-09-30"
EVERYTHING = {"resources": {"refresh": {"config": {"everything": True}}}}
DAILY = {
    "billing_transactions", "ces_summary", "csat_summary", "customer_360", "customer_alerts",
    "customer_churn", "customer_clv", "customer_experience_daily", "customer_health",
    "customer_metrics_daily", "customer_metrics_latest", "customer_rfm", "customer_timeline",
    "data_quality_history", "data_quality_metrics", "identity_quality", "mrr_monthly",
    "nps_summary", "opportunities", "revenue_monthly", "subscriptions", "support_daily",
    "survey_responses", "tickets",
    "usage_monthly", "int_alert_days", "int_clv_parameters", "int_customer_360__lifecycle",
    "int_customer_360__purchases", "int_customer_day", "int_experience__health",
    "int_experience__latest_answers", "int_experience__period_answers", "int_experience__risk",
    "int_experience__service_counts", "int_experience__tickets", "int_experience__usage_change",
    "int_value__billing_transactions", "int_value__churn", "int_value__closing_mrr",
    "int_value__clv", "int_value__expected_orders", "int_value__months",
    "int_value__payment_behaviour", "int_value__predictions", "int_value__purchase_fits",
    "int_value__purchase_summary", "int_value__recurring", "int_value__revenue_trend",
    "int_value__rfm", "int_value__spend_fits", "int_value__subscriptions",
    "int_value__usable_fit",
}  # fmt: skip
# what tells of runs, not of customers
OF_RUNS = {
    # the day on which customers were made last is among the rules
    *("built_tables", "incremental_rules", "load_journal", "publications", "quality_results"),
    "told_alerts",
}


@dataclass
class Nights:
    """A company, and what it had before its nights; each test goes on where the last one ended."""

    company: Company
    before: Company
    runs: dict[str, dg.ExecuteInProcessResult]

    def run(self, name: str, day: str, job: str = "nightly", **options: object) -> set[str]:
        """Runs a job on a day, which must succeed; returns the models and seeds it built."""
        with self.company.on(day):
            run = self.company.run(job, **options)
        assert run.success, self.company.told
        self.runs[name] = run
        return self.company.built_by(run) & self.models

    @property
    def models(self) -> set[str]:
        manifest = json.loads((self.company.folder / "target" / "manifest.json").read_text())
        return {
            node["name"]
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed")
        }


@pytest.fixture(scope="module")
def nights(first_night: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("change")
    yield Nights(first_night.copy(folder / "nights"), first_night.copy(folder / "whole"), {})


def dbt(company: Company, *arguments: str, day: str) -> None:
    """A command by hand."""
    with company.on(day):
        try:
            options = ["--vars", json.dumps(VARIABLES | {"as_of_date": day})]
            assert dbtRunner().invoke(["--quiet", *arguments, *options]).success
        finally:
            DuckDBConnectionManager.close_all_connections()


def sell_tomorrow(raw_dir: Path) -> None:
    """Lets a sale come that is dated tomorrow."""
    sales = f"'{raw_dir}/retail/transactions.parquet'"
    duckdb.execute(
        f"""
        copy (
            select * replace (
                'tomorrow' as transaction_id, '{NEXT_DAY} 10:00:00' as transaction_date
            )
            from {sales}
            where transaction_type = 'PURCHASE' and transaction_status = 'COMPLETED'
            order by _loaded_at desc, transaction_id limit 1
        ) to '{raw_dir}/retail/transactions.0007.parquet'
        """
    )


def ask_again(raw_dir: Path) -> None:
    """Lets a ticket come again, under another number."""
    duckdb.execute(
        f"""
        copy (
            select * replace ('again-' || ticket_id as ticket_id)
            from '{raw_dir}/support/tickets.parquet' order by _loaded_at desc, ticket_id limit 1
        ) to '{raw_dir}/support/tickets.0007.parquet'
        """
    )


def test_rows_of_one_source_build_no_staging_of_another(nights: Nights) -> None:
    sell_tomorrow(nights.company.raw_dir)
    built = nights.run("a sale", WORLD_END)
    assert {"base_retail__transactions", "int_orders", "orders", "customer_360"} <= built
    staging = {name for name in built if name.startswith(("base_", "stg_", "map_"))}
    # the other one looks transactions up; views stay as they are
    assert staging == {"base_retail__transactions", "base_retail__transaction_items"}
    assert not {"int_tickets", "int_events", "rfm_segments", "int_customer_facts__events"} & built
    tests = nights.company.built_by(nights.runs["a sale"]) - nights.models
    assert any("stg_retail__transactions" in name for name in tests), "a view's tests are run"
    assert not any("stg_support" in name or "stg_web" in name for name in tests)
    told = [
        event.event_specific_data.materialization.asset_key
        for event in nights.runs["a sale"].all_events
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION
    ]
    raw = [key.path for key in told if key.path[0] == "raw"]
    assert raw == [["raw", "retail", "transactions"]]
    assert {key.path[-1] for key in told} - {"transactions", "published"} == built
    said = (nights.company.folder / "target" / "dbt_conformed" / "dbt.log").read_text()
    assert "Running with dbt" in said
    assert "Unable to do partial parsing" not in said, "the night had read the project before"


def test_a_micro_batch_and_what_was_built_by_hand_are_taken_up(nights: Nights) -> None:
    ask_again(nights.company.raw_dir)
    raw = dg.AssetKey(["raw", "support", "tickets"])
    graph = nights.company.definitions.get_repository_def().asset_graph
    touched = dg.AssetSelection.assets(raw).downstream().resolve(graph)
    layers = ("raw", "staging", "conformed", "identity")
    nights.run(
        "micro-batch",
        WORLD_END,
        "micro_batch",
        asset_selection=[key for key in touched if key.path[0] in layers],
    )
    company = nights.company
    dbt(company, "run", "--select", "customer_rfm int_customer_facts__events", day="2026-06-15")
    assert company.query("select max(as_of_date)::varchar from marts.customer_rfm") == [
        ("2026-06-15",)
    ]
    built = nights.run("due", NEXT_DAY)
    assert {"base_support__tickets", "int_tickets", "int_experience__service_counts"} <= built
    assert {"customer_rfm", "customer_360", "int_customer_facts__events"} <= built
    assert not {"base_retail__transactions", "int_orders", "base_web__events"} & built
    # a row has come due
    assert {"int_customer_facts__orders", "orders"} <= built
    assert company.query(
        "select count(*) from marts.orders where source_order_id = 'tomorrow'"
    ) == [(1,)]


def test_a_new_day_with_nothing_new_starts_dbt_once_for_what_says_the_day(nights: Nights) -> None:
    assert nights.run("new day", DAY_AFTER) == DAILY
    night, company = nights.runs["new day"], nights.company
    assert steps_of(night) == STEPS
    invocations = company.query(
        "select count(distinct invocation_id) from operations.run_history"
        f" where dagster_run_id = '{night.run_id}'"
    )
    assert invocations == [(1,)]
    checked = {
        check.asset_key.path[-1]
        for check in night.get_asset_check_evaluations()
        if check.check_name in ("conformed_gate", "marts_gate")
    }
    marts = {name for name in DAILY if not name.startswith("int_")} - {"data_quality_history"}
    # a suite that asks of a table that was built is checked, too
    assert checked == marts | {"ticket_interactions"}
    # quality_results has all of the gates, as after every night
    recorded = company.query(
        "select gate, count(*) from operations.quality_results where run_id like "
        f"'{night.run_id}%' group by 1 order by 1"
    )
    assert recorded == company.query(
        "select gate, count(*) from operations.quality_results where run_id like "
        f"'{nights.runs['due'].run_id}%' group by 1 order by 1"
    )
    assert company.query("select run_id from operations.publications where is_current") == [
        (night.run_id,)
    ]


def test_what_is_left_is_what_a_night_of_everything_leaves(nights: Nights) -> None:
    company, whole = nights.company, nights.before
    for source in ("retail", "support"):
        for file in (company.raw_dir / source).glob("*.0007.parquet"):
            shutil.copy(file, whole.raw_dir / source)
    with whole.on(DAY_AFTER):
        night = whole.run("nightly", run_config=EVERYTHING)
        assert night.success, whole.told
        assert whole.built_by(night) >= nights.models
        # alerts and daily metrics know of the days that were run, so this one shall have been, too
        assert whole.run("backfill", partition_key=NEXT_DAY).success, whole.told
        after = whole.run("nightly")
    assert after.success, whole.told
    assert {"customer_alerts", "customer_360"} <= whole.built_by(after)
    one, other = (Warehouse(part.folder, part.raw_dir) for part in (company, whole))
    differ = {name.rpartition(".")[2] for name in tables_that_differ(one, other, least=80)}
    assert differ <= OF_RUNS, differ
    published = "select * from published.customer_360"
    assert sorted(company.query(published, company.published.name), key=str) == sorted(
        whole.query(published, whole.published.name), key=str
    )


def test_the_same_day_again_builds_and_publishes_nothing(nights: Nights) -> None:
    before, said = nights.company.published.stat().st_mtime_ns, len(nights.company.said)
    assert nights.run("same day", DAY_AFTER) == set()
    assert sum("dbt is not started" in line for line in nights.company.said[said:]) == 2
    night = nights.runs["same day"]
    assert steps_of(night) == STEPS
    assert nights.company.published.stat().st_mtime_ns == before
    told = {event.event_type for event in night.all_events}
    assert (
        not {
            dg.DagsterEventType.ASSET_MATERIALIZATION,
            dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
            dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
        }
        & told
    )
    assert len(night.all_events) < 100


def test_training_fits_anew_builds_what_reads_it_and_publishes(nights: Nights) -> None:
    built, company = nights.run("training", DAY_AFTER, "train"), nights.company
    night = nights.runs["training"]
    assert {"int_clv_parameters", "int_value__predictions", "customer_clv"} <= built
    assert not {"customers", "orders", "rfm_segments"} & built
    assert steps_of(night) == ["dbt_marts", "gate_marts", "published", "backed_up", "told"]
    fitted = company.query(
        "select count(distinct invocation_id) from operations.run_history"
        f" where dagster_run_id = '{night.run_id}' and node like '%int_value__purchase_fits'"
    )
    assert fitted == [(2,)], "fitted, and then built with its tests and what reads it"
    assert company.query("select run_id from operations.publications where is_current") == [
        (night.run_id,)
    ]
    assert nights.run("after training", DAY_AFTER) == set()


def test_after_going_back_the_next_night_publishes_again(nights: Nights) -> None:
    company = nights.company
    [[current]] = company.query(
        "select publication_id from operations.publications where is_current"
    )
    with company.on(DAY_AFTER):
        assert publish(["--back"]) == 0
    assert nights.run("forward", DAY_AFTER) == set()
    [[published]] = company.query(
        "select publication_id from operations.publications where is_current"
    )
    assert published > current


def test_a_table_that_somebody_has_dropped_is_built_again(nights: Nights) -> None:
    company = nights.company
    with duckdb.connect(str(company.folder / "customer_360.duckdb")) as connection:
        connection.execute("drop table conformed.int_usage")
    built = nights.run("dropped", DAY_AFTER)
    assert "int_usage" in built
    assert not {"base_oracle_brm__usage", "int_orders", "customers"} & built
    assert company.query("select count(*) > 0 from conformed.int_usage") == [(True,)]


def test_a_customer_whose_row_is_gone_is_gone_with_the_next_night(nights: Nights) -> None:
    company = nights.company
    file = company.raw_dir / "retail" / "customers.parquet"
    customer = duckdb.execute(f"select max(customer_id) from '{file}'").fetchone()
    assert customer
    left = file.with_name("_left.parquet")
    duckdb.execute(f"copy (from '{file}' where trim(customer_id) <> ?) to '{left}'", customer)
    left.replace(file)
    record = f"from conformed.int_party_records where record_key = 'retail:{customer[0]}'"
    assert company.query(record)
    built = nights.run("gone", DAY_AFTER)
    assert {"base_retail__customers", "int_party_records", "customers"} <= built
    assert not {"base_retail__stores", "base_support__tickets", "int_events"} & built
    assert not company.query(record)


def test_a_source_gone_stale_closes_the_gate_of_a_night_of_nothing_new(nights: Nights) -> None:
    company = nights.company
    for _ in range(2):
        with company.on(MUCH_LATER):
            night = company.run("nightly")
        assert not night.success
        assert steps_of(night) == ["load_raw", "gate_raw"]
        [told] = company.told
        assert (told["step"], told["error"]) == ("gate_raw", "Failure")
        assert re.match(r"The gate raw is closed by raw/\w+/\w+ \(stale\), ", told["summary"])
        failed = company.query(
            "select expectation, bool_or(table_name = 'retail.transactions')"
            " from operations.quality_results"
            f" where run_id = '{night.run_id}-raw' and not success and severity = 'critical'"
            " group by 1"
        )
        assert failed == [("stale", True)]


def test_a_night_builds_everything_once_a_week_and_after_a_change_of_code(nights: Nights) -> None:
    variables = json.dumps(VARIABLES | {"as_of_date": DAY_AFTER})
    other = json.dumps(VARIABLES | {"as_of_date": DAY_AFTER, "reporting_currency": "EUR"})
    found = []
    with nights.company.on(DAY_AFTER):
        for given in (variables, json.dumps(VARIABLES), other):
            with open_target(variables=given) as target:
                found.append(project_hash(target))
        assert found[0] == found[1] != found[2], "the day alone is no change of code"
        with open_target(variables=variables) as target:
            assert _why_everything(target, Refresh()) is None
            assert _why_everything(target, Refresh(full=True, select="int_events+")) is None
            for refresh in (Refresh(full=True), Refresh(everything=True)):
                assert "configuration" in str(_why_everything(target, refresh))
            records = Records(target)
            target.execute(
                "update operations.built_tables set built_at = built_at - interval"
                f" {int(EVERYTHING_AFTER_DAYS * 24) + 1} hour where node = 'everything'"
            )
            assert "as every week" in str(_why_everything(target, Refresh()))
            records.forget_everything("a run")
            assert [*records.read()] == ["everything"]
