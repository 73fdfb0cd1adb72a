"""What the documents say, done: their commands run, their files build."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support import REPOSITORY, SHARED, Warehouse

DOCUMENT = (REPOSITORY / "docs" / "adding-a-source.md").read_text()
TEN_ROWS = (REPOSITORY / "docs" / "your-own-data.md").read_text()
PROJECT = ("dbt_project.yml", "examples", "macros", "models", "seeds", "simulator", "tests/dbt")
RUN = re.compile(r"<!-- run -->\n```bash\n(.*?)```", re.DOTALL)
COMMANDS = RUN.findall(DOCUMENT)
FILES = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", DOCUMENT, re.DOTALL)
REGISTRY_LINE = re.search(r"```yaml\n( +newsletter: .*\n)```", DOCUMENT)

# Four subscribers: one who also buys in the shop, one without a name, and two who are refused.
SUBSCRIBERS = """
    select * from (values
        ('1', 'Jo@Box.Example', 'Jo Doe', '2026-01-01 10:00:00'),
        ('2', 'al@box.example', null, '2026-01-02 10:00:00'),
        ('3', 'not an email', 'Bo', '2026-01-02 10:00:00'),
        ('4', 'cy@box.example', 'Cy', '2031-01-02 10:00:00')
    ) as rows (subscriber_id, email, full_name, subscribed_at),
    (select timestamp '2026-01-03 00:00:00' as _loaded_at)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, in a folder whose name has a space."""
    folder = tmp_path / "a copy" / "project"
    folder.mkdir(parents=True)
    for name in PROJECT:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    shutil.copy(REPOSITORY / "profiles.yml.example", folder / "profiles.yml")
    return folder


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "DO_NOT_TRACK": "1"}
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.skipif(
    not (SHARED / "real").exists(), reason="no real data: set CUSTOMER_360_SHARED to its folder"
)
def test_the_real_shop_is_mapped_with_the_commands_of_the_document(project: Path) -> None:
    (project.parent / "shared").symlink_to(SHARED)
    output = "".join(run(command, project) for command in COMMANDS)
    assert len(COMMANDS) == 2
    assert "541909" in output.replace(",", "")
    assert "not_positive_quantity" in output


def test_ten_rows_of_a_file_become_the_customers_that_the_document_shows(project: Path) -> None:
    output = "".join(run(command, project) for command in RUN.findall(TEN_ROWS))
    [shown] = re.findall(r"```text\n(.*?)```", TEN_ROWS, re.DOTALL)
    assert shown in output
    assert "missing_customer_id" in output
    assert re.search(r"│ 9 +│ email_address +│", output)


def test_a_new_system_is_added_with_the_files_of_the_document(project: Path) -> None:
    assert REGISTRY_LINE
    assert len(FILES) == 7
    for name, text in FILES:
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    config = project / "dbt_project.yml"
    config.write_text(
        config.read_text().replace(
            "  source_systems:\n", f"  source_systems:\n{REGISTRY_LINE.group(1)}"
        )
    )
    raw_dir = project / "data" / "raw"
    (raw_dir / "newsletter").mkdir(parents=True)
    duckdb.execute(f"copy ({SUBSCRIBERS}) to '{raw_dir / 'newsletter' / 'subscribers.parquet'}'")

    run("dbt build --vars '{sources: [newsletter]}'", project)

    warehouse = Warehouse(project / "data", raw_dir)
    assert warehouse.query(
        "select email, full_name from marts.customers order by email nulls last"
    ) == [("al@box.example", None), ("jo@box.example", "Jo Doe")]
    assert warehouse.query(
        "select row_key, reason_code from operations.rejected_records order by 1"
    ) == [("3", "invalid_email"), ("4", "future_date")]

    run(
        "python -m orchestration.gates.skeleton newsletter --vars '{sources: [newsletter]}'",
        project,
    )
    assert (project / "expectations" / "raw" / "newsletter.subscribers.yml").is_file()
