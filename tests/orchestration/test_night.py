"""Nights of a small company, run in this process: a good one, and those that must not end."""

import hashlib
import json
import shutil

import dagster as dg
import duckdb
import pytest

from orchestration.identity_backup.backups import read_backup
from orchestration.notify import notify_failed_step
from tests.orchestration.company import Company, webhook
from tests.privacy import people_of
from tests.support import WORLD_END, environment

pytestmark = pytest.mark.slow

STEPS = [
    "load_raw", "gate_raw", "dbt_conformed", "gate_conformed", "dbt_marts", "gate_marts",
    "published", "backed_up", "told",
]  # fmt: skip


def steps_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """The steps that were started, in their order."""
    started = dg.DagsterEventType.STEP_START
    return [str(event.step_key) for event in result.all_events if event.event_type == started]


def test_a_good_night_ends_published(company: Company) -> None:
    night = company.night
    assert night.success
    assert steps_of(night) == STEPS
    [[customers]] = company.query("select count(*) from marts.customers")
    shown = company.query("select count(*) from published.customers", company.published.name)
    assert shown == [(customers,)] and customers > 50
    assert company.query("select run_id, is_current from operations.publications") == [
        (night.run_id, True)
    ]
    gates = company.query("select distinct gate, run_id from operations.quality_results order by 1")
    assert gates == [(gate, f"{night.run_id}-{gate}") for gate in ("conformed", "marts", "raw")]
    assert "<html" in (company.folder / "report.html").read_text()[:500].lower()
    # nobody has the file open: it could not be opened for writing
    duckdb.connect(str(company.folder / "customer_360.duckdb")).close()


def test_identity_is_backed_up_where_it_was_built(company: Company) -> None:
    [backup] = (company.folder / "identity_backups").iterdir()
    [[nodes]] = company.query("select count(*) from identity.int_identity__nodes")
    assert read_backup(backup).tables["int_identity__nodes"].rows == nodes

    def again() -> list[str]:
        """What the step says when nothing was built since."""
        said = len(company.said)
        assert company.run("retry", op_selection=["backed_up"]).success
        return company.said[said:]

    assert any(f"Nothing has changed since the backup {backup.name}" in line for line in again())
    assert [*backup.parent.iterdir()] == [backup]
    with environment(CUSTOMER_360_IDENTITY_BACKUPS=str(company.folder / "profiles.yml")):
        again()
    [told] = company.told
    assert told["text"] == "retry could not back up identity"
    assert "Backing up identity: [Errno 17] File exists: " in told["blocks"][0]["text"]["text"]


def test_new_critical_alerts_are_told_once_when_they_are_published(company: Company) -> None:
    counts = company.query(
        "select alert_type, count(*) from marts.customer_alerts where status = 'open' and"
        " severity = 'Critical' and as_of_date in (opened_on, critical_on) group by 1"
    )
    [told] = [message for message in map(json.loads, company.said) if "alerts" in message]
    assert counts and told["alerts"] == dict(counts)
    assert (told["run_id"], told["as_of_date"]) == (company.night.run_id, WORLD_END)
    assert not people_of(company.raw_dir).found_in(json.dumps(told))
    [output] = [event for event in company.night.all_events if event.is_successful_output][-1:]
    assert output.step_output_data.metadata["new_critical_alerts"].value == dict(counts)
    again = company.run("retry")
    assert again.success
    assert steps_of(again) == STEPS[1:]
    assert company.told == []


def test_a_webhook_that_refuses_alerts_is_told_them_by_the_next_run(company: Company) -> None:
    with duckdb.connect(str(company.folder / "customer_360.duckdb")) as connection:
        connection.execute("delete from operations.told_alerts")
    with webhook(status=400) as (address, _), environment(CUSTOMER_360_WEBHOOK_URL=address):
        refused = company.run("retry")
    [failed] = [event for event in refused.all_events if event.is_step_failure]
    assert failed.step_key == "told"
    assert failed.step_failure_data.user_failure_data is not None
    assert failed.step_failure_data.user_failure_data.description == (
        "Telling of the night: the webhook did not take it: HTTP Error 400: Bad Request"
    )
    assert company.run("retry").success
    [told] = company.told
    assert told["alerts"]


def test_a_warning_lets_the_night_end_and_is_recorded(company: Company) -> None:
    late = [
        check
        for check in company.night.get_asset_check_evaluations()
        if check.check_name == "raw_gate" and not check.passed
    ]
    assert late
    assert {check.severity for check in late} == {dg.AssetCheckSeverity.WARN}
    recorded = company.query(
        "select distinct table_name from operations.quality_results"
        " where not success and severity = 'warning' and gate = 'raw' order by 1"
    )
    assert recorded == sorted((".".join(check.asset_key.path[1:]),) for check in late)


