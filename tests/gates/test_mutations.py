"""Every expectation of every suite is proved: data that violates it makes it fail, and only it."""

import re
from typing import Any

import pytest

from orchestration.gates.suites import GATES, read_suites
from tests.gates.conftest import EXPECTATIONS, Gated

QUERY = "unexpected_rows_expectation"

# What breaks a query, by its name: of one table (table.name), else of all that have it.
BREAKS = {
    "stale": "update {t} set _loaded_at = cast(_loaded_at as timestamp) - interval 20000 hours",
    "late": "update {t} set _loaded_at = least(cast(_loaded_at as timestamp), "
    "cast('{late_before}' as timestamp) - interval 1 hour)",
    "records_nobody_knows": "update {t} set record_key = 'nobody:0' "
    "where rowid = (select min(rowid) from {t} where record_key is not null)",
    "unnamed_people": "update {t} set first_name = null, last_name = null",
    "unusable_emails": "update {t} set identifier_value = 'none' where rowid = "
    "(select min(rowid) from {t} where identifier_type = 'email')",
    "orders_of_nobody": "update {t} set record_key = null",
    "int_order_items.lines_without_order": "update {t} set order_id = 'none' where rowid % 10 = 0",
    "order_items.lines_without_order": "update {t} set order_id = 'none' where rowid = 0",
    "lines_of_unknown_products": "update {t} set product_id = 'none' where rowid % 2 = 0",
    "resolved_before_opened": "update {t} set resolved_at = opened_at - interval 1 hour "
    "where rowid = 0",
    "outside_the_scale": "update {t} set score = scale_max + 1 where rowid = 0",
    "negative_amounts": "update {t} set amount = -1 where rowid = "
    "(select min(rowid) from {t} where transaction_type <> 'adjustment')",
    "largest_component": "insert into {t} by name select 'x:' || range as record_key, "
    "(select min(customer_id) from {t}) as customer_id from range(501)",
    "records_without_customer": "delete from {t} where rowid = 0",
    "records_that_moved": "update {t} set customer_id = 'cus_' || rowid where rowid % 20 = 0",
    "dropped_links": "update {t} set dropped_because = 'hub' where rowid % 3 > 0",
    "customers_without_golden_record": "update {t} set customer_id = 'none' where rowid = 0",
    "customers_of_the_map": "delete from {t} where rowid = 0",
    "anonymous_customers": "update {t} set is_anonymous = true",
    "identifiers_of_the_links": "delete from {t} where rowid = 0",
    "dropped_links_reconcile": "delete from {t} where rowid = 0",
    "aliases_of_the_living": "insert into {t} select customer_id as former_customer_id, "
    "customer_id, current_localtimestamp() as replaced_at from marts.customers limit 1",
    "ids_of_two_customers": "insert into {t} select 'cus_former' as former_customer_id, "
    "customer_id, current_localtimestamp() as replaced_at from marts.customers limit 2",
    "open_twice": "insert into {t} select 'again' as period_id, * exclude (period_id) from {t} "
    "where rowid = (select min(rowid) from {t} where valid_to is null)",
    "customers_of_the_last_run": "update {t} set customer_count = customer_count + 1",
    "kept_apart_from_itself": "update {t} set other_customer_id = customer_id where rowid = 0",
    "orders_reconcile": "delete from {t} where rowid = "
    "(select min(rowid) from {t} where net_amount_reporting = 0)",
    "orders.revenue_reconciles": "update {t} set net_amount_reporting = net_amount_reporting + 1 "
    "where rowid = 0",
    "buyers_reconcile": "update {t} set frequency = frequency + 1 where rowid = 0",
    "customers_reconcile": "delete from {t} where rowid = (select min(rowid) from {t} "
    "where coalesce(net_revenue_reporting, 0) = 0)",
    "customer_360.revenue_reconciles": "update {t} set net_revenue_reporting = 1 + "
    "coalesce(net_revenue_reporting, 0) where rowid = 0",
    "open_tickets_above_all": "update {t} set open_ticket_count = ticket_count + 1 where rowid = 0",
    "impossible_predictions": "update {t} set expected_orders_3m = 9, expected_orders_12m = 1 "
    "where rowid = 0",
    "months_reconcile": "update {t} set net_revenue_reporting = net_revenue_reporting + 1 "
    "where rowid = 0",
    "movements_reconcile": "update {t} set fx_mrr = fx_mrr + 1 where rowid = 0",
    "categories_reconcile": "update {t} set passive_count = passive_count + 1 where rowid = 0",
    "targets_met_too_late": "update {t} set is_sla_met = true, resolution_hours = sla_hours + 1 "
    "where rowid = (select min(rowid) from {t} where sla_hours > 0)",
    "tickets_reconcile": "update {t} set customer_id = null where rowid = "
    "(select min(rowid) from {t} where customer_id is not null)",
    "interactions_reconcile": "update {t} set ticket_id = 'none' where rowid = "
    "(select min(rowid) from {t} where channel is not null)",
    "backlog_reconciles": "update {t} set opened_count = opened_count + 1 where rowid = 0",
    "growth_of_part_of_a_month": "update {t} set is_whole_month = false where rowid = "
    "(select min(rowid) from {t} where usage_growth_pct is not null)",
    "touches_of_orders_reconcile": "delete from {t} where rowid = (select min(rowid) from {t} "
    "where touch_type = 'purchase' and amount_reporting > 0)",
    "risk_without_a_score": "update {t} set risk_level = 'Low' where rowid = "
    "(select min(rowid) from {t} where risk_level = 'Unknown')",
    "ends_before_it_opens": "update {t} set status = 'resolved' where rowid = "
    "(select min(rowid) from {t} where status = 'open')",
    "too_many_are_critical": "insert into {t} by name select 'alert_' || range as alert_id, "
    "'cus_' || range as customer_id, 'open' as status, 'Critical' as severity, "
    "'LowNPS' as alert_type, date '2026-06-30' as opened_on, date '2026-06-30' as last_seen_on, "
    "0 as days_open, 'nps_score' as metric, 0 as metric_value, 3 as threshold, "
    "'nps_score is 0' as message, date '2026-06-30' as as_of_date from range(10000)",
    "day_is_not_that_of_the_latest": "update {t} set net_revenue_reporting = 1 + "
    "net_revenue_reporting where rowid = (select min(rowid) from {t} "
    "where metric_date = (select max(metric_date) from {t}))",
    "metrics_of_nobody": "update {t} set customer_id = 'cus_nobody' where rowid = 0",
    "open_alerts_reconcile": "update {t} set open_alert_count = open_alert_count + 1 "
    "where rowid = 0",
    "won_and_open": "update {t} set is_won = true, is_open = true where rowid = 0",
    "rows_lost": "update {t} set received_count = received_count + 1 where rowid = 0",
    "mostly_rejected": "update {t} set rejected_pct = 70 where rowid = 0",
    "rejected_more_than_a_tenth": "update {t} set rejected_pct = 20 where rowid = 0",
}
# What cannot be broken alone: the other expectations that the same data violates.
IMPLIED = {
    "stale": {"late"},
    "int_tickets.in_the_future": {"resolved_before_opened"},
    "mostly_rejected": {"rejected_more_than_a_tenth"},
    "int_identity__map.expect_column_values_to_be_unique": {"records_without_customer"},
    "int_identity__golden_records.expect_column_values_to_be_unique": {
        "customers_without_golden_record"
    },
    "int_identity__map.expect_column_proportion_of_unique_values_to_be_between": {
        "expect_column_proportion_of_unique_values_to_be_between",
        "largest_component",
        "records_that_moved",
    },
    "oracle_brm.subscription.expect_compound_columns_to_be_unique": {
        "expect_column_values_to_be_unique"
    },
    "largest_component": {"expect_column_proportion_of_unique_values_to_be_between"},
}
# A column for which less than the least would break more than its own expectation.
ABOVE = {"customer_360.ticket_count"}


