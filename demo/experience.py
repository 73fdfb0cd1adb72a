"""How customers feel and what happened to one of them, as tables of the summary."""

from __future__ import annotations

import duckdb
from rich.table import Table

_TOUCHES = 12


def scores_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    """NPS, CSAT and CES of the trailing 90 days, each with its 95 % interval."""
    table = Table(title="How customers feel, last 90 days", title_justify="left")
    table.add_column("")
    for header in ("score", "95 % interval", "respondents"):
        table.add_column(header, justify="right")
    rows = warehouse.execute(
        """
        select 'NPS', format('{:+.0f}', nps), format('{:+.0f} to {:+.0f}', nps_low, nps_high),
            respondent_count
        from marts.nps_summary
        where period_type = 'trailing_90_days' and cut = 'overall'
        union all
        select 'CSAT, satisfied', format('{:.0f} %', 100 * csat_share),
            format('{:.0f} % to {:.0f} %', 100 * csat_share_low, 100 * csat_share_high),
            respondent_count
        from marts.csat_summary
        where period_type = 'trailing_90_days' and cut = 'overall'
        union all
        select 'CES, found it easy', format('{:.0f} %', 100 * easy_share),
            format('{:.0f} % to {:.0f} %', 100 * easy_share_low, 100 * easy_share_high),
            respondent_count
        from marts.ces_summary
        where period_type = 'trailing_90_days' and cut = 'overall'
        """
    ).fetchall()
    for name, score, interval, respondents in rows:
        table.add_row(name, score, interval, f"{respondents:,}")
    if not rows:
        table.add_row("nobody answered", "", "", "0")
    return table


def risk_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    """Customers by risk level, and how many of each are worth much."""
    table = Table(title="Risk, by the last answers", title_justify="left")
    table.add_column("level")
    for header in ("customers", "of high value", "mean health"):
        table.add_column(header, justify="right")
    rows = warehouse.execute(
        """
        select health.risk_level, count(*), count(*) filter (health.value_level = 'High'),
            avg(health.health_score)
        from marts.customer_health as health
        inner join marts.customers using (customer_id)
        where not customers.is_anonymous
        group by 1
        order by list_position(['Critical', 'High', 'Medium', 'Low'], health.risk_level) nulls last
        """
    ).fetchall()
    for level, customers, high, health in rows:
        table.add_row(
            level, f"{customers:,}", f"{high:,}", "" if health is None else f"{health:.0f}"
        )
    return table


def alerts_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    """Open alerts by type and severity."""
    table = Table(title="Open alerts", title_justify="left")
    table.add_column("type")
    severities = ("Critical", "High", "Medium", "Low")
    for severity in severities:
        table.add_column(severity, justify="right")
    counts = ", ".join(f"count(*) filter (severity = '{each}')" for each in severities)
    rows = warehouse.execute(
        f"""
        select alert_type, {counts}
        from marts.customer_alerts
        where status = 'open'
        group by 1
        order by 2 desc, 3 desc, count(*) desc, 1
        """
    ).fetchall()
    for alert_type, *found in rows:
        table.add_row(alert_type, *(f"{count:,}" if count else "" for count in found))
    if not rows:
        table.add_row("none", *[""] * len(severities))
    return table


def timeline_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    """The newest touches of the customer to whom the most different things happened."""
    [(customer,)] = warehouse.execute(
        """
        select max(customer_id) from (
            select customer_id from marts.customer_timeline
            group by 1 order by count(distinct touch_type) desc, count(*) desc, 1 limit 1
        )
        """
    ).fetchall()
    table = Table(title=f"What happened to {customer or 'nobody'}, lately", title_justify="left")
    for header in ("when", "what", "more of it"):
        table.add_column(header)
    rows = warehouse.execute(
        f"""
        select strftime(occurred_at, '%Y-%m-%d %H:%M'), title, coalesce(detail, '')
        from marts.customer_timeline
        where customer_id = ?
        order by occurred_at desc, timeline_id desc
        limit {_TOUCHES}
        """,
        [customer],
    ).fetchall()
    for when, what, more in reversed(rows):
        table.add_row(when, what, more)
    return table
