"""What the pages name is there: commands, options, targets, files, messages, macros."""

import re
import subprocess
import sys
from functools import cache
from typing import Any

import click
import pytest
import yaml
from dagster_dg_cli.cli.launch import launch_command
from dbt.cli.main import cli

from tests.support import REPOSITORY

PATHS = {
    path.stem: path
    for path in (*REPOSITORY.glob("[CR]*.md"), *sorted((REPOSITORY / "docs").glob("*.md")))
}
PAGES = {name: path.read_text(encoding="utf-8") for name, path in PATHS.items()}
ALL = "\n".join(PAGES.values()).replace("\\\n", "")
PROFILES = (REPOSITORY / "profiles.yml.example").read_text(encoding="utf-8")
VARIABLES = set(re.findall(r"env_var\('(\w+)'", PROFILES))
COMMANDS = sorted(
    {*re.findall(r"\.venv/bin/(?!activate)(?:python -m )?([^`#\n]+)", ALL)}
    | {*re.findall(r"^python -m ([^`#\n]+)", ALL, re.MULTILINE)}
    | {*re.findall(r"^(dbt [^`#\n]+)", ALL, re.MULTILINE)}
)
OF_OTHERS = ("pip", "pre-commit", "pytest", "ruff", "sqlfluff")
WORKFLOW = yaml.safe_load((REPOSITORY / ".github" / "workflows" / "warehouses.yml").read_text())


@cache
def options_of(module: str, *command: str) -> str:
    """What a module of ours, or a command of it, says to --help."""
    command = (sys.executable, "-W", "ignore", "-m", module, *command, "--help")
    return subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=REPOSITORY
    ).stdout


def known_options(words: list[str]) -> str:
    """The options of a command."""
    if words[0] in ("dbt", "dg"):
        commands: dict[str, Any] = {**cli.commands, "launch": launch_command}
        command = commands[words[1]]
        return " ".join(" ".join(p.opts) for p in command.params if isinstance(p, click.Option))
    if words[0] == "demo.summary":  # it takes none
        return ""
    return options_of(words[0], *(word for word in words[1:2] if not word.startswith("-")))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_exists(command: str) -> None:
    words = command.split()
    if words[0] in OF_OTHERS:
        paths = [word for word in words if word.startswith("tests/") and "<" not in word]
        assert all((REPOSITORY / path).exists() for path in paths)
        return
    known = re.findall(r"--[\w-]+", known_options(words))
    assert set(re.findall(r"--[\w-]+", command)) <= set(known)


def test_the_commands_were_found() -> None:
    programs = {command.split()[0] for command in COMMANDS}
    assert programs == {
        *OF_OTHERS, "dbt", "dg", "orchestration.platform.credentials", "orchestration.gates",
        "orchestration.load", "orchestration.publish", "simulator", "demo.summary",
        "orchestration.gates.skeleton", "orchestration.check", "examples.online_retail",
        "lint.phone_regions", "orchestration.identity_backup",
    }  # fmt: skip


def test_every_target_of_make_exists() -> None:
    named = set(re.findall(r"(?:`|^ *)make ([a-z-]+)", ALL, re.MULTILINE))
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    assert {"demo", "serve", "test"} <= named
    assert named <= set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def test_every_variable_of_the_profiles_is_explained() -> None:
    unnamed = {name for name in VARIABLES if f"`{name}" not in PAGES["warehouses"]}
    assert unnamed == {"CUSTOMER_360_DUCKDB"}


def test_every_variable_the_pages_name_is_read_somewhere() -> None:
    named = set(
        re.findall(r"`((?:SNOWFLAKE|DATABRICKS|DBT_ENV|CUSTOMER_360)_\w+)", PAGES["warehouses"])
    )
    # the loader reads the one, dbt_project.yml the other
    assert named - VARIABLES == {"CUSTOMER_360_STAGING", "SNOWFLAKE_LARGE_WAREHOUSE"}


def test_every_message_of_the_project_is_one() -> None:
    section = PAGES["warehouses"].split("| message of the project |")[1]
    messages = re.findall(r"^\| `([^`]+)` \|", section.split("\n\n")[0], re.MULTILINE)
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("orchestration", "macros")
        for path in (REPOSITORY / folder).rglob("*.*")
        if path.suffix in (".py", ".sql")
    )
    # a message is written in several literals, joined by + or ~ or by nothing
    code = re.sub(r"""["']\s*~?\s*f?["']""", "", code)
    assert len(messages) > 8
    assert [message for message in messages if message not in code] == []


def test_the_engine_macros_are_listed() -> None:
    section = PAGES["engines"].split("## What differs, once")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    files = sorted(path.stem for path in (REPOSITORY / "macros" / "engine").glob("*.sql"))
    assert listed == files


@pytest.mark.parametrize("page", PAGES)
def test_links_and_paths_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[page]):
        file, _, anchor = target.partition("#")
        path = PATHS[page].parent / file if file else PATHS[page]
        assert path.exists() or file.startswith("https://"), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(heading) for heading in headings}, target
    for name in re.findall(r"`((?:tests|macros|orchestration|\.github)/[\w./]+)`", PAGES[page]):
        assert (REPOSITORY / name).exists(), name


def anchor_of(heading: str) -> str:
    """How a link names a heading."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_workflow_gives_every_credential_its_place() -> None:
    [job] = WORKFLOW["jobs"].values()
    [step] = [
        step for step in job["steps"] if "CUSTOMER_360_REAL_WAREHOUSES" in step.get("env", {})
    ]
    required = set(re.findall(r"env_var\('(\w+)'\)", PROFILES))
    assert required == {
        "DATABRICKS_HOST", "DATABRICKS_HTTP_PATH", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER",
    }  # fmt: skip
    given = set(step["env"]) - {"CUSTOMER_360_REAL_WAREHOUSES"}
    assert required <= given <= VARIABLES
    for value in step["env"].values():
        for name in re.findall(r"(?:secrets|vars)\.(\w+)", value):
            assert f"`{name}`" in PAGES["engines"], name
    assert "vars.RUN_ON_WAREHOUSES == 'true'" in job["if"]


def test_secrets_are_written_nowhere() -> None:
    outputs = yaml.safe_load(PROFILES)["customer_360"]["outputs"]
    secrets = ("password", "token", "secret", "passphrase")
    for output in outputs.values():
        for name, value in output.items():
            if any(secret in name for secret in secrets):
                assert "env_var('DBT_ENV_SECRET_" in value
