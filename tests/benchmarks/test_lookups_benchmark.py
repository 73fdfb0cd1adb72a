"""The benchmark of look-ups runs, at a small size, and asks everything it is to ask."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.lookups.__main__ import QUESTIONS

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_benchmark_asks_each_question_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [sys.executable, "-m", "benchmarks.lookups", "--people", "60"]
    command += ["--output", str(report)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.split(" | ") for line in report.read_text().splitlines() if " | " in line]
    assert [line[0].strip("| ") for line in lines[1:6]] == [each.name for each in QUESTIONS]
    for _, _, _, middle, slow, slowest, _ in lines[1:6]:
        assert 0 < float(middle) <= float(slow) <= float(slowest)
    [built] = [line for line in lines if line[0] == "| 60"]
    assert float(built[2]) > 0
