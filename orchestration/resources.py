"""What assets and checks work with: the dbt project, and the warehouse, one run at a time."""

import fcntl
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import dagster as dg
import yaml
from dagster_dbt import DbtCliInvocation, DbtCliResource, DbtProject
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from packaging.version import Version
from pydantic import Field, PrivateAttr

from orchestration.dbt_output import first_lines_only
from orchestration.platform.exceptions import TookTooLongError
from orchestration.platform.options import DBT_VARS
from orchestration.platform.warehouse import Target, open_target

PROJECT_DIR = Path(__file__).parents[1]
POOL = "warehouse"
STEP_TIMEOUT = "CUSTOMER_360_STEP_TIMEOUT_SECONDS"
STEP_TIMEOUT_SECONDS = 2 * 60 * 60
_AGAIN_SECONDS = 10
_PATHS = {
    "CUSTOMER_360_DUCKDB": "data/customer_360.duckdb",
    "CUSTOMER_360_RAW_DIR": "data/raw",
    "CUSTOMER_360_IDENTITY_BACKUPS": "data/identity_backups",
    "CUSTOMER_360_QUALITY_REPORT": "data/quality_report.html",
    "DBT_PROJECT_DIR": ".",
    "DBT_PROFILES_DIR": ".",
    "DBT_TARGET_PATH": "target",
}


def settle_environment() -> None:
    """Makes every path absolute, so that all processes of a run mean the same; reports to nobody.

    The DuckDB file's above all, whose name is inside dbt's manifest. dbt's log has no debugging
    unless one asks for it: writing it was a fifth of what dbt takes where there is little to do.
    """
    for name, default in _PATHS.items():
        os.environ[name] = os.path.normpath(PROJECT_DIR / (os.environ.get(name) or default))
    os.environ.setdefault("DBT_LOG_LEVEL_FILE", "info")
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


def variables_option(**others: Any) -> list[str]:
    """dbt's --vars, out of CUSTOMER_360_DBT_VARS (YAML), and others on top of them."""
    variables = os.environ.get(DBT_VARS)
    if others:
        variables = yaml.safe_dump((yaml.safe_load(variables or "") or {}) | others)
    return ["--vars", variables] if variables else []


def as_of_date(today: date) -> str:
    """The day that a run of today's is as of: dbt's var as_of_date, else the last that is over."""
    project = (PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8")
    variables = yaml.safe_load(project)["vars"]
    with suppress(yaml.YAMLError, TypeError, ValueError):  # dbt says what is wrong
        variables |= yaml.safe_load(os.environ.get(DBT_VARS) or "{}")
    return str(variables.get("as_of_date") or today - timedelta(days=1))


class Dbt(DbtCliResource):
    """The dbt of this Python, whose version is known without asking the package index."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(metadata.version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        """None: it would look up columns for Dagster's page, and takes a second of every start."""
        return None

    def cli(self, *arguments: Any, **options: Any) -> DbtCliInvocation:
        """Starts dbt, which prints nothing that a database said."""
        return first_lines_only(super().cli(*arguments, **options))


def dbt_resource(project: DbtProject) -> Dbt:
    """Runs dbt in a process of its own, which lets go of the DuckDB file when it ends."""
    return Dbt(
        project_dir=str(project.project_dir),
        profiles_dir=str(project.profiles_dir),
        target=project.target,
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
    )


class Refresh(dg.ConfigurableResource[Any]):
    """What a night builds beside what can have changed: nothing, all, or what `select` names."""

    everything: bool = Field(
        default=False, description="Whether all is built, whether it can have changed or not."
    )
    full: bool = Field(
        default=False,
        description="Whether tables are built anew instead of incrementally (--full-refresh).",
    )
    select: str = Field(
        default="",
        description="dbt's selection of what is built anew, such as `int_events+`; empty: all.",
    )
    refit: bool = Field(
        default=False, description="Whether models of customers are fitted, however old a fit is."
    )


def step_timeout() -> int:
    """Seconds that a step may take: CUSTOMER_360_STEP_TIMEOUT_SECONDS, or two hours."""
    value = os.environ.get(STEP_TIMEOUT) or str(STEP_TIMEOUT_SECONDS)
    if not value.isdecimal() or int(value) == 0:
        raise dg.DagsterInvalidDefinitionError(f"{STEP_TIMEOUT} is no number of seconds: {value!r}")
    return int(value)


def took_too_long(seconds: int) -> str:
    """What is said of a step that was stopped."""
    return f"stopped, since it took longer than {seconds} seconds, the limit set by {STEP_TIMEOUT}"


class _TimeIsUp(BaseException):
    """No Exception, which libraries would take for an error of their own."""


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Stops what hangs: a connection, a server, a file. Only in the main thread, which runs steps.

    DuckDB works within this process and looks up when it pleases: a run's own limit ends it.

    Raises TookTooLongError, whatever became of the interruption on its way.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = False

    def interrupt(*_: object) -> None:
        nonlocal is_over
        is_over = True
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, interrupt)
    # again and again, for a library that tries again
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    except BaseException as error:
        if is_over:
            raise TookTooLongError(took_too_long(seconds)) from None
        raise error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Warehouse(dg.ConfigurableResource[Any]):
    """The dbt target, held by one run at a time.

    From its first step that asks for it to its end a run holds a lock, and others wait, whoever
    started them; the operating system releases the lock of a run that is killed.
    """

    expectations: str | None = Field(default=None, description="Folder of the gates' suites.")
    step_timeout_seconds: int = Field(
        default=STEP_TIMEOUT_SECONDS, gt=0, description="How long a step may take."
    )
    _lock: IO[str] | None = PrivateAttr(default=None)
    _manifest: Manifest | None = PrivateAttr(default=None)

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
        if not self.hold_if_free():
            log(f"Waiting for the run that holds {self._lock_file}")
            lock = self._lock_file.open("w", encoding="utf-8")
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._lock = lock

    def hold_if_free(self) -> bool:
        """Whether no other run has the warehouse, and now this one has it."""
        if not self._lock:
            self._lock_file.parent.mkdir(parents=True, exist_ok=True)
            lock = self._lock_file.open("w", encoding="utf-8")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return False
            self._lock = lock
        return True

    @property
    def _lock_file(self) -> Path:
        return path_of("CUSTOMER_360_DUCKDB").with_suffix(".lock")

    @contextmanager
    def open(self, log: Callable[[str], Any]) -> Iterator[Target]:
        """Connects when it is free, and lets go of every connection at the end.

        The process of a run reads the project once.

        Raises TookTooLongError where that takes longer than a step may.
        """
        self.hold(log)
        options = variables_option()
        with (
            time_limit(self.step_timeout_seconds),
            open_target(
                os.environ.get("DBT_TARGET") or None,
                path_of("DBT_PROFILES_DIR"),
                PROJECT_DIR,
                options[1] if options else None,
                self._manifest,
            ) as target,
        ):
            self._manifest = target.manifest
            yield target