def every_expectation() -> list[Any]:
    """Gate, table and number of each expectation there is."""
    found = []
    for suite in (suite for gate in GATES for suite in read_suites(gate, EXPECTATIONS)):
        for number, part in enumerate(suite.expectations):
            label = part.name.removeprefix("expect_")
            about = part.kwargs.get("column", "")
            name = f"{suite.gate}-{suite.table}-{number}-{label}-{about}".rstrip("-")
            found.append(pytest.param(suite.gate, suite.table, number, id=name))
    return found


@pytest.mark.parametrize(("gate", "table", "number"), every_expectation())
def test_data_that_violates_an_expectation_fails_it_and_what_it_implies(
    gated: Gated, gate: str, table: str, number: int
) -> None:
    expectations = gated.suites[gate, table].expectations
    name = expectations[number].name
    statements, changed = violation(gated, gate, table, number)
    implied = IMPLIED.get(name, set()) | IMPLIED.get(f"{table}.{name}", set())
    if not statements:  # another memory of earlier runs, where the data are as they were
        implied = set()
    checked = sorted({number} | {n for n, part in enumerate(expectations) if part.name in implied})

    outcomes = gated.check(gate, table, statements, changed, checked)

    violated = outcomes[checked.index(number)]
    assert violated.success is False and violated.message is None, violated
    assert {part.expectation for part in outcomes if part.success is False} == {name, *implied}


