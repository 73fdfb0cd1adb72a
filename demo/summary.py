"""What a build found, as a person reads it: rows, customers, stitching, worth, how they feel.

`python -m demo.summary` prints it again without building anything.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from demo.experience import alerts_table, risk_table, scores_table, timeline_table
from simulator.stitching import measure_stitching

_BAR_WIDTH = 24


def print_summary(console: Console, database: Path, truth_dir: Path) -> None:
    """Print what the last build into `database` found.

    Raises:
        FileNotFoundError: There is no such database.
    """
    if not database.exists():
        raise FileNotFoundError(
            f"No warehouse at {database}: run `make demo` or `dbt build` first."
        )
    with duckdb.connect(str(database), read_only=True) as warehouse:
        console.print(_rows_table(warehouse))
        console.print(_customers_table(warehouse, truth_dir))
        currency = _currency(warehouse)
        console.print(_segments_table(warehouse, currency))
        console.print(_months_table(warehouse, currency))
        console.print(_movements_table(warehouse, currency))
        console.print(_worth_table(warehouse, currency))
        console.print(_churn_table(warehouse))
        console.print(scores_table(warehouse))
        console.print(risk_table(warehouse))
        console.print(alerts_table(warehouse))
        console.print(timeline_table(warehouse))
    console.print(
        f"\n[bold]Where to look next[/bold]\n"
        f"  One row per customer      from marts.customer_360 where not is_anonymous\n"
        f"  What customers are worth  from marts.customer_clv (docs/lifetime-value.md)\n"
        f"  What happened to somebody from marts.customer_timeline where customer_id = '…'\n"
        f"  Questions, with their SQL docs/questions.md\n"
        f"  What was refused, and why from operations.rejected_records\n"
        f"  Links that join nobody    from marts.identity_dropped_links\n"
        f"  Customers kept apart      from marts.identity_refused_merges\n"
        f"  The catalogue             make docs\n"
        f"  Your own data             docs/your-own-data.md\n"
        f"  Open the warehouse:\n"
        f"    .venv/bin/python -c \"import duckdb; print(duckdb.connect('{database}')"
        f".sql('from marts.customer_360 limit 5'))\"",
        soft_wrap=True,
        highlight=False,
    )


def _rows_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    table = Table(title="Rows by source system", title_justify="left", show_footer=True)
    rows = warehouse.execute(
        """
        select
            source_name,
            sum(received_count),
            sum(accepted_count),
            sum(rejected_count),
            sum(duplicate_count),
            sum(repaired_count)
        from operations.data_quality_metrics
        group by 1
        order by 2 desc
        """
    ).fetchall()
    totals = [sum(int(row[i]) for row in rows) for i in range(1, 6)]
    headers = ["received", "accepted", "rejected", "duplicates", "repaired*"]
    table.add_column("source", footer="all")
    for header, total in zip(headers, totals, strict=True):
        table.add_column(header, footer=f"{total:,}", justify="right")
    for source, *counts in rows:
        table.add_row(source, *(f"{int(count):,}" for count in counts))
    table.caption = "* accepted with an invalid value made null: operations.repaired_records"
    table.caption_justify = "left"
    return table


def _customers_table(warehouse: duckdb.DuckDBPyConnection, truth_dir: Path) -> Table:
    table = Table(title="Records to customers", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    counts = warehouse.execute(
        """
        select
            (select count(*) from identity.int_identity__map),
            count(*),
            count(*) filter (where is_anonymous),
            count(*) filter (where party_type = 'organisation'),
            max(record_count),
            (select count(*) from marts.identity_dropped_links)
        from marts.customers
        """
    ).fetchone()
    assert counts is not None
    records, customers, anonymous, organisations, largest, dropped = counts
    table.add_row("records in all sources", f"{records:,}")
    table.add_row("customers", f"{customers:,}")
    table.add_row("  known people", f"{customers - anonymous - organisations:,}")
    table.add_row("  organisations", f"{organisations:,}")
    table.add_row("  anonymous browsers", f"{anonymous:,}")
    table.add_row("records of the largest customer", f"{largest:,}")
    table.add_row("links refused", f"{dropped:,}")
    if truth_dir.exists():
        stitching = measure_stitching(warehouse, truth_dir)
        table.add_row("against the simulated truth:", f"{stitching.records:,} records")
        table.add_row("  precision of pairs", f"{stitching.precision:.5f}")
        table.add_row("  recall of pairs", f"{stitching.recall:.5f}")
        table.add_row("  of those that anything ties", f"{stitching.tied_recall:.5f}")
        table.add_row("  F1", f"{stitching.f1:.5f}")
        table.add_row("  customers of two people", f"{stitching.mixed_customers:,}")
    return table


def _currency(warehouse: duckdb.DuckDBPyConnection) -> str:
    """The reporting currency, which is worth one of itself on every day."""
    currencies = warehouse.execute(
        """
        select currency
        from conformed.int_exchange_rates
        group by 1
        having min(reporting_rate) = 1 and max(reporting_rate) = 1
        """
    ).fetchall()
    return currencies[0][0] if currencies else "reporting currency"


def _segments_table(warehouse: duckdb.DuckDBPyConnection, currency: str) -> Table:
    table = Table(title="Customers by recency, frequency and value", title_justify="left")
    table.add_column("segment")
    for header in ("customers", f"revenue, {currency}", "orders each", "median recency"):
        table.add_column(header, justify="right")
    rows = warehouse.execute(
        """
        select rfm_segment, count(*), sum(monetary), avg(frequency), median(recency_days)
        from marts.customer_rfm
        group by 1
        order by 3 desc
        """
    ).fetchall()
    for segment, customers, revenue, orders, days in rows:
        table.add_row(
            segment, f"{customers:,}", f"{revenue:,.0f}", f"{orders:.1f}", f"{days:.0f} days"
        )
    return table


def _months_table(warehouse: duckdb.DuckDBPyConnection, currency: str) -> Table:
    table = Table(title="Revenue by month, of orders and of billing", title_justify="left")
    table.add_column("month")
    for header in ("orders", "billed", f"revenue, {currency}"):
        table.add_column(header, justify="right")
    table.add_column("")
    rows = warehouse.execute(
        """
        select
            strftime(month_start_date, '%Y-%m') || case when is_whole_month then '' else ' *' end,
            sum(net_revenue_reporting),
            sum(billed_revenue_reporting),
            sum(revenue_reporting)
        from marts.revenue_monthly
        group by month_start_date, is_whole_month
        order by month_start_date desc
        limit 12
        """
    ).fetchall()
    highest = max((revenue for *_, revenue in rows), default=0)
    for month, orders, billed, revenue in reversed(rows):
        bar = "█" * round(_BAR_WIDTH * max(float(revenue), 0) / float(highest or 1))
        table.add_row(month, f"{orders:,.0f}", f"{billed:,.0f}", f"{revenue:,.0f}", bar)
    if rows and rows[0][0].endswith("*"):
        table.caption, table.caption_justify = "* not over yet", "left"
    return table


def _movements_table(warehouse: duckdb.DuckDBPyConnection, currency: str) -> Table:
    table = Table(title=f"Monthly recurring revenue, {currency}", title_justify="left")
    movements = (
        "opening", "new", "expansion", "contraction", "churned", "reactivated", "fx", "closing",
    )  # fmt: skip
    sums = ", ".join(f"sum({movement}_mrr)" for movement in movements)
    rows = warehouse.execute(
        f"""
        select strftime(month_start_date, '%Y-%m'), {sums}
        from marts.mrr_monthly
        group by month_start_date
        order by month_start_date desc
        limit 3
        """
    ).fetchall()
    table.add_column("")
    for month, *_ in reversed(rows):
        table.add_column(month, justify="right")
    for place, movement in enumerate(movements, 1):
        amounts = [row[place] for row in reversed(rows)]
        if movement != "fx" or any(amounts):
            table.add_row(movement, *(f"{amount:,.0f}" for amount in amounts))
    return table


def _worth_table(warehouse: duckdb.DuckDBPyConnection, currency: str) -> Table:
    title = f"Worth most in the next 12 months, {currency}"
    table = Table(title=title, title_justify="left")
    table.add_column("customer", no_wrap=True)
    headers = ("predicted", "orders", "a day", "alive", "to date")
    for header in headers:
        table.add_column(header, justify="right")
    rows = warehouse.execute(
        """
        select
            customer_id, predicted_clv_12m, expected_orders_12m, expected_order_value, p_alive,
            historic_clv
        from marts.customer_clv
        where predicted_clv_12m is not null
        order by clv_rank, customer_id
        limit 5
        """
    ).fetchall()
    for customer, predicted, orders, value, alive, historic in rows:
        table.add_row(
            customer, f"{predicted:,.2f}", f"{orders:.1f}", f"{value:,.2f}", f"{alive:.2f}",
            f"{historic:,.2f}",
        )  # fmt: skip
    if not rows:
        [(status,)] = warehouse.execute(
            "select coalesce(max(clv_status), 'nobody bought') from marts.customer_clv"
            " where clv_status <> 'contract'"
        ).fetchall()
        reasons = warehouse.execute(
            "select coalesce(reason, spend_reason) from measures.int_clv_parameters"
            " order by as_of_date desc limit 1"
        ).fetchone()
        why = f" ({reasons[0]})" if reasons and reasons[0] else ""
        table.add_row(f"nobody: {status}{why}", *[""] * len(headers))
    table.caption = "revenue x margin, by BG/NBD and Gamma-Gamma: docs/lifetime-value.md"
    table.caption_justify = "left"
    return table


def _churn_table(warehouse: duckdb.DuckDBPyConnection) -> Table:
    table = Table(title="Expected churn, by method", title_justify="left")
    table.add_column("segment")
    for header in ("by model", "churn", "by rules", "churn"):
        table.add_column(header, justify="right")
    rows = warehouse.execute(
        """
        select
            coalesce(customer_rfm.rfm_segment, 'no purchase'),
            count(*) filter (churn_method = 'model'),
            avg(churn_probability) filter (churn_method = 'model'),
            count(*) filter (churn_method = 'rules'),
            avg(churn_probability) filter (churn_method = 'rules')
        from marts.customer_churn
        left join marts.customer_rfm using (customer_id)
        group by 1
        order by count(*) desc
        """
    ).fetchall()
    for segment, *found in rows:
        model, model_churn, rules, rules_churn = found
        table.add_row(
            segment,
            f"{model:,}", "" if model_churn is None else f"{model_churn:.0%}",
            f"{rules:,}", "" if rules_churn is None else f"{rules_churn:.0%}",
        )  # fmt: skip
    return table


def main() -> int:
    """Print the summary of the default warehouse; 0 if there is one, 2 if not."""
    console = Console()
    database = Path(os.environ.get("CUSTOMER_360_DUCKDB", "data/customer_360.duckdb"))
    truth_dir = Path(os.environ.get("CUSTOMER_360_RAW_DIR", "data/raw")).parent / "truth"
    try:
        print_summary(console, database, truth_dir)
    except FileNotFoundError as error:
        console.print(f"[red]{error}[/red]")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
