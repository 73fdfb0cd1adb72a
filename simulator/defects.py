"""The catalogue of defects: for every table what may be wrong with a row, and what becomes of it.

What may be wrong with a single value follows from the contract of its column; the rules between
columns are broken here. A defective row is a copy of a good one under a key of its own with exactly
one thing wrong, so good rows and what belongs to them stay whole. Each entry of the catalogue
occurs at least once in any world of `FULL_FROM` people or more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from simulator.tables import TABLES, Table
from simulator.text import DAY, Ints, Rng, dates, times

FULL_FROM = 200
"""Worlds this large hold every entry of the catalogue."""

MISSING: tuple[str | None, ...] = (None, "", "   ", "\t\n", "\u00a0", "\u200b", "\ufeff ")
BAD_TIMES = (
    "31/02/2024 10:00", "2024-02-30 10:00:00", "2024-13-01 00:00:00", "not a date",
    "0000-00-00 00:00:00",
    "2024-05-01 25:61:00", "20240501", "May 5th", "2024-5-1 9:00",
)  # fmt: skip
BAD_DATES = (
    "31/02/2024",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "tomorrow",
    "0000-00-00",
    "20240501",
    "12.05.24",
)
BAD_NUMBERS = ("abc", "NaN", "inf", "1.234,56", "12,5", "--", "£12.00", "12.3.4", "#REF!")
BAD_WHOLES = ("abc", "3.5", "five", "1,000", "NaN", "1e", "0x1F", "99999999999999999999")
BAD_CODES = ("XX", "???", "other", "n/a", "0", "PURCHASED!", "☃")
BAD_FLAGS = ("maybe", "2", "ja", "on?", "T/F")
BAD_EMAILS = (
    "not-an-email", "anna@@example.com", "anna@example", ".anna@example.com", "anna..b@example.com",
    "anna b@example.com", "@example.com", "anna@", "mailto:anna@example.com", "<anna@example.com>",
    "anna@example.com, ben@example.com", "anna.@example.com", "anna@exam ple.com", "not told",
    "anna(at)example.com",
    f"{'x' * 250}@example.com",
)  # fmt: skip
# national numbers, and countries that have no calling code or do not exist
NATIONAL_NUMBERS = ("0700 000 001", "(070) 000-00-02", "070000003", "0700-000-004")
UNKNOWN_COUNTRIES = ("AQ", "Atlantis", "zz", "Nowhere")
UNKNOWN_CURRENCIES = ("XYZ", "BTC", "ZZZ", "£", "EURO", "Pounds")
BAD_VALUES = {
    "timestamp": BAD_TIMES,
    "date": BAD_DATES,
    "numeric": BAD_NUMBERS,
    "bigint": BAD_WHOLES,
    "boolean": BAD_FLAGS,
}

Maker = Callable[[Ints, Rng], pa.Array]
Value = tuple[str | None, ...] | Maker


def future_times(loaded_at: Ints, rng: Rng) -> pa.Array:
    """Times two days to two years after the row was loaded."""
    return times(loaded_at + rng.integers(2 * DAY, 730 * DAY, len(loaded_at)))


def future_dates(loaded_at: Ints, rng: Rng) -> pa.Array:
    """Dates three days to two years after the row was loaded."""
    return dates(loaded_at + rng.integers(3 * DAY, 730 * DAY, len(loaded_at)))


def recent_times(loaded_at: Ints, rng: Rng) -> pa.Array:
    """Times within the day before the row was loaded."""
    return times(loaded_at - rng.integers(60, DAY, len(loaded_at)))


def earlier_times(loaded_at: Ints, rng: Rng) -> pa.Array:
    """Times two to thirty days before the row was loaded."""
    return times(loaded_at - rng.integers(2 * DAY, 30 * DAY, len(loaded_at)))


def recent_dates(loaded_at: Ints, rng: Rng) -> pa.Array:
    """The day the row was loaded."""
    return dates(loaded_at)


def earlier_dates(loaded_at: Ints, rng: Rng) -> pa.Array:
    """Days five to sixty days before the row was loaded."""
    return dates(loaded_at - rng.integers(5 * DAY, 60 * DAY, len(loaded_at)))


@dataclass(frozen=True)
class Defect:
    """One thing that may be wrong with a row.

    kind: missing, type, values, min, max, format, country or rule. changes: the columns that make
    it wrong (the one in `column` first; others only to make sure that nothing else is). where:
    columns that must hold a value in the good row; where_equal: what columns must say in it.
    """

    table: str
    column: str
    kind: str
    reason: str
    changes: dict[str, Value]
    is_repaired: bool = False
    where: tuple[str, ...] = ()
    where_equal: tuple[tuple[str, str], ...] = ()


def _missing(column: str) -> Defect:
    """A required value is not there."""
    return Defect("", column, "missing", f"missing_{column}", {column: MISSING})


def _invalid(column: str, rules: Mapping[str, Any], kind: str, values: Value) -> Defect:
    """A value that rejects its row, or becomes null, as the contract says."""
    is_repaired = rules.get("if_invalid") != "reject"
    return Defect("", column, kind, f"invalid_{column}", {column: values}, is_repaired)


def _dialled_in(column: str, rules: Mapping[str, Any]) -> Defect:
    """A national telephone number in a country that has no calling code."""
    defect = _invalid(column, rules, "country", NATIONAL_NUMBERS)
    return replace(defect, changes=defect.changes | {rules["phone_country"]: UNKNOWN_COUNTRIES})


def _bound(rules: Mapping[str, Any], bound: str) -> Value:
    """Values just and well beyond the least or the greatest that is allowed."""
    limit, sign = rules[bound], -1 if bound == "min" else 1
    if rules["data_type"] == "date":
        day = date.fromisoformat(str(limit))
        return tuple(str(day + sign * timedelta(days=days)) for days in (1, 9000))
    if rules["data_type"] == "bigint":
        return tuple(str(limit + sign * beyond) for beyond in (1, 99, 1000))
    return tuple(f"{limit + sign * beyond:.2f}" for beyond in (0.01, 1, 12.5))


def of_column(column: str, rules: Mapping[str, Any]) -> Iterator[Defect]:
    """All that may be wrong with the values of a column."""
    if rules.get("required"):
        yield _missing(column)
    if "accepted_values" in rules:
        yield _invalid(column, rules, "values", BAD_CODES)
    elif rules.get("format") == "email":
        yield _invalid(column, rules, "format", BAD_EMAILS)
    elif "phone_country" in rules:
        yield _dialled_in(column, rules)
    elif rules["data_type"] != "string":
        yield _invalid(column, rules, "type", BAD_VALUES[rules["data_type"]])
    for bound in ("min", "max"):
        if bound in rules:
            yield _invalid(column, rules, bound, _bound(rules, bound))


def rule(reason: str, **changes: Value) -> Defect:
    """A row that breaks a rule between its columns, or one about its table."""
    return Defect("", next(iter(changes)), "rule", reason, changes)


_BELOW_ZERO = ("-1", "-12.50", "-0.01")
_NOTHING: tuple[str | None, ...] = (None,)

RULES: dict[str, list[Defect]] = {
    "salesforce.account": [rule("future_date", created_date=future_times)],
    "salesforce.contact": [rule("future_date", created_date=future_times)],
    "salesforce.opportunity": [rule("unknown_currency", currency=UNKNOWN_CURRENCIES)],
    "servicenow.incident": [
        rule("future_date", opened_at=future_times, resolved_at=_NOTHING),
        rule("resolved_before_opened", resolved_at=earlier_times, opened_at=recent_times),
    ],
    "servicenow.metric_result": [rule("future_date", metric_date=future_times)],
    "cx_survey.survey_response": [
        rule("no_party", customer_id=_NOTHING, email=_NOTHING),
        rule("no_party", email=BAD_EMAILS, customer_id=_NOTHING),
        rule("no_answer", nps_rating=_NOTHING, csat_rating=_NOTHING, ces_rating=_NOTHING),
        rule("ces_out_of_scale", ces_rating=("6", "7"), ces_version=("effort_1_5",)),
        rule("ces_out_of_scale", ces_version=(None, "v2"), ces_rating=("3",)),
        rule("future_date", survey_date=future_times),
    ],
    "oracle_brm.billing_transaction": [
        rule(
            "negative_amount",
            amount=_BELOW_ZERO,
            transaction_type=("invoice", "payment", "charge"),
        ),
        rule("unknown_currency", currency=UNKNOWN_CURRENCIES),
        rule("future_date", transaction_date=future_times),
    ],
    "oracle_brm.subscription": [
        rule("unknown_currency", currency=UNKNOWN_CURRENCIES),
        rule("ends_before_start", end_date=earlier_dates, start_date=recent_dates),
    ],
    "oracle_brm.usage": [rule("future_date", usage_date=future_dates)],
    "retail.customers": [rule("future_date", registration_date=future_times)],
    "retail.transactions": [
        *(
            rule(
                "negative_amount",
                **{amount: _BELOW_ZERO, "transaction_type": ("PURCHASE", "EXCHANGE")},
            )
            for amount in ("total_amount", "tax_amount", "shipping_amount")
        ),
        rule("unknown_currency", currency_code=UNKNOWN_CURRENCIES),
        rule("future_date", transaction_date=future_times),
    ],
    "retail.transaction_items": [
        rule("not_positive_quantity", quantity=("0", "-1", "-3"), item_status=("SOLD",)),
        rule(
            "too_large",
            quantity=("2000000", "-2000000.5"),
            unit_price=("9999999.99",),
            item_status=("RETURNED",),
        ),
        rule("unknown_transaction", transaction_id=("T-LOST", "T0000000000000", "T-0")),
    ],
    "web.events": [
        rule("no_party", cookie_id=_NOTHING, device_id=_NOTHING, login_id=_NOTHING),
        rule("future_date", event_timestamp=future_times),
    ],
    "marketing.campaigns": [
        rule("ends_before_start", end_date=earlier_dates, start_date=recent_dates)
    ],
    "marketing.engagement_events": [
        rule("no_party", customer_id=_NOTHING, email=_NOTHING),
        rule("no_party", email=BAD_EMAILS, customer_id=_NOTHING),
        rule("future_date", engagement_date=future_times),
    ],
    "support.tickets": [
        rule("resolved_before_opened", resolved_at=earlier_times, created_at=recent_times),
        rule("future_date", created_at=future_times, resolved_at=_NOTHING),
    ],
    "support.interactions": [rule("future_date", interaction_at=future_times)],
    "external.profiles": [rule("no_party", customer_id=_NOTHING, email=_NOTHING)],
    "customer_io.metrics": [
        rule("unknown_delivery", delivery_id=("dl-lost", "dl-0000000000000000"))
    ],
    "privacy.consent_events": [
        rule("no_party", email=_NOTHING, phone=_NOTHING, customer_id=_NOTHING),
        rule("future_date", occurred_at=future_times),
    ],
    "privacy.requests": [
        rule("no_party", email=_NOTHING, phone=_NOTHING, customer_id=_NOTHING),
        rule("future_date", received_at=future_times),
    ],
}
"""The rules of each table, broken."""

IDENTIFIED_BY = {
    "servicenow.incident": "account_number",
    "cx_survey.survey_response": "customer_id",
    "marketing.engagement_events": "customer_id",
    "support.tickets": "customer_id",
    "external.profiles": "customer_id",
    "privacy.consent_events": "customer_id",
    "privacy.requests": "customer_id",
}
"""By what a row is somebody's without its email."""

