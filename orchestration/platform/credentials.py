"""Says what is missing before a dbt target can be reached: variables, a way to sign in, an adapter.

`python -m orchestration.platform.credentials [--target T]` prints it; exit code 0 when nothing is,
else 2.
"""

import argparse
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from dbt.cli.resolvers import default_profiles_dir, default_project_dir
from jinja2 import Environment, TemplateError

from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.options import EXIT_CANNOT_RUN, EXIT_OK, add_dbt_options

WHERE = (
    "profiles.yml.example says what each variable is for, docs/warehouses.md how to get its value"
)


def main(arguments: list[str] | None = None) -> int:
    """Prints what is missing; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.platform.credentials", description=check_credentials.__doc__
    )
    add_dbt_options(parser)
    options = parser.parse_args(arguments)
    try:
        check_credentials(options.target, options.profiles_dir, options.project_dir)
    except CannotRunError as error:
        print(f"Error: {error}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    return EXIT_OK


def check_credentials(
    target: str | None = None,
    profiles_dir: Path | None = None,
    project_dir: Path | None = None,
    *,
    has_browser: bool | None = None,
) -> None:
    """Raises CannotRunError naming all that a dbt target needs and does not have.

    has_browser: whether somebody is there to sign in through a browser (None: at a terminal).
    """
    name, output = _read_output(target, profiles_dir, project_dir)
    values, unset = render(output)
    kind = str(values.get("type"))
    missing = [*unset]
    if has_browser is None:
        has_browser = sys.stdin.isatty()
    missing += _missing_to_sign_in(kind, values, has_browser)
    problems = []
    key = values.get("private_key_path")
    if kind == "snowflake" and key and not Path(key).is_file():
        problems.append(f"Target {name!r}: SNOWFLAKE_PRIVATE_KEY_PATH is no file")
    if missing:
        problems.append(
            f"Target {name!r} needs environment variables that are not set:\n"
            + "".join(f"  {variable}\n" for variable in missing)
            + WHERE + "."
        )  # fmt: skip
    if find_spec(f"dbt.adapters.{kind}") is None:
        problems.append(
            f"Target {name!r} needs dbt's adapter for {kind}, which is not installed:\n"
            f"  .venv/bin/pip install -c constraints.txt -e '.[{kind}]'"
        )
    if problems:
        raise CannotRunError("\n".join(problems))


def _read_output(
    target: str | None, profiles_dir: Path | None, project_dir: Path | None
) -> tuple[str, dict[str, Any]]:
    """A target's name and its output in profiles.yml, as written."""
    project_dir = project_dir or Path(os.environ.get("DBT_PROJECT_DIR") or default_project_dir())
    profiles_dir = profiles_dir or Path(
        os.environ.get("DBT_PROFILES_DIR") or default_profiles_dir()
    )
    project = _read_yaml(project_dir / "dbt_project.yml")
    profiles = _read_yaml(profiles_dir / "profiles.yml")
    profile = profiles.get(str(project.get("profile")))
    if profile is None:
        raise CannotRunError(
            f"{profiles_dir / 'profiles.yml'} has no profile {project.get('profile')!r}: "
            "copy it from profiles.yml.example"
        )
    outputs = profile.get("outputs", {})
    name = target or os.environ.get("DBT_TARGET") or render(profile.get("target", "default"))[0]
    if name not in outputs:
        raise CannotRunError(
            f"{profiles_dir / 'profiles.yml'} has no target {name!r}, only "
            f"{', '.join(sorted(outputs))}: choose one, or add it"
        )
    return name, outputs[name]


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        hint = "start from the project's folder, or name it with --project-dir"
        if path.name == "profiles.yml":
            hint = (
                "in the project's folder, copy profiles.yml.example to profiles.yml and start "
                "there, or name a folder that has one with --profiles-dir"
            )
        raise CannotRunError(f"There is no {path}: {hint}") from None
    except yaml.YAMLError as error:
        # the error itself would show the line, which may hold a password
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise CannotRunError(f"{path} is not YAML{line}") from None
    return content if isinstance(content, dict) else {}


def render(value: Any) -> tuple[Any, list[str]]:
    """A part of profiles.yml with its env_var() calls answered, and the variables that are not set.

    dbt's own renderer stops at the first of them. A variable with a default is never missing.
    """
    unset: dict[str, None] = {}

    def env_var(name: str, default: str | None = None) -> str:
        if not os.environ.get(name) and default is None:
            unset[name] = None
        return os.environ.get(name, default or "")

    environment = Environment()
    environment.globals["env_var"] = env_var
    as_is: Callable[[Any], Any] = lambda text: text  # noqa: E731
    environment.filters |= dict.fromkeys(("as_number", "as_bool", "as_native", "as_text"), as_is)

    def rendered(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: rendered(item) for key, item in part.items()}
        if isinstance(part, list):
            return [rendered(item) for item in part]
        return environment.from_string(part).render() if isinstance(part, str) else part

    try:
        return rendered(value), list(unset)
    except TemplateError as error:
        raise CannotRunError(f"profiles.yml cannot be rendered: {error}") from error


_WAYS_TO_SIGN_IN = {
    "snowflake": "one of SNOWFLAKE_PRIVATE_KEY_PATH (key pair) and "
    "DBT_ENV_SECRET_SNOWFLAKE_PASSWORD (password)",
    "databricks": "one of DBT_ENV_SECRET_DATABRICKS_TOKEN (token) and DATABRICKS_CLIENT_ID with "
    "DBT_ENV_SECRET_DATABRICKS_CLIENT_SECRET (service principal)",
}


_TOKEN = "DBT_ENV_SECRET_SNOWFLAKE_TOKEN (which SNOWFLAKE_AUTHENTICATOR={} takes)"


def _missing_to_sign_in(kind: str, values: dict[str, Any], has_browser: bool) -> list[str]:
    """What an output lacks for the way of signing in that it names, or for each of them."""
    if kind == "snowflake":
        way = str(values.get("authenticator") or "snowflake").lower()
        if way in ("oauth", "jwt", "programmatic_access_token"):
            return [] if values.get("token") else [_TOKEN.format(way)]
        by_secret = way in ("snowflake", "snowflake_jwt", "username_password_mfa")
        secrets = ("private_key_path", "private_key", "password")
        can_sign_in = not by_secret or any(values.get(secret) for secret in secrets)
    elif kind == "databricks":
        principal = values.get("client_id") and values.get("client_secret")
        by_file = str(values.get("auth_type")) in ("env-oidc", "file-oidc")
        can_sign_in = bool(values.get("token") or principal or by_file or has_browser)
    else:
        return []
    return [] if can_sign_in else [_WAYS_TO_SIGN_IN[kind]]


if __name__ == "__main__":
    sys.exit(main())
