"""The benchmark of identity alone runs, at a small size, and an increment equals a rebuild."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
def test_benchmark_measures_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [sys.executable, "-m", "benchmarks.identity_layer", "--people", "300"]
    command += ["--records", "3000", "--hostile", "0", "--output", str(report)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line.strip("| ").split(" | ") for line in report.read_text().splitlines()]
    runs = {line[2]: line for line in lines if len(line) > 6 and line[0] != "records"}
    assert set(runs) == {"first build", "1% changed", "rebuild", "nothing changed"}
    assert 2_000 < int(runs["rebuild"][0].replace(",", "")) < 4_000
    assert runs["1% changed"][-1] == "yes"
