"""Past days of the daily tables: which can be made again, and which no night has made."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import dagster as dg

from orchestration.changes.inputs import tables_there, today
from orchestration.platform.warehouse import Target

BACKFILL_FROM = "CUSTOMER_360_BACKFILL_FROM"
_DEFAULT_FROM = "2020-01-01"


def backfill_days() -> dg.DailyPartitionsDefinition:
    """The days that can be made again: from CUSTOMER_360_BACKFILL_FROM until yesterday."""
    first = os.environ.get(BACKFILL_FROM) or _DEFAULT_FROM
    try:
        return dg.DailyPartitionsDefinition(start_date=date.fromisoformat(first).isoformat())
    except ValueError:
        raise dg.DagsterInvalidDefinitionError(
            f"{BACKFILL_FROM} is no date: {first!r}. Write it as YYYY-MM-DD."
        ) from None


def warn_of_missed_days(target: Target, warn: Callable[[str], Any]) -> None:
    """Names the days between the last night before the as-of date and that, and how to make them.

    An open target; nothing is said before the first night has ended.
    """
    node = target.manifest.nodes[f"model.{target.adapter.config.project_name}.int_alert_days"]
    if (node.schema.lower(), node.alias.lower()) not in tables_there(target, {node.schema.lower()}):
        return
    day = today(target.adapter.config)
    [[last]] = target.query(
        f"select cast(max(alert_date) as string) from {node.relation_name}"
        f" where alert_date < cast('{day}' as date)"
    )
    first_missed = date.fromisoformat(last) + timedelta(1) if last else day
    if first_missed < day:
        missed = f"{first_missed}...{day - timedelta(1)}"
        warn(
            f"No night was of {missed}: customer_metrics_daily and customer_alerts know nothing of "
            f"these days until `dg launch --job backfill --partition-range {missed}`"
        )
