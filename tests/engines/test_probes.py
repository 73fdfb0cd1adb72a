"""What engines are known to differ in has the value that the project counts on, on each of them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engines.company import SCHEMA
from tests.engines.engine import ENGINES, Engine, company_vars, engine_at

AREAS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("probes.yml").read_text(encoding="utf-8")
)
PROBES = [(area, probe["sql"], probe["is"]) for area, probes in AREAS.items() for probe in probes]


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    name = request.param
    endpoint = None if name == "duckdb" else request.getfixturevalue(f"{name}_endpoint")
    folder = tmp_path_factory.mktemp(f"probes_{name}")
    return engine_at(name, endpoint, folder, company_vars(name), SCHEMA)


def test_every_expression_has_its_value(engine: Engine) -> None:
    selects = [
        f"select {number} as number, cast({sql} as {{{{ dbt.type_string() }}}}) as found"
        for number, (_, sql, _) in enumerate(PROBES)
    ]
    found = dict(engine.show("\nunion all\n".join(selects)))
    wrong = [
        f"{area}: {sql} is {found[number]!r}, not {expected!r}"
        for number, (area, sql, expected) in enumerate(PROBES)
        if not is_same(found[number], expected)
    ]
    assert not wrong, f"{engine.name}\n" + "\n".join(wrong)
    assert len(found) == len(PROBES)


def is_same(found: str | None, expected: str | None) -> bool:
    """Whether two texts are the same, but for zeros behind the second of a time."""
    if found is None or expected is None:
        return found is expected
    time, _, fraction = found.partition(".")
    return expected in (found, f"{time}.{fraction.rstrip('0')}".rstrip(".") if ":" in time else "")
