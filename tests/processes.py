"""Python modules in processes of their own, which may die, without seconds of imports for each.

One process imports dbt and waits; each of these is forked from it.
"""

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from tests.readings import REPOSITORY

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb", "orchestration.publish"])


def run_module(
    module: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """`python -m MODULE ARGUMENT …` in the project's folder, run to its end.

    variables: of the environment, beside those of this process.
    """
    command = [module, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder) / name for name in ("stdout", "stderr")]
        environment = os.environ | (variables or {})
        process = FORKED.Process(target=_run, args=(command, environment, outputs))
        process.start()
        process.join()
        said = [output.read_text() for output in outputs]
    return CompletedProcess(command, process.exitcode or 0, *said)


def _run(command: list[str], environment: dict[str, str], outputs: Sequence[Path]) -> None:
    os.chdir(REPOSITORY)
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, output in enumerate(outputs, start=1):
        os.dup2(os.open(output, os.O_CREAT | os.O_WRONLY), descriptor)
    sys.argv = command
    sys.modules.pop(command[0], None)  # what was imported is run here for the first time
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
