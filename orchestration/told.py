"""What is told when a night is published: alerts to the webhook, slow steps in the run's log."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import median

import dagster as dg

from orchestration.changes import Records
from orchestration.changes.records import EVERYTHING
from orchestration.notify import Notifier, message
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target
from orchestration.resources import Warehouse
from orchestration.retries import judged

NAME = "told_alerts"
DAYS = 7  # how long ago an alert may have become Critical that nobody was told of
NIGHTS = 7
TIMES = 2
LEAST_SECONDS = 30


def tell_of_night(context: dg.OpExecutionContext, warehouse: Warehouse, notifier: Notifier) -> None:
    """Tells the webhook of alerts that are new, and the run's log of steps that were slow.

    A night that built everything is longer by its nature, and compared with none.
    """
    with judged("Telling of the night"), warehouse.open(context.log.info) as target:
        alerts = tell_new_alerts(target, notifier, context.instance, context.run_id)
        everything = Records(target).read().get(EVERYTHING)
    built_everything = everything is not None and everything.built_by == context.run_id
    slow = [] if built_everything else warn_of_slow_steps(context)
    context.add_output_metadata({"new_critical_alerts": alerts, "slow_steps": slow})


def tell_new_alerts(
    target: Target, notifier: Notifier, instance: dg.DagsterInstance, run_id: str
) -> dict[str, int]:
    """Tells how many open alerts became Critical in the last DAYS days, by type, of those that
    nobody was told of yet.

    One that opened as Critical is among them, one that seed alert_decisions has decided is not.
    They are written down when the webhook has taken the message: where a run is killed between the
    two, they are told twice rather than never.
    Raises CannotRunError where the webhook does not take it.
    """
    model = f"model.{target.adapter.config.project_name}.customer_alerts"
    told = target.operations.incorporate(path={"identifier": NAME})
    target.execute(
        f"create table if not exists {told} "
        f"(alert_id string, as_of_date date, run_id string, told_at {target.timestamp})"
    )
    new = (
        f"from {target.manifest.nodes[model].relation_name} "
        f"where status = 'open' and critical_on > as_of_date - {DAYS} and decision is null "
        f"and alert_id not in (select alert_id from {told})"
    )
    found = target.query(f"select alert_type, count(*) {new} group by 1 order by 1")
    counts = {alert_type: int(count) for alert_type, count in found}
    if not counts:
        return {}
    total = sum(counts.values())
    title = f"found {total} new Critical alert{'s' if total > 1 else ''}"
    detail = ", ".join(f"{alert_type}: {count}" for alert_type, count in counts.items())
    try:
        is_told = notifier.send(message(instance, run_id, title, detail, alerts=counts))
    except OSError as error:
        raise CannotRunError(f"the webhook did not take it: {error}") from error
    if is_told:
        now = f"cast('{datetime.now(tz=UTC):%Y-%m-%d %H:%M:%S}' as {target.timestamp})"
        target.execute(
            f"insert into {told} (alert_id, as_of_date, run_id, told_at) "
            f"select alert_id, as_of_date, {target.text(run_id)}, {now} {new}"
        )
    return counts


def warn_of_slow_steps(context: dg.OpExecutionContext) -> list[str]:
    """Says in a run's log which of its steps took much longer than usual; nothing fails of it."""
    slow = slow_steps(*_durations(context.instance, context.run))
    for step in slow:
        context.log.warning(step)
    return slow


def slow_steps(seconds: Mapping[str, float], former: Sequence[Mapping[str, float]]) -> list[str]:
    """What is said of each step that took over TIMES its median of the last NIGHTS nights.

    seconds: of tonight's steps. former: the same of nights before. Of less than LEAST_SECONDS, and
    of a step that ran in fewer nights, nothing is said.
    """
    found = []
    for step, took in seconds.items():
        usual = [night[step] for night in former if step in night]
        if len(usual) < NIGHTS or took < LEAST_SECONDS or took <= TIMES * median(usual):
            continue
        found.append(
            f"{step} took {took:.0f} s, over {TIMES} times its usual {median(usual):.0f} s "
            f"(the median of {len(usual)} nights)"
        )
    return found


def _durations(
    instance: dg.DagsterInstance, run: dg.DagsterRun
) -> tuple[dict[str, float], list[dict[str, float]]]:
    """Seconds of a run's steps that have ended, and of those of its job's last good runs."""
    good = dg.RunsFilter(job_name=run.job_name, statuses=[dg.DagsterRunStatus.SUCCESS])
    former = instance.get_run_records(good, limit=NIGHTS, cursor=run.run_id)

    def seconds(run_id: str) -> dict[str, float]:
        return {
            step.step_key: step.end_time - step.start_time
            for step in instance.get_run_step_stats(run_id)
            if step.start_time and step.end_time
        }

    return seconds(run.run_id), [seconds(record.dagster_run.run_id) for record in former]
