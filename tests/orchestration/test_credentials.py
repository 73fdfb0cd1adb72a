"""What is said where a target cannot be reached."""

import argparse
import shutil
from pathlib import Path

import pytest

from orchestration.platform import credentials
from orchestration.platform.credentials import check_credentials, main
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import add_vars_option
from tests.support import REPOSITORY


@pytest.fixture
def profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example's profiles, and no variable of a warehouse set."""
    shutil.copy(REPOSITORY / "profiles.yml.example", tmp_path / "profiles.yml")
    for name in (
        "DATABRICKS_CLIENT_ID",
        "DATABRICKS_HOST",
        "DATABRICKS_HTTP_PATH",
        "DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET",
        "DBT_ENV_SECRET_DATABRICKS_TOKEN",
        "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD",
        "DBT_ENV_SECRET_SNOWFLAKE_TOKEN",
        "DBT_TARGET",
        "SNOWFLAKE_ACCOUNT",
        "SNOWFLAKE_AUTHENTICATOR",
        "SNOWFLAKE_PRIVATE_KEY_PATH",
        "SNOWFLAKE_USER",
    ):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def problem(profiles: Path, target: str | None, **options: bool) -> str:
    """What is missing; empty where nothing is."""
    try:
        check_credentials(target, profiles, REPOSITORY, **options)
    except CannotRunError as error:
        return str(error)
    return ""


def test_every_missing_variable_is_named_at_once(
    profiles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--profiles-dir", str(profiles), "--project-dir", str(REPOSITORY)]
    assert main(["--target", "snowflake", *options]) == 2
    said = capsys.readouterr().err
    for part in (
        "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY_PATH",
        "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD", "profiles.yml.example", "docs/warehouses.md",
    ):  # fmt: skip
        assert part in said
    assert "SNOWFLAKE_ROLE" not in said
    assert main(options) == 0


@pytest.fixture
def snowflake_user(profiles: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Profiles, an account and a user, and no way to sign in yet."""
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "a")
    monkeypatch.setenv("SNOWFLAKE_USER", "u")
    return profiles


@pytest.mark.parametrize(
    "variable", ["SNOWFLAKE_PRIVATE_KEY_PATH", "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD"]
)
def test_one_way_to_sign_in_is_enough(
    profiles: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "a")
    monkeypatch.setenv("SNOWFLAKE_USER", "")
    key = profiles / "secret.p8"
    key.touch()
    monkeypatch.setenv(variable, str(key))
    said = problem(profiles, "snowflake")
    assert "SNOWFLAKE_USER" in said and variable not in said and "secret" not in said
    monkeypatch.setenv("SNOWFLAKE_USER", "u")
    assert problem(profiles, "snowflake") == ""


def test_another_authenticator_needs_no_secret(
    snowflake_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PASSWORD" in problem(snowflake_user, "snowflake")
    monkeypatch.setenv("SNOWFLAKE_AUTHENTICATOR", "externalbrowser")
    assert problem(snowflake_user, "snowflake") == ""


def test_oauth_needs_its_token(snowflake_user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_AUTHENTICATOR", "oauth")
    monkeypatch.setenv("DBT_ENV_SECRET_SNOWFLAKE_PASSWORD", "secret")
    said = problem(snowflake_user, "snowflake")
    assert "DBT_ENV_SECRET_SNOWFLAKE_TOKEN" in said and "PASSWORD" not in said
    monkeypatch.setenv("DBT_ENV_SECRET_SNOWFLAKE_TOKEN", "secret")
    assert problem(snowflake_user, "snowflake") == ""


def test_a_private_key_that_is_not_there_is_said(
    snowflake_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY_PATH", str(snowflake_user / "no.p8"))
    assert problem(snowflake_user, "snowflake").endswith("SNOWFLAKE_PRIVATE_KEY_PATH is no file")
    (snowflake_user / "no.p8").touch()
    assert problem(snowflake_user, "snowflake") == ""


def test_a_browser_signs_in_to_databricks_only_where_there_is_one(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_HOST", "h")
    monkeypatch.setenv("DATABRICKS_HTTP_PATH", "p")
    assert problem(profiles, "databricks", has_browser=True) == ""
    assert "DBT_ENV_SECRET_DATABRICKS_TOKEN" in problem(profiles, "databricks", has_browser=False)
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "c")
    assert "CLIENT_SECRET" in problem(profiles, "databricks", has_browser=False)
    monkeypatch.setenv("DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET", "s")
    assert problem(profiles, "databricks", has_browser=False) == ""


def test_a_missing_adapter_is_named_with_how_to_install_it(
    profiles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "find_spec", lambda name: None)
    said = problem(profiles, "snowflake")
    assert ".venv/bin/pip install -c constraints.txt -e '.[snowflake]'" in said
    assert "SNOWFLAKE_ACCOUNT" in said


def test_an_unknown_target_or_no_profile_is_said(profiles: Path, tmp_path: Path) -> None:
    assert "no target 'prod', only databricks, duckdb, snowflake" in problem(profiles, "prod")
    assert "copy profiles.yml.example" in problem(tmp_path / "nowhere", None)


def test_the_environment_has_the_default_of_vars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMER_360_DBT_VARS", "{sources: [retail]}")
    parser = argparse.ArgumentParser()
    add_vars_option(parser)
    assert parser.parse_args([]).vars == "{sources: [retail]}"
    assert parser.parse_args(["--vars", "{}"]).vars == "{}"
