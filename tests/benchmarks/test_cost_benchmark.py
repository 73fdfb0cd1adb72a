"""The copies of the project, of which the benchmark of cost builds several, are built as it is."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.company import REPOSITORY, Company
from benchmarks.cost.__main__ import DBT, NO_UNIT_TESTS, build_copies
from benchmarks.process import run


@pytest.mark.slow
def test_a_copy_of_the_project_is_built_with_its_tests(tmp_path: Path) -> None:
    company = Company(tmp_path / "company", people=60)
    company.found(days=60)
    today = date(2026, 7, 1)
    environment = company.environment(today)
    build = [*DBT, "build", *NO_UNIT_TESTS]
    build += ["--vars", environment["CUSTOMER_360_DBT_VARS"]]
    run(build, environment, REPOSITORY)
    models, tests, _ = build_copies(company, tmp_path / "copies", today, times=1)
    sources = list((REPOSITORY / "models").rglob("*.sql"))
    assert models == len(sources)
    assert tests > models
