"""What starts runs by itself: files that arrive."""

import hashlib
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.load.files import find_files
from orchestration.resources import path_of

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


class LandingFolder(dg.ConfigurableResource[Any]):
    """The folder that raw files arrive in, CUSTOMER_360_RAW_DIR unless it is named."""

    path: str | None = None

    def state(self) -> str:
        """A hash of names, sizes and times of its files; empty where there is none."""
        folder = Path(self.path) if self.path else path_of("CUSTOMER_360_RAW_DIR")
        files = find_files(folder) if folder.is_dir() else []
        found = [
            f"{file.relative_to(folder)} {status.st_size} {status.st_mtime_ns}"
            for file in files
            for status in [file.stat()]
        ]
        return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


def landing_sensor(job: Any) -> dg.SensorDefinition:
    """Starts a job when the landing folder has changed, and never while one of it is under way."""

    @dg.sensor(
        name="landing_folder",
        job=job,
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="New or changed files in CUSTOMER_360_RAW_DIR start a micro-batch.",
    )
    def landing_folder(
        context: dg.SensorEvaluationContext, landing: LandingFolder
    ) -> dg.SensorResult | dg.SkipReason:
        state = landing.state()
        if not state:
            return dg.SkipReason("No file has landed")
        if state == context.cursor:
            return dg.SkipReason("Nothing has landed since the last micro-batch")
        of_job = dg.RunsFilter(job_name=job.name, statuses=_UNDER_WAY)
        if context.instance.get_runs_count(of_job):
            return dg.SkipReason("A micro-batch is under way; what landed since comes after it")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state)], cursor=state)

    return landing_folder
