"""Some models of the dbt project, on a DuckDB file that a benchmark wrote.

The files are the project's own, in their folders, with its settings and contracts; what they read
from other models stands in the schema `inputs`, and no model of another area is built.
"""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benchmarks.contender import REPOSITORY

MODELS = REPOSITORY / "models"
SEEDS = REPOSITORY / "seeds"
SETTINGS_OF_COLUMNS = ("name", "data_type", "constraints")
THREADS = 2
MEMORY_LIMIT = "10GB"

# from the purchases to what is expected of customers
PURCHASE_MODELS = (
    *("int_value__purchase_summary", "int_value__purchase_fits", "int_value__spend_fits"),
    *("int_clv_parameters", "int_value__usable_fit"),
    *("int_value__expected_orders", "int_value__predictions"),
)
PURCHASE_INPUTS = ("int_customer_facts__orders", "int_identity__golden_records")


@dataclass
class Cost:
    """What dbt took to build models, reading the project not counted."""

    seconds: float = 0
    cpu_seconds: float = 0
    messages: list[str] = field(default_factory=list)


def make_project(
    folder: Path, models: Sequence[str], inputs: Sequence[str], seeds: Sequence[str]
) -> None:
    """Write the project: models as they are, and inputs as views of the tables so named."""
    for name in (*models, *inputs):
        [source] = MODELS.rglob(f"{name}.sql")
        path = folder / source.relative_to(REPOSITORY)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source.read_text() if name in models else _input_view(name))
    (folder / "models" / "_models.yml").write_text(
        yaml.safe_dump({"models": [_contract(name) for name in models]})
    )
    (folder / "seeds").mkdir()
    for name in seeds:
        shutil.copy(SEEDS / f"{name}.csv", folder / "seeds")
    project = yaml.safe_load((REPOSITORY / "dbt_project.yml").read_text())
    for hooks in ("on-run-start", "on-run-end"):
        del project[hooks]
    project["macro-paths"] = [str(REPOSITORY / "macros")]
    project["test-paths"] = []
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    output = {
        "type": "duckdb",
        "path": "{{ env_var('CUSTOMER_360_DUCKDB') }}",
        "threads": 1,
        "config_options": {"memory_limit": MEMORY_LIMIT, "threads": THREADS},
    }
    profiles = {"customer_360": {"target": "duckdb", "outputs": {"duckdb": output}}}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profiles))


def _input_view(name: str) -> str:
    config = "materialized='view', contract={'enforced': false}"
    return f"{{{{ config({config}) }}}}\nselect * from inputs.{name}\n"


def _contract(name: str) -> dict[str, Any]:
    """A model's columns, without tests, which ask about other models."""
    [source] = MODELS.rglob(f"{name}.sql")
    for path in source.parent.glob("*__models.yml"):
        for model in yaml.safe_load(path.read_text())["models"]:
            if model["name"] == name:
                columns = [
                    {key: column[key] for key in SETTINGS_OF_COLUMNS if key in column}
                    for column in model.get("columns", [])
                ]
                return {"name": name, "columns": columns}
    return {"name": name}


def build(
    project: Path, warehouse: Path, dbt_vars: Mapping[str, Any], select: Sequence[str] = ()
) -> Cost:
    """Build models of the project (all of them) in a DuckDB file.

    Raises:
        SystemExit: a model failed; what dbt said is shown.
    """
    os.environ["CUSTOMER_360_DUCKDB"] = str(warehouse)
    cost = Cost()
    started = 0.0

    def watch(event: Any) -> None:
        nonlocal started
        cost.messages.append(event.info.msg)
        if event.info.name == "NodeStart":
            started = time.process_time()
        elif event.info.name == "NodeFinished":
            cost.cpu_seconds += time.process_time() - started

    command = ["--quiet", "build", "--project-dir", str(project), "--profiles-dir", str(project)]
    command += ["--target-path", str(project / "target"), "--log-path", str(project / "logs")]
    command += ["--vars", yaml.safe_dump(dict(dbt_vars))]
    if select:
        command += ["--select", *select]
    try:
        run = dbtRunner(callbacks=[watch]).invoke(command)
    finally:
        DuckDBConnectionManager.close_all_connections()
    if not run.success:
        raise SystemExit("\n".join(cost.messages) + f"\n{run.exception or ''}")
    assert isinstance(run.result, RunExecutionResult)
    cost.seconds = sum(node.execution_time for node in run.result.results)
    return cost
