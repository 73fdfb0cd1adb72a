"""Runs the micro-batch that new files start: `python -m benchmarks.nights.micro_batch STATE`.

STATE is a file with what the landing folder held before, as landing_state() gives it.
"""

import json
import sys
from pathlib import Path

import dagster as dg

from orchestration.definitions import assemble
from orchestration.sensors import LandingFolder


def landing_state(raw_dir: Path) -> str:
    """What a landing folder holds, as its sensor remembers it."""
    return json.dumps(LandingFolder(path=str(raw_dir)).state())


def main(state: str) -> None:
    """Evaluates the sensor and runs what it asks for, here."""
    project = assemble().get_repository_def()
    with (
        dg.DagsterInstance.get() as instance,
        dg.build_sensor_context(
            instance=instance,
            cursor=Path(state).read_text(encoding="utf-8"),
            repository_def=project,
            resources={"landing": LandingFolder()},
        ) as context,
    ):
        found = project.get_sensor_def("landing_folder").evaluate_tick(context)
        [request] = found.run_requests or []
        job = project.get_job("micro_batch").get_subset(
            asset_selection={*(request.asset_selection or [])},
            asset_check_selection={*(request.asset_check_keys or [])},
        )
        job.execute_in_process(instance=instance)


if __name__ == "__main__":
    main(sys.argv[1])
