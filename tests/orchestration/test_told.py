"""What the webhook is told beside failures of a night, and which steps are said to be slow."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import dagster as dg
import pytest

from orchestration import told as night_end
from orchestration.notify import (
    Notifier,
    notify_failed_step,
    notify_good_again,
    notify_lost_runs,
)
from orchestration.platform.exceptions import CannotRunError
from orchestration.platform.warehouse import Target
from orchestration.resources import as_of_date
from orchestration.told import NIGHTS, slow_steps, tell_new_alerts, warn_of_slow_steps
from tests.engines.engine import Engine
from tests.orchestration.company import webhook
from tests.support import environment

DAY, DAY_BEFORE, WEEK_BEFORE = "2026-06-30", "2026-06-29", "2026-06-23"
NEW = {"ChurnRisk": 1, "LowCSAT": 1, "LowNPS": 2}
ALERTS = [
    ("opened as Critical", "LowNPS", DAY, None),
    ("became Critical", "LowNPS", DAY, None),
    ("of another type", "ChurnRisk", DAY, None),
    ("dismissed", "ChurnRisk", DAY, "dismissed"),
    ("Critical since yesterday", "LowCSAT", DAY_BEFORE, None),
    ("Critical a week ago", "LowCSAT", WEEK_BEFORE, None),
    ("over", "LowCSAT", DAY, None),
    ("never Critical", "PaymentFailed", None, None),
]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def told() -> Iterator[list[dict[str, Any]]]:
    """What the webhook of the environment is told."""
    with (
        webhook() as (address, messages),
        environment(
            CUSTOMER_360_WEBHOOK_URL=address,
            CUSTOMER_360_DAGSTER_URL="https://dagster.example",
            CUSTOMER_360_DBT_VARS=json.dumps({"as_of_date": DAY}),
        ),
    ):
        yield messages


def job(work: Callable[[dg.OpExecutionContext], None]) -> dg.JobDefinition:
    """A job `small` of one step, which tells of its failures."""

    @dg.job(name="small", resource_defs={"notifier": Notifier()}, hooks={notify_failed_step})
    def small() -> None:
        dg.op(name="work", out=dg.Out(dg.Nothing))(work)()

    return small


def works(context: dg.OpExecutionContext) -> None:
    """Does nothing."""


def breaks(context: dg.OpExecutionContext) -> None:
    raise dg.Failure("It is broken")


def run(
    work: Callable[[dg.OpExecutionContext], None], instance: dg.DagsterInstance
) -> dg.ExecuteInProcessResult:
    """Runs the job to its end, as the daemon's sensor sees it."""
    result = job(work).execute_in_process(instance=instance, raise_on_error=False)
    if result.success:
        notify_good_again(
            dg.build_run_status_sensor_context(
                sensor_name="notify_good_again",
                dagster_event=result.get_run_success_event(),
                dagster_instance=instance,
                dagster_run=result.dagster_run,
                resources={"notifier": Notifier()},
            )
        )
    return result


def alerts_in(target: Target, alerts: list[tuple[str, str, str | None, str | None]]) -> None:
    """Puts alerts in the place of the mart."""
    config, manifest = target.adapter.config, target.manifest
    mart = target.adapter.Relation.create_from(
        config, manifest.nodes[f"model.{config.project_name}.customer_alerts"]
    )
    for place in (mart, target.operations):
        target.execute(f"create schema if not exists {place.without_identifier()}")

    def literal(value: str | None) -> str:
        return "null" if value is None else target.text(value)

    rows = [
        f"select {literal(alert_id)} as alert_id, {literal(alert_type)} as alert_type, "
        f"'{'resolved' if alert_id == 'over' else 'open'}' as status, "
        f"cast({literal(critical_on)} as date) as critical_on, "
        f"cast({literal(decision)} as string) as decision, cast('{DAY}' as date) as as_of_date"
        for alert_id, alert_type, critical_on, decision in alerts
    ]
    target.execute(f"create or replace table {mart} as {' union all '.join(rows)}")


def test_a_new_critical_alert_is_told_once(
    engine: Engine, instance: dg.DagsterInstance, told: list[dict[str, Any]]
) -> None:
    run_id = instance.create_run_for_job(job(works)).run_id

    def tell() -> dict[str, int]:
        return tell_new_alerts(target, Notifier(), instance, run_id)

    with engine.target() as target:
        alerts_in(target, ALERTS)
        with environment(CUSTOMER_360_WEBHOOK_URL=""):
            assert tell() == NEW
        with (
            webhook(status=400) as (address, _),
            environment(CUSTOMER_360_WEBHOOK_URL=address),
            pytest.raises(CannotRunError, match="did not take it: HTTP Error 400"),
        ):
            tell()
        assert tell() == NEW, "nobody has taken it before"
        assert tell() == {}
        alerts_in(target, [*ALERTS, ("later on that day", "LowNPS", DAY, None)])
        assert tell() == {"LowNPS": 1}
    link = f"https://dagster.example/runs/{run_id}"
    title, detail = "small found 4 new Critical alerts", "ChurnRisk: 1, LowCSAT: 1, LowNPS: 2"
    text = f"*{title}*\n{detail}\nAs of {DAY}, run {run_id}: <{link}|open it>"
    assert told[0] == {
        "text": title,
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
        "job": "small",
        "run_id": run_id,
        "as_of_date": DAY,
        "link": link,
        "alerts": NEW,
    }
    assert [message["text"] for message in told[1:]] == ["small found 1 new Critical alert"]


