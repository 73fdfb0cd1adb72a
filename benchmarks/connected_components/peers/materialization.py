"""The materialisation, run by dbt. Arguments: graph file, result file, memory limit, threads."""

import json
import re
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from benchmarks.peak_memory import peak_memory_mb

MACROS = [Path(__file__).parents[3] / "macros" / name for name in ("materializations", "engine")]
MODEL = """{{ config(materialized='connected_components') }}
select node_a, node_b from graph.edges
"""


def write_project(folder: Path, graph: str, result: str, memory_limit: str, threads: str) -> None:
    """A dbt project with the materialisation and one model, named labels."""
    project = {
        "name": "benchmark",
        "version": "1.0",
        "profile": "benchmark",
        "macro-paths": [str(path) for path in MACROS],
        "flags": {"send_anonymous_usage_stats": False},
    }
    output = {
        "type": "duckdb",
        "path": result,
        "threads": 1,
        "attach": [{"path": graph, "alias": "graph", "read_only": True}],
        "settings": {"memory_limit": memory_limit, "threads": int(threads)},
    }
    profiles = {"benchmark": {"target": "benchmark", "outputs": {"benchmark": output}}}
    (folder / "models").mkdir()
    (folder / "models" / "labels.sql").write_text(MODEL)
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    (folder / "profiles.yml").write_text(json.dumps(profiles))


def main(graph: str, result: str, memory_limit: str, threads: str) -> dict[str, object]:
    """Build the model; the seconds are dbt's execution time of the model."""
    messages: list[str] = []
    processor_times: dict[str, float] = {}

    def watch(event: Any) -> None:
        messages.append(event.info.msg)
        processor_times[event.info.name] = time.process_time()

    with tempfile.TemporaryDirectory() as folder:
        write_project(Path(folder), graph, result, memory_limit, threads)
        runner = dbtRunner(callbacks=[watch])
        run = runner.invoke(["--quiet", "run", "--project-dir", folder, "--profiles-dir", folder])
    if not run.success:
        raise SystemExit("\n".join(messages))
    assert isinstance(run.result, RunExecutionResult)
    rounds = next(filter(None, (re.search(r"in (\d+) rounds", text) for text in messages)))
    return {
        "seconds": run.result.results[0].execution_time,
        "cpu_seconds": processor_times["NodeFinished"] - processor_times["NodeStart"],
        "rounds": int(rounds[1]),
        "peak_memory_mb": peak_memory_mb(),
        "versions": [f"dbt {version('dbt-core')}", f"DuckDB {duckdb.__version__}"],
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
