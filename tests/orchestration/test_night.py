"""Nights of a small company, run in this process: a good one, and those that must not end."""

import hashlib
import json
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.notify import notify_failed_step
from tests.orchestration.company import Company

pytestmark = pytest.mark.slow

STEPS = [
    "load_raw", "gate_raw", "dbt_conformed", "gate_conformed", "dbt_marts", "gate_marts",
    "published",
]  # fmt: skip


def steps_of(result: dg.ExecuteInProcessResult) -> list[str]:
    """The steps that were started, in their order."""
    started = dg.DagsterEventType.STEP_START
    return [str(event.step_key) for event in result.all_events if event.event_type == started]


def personal_values(raw_dir: Path) -> set[str]:
    """The addresses, telephones and names of the company's customers."""
    rows = duckdb.execute(
        "select email_address, phone_number, last_name from read_parquet(?)",
        [f"{raw_dir}/retail/customers*.parquet"],
    ).fetchall()
    return {str(value) for row in rows for value in row if value and len(str(value)) > 6}


def test_a_good_night_ends_published(company: Company) -> None:
    night = company.night
    assert night.success
    assert steps_of(night) == STEPS
    assert company.told == []
    [[customers]] = company.query("select count(*) from marts.customers")
    shown = company.query(
        "select count(*) from published.published.customers", company.published.name
    )
    assert shown == [(customers,)] and customers > 50
    assert company.query("select run_id, is_current from operations.publications") == [
        (night.run_id, True)
    ]
    doors = company.query("select distinct door, run_id from operations.quality_results order by 1")
    assert doors == [(door, f"{night.run_id}-{door}") for door in ("conformed", "marts", "raw")]
    assert "<html" in (company.folder / "report.html").read_text()[:500].lower()
    # nobody has the file open: it could not be opened for writing
    duckdb.connect(str(company.folder / "customer_360.duckdb")).close()


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
        " where not success and severity = 'warning' and door = 'raw' order by 1"
    )
    assert recorded == sorted((".".join(check.asset_key.path[1:]),) for check in late)


def test_a_failing_marts_gate_leaves_what_is_published(company: Company) -> None:
    before = hashlib.sha256(company.published.read_bytes()).hexdigest()
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
    assert hashlib.sha256(company.published.read_bytes()).hexdigest() == before
    [told] = company.told
    assert (told["job"], told["step"], told["run_id"]) == (
        "last_steps", "gate_marts", result.run_id,
    )  # fmt: skip
    assert told["error"] == "DagsterAssetCheckFailedError"
    assert "marts/customer_360: marts_gate" in told["summary"]
    assert told["link"] == f"https://dagster.example/runs/{result.run_id}"
    assert told["link"] in told["blocks"][0]["text"]["text"]


FAULTS = {
    "a column is gone": (
        "select * exclude (customer_id)",
        "load_raw",
        "retail/customers.9001.parquet",
    ),
    "keys are doubled": ("select *", "gate_raw", "raw/retail/customers: raw_gate"),
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
    assert not [value for value in personal_values(company.raw_dir) if value in said]
