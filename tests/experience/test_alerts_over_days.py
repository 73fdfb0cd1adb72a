"""Alerts over thirty days, against nights that remember what was open and never look back."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.support import Warehouse

MODEL = "customer_alerts"
AS_OF = "1945-01-01"  # what the SQL was compiled for
FIRST_DAY = date(2026, 6, 1)
DAYS = [FIRST_DAY + timedelta(days=number) for number in range(30)]
NOT_RUN = {DAYS[9], DAYS[20]}
EVALUATED = [day for day in DAYS if day not in NOT_RUN]
RESOLVES_AFTER = {"Backlog": 3, "LowNPS": 1}
CUSTOMERS = [f"cus_{number}" for number in range(20)]

Met = dict[tuple[date, str, str], str]
Episode = tuple[str, str, date, date, date | None, str, date | None]


@dataclass
class Alert:
    """An alert as a night knows it."""

    opened_on: date
    last_seen_on: date
    severity: str
    critical_on: date | None = None
    days_without: int = 0
    resolved_on: date | None = None


def who_meets_what() -> Met:
    """The severity met by day, customer and type: some flap, some last, some come once."""
    chance = random.Random(7)
    met: Met = {}
    for customer in CUSTOMERS:
        for alert_type in RESOLVES_AFTER:
            stays = chance.choice([0.3, 0.6, 0.9])
            holds = False
            for day in EVALUATED:
                holds = chance.random() < (stays if holds else 0.25)
                if holds:
                    met[day, customer, alert_type] = chance.choice(["High", "High", "Critical"])
    return met


def remembered(met: Met, until: date) -> set[Episode]:
    """What nights one after the other, each of which knows the last one's, would have written."""
    past: list[tuple[str, str, Alert]] = []
    for customer in CUSTOMERS:
        for alert_type, resolves_after in RESOLVES_AFTER.items():
            alert: Alert | None = None
            for day in (each for each in EVALUATED if each <= until):
                severity = met.get((day, customer, alert_type))
                if severity:
                    if alert is None:
                        alert = Alert(day, day, severity)
                        past.append((customer, alert_type, alert))
                    alert.last_seen_on, alert.severity, alert.days_without = day, severity, 0
                    if severity == "Critical" and not alert.critical_on:
                        alert.critical_on = day
                elif alert:
                    alert.days_without += 1
                    if alert.days_without == resolves_after:
                        alert.resolved_on, alert = day, None
    return {
        (
            *(customer, alert_type, alert.opened_on, alert.last_seen_on, alert.resolved_on),
            *(alert.severity, alert.critical_on),
        )
        for customer, alert_type, alert in past
    }


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Met, date], list[Episode]]:
    """What customer_alerts says as of a day, where so many met the rules."""
    warehouse = Warehouse(tmp_path_factory.mktemp("alerts"), Path(), {"as_of_date": AS_OF})
    compiled = warehouse.dbt("compile", "--select", MODEL)
    assert compiled.success
    [sql] = [done.node.compiled_code for done in compiled.result if done.node.name == MODEL]
    assert AS_OF in sql

    def episodes(met: Met, until: date) -> list[Episode]:
        rules = [
            (day, None, alert_type, severity)
            for day in EVALUATED
            for alert_type in RESOLVES_AFTER
            for severity in ("High", "Critical")
        ]
        rows = [*rules, *((*key, severity) for key, severity in met.items())]
        # who is Critical meets the rule of High, too
        rows += [(*key, "High") for key, severity in met.items() if severity == "Critical"]
        random.Random(until.day).shuffle(rows)
        with duckdb.connect() as connection:
            connection.execute("attach ':memory:' as customer_360")
            for schema in ("measures", "marts", "reference"):
                connection.execute(f"create schema customer_360.{schema}")
            connection.execute(
                "create table customer_360.measures.int_alert_days (alert_date date,"
                " customer_id varchar, alert_type varchar, severity varchar,"
                " resolves_after_days integer, alert_rule varchar, metric varchar,"
                " metric_value numeric(18, 6), threshold numeric(18, 6))"
            )
            connection.executemany(
                "insert into customer_360.measures.int_alert_days values"
                " (?, ?, ?, ?, ?, 'metric <= 3', 'metric', 3, 3)",
                [(*row, RESOLVES_AFTER[row[2]]) for row in rows],
            )
            connection.execute(
                "create table customer_360.marts.customers as"
                " select unnest(?::varchar[]) as customer_id, null as account_owner",
                [CUSTOMERS],
            )
            connection.execute(
                "create table customer_360.marts.customer_aliases (former_customer_id varchar,"
                " customer_id varchar)"
            )
            connection.execute(
                "create table customer_360.reference.alert_decisions (alert_type varchar,"
                " customer_id varchar, decision varchar, until_date date)"
            )
            found: list[Episode] = connection.execute(
                "select customer_id, alert_type, opened_on, last_seen_on, resolved_on, severity,"
                f" critical_on from ({sql.replace(AS_OF, until.isoformat())})"
            ).fetchall()
        return found

    return episodes


def test_each_day_says_what_nights_that_remember_would_have_said(
    alerts: Callable[[Met, date], list[Episode]],
) -> None:
    met = who_meets_what()
    said_before: dict[tuple[str, str, date], date | None] = {}
    for day in DAYS:
        found = alerts(met, day)
        assert len(found) == len(set(found))
        assert set(found) == remembered(met, day)
        said = {(row[0], row[1], row[2]): row[4] for row in found}
        assert len(said) == len(found)
        # later days restate neither when an alert opened nor when it ended
        for key, resolved_on in said_before.items():
            assert key in said
            assert resolved_on in (None, said[key])
        said_before = said
    ended = [row for row in alerts(met, DAYS[-1]) if row[4]]
    assert len(ended) > len(CUSTOMERS)
    assert not {row[2] for row in ended} & NOT_RUN
    assert not {row[4] for row in ended} & NOT_RUN
