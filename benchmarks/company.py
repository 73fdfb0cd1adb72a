"""A simulated company on DuckDB, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import yaml

REPOSITORY = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
WORLD_END = date(2026, 6, 30)
SEED = 42
FEW_PEOPLE, FEW_DAYS = 200, 30  # what a night costs of them, it costs whatever its data


@dataclass(frozen=True)
class Company:
    """A simulated company whose files, warehouse and Dagster home are in one folder."""

    folder: Path
    people: int

    @property
    def raw_dir(self) -> Path:
        return self.folder / "raw"

    def simulate(self, *options: str) -> None:
        """Writes raw files, of a new world or of more days."""
        command = [sys.executable, "-m", "simulator", "--out", str(self.raw_dir), *options]
        subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)

    def found(self, days: int) -> None:
        """Makes the company, with days of history and nothing in its warehouse."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.simulate(
            *("--people", str(self.people), "--days", str(days)),
            *("--seed", str(SEED), "--end", WORLD_END.isoformat()),
        )
        shutil.copy(REPOSITORY / "profiles.yml.example", self.folder / "profiles.yml")
        home = self.folder / "dagster"
        home.mkdir()
        shutil.copy(REPOSITORY / "orchestration" / "dagster.yaml", home)

    def row_count(self) -> int:
        """How many rows its raw files hold."""
        [(count,)] = duckdb.execute(
            "select sum(num_rows) from parquet_file_metadata(?)", [f"{self.raw_dir}/*/*.parquet"]
        ).fetchall()
        return int(count)

    def environment(self, today: date) -> dict[str, str]:
        """The variables that make every command work in its folder."""
        return os.environ | {
            "CUSTOMER_360_DBT_VARS": yaml.safe_dump({"as_of_date": today.isoformat()}),
            "CUSTOMER_360_DUCKDB": str(self.folder / "customer_360.duckdb"),
            "CUSTOMER_360_IDENTITY_BACKUPS": str(self.folder / "identity_backups"),
            "CUSTOMER_360_QUALITY_REPORT": str(self.folder / "report.html"),
            "CUSTOMER_360_RAW_DIR": str(self.raw_dir),
            "DAGSTER_DISABLE_TELEMETRY": "yes",
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROFILES_DIR": str(self.folder),
            "DBT_PROJECT_DIR": str(REPOSITORY),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DO_NOT_TRACK": "1",
        }
