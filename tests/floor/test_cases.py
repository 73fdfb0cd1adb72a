"""Small inputs that a warehouse must not be broken by, all of them in one build (see cases.yml)."""

from typing import Any

import pytest

from tests.case_files import write_cases
from tests.floor.case_files import CASES, USUAL, VARIABLES
from tests.support import Warehouse


@pytest.fixture(scope="module")
def built_of_cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, set[str]]:
    """A warehouse of all cases, and the names of the tests that warned when it was built."""
    folder = tmp_path_factory.mktemp("cases")
    write_cases(folder / "raw", CASES, USUAL)
    warehouse = Warehouse(folder, folder / "raw", VARIABLES)
    results = warehouse.build().result
    return warehouse, {result.node.name for result in results if result.status == "warn"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_case(case: dict[str, Any], built_of_cases: tuple[Warehouse, set[str]]) -> None:
    warehouse, warned = built_of_cases
    for question in case["then"]:
        rows = warehouse.query(f"select cast(columns(*) as varchar) from ({question['sql']})")
        assert [list(row) for row in rows] == question["is"], question["sql"]
    assert set(case.get("warns", ())) <= warned
