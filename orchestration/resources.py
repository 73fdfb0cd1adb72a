"""What assets and checks work with: the dbt project, and the warehouse, one run at a time."""

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import dagster as dg
from dagster_dbt import DbtCliResource, DbtProject
from dbt.cli.main import dbtRunner
from packaging.version import Version
from pydantic import Field, PrivateAttr

from orchestration.load import Target, open_target

PROJECT_DIR = Path(__file__).parents[1]
POOL = "warehouse"
_PATHS = {
    "CUSTOMER_360_DUCKDB": "data/customer_360.duckdb",
    "CUSTOMER_360_RAW_DIR": "data/raw",
    "CUSTOMER_360_QUALITY_REPORT": "data/quality_report.html",
    "DBT_PROJECT_DIR": ".",
    "DBT_PROFILES_DIR": ".",
    "DBT_TARGET_PATH": "target",
}


def settle_environment() -> None:
    """Makes every path absolute, so that all processes of a run mean the same; reports to nobody.

    The DuckDB file's above all, whose name is inside dbt's manifest.
    """
    for name, default in _PATHS.items():
        os.environ[name] = os.path.normpath(PROJECT_DIR / (os.environ.get(name) or default))
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"


def path_of(variable: str) -> Path:
    """A path that settle_environment() made absolute."""
    return Path(os.environ[variable])


def prepared_project() -> DbtProject:
    """The dbt project with its manifest: read anew while developing, or where there is none.

    As DbtProject.prepare_if_dev() does, which asks the package index for dbt's latest version.
    """
    project = DbtProject(
        project_dir=PROJECT_DIR,
        profiles_dir=path_of("DBT_PROFILES_DIR"),
        target_path=path_of("DBT_TARGET_PATH"),
        target=os.environ.get("DBT_TARGET") or None,
    )
    if project.preparer.using_dagster_dev() or not project.manifest_path.exists():
        options = ["--target", project.target] if project.target else []
        result = dbtRunner().invoke(["--quiet", "parse", *options, *variables_option()])
        if not result.success:
            raise dg.DagsterInvalidDefinitionError(
                f"dbt cannot read the project: {result.exception}. Run `dbt parse` to see where."
            )
    return project


def variables_option() -> list[str]:
    """dbt's --vars, out of CUSTOMER_360_DBT_VARS (YAML)."""
    variables = os.environ.get("CUSTOMER_360_DBT_VARS")
    return ["--vars", variables] if variables else []


class Dbt(DbtCliResource):
    """The dbt of this Python, whose version is known without asking the package index."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))


def dbt_resource(project: DbtProject) -> Dbt:
    """Runs dbt in a process of its own, which lets go of the DuckDB file when it ends."""
    return Dbt(
        project_dir=str(project.project_dir),
        profiles_dir=str(project.profiles_dir),
        target=project.target,
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
    )


class Refresh(dg.ConfigurableResource[Any]):
    """What is built anew instead of incrementally: nothing, everything, or what `select` names."""

    full: bool = Field(default=False, description="Whether tables are built anew (--full-refresh).")
    select: str = Field(
        default="",
        description="dbt's selection of what is built anew, such as `int_events+`; empty: all.",
    )


class Warehouse(dg.ConfigurableResource[Any]):
    """The dbt target, held by one run at a time.

    From its first step that asks for it to its end a run holds a lock, and others wait, whoever
    started them; the operating system releases the lock of a run that is killed.
    """

    expectations: str | None = Field(default=None, description="Folder of the gates' suites.")
    _lock: IO[str] | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """Releases the lock when a run ends."""
        try:
            yield self
        finally:
            if self._lock:
                self._lock.close()
                self._lock = None

    def hold(self, log: Callable[[str], Any]) -> None:
        """Waits until no other run has the warehouse; log is told where it has to."""
        if self._lock:
            return
        place = path_of("CUSTOMER_360_DUCKDB").with_suffix(".lock")
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = place.open("w", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log(f"Waiting for the run that holds {place}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        self._lock = lock

    @contextmanager
    def open(self, log: Callable[[str], Any]) -> Iterator[Target]:
        """Connects when it is free, and lets go of every connection at the end."""
        self.hold(log)
        options = variables_option()
        with open_target(
            os.environ.get("DBT_TARGET") or None,
            path_of("DBT_PROFILES_DIR"),
            PROJECT_DIR,
            options[1] if options else None,
        ) as target:
            yield target
