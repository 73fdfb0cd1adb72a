"""The loader's targets: DuckDB, and the stand-ins of Snowflake and Databricks."""

from collections.abc import Iterator

import pytest

from tests.engines.engine import ENGINES, Engine, engine_at
from tests.support import environment


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Each target, with its environment set and schemas of its own."""
    name = request.param
    endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
    schema = request.module.__name__.rpartition("test_")[2]
    engine = engine_at(name, endpoint, tmp_path_factory.mktemp(name), schema=schema)
    with environment(**engine.variables):
        yield engine
