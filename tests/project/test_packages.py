"""Which Python package imports which: the simulator knows nothing of what it feeds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import REPOSITORY

MAY_IMPORT: dict[str, set[str]] = {
    "simulator": set(),
    "orchestration": set(),
    "examples": {"simulator"},
    "demo": {"orchestration", "simulator"},
    "benchmarks": {"orchestration", "simulator"},
}


def imported(path: Path) -> Iterator[str]:
    """The packages that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    files = sorted((REPOSITORY / package).rglob("*.py"))
    assert files
    found = {name for path in files for name in imported(path)} & {*MAY_IMPORT, "tests"}
    assert found <= MAY_IMPORT[package] | {package}
