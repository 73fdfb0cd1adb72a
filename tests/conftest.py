"""A small simulated company, its warehouse, and the stand-ins of Snowflake and Databricks."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.support import REPOSITORY, WORLD_END, Warehouse

os.environ.setdefault("DBT_LOG_LEVEL_FILE", "info")  # debugging takes a fifth of dbt's time

ENGINE_TIMES = REPOSITORY / "logs" / "engines.txt"


def settings_of_environment() -> dict[str, str]:
    """The environment variables that dbt and the project read."""
    prefixes = ("CUSTOMER_360_", "DAGSTER_", "DATABRICKS_", "DBT_", "SNOWFLAKE_")
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


SETTINGS = settings_of_environment()
# Files of tests that share what is slow to start or to build.
TOGETHER = {
    "stand-ins": ("tests/engines/", "tests/orchestration/test_load.py", "tests/publication/"),
    "nights": (
        "tests/orchestration/test_killed_nights.py",
        "tests/orchestration/test_night",
        "tests/orchestration/test_privacy.py",
    ),
}


class OneWorkerForWhatIsShared(LoadFileScheduling):
    """A file's tests go to one worker, and so do those of files that share something heavy."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        shared = (name for name, files in TOGETHER.items() if file.startswith(files))
        return next(shared, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerForWhatIsShared:
    return OneWorkerForWhatIsShared(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What each engine took in the parity test, where it ran."""
    if ENGINE_TIMES.exists():
        terminalreporter.section("engines")
        terminalreporter.write(ENGINE_TIMES.read_text())


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        ENGINE_TIMES.unlink(missing_ok=True)


@pytest.fixture(scope="module", autouse=True)
def environment_is_left_as_found() -> Iterator[None]:
    """No file of tests changes what dbt reads from the environment in the files after it."""
    yield
    assert settings_of_environment() == SETTINGS


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw folder of a small simulated company, with every kind of bad row."""
    from simulator.__main__ import main as simulate  # noqa: PLC0415  (only tests that need it pay)

    raw_dir = tmp_path_factory.mktemp("world") / "raw"
    options = ["--people", "600", "--days", "150", "--seed", "7", "--end", WORLD_END]
    assert simulate([*options, "--out", str(raw_dir)]) == 0
    return raw_dir


@pytest.fixture(scope="session")
def warehouse(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small company's warehouse, built whole with all its tests."""
    folder = tmp_path_factory.mktemp("warehouse")
    built = Warehouse(folder, world, {"as_of_date": WORLD_END})
    built.build()
    return built


@pytest.fixture(scope="session")
def snowflake_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The Snowflake stand-in, or a real account."""
    from tests.engines.engine import REAL_WAREHOUSES, real_account  # noqa: PLC0415

    if "snowflake" in REAL_WAREHOUSES:
        with real_account("snowflake", tmp_path_factory.mktemp("account")) as account:
            yield account
        return
    from tests.engines.snowflake_server import snowflake_server  # noqa: PLC0415  (slow to import)

    with snowflake_server(tmp_path_factory.mktemp("snowflake_server")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def databricks_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The Databricks stand-in, or a real account."""
    from tests.engines.engine import REAL_WAREHOUSES, real_account  # noqa: PLC0415

    if "databricks" in REAL_WAREHOUSES:
        with real_account("databricks", tmp_path_factory.mktemp("account")) as account:
            yield account
        return
    from tests.engines.databricks_server import databricks_server  # noqa: PLC0415

    missing = [program for program in ("java", "mvn") if shutil.which(program) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"the Databricks stand-in needs {' and '.join(missing)} (Java 17, Maven)")
    with databricks_server(tmp_path_factory.mktemp("databricks_server")) as endpoint:
        yield endpoint