ALONE: dict[tuple[str, str, str], dict[str, Value]] = {
    ("salesforce.contact", "phone", "country"): {"mobile_phone": _NOTHING},
    ("salesforce.contact", "mobile_phone", "country"): {"phone": _NOTHING},
    ("cx_survey.survey_response", "ces_version", "values"): {
        "ces_version": ("effort_1_10", "v2", "?"),
        "ces_rating": _NOTHING,
        "csat_rating": ("4",),
    },
}
"""Table, column and kind of defects, with what else a row says so that nothing else is wrong."""


def of_table(table: Table) -> tuple[Defect, ...]:
    """All that may be wrong with a row of a table."""
    found = []
    for column, rules in table.contract.items():
        for defect in of_column(column, rules):
            also = ALONE.get((table.name, column, defect.kind), {})
            is_email = defect.kind == "format" and table.name in IDENTIFIED_BY
            where = (IDENTIFIED_BY[table.name],) if is_email else ()
            found.append(replace(defect, where=where, changes=defect.changes | also))
    # a flag that is none counts as false: where it was true, the row would be another customer's
    equal = {"is_person_account": (("is_person_account", "false"),)}
    return tuple(
        replace(defect, table=table.name, where_equal=equal.get(defect.column, ()))
        for defect in (*found, *RULES.get(table.name, []))
    )


CATALOGUE = {table.name: of_table(table) for table in TABLES.values()}
"""All defects by table."""


def values_for(value: Value, loaded_at: Ints, rng: Rng, turn: int) -> pa.Array:
    """The values that make rows wrong; the `turn` lets every listed value come up."""
    if callable(value):
        return value(loaded_at, rng)
    code = (np.arange(len(loaded_at)) + turn) % len(value)
    return pa.array(list(value), pa.string()).take(pa.array(code))
