"""What runs when."""

from typing import Any

import dagster as dg


def schedule(name: str, job: Any, cron: str) -> dg.ScheduleDefinition:
    """A job at times of the clock (UTC), on from the start."""
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
