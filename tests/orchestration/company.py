"""A small company whose nights are run in this process, each on a Dagster instance of its own."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from orchestration.definitions import assemble
from simulator.__main__ import main as simulate
from tests.orchestration.test_definitions import settings
from tests.support import REPOSITORY, WORLD_END, environment

# so small a company has no sentiment of its last days
VARIABLES = {"as_of_date": WORLD_END, "absent_tables": ["external.sentiment"]}


@dataclass
class Company:
    """A company's raw files, its warehouse, and what its webhook was told by the last run.

    said: what Dagster logged and the webhook was told in all runs so far, as JSON.
    """

    folder: Path
    variables: dict[str, str]
    told: list[dict[str, Any]]
    definitions: dg.Definitions = field(init=False)
    night: dg.ExecuteInProcessResult = field(init=False)
    said: list[str] = field(default_factory=list)

    @property
    def raw_dir(self) -> Path:
        return self.folder / "raw"

    @property
    def published(self) -> Path:
        return self.folder / "published.duckdb"

    def run(self, job: str, **options: Any) -> dg.ExecuteInProcessResult:
        """A job, to its end, on an instance of its own. options: of execute_in_process()."""
        self.told.clear()
        with dg.DagsterInstance.ephemeral() as instance:
            result = self.definitions.resolve_job_def(job).execute_in_process(
                instance=instance, raise_on_error=False, **options
            )
            self.said += [dg.serialize_value(entry) for entry in instance.all_logs(result.run_id)]
        self.said += [json.dumps(message) for message in self.told]
        return result

    def query(self, sql: str, file: str = "customer_360.duckdb") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def copy(self, folder: Path) -> "Company":
        """As it is now, in a folder of its own, for runs that others shall not see."""
        shutil.copytree(self.folder, folder)
        places = {name: value for name, value in settings(folder).items() if value}
        company = replace(self, folder=folder, variables=self.variables | places)
        with environment(**company.variables):
            company.definitions = assemble()
        return company

    @contextmanager
    def on(self, day: str) -> Iterator[None]:
        """Its environment on a day."""
        variables = json.dumps(VARIABLES | {"as_of_date": day})
        with environment(**self.variables | {"CUSTOMER_360_DBT_VARS": variables}):
            yield

    def built_by(self, run: dg.ExecuteInProcessResult) -> set[str]:
        """What dbt built and tested in a run, tests by the name that tells what they are of."""
        rows = self.query(
            f"select node from operations.run_history where dagster_run_id = '{run.run_id}'"
        )
        return {node.split(".")[2] for (node,) in rows}


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a webhook, and what it is told. status: of its answers."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
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


@contextmanager
def company_after_its_first_night(folder: Path) -> Iterator[Company]:
    """A company in a folder; its variables are in the environment during the night only."""
    world = ["--people", "150", "--days", "60", "--seed", "7", "--end", WORLD_END]
    assert simulate([*world, "--out", str(folder / "raw")]) == 0
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    with webhook() as (address, told):
        variables = settings(folder) | {
            "CUSTOMER_360_DBT_VARS": json.dumps(VARIABLES),
            "CUSTOMER_360_WEBHOOK_URL": address,
            "CUSTOMER_360_DAGSTER_URL": "https://dagster.example/",
        }
        company = Company(folder, variables, told)
        with environment(**variables):
            company.definitions = assemble()
            company.night = company.run("nightly")
        yield company
