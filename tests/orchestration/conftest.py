"""The loader's targets: DuckDB, and the stand-ins of Snowflake and Databricks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.support import REPOSITORY, environment

ENGINES = [
    "duckdb",
    pytest.param("snowflake", marks=pytest.mark.snowflake),
    pytest.param("databricks", marks=[pytest.mark.databricks, pytest.mark.slow]),
]


@dataclass(frozen=True)
class Engine:
    """A dbt target: its name, its profile's folder, and the variables that lead to it."""

    name: str
    folder: Path
    variables: dict[str, str]


def write_profile(folder: Path, name: str, **settings: object) -> None:
    """profiles.yml.example in a folder, with some settings of a target changed."""
    profiles = yaml.safe_load((REPOSITORY / "profiles.yml.example").read_text())
    profiles["customer_360"]["outputs"][name] |= settings
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Each target, with its environment set."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    variables = {
        "CUSTOMER_360_DUCKDB": str(folder / "customer_360.duckdb"),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_PROJECT_DIR": str(REPOSITORY),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    settings: dict[str, object] = {}
    if name == "snowflake":
        endpoint = request.getfixturevalue("snowflake_endpoint")
        settings = {
            "host": endpoint.host,
            "port": endpoint.port,
            "protocol": endpoint.protocol,
        }
        variables |= {
            "SNOWFLAKE_ACCOUNT": endpoint.account,
            "SNOWFLAKE_USER": "tester",
            "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD": "any",
        }
    elif name == "databricks":
        variables |= request.getfixturevalue("databricks_endpoint").environment()
        variables["CUSTOMER_360_STAGING"] = str(folder / "staging")
        (folder / "staging").mkdir()
    write_profile(folder, name, **settings)
    with environment(**variables):
        yield Engine(name, folder, variables)


@pytest.fixture(scope="session")
def snowflake_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The Snowflake stand-in."""
    from tests.engines.snowflake_server import snowflake_server  # noqa: PLC0415  (slow to import)

    with snowflake_server(tmp_path_factory.mktemp("snowflake_server")) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def databricks_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The Databricks stand-in."""
    from tests.engines.databricks_server import databricks_server  # noqa: PLC0415

    with databricks_server(tmp_path_factory.mktemp("databricks_server")) as endpoint:
        yield endpoint
