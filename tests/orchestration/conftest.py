"""The loader's targets (DuckDB, and the stand-ins of two warehouses), and a company at night."""

from collections.abc import Iterator

import pytest

from tests.engines.engine import ENGINES, Engine, engine_at
from tests.orchestration.company import Company, company_after_its_first_night
from tests.support import environment


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Each target, with its environment set and schemas that no other folder of tests has."""
    name = request.param
    endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
    engine = engine_at(name, endpoint, tmp_path_factory.mktemp(name), schema="load")
    with environment(**engine.variables):
        yield engine


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company after its first night, which all files of tests share."""
    with company_after_its_first_night(tmp_path_factory.mktemp("night")) as company:
        yield company


@pytest.fixture(scope="module")
def company(first_night: Company) -> Iterator[Company]:
    """The company, with its environment set."""
    with environment(**first_night.variables):
        yield first_night