def test_one_load_in_the_future_does_not_pass_for_a_fresh_one(gated: Gated) -> None:
    table = gated.project.tables["raw"]["web.events"]
    place = f"{table.schema}.{table.identifier}"
    statement = f"update {place} set _loaded_at = '2190-01-01 00:00:00' where rowid = 0"
    outcomes = gated.check("raw", "web.events", [statement], {})
    assert [part.expectation for part in outcomes if part.success is False] == ["late"]


def test_a_column_that_a_source_may_lack_is_missed_only_where_it_was_there_last_time(
    gated: Gated,
) -> None:
    table = gated.project.tables["raw"]["web.events"]
    statement = f"alter table {table.schema}.{table.identifier} drop column revenue"
    outcomes = gated.check("raw", "web.events", [statement], {})
    assert [part.success for part in outcomes if part.column == "revenue"] == [None]
    [missed] = [part for part in outcomes if part.success is False]
    assert (missed.observed_value, missed.stops) == ("without revenue", True)
    assert "--without" in missed.notes

    never = {"required_columns": list(table.required)}
    outcomes = gated.check("raw", "web.events", [statement], never)
    assert not [part for part in outcomes if part.success is False]


@pytest.mark.parametrize(
    ("table", "column", "bad_rows", "stops"),
    [
        ("retail.stores", "store_id", 5, False),
        ("retail.stores", "store_id", 6, True),
        ("privacy.consent_events", "granted", 5, True),
    ],
)
def test_a_few_bad_rows_of_a_small_table_stop_only_what_does_not_tolerate_them(
    gated: Gated, table: str, column: str, bad_rows: int, stops: bool
) -> None:
    place = gated.project.tables["raw"][table]
    name = f"{place.schema}.{place.identifier}"
    bad = "null" if column == "store_id" else "'perhaps'"
    statements = [
        f"delete from {name} where rowid >= 8",
        f"update {name} set {column} = {bad} where rowid < {bad_rows}",
    ]
    outcomes = gated.check("raw", table, statements, {"usual_row_count": 8})
    missed = [part for part in outcomes if part.column == column and part.success is False]
    assert missed
    assert any(part.stops for part in missed) == stops
    assert ("critical" in {part.weight for part in missed}) == stops


