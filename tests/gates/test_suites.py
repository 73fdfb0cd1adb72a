"""A suite with a mistake in it is refused, with its file and what is wrong."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.gates import SuiteError, load_suites
from orchestration.gates.check import build_suite
from orchestration.gates.project import Project, Table
from orchestration.gates.run import values
from tests.gates.conftest import EXPECTATIONS

GOOD: dict[str, Any] = {
    "table": "customers",
    "owner": "somebody",
    "expectations": [
        {
            "type": "expect_column_values_to_be_unique",
            "kwargs": {"column": "customer_id", "mostly": 0.9},
            "severity": "critical",
            "notes": "Why.",
        }
    ],
}


@pytest.fixture(scope="module")
def project() -> Project:
    columns = frozenset(["customer_id", "email"])
    table = Table(
        "customers", "marts", "customers", "marts.customers", columns, tuple(columns),
        frozenset(["email"]), ("customer_id",),
    )  # fmt: skip
    tables = {"raw": {}, "conformed": {}, "marts": {"customers": table}}
    return Project(tables, {"customers": table.relation}, frozenset(["off"]))


def use(folder: Path, project: Project, content: dict[str, Any], name: str = "customers") -> Any:
    (folder / "marts").mkdir()
    (folder / "marts" / f"{name}.yml").write_text(yaml.safe_dump(content))
    suites = load_suites("marts", project, folder)
    return [build_suite(suite, {"usual_row_count": 1}) for suite in suites]


def changed(**changes: Any) -> dict[str, Any]:
    return GOOD | {"expectations": [GOOD["expectations"][0] | changes]}


def test_a_suite_of_known_names_is_taken(tmp_path: Path, project: Project) -> None:
    [suite] = use(tmp_path, project, GOOD)
    assert suite.expectations[0].mostly == 0.9


def test_a_suite_of_a_table_that_is_switched_off_is_left_out(
    tmp_path: Path, project: Project
) -> None:
    assert use(tmp_path, project, GOOD | {"table": "off"}, "off") == []


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (GOOD | {"table": "custmers"}, "custmers"),
        (GOOD | {"ownr": "x"}, "ownr"),
        (GOOD | {"expectations": []}, "at least one"),
        (changed(severty="critical"), "severty"),
        (changed(severity="criticl"), "criticl"),
        (changed(notes=" "), "notes"),
        (changed(type="expect_column_values_to_be_unik"), "unik"),
        (changed(kwargs={"column": "custmer_id"}), "custmer_id"),
        (changed(kwargs={"colum": "customer_id"}), "colum"),
        (changed(kwargs={"column": "customer_id", "mostly": 1.5}), "mostly"),
        (
            changed(
                type="expect_table_row_count_to_be_between",
                kwargs={"min_value": {"$PARAMETER": "0.6 * usual_rows"}},
            ),
            "usual_rows",
        ),
        (
            changed(
                type="unexpected_rows_expectation",
                name="lost",
                kwargs={"unexpected_rows_query": "select 1 from {batch} join {int_ordrs}"},
            ),
            "int_ordrs",
        ),
        (
            changed(
                type="unexpected_rows_expectation",
                kwargs={"unexpected_rows_query": "select 1 from {batch}"},
            ),
            "name",
        ),
    ],
)
def test_a_mistake_is_told_with_its_file(
    tmp_path: Path, project: Project, content: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(SuiteError, match=wrong) as error:
        use(tmp_path, project, content)
    assert "customers.yml" in str(error.value)


def test_what_all_tables_are_expected_to_be_stands_before_a_suites_own(
    tmp_path: Path, project: Project
) -> None:
    default = {
        "type": "expect_table_row_count_to_be_between",
        "kwargs": {"min_value": 1},
        "severity": "critical",
        "notes": "Empty.",
    }
    (tmp_path / "_defaults.yml").write_text(yaml.safe_dump({"marts": [default]}))
    [suite] = use(tmp_path, project, GOOD)
    assert [part.expectation_type for part in suite.expectations] == [
        "expect_table_row_count_to_be_between",
        "expect_column_values_to_be_unique",
    ]
    own = default | {"kwargs": {"min_value": 1000}}
    content = GOOD | {"expectations": [*GOOD["expectations"], own]}
    (tmp_path / "marts" / "customers.yml").write_text(yaml.safe_dump(content))
    [mine] = load_suites("marts", project, tmp_path)
    assert [part.kwargs for part in mine.expectations] == [
        {"column": "customer_id", "mostly": 0.9},
        {"min_value": 1000},
    ]


def test_a_mistake_in_what_all_tables_are_expected_to_be_is_told(
    tmp_path: Path, project: Project
) -> None:
    (tmp_path / "_defaults.yml").write_text(yaml.safe_dump({"martz": []}))
    with pytest.raises(SuiteError, match=r"_defaults.yml: martz unknown"):
        use(tmp_path, project, GOOD)


@pytest.mark.parametrize("name", ["_loaded_at", "synced_at"])
def test_a_query_names_the_time_of_loading_as_its_table_does(name: str, tmp_path: Path) -> None:
    table = Table(
        "shop.orders", "raw_shop", "orders", "raw_shop.orders", frozenset(["id", name]), ("id",),
        frozenset(), ("id",), loaded_at=name,
    )  # fmt: skip
    project = Project({"raw": {table.name: table}, "conformed": {}, "marts": {}}, {}, frozenset())
    (tmp_path / "raw").mkdir()
    content = GOOD | {
        "table": "shop.orders",
        "expectations": changed(kwargs={"column": "id"})["expectations"],
    }
    (tmp_path / "raw" / "shop.orders.yml").write_text(yaml.safe_dump(content))
    (tmp_path / "_defaults.yml").write_text((EXPECTATIONS / "_defaults.yml").read_text())
    [suite] = load_suites("raw", project, tmp_path)
    built = build_suite(suite, values(table, datetime(2026, 1, 1), {"usual_row_count": 1}))
    queries = [
        part.unexpected_rows_query
        for part in built.expectations
        if "query" in part.expectation_type
    ]
    assert len(queries) == 2
    assert all(f"max({name})" in query and "{loaded_at}" not in query for query in queries)
