"""`make demo` on a warehouse says what is missing before it does anything else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from demo import __main__ as demo
from orchestration.platform import credentials
from orchestration.platform.exceptions import CannotRunError
from tests.support import REPOSITORY

# Calls go to a log; of the commands only the check is really run.
PYTHON = """#!/bin/sh
echo "$*" >> calls
case "$*" in *--check*) PYTHONPATH="{repository}" exec "{python}" "$@";; esac
"""
FILES = (
    "Makefile", "constraints.txt", "dbt_project.yml", "profiles.yml.example", "pyproject.toml",
)  # fmt: skip
MISSING = ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder where make finds everything installed that the demo on DuckDB needs."""
    for name in FILES:
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copy(REPOSITORY / "profiles.yml.example", tmp_path / "profiles.yml")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(PYTHON.format(repository=REPOSITORY, python=sys.executable))
    python.chmod(0o755)
    for stamp in ("pyvenv.cfg", ".installed-demo"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def make_demo(
    checkout: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """`make demo`, with no other variables of a warehouse than these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SNOWFLAKE_", "DATABRICKS_", "DBT_", "CUSTOMER_360_", "MAKE"))
    }
    return subprocess.run(
        ["make", "demo", *arguments],
        cwd=checkout,
        env=kept | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def calls(checkout: Path) -> list[str]:
    return (checkout / "calls").read_text().splitlines()


def test_missing_credentials_are_named_before_anything_is_installed(checkout: Path) -> None:
    done = make_demo(checkout, "TARGET=snowflake")

    assert done.returncode == 2
    for part in (*MISSING, "profiles.yml.example", "docs/warehouses.md"):
        assert part in done.stderr
    assert calls(checkout) == ["-m demo --target snowflake --check"]
    assert not (checkout / "data").exists()


def test_with_credentials_the_adapter_is_installed_and_then_the_demo_runs(checkout: Path) -> None:
    done = make_demo(checkout, "TARGET=snowflake", **dict.fromkeys(MISSING, "x"))

    assert done.returncode == 0, done.stderr
    check, install, demo = calls(checkout)
    assert check.endswith("--check")
    assert install.endswith("-e .[snowflake]")
    assert demo == "-m demo --target snowflake"


def test_duckdb_is_the_default_and_needs_nothing(checkout: Path) -> None:
    assert make_demo(checkout).returncode == 0
    assert calls(checkout) == ["-m demo --target duckdb"]


def test_an_unknown_target_is_refused(checkout: Path) -> None:
    done = make_demo(checkout, "TARGET=prod")

    assert done.returncode == 2
    assert "choose from" in done.stderr


def test_only_the_check_before_the_install_lets_a_missing_adapter_pass(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    for name in MISSING:
        monkeypatch.setenv(name, "x")
    for module in (credentials, demo):
        monkeypatch.setattr(module, "find_spec", lambda name: None)
    monkeypatch.setenv("DBT_PROFILES_DIR", str(checkout))

    demo.check_target("snowflake", before_install=True)
    with pytest.raises(CannotRunError, match="pip install"):
        demo.check_target("snowflake", before_install=False)
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    with pytest.raises(CannotRunError, match="SNOWFLAKE_ACCOUNT"):
        demo.check_target("snowflake", before_install=True)
