"""A contender of a comparison: a process that prints what it measured as its last line, in JSON."""

import json
import subprocess
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
ENVIRONMENTS = REPOSITORY / "data" / "benchmarks"

Run = Mapping[str, Any]


def make_environment(name: str, requirements: Sequence[str]) -> Path:
    """The Python of an environment with what a peer needs in it, made on first use."""
    folder = ENVIRONMENTS / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
        (folder / "complete").touch()
    return python


def run_contender(command: Sequence[str]) -> Run:
    """Run a contender in a process of its own.

    Raises:
        SystemExit: the contender failed; its output is shown.
    """
    process = subprocess.run(command, capture_output=True, text=True, check=False, cwd=REPOSITORY)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{process.stdout}{process.stderr}")
    measured: Run = json.loads(process.stdout.strip().splitlines()[-1])
    return measured