def test_a_failing_marts_gate_leaves_what_is_published(company: Company) -> None:
    before = hashlib.sha256(company.published.read_bytes()).hexdigest()
    warehouse = company.folder / "customer_360.duckdb"
    kept = company.folder / "kept.duckdb"
    shutil.copy(warehouse, kept)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.customer_360 where hash(customer_id) % 2 = 0")
        # else its verdict would be kept, since nothing but a hand has touched it
        connection.execute("delete from operations.built_tables where node like 'gate.marts.%'")
    try:
        result = company.run("retry")
        again = company.run("retry")
    finally:
        shutil.move(kept, warehouse)
    for run in (result, again):
        assert not run.success
        assert steps_of(run) == STEPS[1:-3]
    assert hashlib.sha256(company.published.read_bytes()).hexdigest() == before
    [told] = company.told
    assert (told["job"], told["step"], told["run_id"]) == ("retry", "gate_marts", again.run_id)
    assert told["as_of_date"] == WORLD_END
    assert told["error"] == "Failure"
    assert "marts/customer_360 (" in told["summary"]
    assert told["link"] == f"https://dagster.example/runs/{again.run_id}"
    assert told["link"] in told["blocks"][0]["text"]["text"]
    checked = [
        {
            check.asset_key.path[-1]
            for check in run.get_asset_check_evaluations()
            if check.check_name == "marts_gate"
        }
        for run in (result, again)
    ]
    assert {"customers", "customer_360"} <= checked[0]
    # what closed the gate is checked again, what passed is not
    assert "customer_360" in checked[1]
    assert not {"customers", "orders"} & checked[1]


def test_assets_by_hand_stop_at_a_gate_too(company: Company) -> None:
    warehouse = company.folder / "customer_360.duckdb"
    kept = company.folder / "kept.duckdb"
    shutil.copy(warehouse, kept)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.customer_360 where hash(customer_id) % 2 = 0")
    gate = [
        key
        for key in company.definitions.get_repository_def().asset_graph.asset_check_keys
        if key.name == "marts_gate"
    ]
    last_steps = dg.define_asset_job(
        "last_steps",
        dg.AssetSelection.checks(*gate) | dg.AssetSelection.assets("published"),
        hooks={notify_failed_step},
    )
    company.definitions = dg.Definitions.merge(
        company.definitions, dg.Definitions(jobs=[last_steps])
    )
    try:
        result = company.run("last_steps")
    finally:
        shutil.move(kept, warehouse)
    assert not result.success
    assert steps_of(result) == ["gate_marts"]
    [told] = company.told
    assert (told["step"], told["error"]) == ("gate_marts", "DagsterAssetCheckFailedError")
    assert "marts/customer_360: marts_gate" in told["summary"]


