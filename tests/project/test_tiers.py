"""`make test` needs only what its extra installs, though CI runs it among all the other tests."""

import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEWCOMER = (REPOSITORY / "tests" / "newcomer.txt").read_text(encoding="utf-8").splitlines()
COLLECT = """
import importlib.abc, sys, pytest

class NotInstalled(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in missing or name.startswith(parts):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

missing, arguments = sys.argv[1].split(","), sys.argv[2:]
parts = ("dbt.adapters.snowflake", "dbt.adapters.databricks", "dbt.adapters.spark")
sys.meta_path.insert(0, NotInstalled())
sys.exit(pytest.main(["--collect-only", "--quiet", "-p", "no:cacheprovider", *arguments]))
"""


def requirements(name: str, extra: str) -> list[str]:
    """What a distribution requires with an extra; this project's as pyproject.toml has it."""
    if name == PROJECT["name"]:
        return [*PROJECT["dependencies"], *PROJECT["optional-dependencies"].get(extra, [])]
    try:
        return [
            line
            for line in requires(name) or []
            if (marker := Requirement(line).marker) is None or marker.evaluate({"extra": extra})
        ]
    except PackageNotFoundError:
        return []


def installed_with(extra: str) -> set[str]:
    """The distributions that come with an extra of this project."""
    found: set[tuple[str, str]] = set()
    wanted = {(PROJECT["name"], extra)}
    while wanted:
        name, of = wanted.pop()
        found.add((name, of))
        for requirement in map(Requirement, requirements(name, of)):
            required = canonicalize_name(requirement.name)
            wanted |= {(required, each) for each in ("", *requirement.extras)} - found
    return {name for name, _ in found}


def collected(*tests: str) -> subprocess.CompletedProcess[str]:
    """pytest collects tests where nothing is installed but what comes with the extra `test`."""
    installed = installed_with("test")
    missing = sorted(
        module
        for module, distributions in packages_distributions().items()
        if not {canonicalize_name(name) for name in distributions} & installed
    )
    assert {"fakesnow", "pyspark", "snowflake", "databricks"} <= {*missing}
    return subprocess.run(
        [sys.executable, "-c", COLLECT, ",".join(missing), *tests],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_newcomers_tests_import_what_their_extra_installs_and_no_more() -> None:
    done = collected(*NEWCOMER)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "tests collected" in done.stdout


def test_a_test_that_imports_more_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_more.py").write_text("import fakesnow\n\n\ndef test_it() -> None: ...\n")
    done = collected(str(tmp_path))
    assert done.returncode != 0
    assert "No module named 'fakesnow'" in done.stdout
