"""What runs when."""

from typing import Any

import dagster as dg


def nightly_schedule(job: Any) -> dg.ScheduleDefinition:
    """Every night at 02:00 UTC, on from the start."""
    return dg.ScheduleDefinition(
        name="nightly_schedule",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )


def training_schedule(job: Any) -> dg.ScheduleDefinition:
    """Every Sunday at 04:00 UTC, on from the start."""
    return dg.ScheduleDefinition(
        name="training_schedule",
        job=job,
        cron_schedule="0 4 * * 0",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
