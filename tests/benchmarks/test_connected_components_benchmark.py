"""The benchmark of connected components runs, at a small size and without Splink."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]


def test_benchmark_compares_and_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    command = [
        *(sys.executable, "-m", "benchmarks.connected_components", "--without-splink"),
        *("--records", "5000", "--repeats", "1", "--output", str(report)),
    ]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    text = report.read_text()
    assert "5,000 records" in text
    assert "| dbt model |" in text
    assert "| SciPy + I/O |" in text