@pytest.mark.parametrize("gate", ["raw", "conformed", "marts"])
def test_good_data_passes(gated: Gated, gate: str) -> None:
    result = gated.results[gate]
    assert result.passed
    computed = [outcome for outcome in result.outcomes if outcome.message is not None]
    assert computed == []
    # the bad rows of the world, and tables where a day without a row is no surprise
    assert {outcome.expectation for outcome in result.failures} <= {
        "late",
        "rejected_more_than_a_tenth",
    }


def violation(  # noqa: PLR0911  (one answer a type)
    gated: Gated, gate: str, table: str, number: int
) -> tuple[list[str], dict[str, Any]]:
    """Statements, or other memories of earlier runs, that violate one expectation."""
    expectation = gated.suites[gate, table].expectations[number]
    place = gated.project.tables[gate][table]
    known = gated.known[gate, table]
    kwargs, column = expectation.kwargs, expectation.kwargs.get("column")
    t = f"{place.schema}.{place.identifier}"
    rows = "" if kwargs.get("mostly", 1) < 1 else f" where rowid = (select min(rowid) from {t} "
    rows = rows and rows + (f"where {column} is not null)" if column else ")")

    if expectation.type == "expect_table_columns_to_match_set":
        return [f"alter table {t} drop column {place.required[-2]}"], {}
    if expectation.type == "expect_table_row_count_to_be_between" and gate == "raw":
        kept = f"select rowid from {t} order by {place.key[0]} is null, _loaded_at desc, rowid"
        count = int(known["usual_row_count"] * 0.4)
        return [f"delete from {t} where rowid not in ({kept} limit {count})"], {}
    if any(isinstance(bound, dict) for bound in kwargs.values()):
        names = {name for name in known if name in str(kwargs)}
        assert names, "its bounds would be open"
        is_upper = "min_value" not in kwargs
        return [], {name: 0 if is_upper else (known[name] + 1) * 10 for name in names}
    if expectation.type == QUERY:
        return [_break(expectation.name, table, t, expectation.kwargs, known)], {}
    if expectation.type == "expect_column_values_to_not_be_null":
        return [f"update {t} set {column} = null{rows}"], {}
    if expectation.type == "expect_compound_columns_to_be_unique":
        equal = ", ".join(
            f"{part} = (select min({part}) from {t})" for part in kwargs["column_list"]
        )
        return [f"update {t} set {equal}"], {}
    if expectation.type == "expect_column_values_to_be_unique":
        one = f"(select max({column}) from {t} where rowid > (select min(rowid) from {t}))"
        return [f"update {t} set {column} = {one}{rows}"], {}
    if expectation.type in (
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_match_regex",
    ):
        return [f"update {t} set {column} = '~'{rows}"], {}
    if expectation.type == "expect_column_values_to_be_between":
        low, high = kwargs.get("min_value"), kwargs.get("max_value")
        assert (low, high) != (None, None), f"{table}.{column} has no bounds"
        beyond = high + 1 if low is None or f"{place.name}.{column}" in ABOVE else low - 1
        return [f"update {t} set {column} = {beyond}{rows}"], {}
    if expectation.type == "expect_column_proportion_of_unique_values_to_be_between":
        return [f"update {t} set {column} = (select min({column}) from {t})"], {}
    raise NotImplementedError(f"How is {expectation.type} violated? Say so here.")


def _break(name: str, table: str, t: str, kwargs: dict[str, Any], known: dict[str, Any]) -> str:
    if name == "in_the_future":
        query = kwargs["unexpected_rows_query"]
        match = re.search(r"when (?:cast\()?(\w+)", query)
        assert match
        return f"update {t} set {match[1]} = '2190-01-01 00:00:00'"
    statement = BREAKS.get(f"{table}.{name}") or BREAKS[name]
    return statement.format(t=t, late_before=known["late_before"])
