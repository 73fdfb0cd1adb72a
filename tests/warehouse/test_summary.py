"""What `make demo` prints, of the whole company and of one that has a shop alone."""

import pytest
from rich.console import Console

from demo.summary import print_summary
from tests.support import Warehouse

TITLES = (
    "Rows by source system", "Customers by recency, frequency and value",
    "Worth most in the next 12 months", "Expected churn, by method",
    "How customers feel, last 90 days", "Risk, by the last answers", "Open alerts",
    "What happened to",
)  # fmt: skip


def printed(warehouse: Warehouse) -> str:
    console = Console(width=120, record=True)
    print_summary(console, warehouse.database, warehouse.truth_dir)
    return console.export_text()


def test_the_summary_shows_how_customers_fare(warehouse: Warehouse) -> None:
    text = printed(warehouse)
    for title in TITLES:
        assert title in text
    [(nps, low, high)] = warehouse.query(
        "select nps, nps_low, nps_high from marts.nps_summary"
        " where period_type = 'trailing_90_days' and cut = 'overall'"
    )
    assert f"{nps:+.0f} │ {low:+.0f} to {high:+.0f}" in " ".join(text.split())
    for level, count in warehouse.query(
        "select risk_level, count(*) from marts.customer_360 where not is_anonymous group by 1"
    ):
        assert f"│ {level} │ {count:,} │" in " ".join(text.split())


@pytest.mark.slow
def test_a_company_that_asks_nobody_has_a_summary_too(retail: Warehouse) -> None:
    text = printed(retail)
    for title in TITLES:
        assert title in text
    assert "nobody answered" in text