FAULTS = {
    "a column is gone": (
        "select * exclude (customer_id)",
        "load_raw",
        "retail/customers.9001.parquet",
    ),
    "keys are doubled": (
        "select *",
        "gate_raw",
        "raw/retail/customers (expect_column_values_to_be_unique of customer_id)",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_raw_file_stops_dbt_before_it_starts(company: Company, fault: str) -> None:
    query, step, summary = FAULTS[fault]
    before = hashlib.sha256(company.published.read_bytes()).hexdigest()
    file = company.raw_dir / "retail" / "customers.9001.parquet"
    customers = f"read_parquet('{company.raw_dir}/retail/customers*.parquet')"
    duckdb.execute(f"copy ({query} from {customers}) to '{file}'")
    try:
        result = company.run("nightly")
    finally:
        file.unlink()
    assert not result.success
    assert steps_of(result)[-1] == step
    assert hashlib.sha256(company.published.read_bytes()).hexdigest() == before
    [told] = company.told
    assert (told["job"], told["step"]) == ("nightly", step)
    assert summary in told["summary"]
    said = json.dumps(told) + "".join(event.message or "" for event in result.all_events)
    assert not people_of(company.raw_dir).found_in(said)


WRONG_DATA = {
    "three fifths of the rows are missing": (
        "select * from given where hash(transaction_id) % 5 < 2",
        "expect_table_row_count_to_be_between",
    ),
    "dates are in the future": (
        "select * replace ('29' || transaction_date[3:] as transaction_date) from given",
        "in_the_future",
    ),
    "data is stale": (
        "select * replace (cast(_loaded_at as timestamp) - interval 99 day as _loaded_at)"
        " from given",
        "stale",
    ),
}


@pytest.mark.parametrize("fault", WRONG_DATA)
def test_wrong_raw_data_stops_dbt_before_it_starts(company: Company, fault: str) -> None:
    query, expectation = WRONG_DATA[fault]
    before = hashlib.sha256(company.published.read_bytes()).hexdigest()
    file = company.raw_dir / "retail" / "transactions.parquet"
    kept = company.folder / "transactions.parquet"
    shutil.move(file, kept)
    duckdb.execute(
        f"copy (with given as (select * from read_parquet('{kept}')) {query}) to '{file}'"
    )
    try:
        result = company.run("nightly")
    finally:
        shutil.move(kept, file)
    assert not result.success
    assert steps_of(result) == ["load_raw", "gate_raw"]
    assert company.query(
        "select table_name, expectation from operations.quality_results"
        f" where run_id = '{result.run_id}-raw' and not success and severity = 'critical'"
    ) == [("retail.transactions", expectation)]
    assert hashlib.sha256(company.published.read_bytes()).hexdigest() == before
    [told] = company.told
    assert (told["job"], told["step"]) == ("nightly", "gate_raw")
    assert f"raw/retail/transactions ({expectation})" in told["summary"]


BRANCH = ("stg_retail__stores", "map_retail__stores", "int_stores")


def test_a_failing_test_stops_what_is_downstream_of_it_until_it_is_retried(
    company: Company,
) -> None:
    def execute(statement: str) -> None:
        with duckdb.connect(str(company.folder / "customer_360.duckdb")) as connection:
            connection.execute(statement)

    def history(run_id: str) -> dict[str, str]:
        """The status of each node of a run, but for tests the model's name they are named after."""
        rows = company.query(
            f"select node, status from operations.run_history where dagster_run_id = '{run_id}'"
        )
        return {node.split(".")[2]: status for node, status in rows}

    execute(
        "update staging.base_retail__stores set store_id = lowest.row_key from (select min(row_key)"
        " as row_key from staging.base_retail__stores where judgement = 'accepted') as lowest"
    )
    try:
        # a hand has changed a table, of which nobody knows
        everything = {"resources": {"refresh": {"config": {"everything": True}}}}
        failed = company.run("nightly", run_config=everything)
    finally:
        execute("update staging.base_retail__stores set store_id = row_key")
    assert not failed.success
    assert steps_of(failed) == ["load_raw", "gate_raw", "dbt_conformed"]
    [told] = company.told
    assert told["summary"].startswith("1 of dbt's models and tests failed: unique_stg_retail__st")
    before = history(failed.run_id)
    [stopped_by] = [node for node, status in before.items() if status == "fail"]
    assert stopped_by == "unique_stg_retail__stores_source_store_id"
    skipped = {node for node, status in before.items() if status == "skipped"}
    assert {"map_retail__stores", "int_stores"} <= skipped
    assert all(any(name in node for name in BRANCH) for node in skipped), skipped
    assert {before[node] for node in ("int_orders", "int_identity__golden_records")} == {"success"}

    # and so that a history comes to an end
    execute("update operations.run_history set invoked_at = timestamp '2020-01-01'")
    retried = company.run("retry")
    assert retried.success
    assert steps_of(retried) == STEPS[1:]
    after = history(retried.run_id)
    marts = {name for [name] in company.query(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
    )}  # fmt: skip
    assert marts <= after.keys()
    conformed = json.loads(
        (company.folder / "target" / "dbt_conformed" / "run_results.json").read_text()
    )
    results = [result["unique_id"].split(".") for result in conformed["results"]]
    rebuilt = {name for kind, _, name, *_ in results if kind != "operation"}
    assert rebuilt == {stopped_by} | skipped
    assert rebuilt <= after.keys() and set(after.values()) <= {"success", "pass"}
    assert history(failed.run_id) == {}, "too old"
    assert company.query("select run_id from operations.publications where is_current") == [
        (retried.run_id,)
    ]


def test_the_history_of_runs_names_every_node(company: Company) -> None:
    [[nodes, commands, seconds]] = company.query(
        "select count(*), list(distinct command), sum(seconds) from operations.run_history"
        " where started_at >= invoked_at or status = 'skipped'"
    )
    assert [(nodes,)] == company.query("select count(*) from operations.run_history")
    assert commands == ["build"] and seconds > 0


def test_a_step_that_takes_too_long_is_stopped(company: Company) -> None:
    result = company.run(
        "micro_batch",
        asset_selection=[dg.AssetKey(["reference", "nicknames"])],
        run_config={"resources": {"warehouse": {"config": {"step_timeout_seconds": 1}}}},
    )
    assert not result.success
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_key == "dbt_conformed"
    assert failure.step_failure_data.user_failure_data is not None
    assert failure.step_failure_data.user_failure_data.description == (
        "dbt was stopped, since it took longer than 1 seconds, the limit set by "
        "CUSTOMER_360_STEP_TIMEOUT_SECONDS"
    )
    # dbt has let go of the file
    duckdb.connect(str(company.folder / "customer_360.duckdb")).close()
