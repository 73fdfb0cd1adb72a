"""A small simulated company, its warehouse, and the stand-ins of Snowflake and Databricks."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.costs import Costs
from tests.readings import share_readings
from tests.support import REPOSITORY, WORLD_END, Warehouse, made_once

os.environ.setdefault("DBT_LOG_LEVEL_FILE", "info")  # debugging takes a fifth of dbt's time
gc.set_threshold(100_000, 50, 100)  # looking for garbage among all that dbt made takes a tenth

ENGINE_TIMES = REPOSITORY / "logs" / "engines.txt"


def settings_of_environment() -> dict[str, str]:
    """The environment variables that dbt and the project read."""
    prefixes = ("CUSTOMER_360_", "DAGSTER_", "DATABRICKS_", "DBT_", "SNOWFLAKE_")
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


SETTINGS = settings_of_environment()
# Files of tests that share what is slow to start or to build, in the order in which they run: the
# longest group comes first, so that the other workers have the rest in the meantime.
TOGETHER = {
    "stand-ins": (
        "tests/engines/",
        "tests/publication/",
        "tests/orchestration/test_load.py",
        "tests/orchestration/test_run_history.py",
        "tests/orchestration/test_told.py",
    ),
    "nights": (
        "tests/orchestration/test_killed_nights.py",
        "tests/orchestration/test_night",
        "tests/orchestration/test_backfill.py",
        "tests/orchestration/test_privacy.py",
    ),
}
IN_ORDER = [file for files in TOGETHER.values() for file in files]


class OneWorkerForWhatIsShared(LoadFileScheduling):
    """A file's tests go to one worker, and so do those of files that share something heavy.

    What runs on DuckDB has no part in the stand-ins, but where it is compared with them.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        if nodeid.endswith("[duckdb]") and not file.startswith("tests/engines/"):
            return f"{file} on DuckDB"
        shared = (name for name, files in TOGETHER.items() if file.startswith(files))
        return next(shared, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneWorkerForWhatIsShared:
    config.option.loadscopereorder = False
    return OneWorkerForWhatIsShared(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        places = (n for n, file in enumerate(IN_ORDER) if item.nodeid.startswith(file))
        return next(places, len(IN_ORDER))

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What each engine took, where it was built."""
    if ENGINE_TIMES.exists():
        terminalreporter.section("engines")
        terminalreporter.write(ENGINE_TIMES.read_text())


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Costs())
    # (a test may run pytest itself)
    if not hasattr(config, "workerinput") and "PYTEST_CURRENT_TEST" not in os.environ:
        ENGINE_TIMES.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run of pytest share."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if hasattr(request.config, "workerinput") else folder


@pytest.fixture(scope="session", autouse=True)
def readings_are_shared(shared_folder: Path) -> None:
    share_readings(shared_folder / "readings")


@pytest.fixture(scope="module", autouse=True)
def environment_is_left_as_found() -> Iterator[None]:
    """No file of tests changes what dbt reads from the environment in the files after it."""
    yield
    assert settings_of_environment() == SETTINGS


@pytest.fixture(scope="session")
def world(shared_folder: Path) -> Path:
    """The raw folder of a small simulated company, with every kind of bad row; read it only."""
    from simulator.__main__ import main as simulate  # noqa: PLC0415  (only tests that need it pay)

    def make(folder: Path) -> None:
        options = ["--people", "600", "--days", "150", "--seed", "7", "--end", WORLD_END]
        assert simulate([*options, "--out", str(folder / "raw")]) == 0

    return made_once(shared_folder / "world", make) / "raw"


@pytest.fixture(scope="session")
def warehouse(world: Path, shared_folder: Path) -> Warehouse:
    """The small company's warehouse, built whole with all its tests; copy it to change it."""
    company = {"as_of_date": WORLD_END, "clv_min_repeat_buyers": 20}
    folder = made_once(
        shared_folder / "warehouse",
        lambda folder: Warehouse(folder, world, company).build(unit_tests=True),
    )
    return Warehouse(folder, world, company)


@pytest.fixture(scope="session")
def retail(world: Path, shared_folder: Path) -> Warehouse:
    """The warehouse of a company that has its shop only, built whole; copy it to change it."""
    return built_alone(["retail"], world, shared_folder)


@pytest.fixture(scope="session")
def built(
    shared_folder: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Any:
    """One small company on every engine, each of which is built when it is first asked for."""
    from tests.engines.company import SCHEMA, Company, simulate_company  # noqa: PLC0415
    from tests.engines.engine import REAL_WAREHOUSES, company_vars, engine_at  # noqa: PLC0415

    def start(name: str) -> tuple[Any, Any]:
        endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
        folder = tmp_path_factory.mktemp(f"company_{name}")
        server = endpoint if name == "databricks" and not REAL_WAREHOUSES else None
        return engine_at(name, endpoint, folder, company_vars(name), SCHEMA), server

    return Company(made_once(shared_folder / "company", simulate_company), start)


def built_alone(sources: list[str], world: Path, shared_folder: Path) -> Warehouse:
    """A warehouse of one source, or of some, on their own files and on nobody else's."""
    alone = {"sources": sources, "as_of_date": WORLD_END}
    name = "_".join(sources)

    def copy_raw(folder: Path) -> None:
        for source in sources:
            shutil.copytree(world / source, folder / source)

    raw_dir = made_once(shared_folder / f"raw_{name}", copy_raw)
    folder = made_once(
        shared_folder / f"alone_{name}", lambda folder: Warehouse(folder, raw_dir, alone).build()
    )
    return Warehouse(folder, raw_dir, alone)


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
