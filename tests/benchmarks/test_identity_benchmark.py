"""The benchmark of identity runs, at a small size, and reports each pattern."""

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.patterns import DEFAULT_RATES

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_benchmark_measures_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [sys.executable, "-m", "benchmarks.identity", "--people", "300"]
    command += ["--output", str(report)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.strip("| ").split(" | ") for line in report.read_text().splitlines()]
    [measured] = [line for line in lines if line[0] == "300"]
    assert int(measured[1].replace(",", "")) > 300
    assert measured[2:4] == ["0", "1.00000"]
    assert 0.6 <= float(measured[4]) <= float(measured[5]) <= 1
    assert {line[0] for line in lines} >= set(DEFAULT_RATES)
