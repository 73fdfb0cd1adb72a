"""Tells a webhook what failed, as Slack has it; nothing personal, no text of a database."""

import json
import os
import urllib.request
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterAssetCheckFailedError

_TIMEOUT_SECONDS = 10
_LONGEST = 500


class Notifier(dg.ConfigurableResource[Any]):
    """Posts JSON to CUSTOMER_360_WEBHOOK_URL, where that is set."""

    def send(self, job: str, run_id: str, step: str, error: str, summary: str) -> None:
        """Posts a failure. Raises OSError where the webhook cannot be reached or refuses it."""
        url = os.environ.get("CUSTOMER_360_WEBHOOK_URL")
        if not url:
            return
        body = json.dumps(message(job, run_id, step, error, summary)).encode()
        if not url.startswith(("http://", "https://")):
            raise OSError("CUSTOMER_360_WEBHOOK_URL is no http address")
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        # an answer of 400 and above is an HTTPError, which is an OSError
        urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS).close()


def message(job: str, run_id: str, step: str, error: str, summary: str) -> dict[str, Any]:
    """A Slack message: `text` for its notification, a block that shows the rest."""
    page = os.environ.get("CUSTOMER_360_DAGSTER_URL", "http://127.0.0.1:3000").rstrip("/")
    link = f"{page}/runs/{run_id}"
    title = f"{job} failed at {step}"
    lines = [f"*{title}*", f"{error}: {summary[:_LONGEST]}", f"Run {run_id}: <{link}|open it>"]
    return {
        "text": title,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)}}],
        "job": job,
        "run_id": run_id,
        "step": step,
        "error": error,
        "summary": summary[:_LONGEST],
        "link": link,
    }


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
    context.resources.notifier.send(
        context.job_name,
        context.run_id,
        context.op.name,
        type(error).__name__,
        summary_of(error),
    )


@dg.run_failure_sensor(
    name="notify_lost_runs",
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells of runs that failed without a step that did: killed, too long, not started; "
    "and of steps of runs of a selection, of which Dagster calls no hook.",
)
def notify_lost_runs(context: dg.RunFailureSensorContext, notifier: Notifier) -> None:
    """Other steps that fail are told by the hook of their job."""
    run, failures = context.dagster_run, context.get_step_failure_events()
    if not failures:
        notifier.send(
            run.job_name, run.run_id, "the run itself", "RunFailure", "it ended before its steps"
        )
    elif run.asset_selection or run.asset_check_selection:
        for event in failures:
            error, summary = _told_by(event)
            notifier.send(run.job_name, run.run_id, str(event.step_key), error, summary)


def _told_by(event: dg.DagsterEvent) -> tuple[str, str]:
    """The error of a step that failed, and what may be told of it, as summary_of() does."""
    failure = event.step_failure_data
    error = str(failure.error.cls_name) if failure.error else "Failure"
    if failure.user_failure_data:
        return "Failure", str(failure.user_failure_data.description)
    if failure.error and error == DagsterAssetCheckFailedError.__name__:
        return error, " ".join(failure.error.message.split())
    return error, "see the run's log"
