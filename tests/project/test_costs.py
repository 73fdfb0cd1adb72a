"""pytest says at its end what each file of tests cost, and dbt reads the project once."""

import subprocess
import sys
from pathlib import Path

from tests.costs import Cost, lines
from tests.readings import Count
from tests.support import REPOSITORY, Warehouse, copy_project

CONFTEST = """
from tests.costs import Costs
from tests.readings import Count

def pytest_configure(config):
    config.pluginmanager.register(Costs())
"""
TEST = """
from tests.readings import Count

def test_it() -> None:
    Count.calls += {calls}
    Count.whole_readings += 1
"""


def test_the_files_of_all_processes_are_in_one_table(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name, calls in (("one", 3), ("other", 4)):
        (tmp_path / f"test_{name}.py").write_text(TEST.format(calls=calls))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", str(tmp_path)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    table = done.stdout.split("what each file cost")[1].splitlines()
    counts = {words[0].split("/")[-1]: words[-2:] for line in table if (words := line.split())}
    assert counts["test_one.py"] == ["3", "1"]
    assert counts["test_other.py"] == ["4", "1"]
    assert counts["all"] == ["7", "2"]


def test_the_dearest_file_comes_first() -> None:
    table = lines({"cheap.py": Cost(9, 1, 0, 0), "dear.py": Cost(1, 9.5, 2, 1)})
    assert [line.split() for line in table[1:]] == [
        ["dear.py", "1.0", "9.5", "2", "1"],
        ["cheap.py", "9.0", "1.0", "0", "0"],
        ["all", "10.0", "10.5", "2", "1"],
    ]


def test_a_set_of_vars_is_read_once_and_a_copy_of_the_project_where_it_differs(
    tmp_path: Path,
) -> None:
    def parse(name: str, project: Path) -> object:
        warehouse = Warehouse(tmp_path / name, tmp_path / "raw", {}, project)
        return warehouse.dbt("parse").result.nodes["model.customer_360.customers"].description

    description = parse("first", REPOSITORY)
    before = Count.whole_readings
    assert parse("second", REPOSITORY) == description
    project = copy_project(tmp_path / "project")
    [yaml] = (project / "models" / "marts" / "core").glob("*__models.yml")
    changed = yaml.read_text(encoding="utf-8").replace("One row per customer", "One row a customer")
    yaml.write_text(changed, encoding="utf-8")
    assert parse("third", project) == description.replace("One row per", "One row a") != description
    assert Count.whole_readings == before


def test_on_another_day_the_project_is_read_as_it_was(tmp_path: Path) -> None:
    def parse(name: str, *options: str, **variables: object) -> dict[str, object]:
        manifest = Warehouse(tmp_path / name, tmp_path / "raw").dbt("parse", *options, **variables)
        parts = manifest.result.to_dict()
        return {part: without_times(parts[part]) for part in ("nodes", "sources", "disabled")}

    shared = parse("first", as_of_date="2026-01-31")
    before = Count.whole_readings
    assert parse("second", as_of_date="2026-02-01") == shared
    assert Count.whole_readings == before
    assert parse("third", "--no-partial-parse", as_of_date="2026-02-01") == shared
    assert Count.whole_readings == before + 1


def without_times(part: object) -> object:
    """Without when it was read."""
    if isinstance(part, list):
        return [without_times(each) for each in part]
    if isinstance(part, dict):
        return {key: without_times(each) for key, each in part.items() if key != "created_at"}
    return part
