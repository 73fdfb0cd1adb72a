"""Tells a webhook what failed, what is good again and what is new, as Slack has it.

Nothing personal, no text of a database.
"""

import json
import os
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError

from orchestration.resources import as_of_date

_TIMEOUT_SECONDS = 10
_LONGEST = 500
_PARTITION = "dagster/partition"
_RANGE = "dagster/asset_partition_range"


class Notifier(dg.ConfigurableResource[Any]):
    """Posts JSON to CUSTOMER_360_WEBHOOK_URL, where that is set."""

    def send(self, message: Mapping[str, Any]) -> bool:
        """Posts a message; whether there is a webhook to take it.

        Raises OSError where the webhook cannot be reached or refuses it.
        """
        url = os.environ.get("CUSTOMER_360_WEBHOOK_URL")
        if not url:
            return False
        if not url.startswith(("http://", "https://")):
            raise OSError("CUSTOMER_360_WEBHOOK_URL is no http address")
        body = json.dumps(message).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        # an answer of 400 and above is an HTTPError, which is an OSError
        urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS).close()
        return True


def message(
    instance: dg.DagsterInstance, run_id: str, title: str, detail: str, **more: Any
) -> dict[str, Any]:
    """A Slack message of a run: `text` for its notification, a block that shows the rest.

    title: what became of the run's job, whose name is put in front. more: what machines read.
    """
    run = instance.get_run_record_by_id(run_id)
    assert run is not None
    day, job = _day_of(run), run.dagster_run.job_name
    page = os.environ.get("CUSTOMER_360_DAGSTER_URL", "http://127.0.0.1:3000").rstrip("/")
    link = f"{page}/runs/{run_id}"
    text = f"{job} {title}"
    lines = [f"*{text}*", detail, f"As of {day}, run {run_id}: <{link}|open it>"]
    return {
        "text": text,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)}}],
        "job": job,
        "run_id": run_id,
        "as_of_date": day,
        "link": link,
        **more,
    }


def _day_of(run: dg.RunRecord) -> str:
    """A run's as-of date: its partition, or as dbt has it when the run begins."""
    tags = run.dagster_run.tags
    if f"{_RANGE}_start" in tags:
        return f"{tags[f'{_RANGE}_start']}...{tags[f'{_RANGE}_end']}"
    began = datetime.fromtimestamp(run.start_time or run.create_timestamp.timestamp(), UTC)
    return tags.get(_PARTITION) or as_of_date(began.date())


def failure(
    instance: dg.DagsterInstance, run_id: str, step: str, error: str, summary: str
) -> dict[str, Any]:
    """The message that a run failed at a step."""
    summary = summary[:_LONGEST]
    title, detail = f"failed at {step}", f"{error}: {summary}"
    return message(instance, run_id, title, detail, step=step, error=error, summary=summary)


def summary_of(error: BaseException | None) -> str:
    """What may be told of an error: our own words, and which checks failed."""
    if isinstance(error, dg.Failure):
        return str(error.description)
    if isinstance(error, DagsterAssetCheckFailedError):
        return " ".join(str(error).split())
    return "see the run's log"


@dg.failure_hook(required_resource_keys={"notifier"})
def notify_failed_step(context: dg.HookContext) -> None:
    """Tells of a step that failed for good; works without a daemon, on the command line too."""
    error = context.op_exception
    what = (context.op.name, type(error).__name__, summary_of(error))
    context.resources.notifier.send(failure(context.instance, context.run_id, *what))


@dg.run_failure_sensor(
    name="notify_lost_runs",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of runs that failed without a step that did: killed, too long, not started; "
    "and of steps of runs of a selection, of which Dagster calls no hook.",
)
def notify_lost_runs(context: dg.RunFailureSensorContext, notifier: Notifier) -> None:
    """Other steps that fail are told by the hook of their job."""
    run, failures = context.dagster_run, context.get_step_failure_events()
    told = []
    if not failures:
        told = [("the run itself", "RunFailure", "it ended before its steps")]
    elif run.asset_selection or run.asset_check_selection:
        told = [(str(event.step_key), *_told_by(event)) for event in failures]
    for what in told:
        notifier.send(failure(context.instance, run.run_id, *what))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    name="notify_good_again",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of a run that succeeded where the last one of its job had failed.",
)
def notify_good_again(context: dg.RunStatusSensorContext, notifier: Notifier) -> None:
    """Runs that were cancelled say nothing."""
    run, instance = context.dagster_run, context.instance
    ended = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    of_job = dg.RunsFilter(job_name=run.job_name, statuses=ended)
    for last in instance.get_run_records(of_job, limit=1, cursor=run.run_id):
        if last.dagster_run.is_failure:
            detail = f"Run {last.dagster_run.run_id} had failed"
            notifier.send(message(instance, run.run_id, "is good again", detail))


def _told_by(event: dg.DagsterEvent) -> tuple[str, str]:
    """The error of a step that failed, and what may be told of it, as summary_of() does."""
    failure = event.step_failure_data
    error = str(failure.error.cls_name) if failure.error else "Failure"
    if failure.user_failure_data:
        return "Failure", str(failure.user_failure_data.description)
    if failure.error and error == DagsterAssetCheckFailedError.__name__:
        return error, " ".join(failure.error.message.split())
    return error, "see the run's log"
