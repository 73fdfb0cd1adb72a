"""Nights of a small company, run in this process: a good one, and those that must not end."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
import yaml

from orchestration.definitions import assemble
from orchestration.notify import notify_failed_step
from simulator.__main__ import main as simulate
from tests.orchestration.test_definitions import settings
from tests.support import REPOSITORY, WORLD_END, environment

pytestmark = pytest.mark.slow

STEPS = [
    "load_raw", "gate_raw", "dbt_conformed", "gate_conformed", "dbt_marts", "gate_marts",
    "published",
]  # fmt: skip


@dataclass
class Company:
    """A company's raw files, its warehouse, and what its webhook was told."""

    folder: Path
    definitions: dg.Definitions
    told: list[dict[str, Any]]
    night: dg.ExecuteInProcessResult = field(init=False)

    @property
    def raw_dir(self) -> Path:
        return self.folder / "raw"

    @property
    def published(self) -> Path:
        return self.folder / "published.duckdb"

    def run(self, job: str) -> dg.ExecuteInProcessResult:
        """A job, to its end, on an instance of its own."""
        self.told.clear()
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
        )

    def query(self, sql: str, file: str = "customer_360.duckdb") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / file), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a webhook, and what it is told."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", told
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company after its first night."""
    folder = tmp_path_factory.mktemp("night")
    world = ["--people", "150", "--days", "60", "--seed", "7", "--end", WORLD_END]
    assert simulate([*world, "--out", str(folder / "raw")]) == 0
    profiles = yaml.safe_load((REPOSITORY / "profiles.yml.example").read_text())
    profiles["customer_360"]["outputs"]["duckdb"].setdefault(
        "plugins", [{"module": "orchestration.publish_files", "alias": "publications"}]
    )
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))
    # so small a company has no sentiment of its last days
    variables = {"as_of_date": WORLD_END, "absent_tables": ["external.sentiment"]}
    with webhook() as (address, told):
        chosen = {
            "CUSTOMER_360_DBT_VARS": json.dumps(variables),
            "CUSTOMER_360_WEBHOOK_URL": address,
            "CUSTOMER_360_DAGSTER_URL": "https://dagster.example/",
        }
        with environment(**settings(folder)), environment(**chosen):
            company = Company(folder, assemble(), told)
            company.night = company.run("nightly")
            yield company


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