def test_a_job_that_failed_last_time_is_told_to_be_good_again(
    instance: dg.DagsterInstance, told: list[dict[str, Any]]
) -> None:
    _, failed, good, _ = [run(work, instance) for work in (works, breaks, works, works)]
    assert [message["text"] for message in told] == [
        "small failed at work",
        "small is good again",
    ]
    assert [message["run_id"] for message in told] == [failed.run_id, good.run_id]
    assert told[0]["summary"] == "It is broken"
    for message in told:
        assert message["as_of_date"] == DAY
        assert f"As of {DAY}, run" in message["blocks"][0]["text"]["text"]


def test_a_run_that_was_lost_is_told_with_its_day_and_good_again_later(
    instance: dg.DagsterInstance, told: list[dict[str, Any]]
) -> None:
    lost = instance.create_run_for_job(job(works))
    instance.report_run_failed(lost)
    [event] = [
        entry.dagster_event
        for entry in instance.all_logs(lost.run_id, dg.DagsterEventType.RUN_FAILURE)
    ]
    notify_lost_runs(
        dg.build_run_status_sensor_context(
            sensor_name="notify_lost_runs",
            dagster_event=event,
            dagster_instance=instance,
            dagster_run=instance.get_run_by_id(lost.run_id),
            resources={"notifier": Notifier()},
        ).for_run_failure()
    )
    run(works, instance)
    assert [message["text"] for message in told] == [
        "small failed at the run itself",
        "small is good again",
    ]
    assert {message["as_of_date"] for message in told} == {DAY}


@pytest.mark.parametrize(
    ("variables", "day"),
    [
        ("{as_of_date: 2026-06-30}", DAY),
        ("", "2026-07-01"),
        ("{as_of_date: [", "2026-07-01"),
        ("{as_of_date: 2026-13-01}", "2026-07-01"),
        ("as_of_date", "2026-07-01"),
    ],
)
def test_a_message_has_a_day_whatever_the_vars_are(variables: str, day: str) -> None:
    with environment(CUSTOMER_360_DBT_VARS=variables):
        assert as_of_date(date(2026, 7, 2)) == day


def test_a_run_of_past_days_is_as_of_those(
    instance: dg.DagsterInstance, told: list[dict[str, Any]]
) -> None:
    @dg.job(partitions_def=dg.DailyPartitionsDefinition("2026-06-01"), hooks={notify_failed_step})
    def by_day() -> None:
        dg.op(name="work")(breaks)()

    first, last = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
    days: list[dict[str, Any]] = [
        {"partition_key": "2026-06-03"},
        {"tags": {first: "2026-06-04", last: "2026-06-06"}},
    ]
    for options in days:
        by_day.execute_in_process(
            instance=instance,
            raise_on_error=False,
            resources={"notifier": Notifier()},
            **options,
        )
    told_days = [message["as_of_date"] for message in told]
    assert told_days == ["2026-06-03", "2026-06-04...2026-06-06"]


USUAL = [40.0, 50.0, 60.0, 45.0, 55.0, 50.0, 900.0]


@pytest.mark.parametrize(
    ("seconds", "former", "usual"),
    [
        (101, USUAL, 50),
        (100, USUAL, None),
        (101, USUAL[1:], None),
        (30, [1.0] * NIGHTS, 1),
        (29, [1.0] * NIGHTS, None),
    ],
)
def test_over_twice_the_median_of_seven_nights_is_slow(
    seconds: int, former: list[float], usual: int | None
) -> None:
    nights = [{"dbt_marts": took, "published": 40.0} for took in former]
    said = slow_steps({"dbt_marts": seconds, "published": 41.0, "new": 500.0}, nights)
    text = f"dbt_marts took {seconds} s, over 2 times its usual {usual} s (the median of 7 nights)"
    assert said == ([text] if usual else [])


def test_a_slow_step_is_a_warning_in_the_log_of_its_run(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night_end, "TIMES", 0)
    monkeypatch.setattr(night_end, "LEAST_SECONDS", 0)

    @dg.op(ins={"after": dg.In(dg.Nothing)})
    def told(context: dg.OpExecutionContext) -> None:
        warn_of_slow_steps(context)

    @dg.job
    def night() -> None:
        told(dg.op(name="work", out=dg.Out(dg.Nothing))(works)())

    warnings = []
    for _ in range(NIGHTS + 1):
        result = night.execute_in_process(instance=instance)
        entries = instance.all_logs(result.run_id)
        warnings.append([entry.user_message for entry in entries if entry.level == logging.WARNING])
    assert warnings[:NIGHTS] == [[]] * NIGHTS, "no seven nights to compare with"
    [[warning]] = warnings[NIGHTS:]
    assert warning.startswith("work took 0 s, over 0 times its usual 0 s")
