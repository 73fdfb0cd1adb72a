"""The catalogue of defects: for every table what may be wrong with a row, and what becomes of it.

A defective row is a copy of a good one under a key of its own with exactly one thing wrong, so good
rows and what belongs to them stay whole. Each entry of the catalogue occurs at least once in any
world
of `FULL_FROM` people or more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from simulator.text import DAY, Ints, Rng, dates, times

FULL_FROM = 200
"""Worlds this large hold every entry of the catalogue."""

MISSING: tuple[str | None, ...] = (None, "", "   ", "\t\n", "\u00a0", "\u200b", "\ufeff ")
BAD_TIMES = (
    "31/02/2024 10:00", "2024-02-30 10:00:00", "2024-13-01 00:00:00", "not a date",
    "0000-00-00 00:00:00",
    "2024-05-01 25:61:00", "1715000000", "May 5th", "2024-5-1 9:00",
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
    "anna@example.com, ben@example.com", "anna.@example.com", "anna@exam ple.com", "n/a",
    "anna(at)example.com",
    f"{'x' * 250}@example.com",
)  # fmt: skip
# national numbers, and countries whose calling code the project does not know
NATIONAL_NUMBERS = ("0700 000 001", "(070) 000-00-02", "070000003", "0700-000-004")
UNKNOWN_COUNTRIES = ("RO", "Romania", "tr", "China")
UNKNOWN_CURRENCIES = ("XYZ", "BTC", "ZZZ", "£", "EURO", "Pounds")

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


def missing(*columns: str) -> list[Defect]:
    """A required value is not there."""
    return [Defect("", name, "missing", f"missing_{name}", {name: MISSING}) for name in columns]


def _invalid(column: str, values: Value, kind: str, *, repaired: bool) -> Defect:
    return Defect("", column, kind, f"invalid_{column}", {column: values}, repaired)


def refused(kind: str, values: Value, *columns: str) -> list[Defect]:
    """An invalid value that rejects its row."""
    return [_invalid(name, values, kind, repaired=False) for name in columns]


def mended(kind: str, values: Value, *columns: str) -> list[Defect]:
    """An invalid value that becomes null."""
    return [_invalid(name, values, kind, repaired=True) for name in columns]


def dialled_in(country: str, column: str, **also: Value) -> Defect:
    """A national telephone number in a country whose calling code nobody knows becomes null."""
    changes = {column: NATIONAL_NUMBERS, country: UNKNOWN_COUNTRIES, **also}
    return Defect("", column, "country", f"invalid_{column}", changes, is_repaired=True)


def rule(reason: str, **changes: Value) -> Defect:
    """A row that breaks a rule between its columns, or one about its table."""
    return Defect("", next(iter(changes)), "rule", reason, changes)


def given(
    defect: Defect, *where: str, equal: dict[str, str] | None = None, **also: Value
) -> Defect:
    """The same defect in rows that hold values in `where`, with other columns set as well."""
    pairs = tuple((equal or {}).items())
    return replace(defect, where=where, where_equal=pairs, changes=defect.changes | also)


def _table(name: str, *entries: Defect | list[Defect]) -> list[Defect]:
    flat = [one for entry in entries for one in (entry if isinstance(entry, list) else [entry])]
    return [replace(one, table=name) for one in flat]


_BELOW_ZERO = ("-1", "-12.50", "-0.01")
_BELOW_ZERO_WHOLE = ("-1", "-250")
_NOTHING: tuple[str | None, ...] = (None,)


def _scale(column: str, low: str, high: str, make: Callable[..., list[Defect]]) -> list[Defect]:
    """A whole number outside its scale, or none at all."""
    return [
        *make("type", BAD_WHOLES, column),
        *make("min", (str(int(low) - 1), "-99"), column),
        *make("max", (str(int(high) + 1), "99", "1000"), column),
    ]


def _salesforce() -> list[Defect]:
    email = mended("format", BAD_EMAILS, "email")
    too_old = ("1875-03-01", "1899-12-31")
    return [
        *_table(
            "salesforce.account",
            missing("id", "account_number", "created_date"),
            refused("type", BAD_TIMES, "created_date"),
            mended("type", BAD_TIMES, "last_modified_date"),
            [
                given(one, equal={"is_person_account": "false"})
                for one in mended("type", BAD_FLAGS, "is_person_account")
            ],
            mended("type", BAD_FLAGS, "is_deleted"),
            mended("values", BAD_CODES, "type", "status"),
            email,
            dialled_in("billing_country", "phone"),
            rule("future_date", created_date=future_times),
        ),
        *_table(
            "salesforce.contact",
            missing("id", "created_date"),
            refused("type", BAD_TIMES, "created_date"),
            mended("type", BAD_TIMES, "last_modified_date"),
            mended("type", BAD_FLAGS, "is_deleted"),
            email,
            dialled_in("mailing_country", "phone", mobile_phone=_NOTHING),
            dialled_in("mailing_country", "mobile_phone", phone=_NOTHING),
            mended("type", BAD_DATES, "birthdate"),
            mended("min", too_old, "birthdate"),
            rule("future_date", created_date=future_times),
        ),
        *_table(
            "salesforce.opportunity",
            missing("id", "account_id", "created_date"),
            refused("type", BAD_NUMBERS, "amount"),
            refused("min", _BELOW_ZERO, "amount"),
            refused("type", BAD_DATES, "close_date"),
            refused("type", BAD_TIMES, "created_date"),
            mended("type", BAD_FLAGS, "is_won", "is_closed"),
            rule("unknown_currency", currency=UNKNOWN_CURRENCIES),
        ),
    ]


def _servicenow() -> list[Defect]:
    return [
        *_table(
            "servicenow.incident",
            missing("sys_id", "opened_at"),
            refused("type", BAD_TIMES, "opened_at"),
            [given(one, "account_number") for one in mended("format", BAD_EMAILS, "caller_email")],
            _scale("priority", "1", "4", mended),
            mended("values", BAD_CODES, "state"),
            mended("type", BAD_TIMES, "resolved_at"),
            mended("type", BAD_WHOLES, "reassignment_count"),
            mended("min", _BELOW_ZERO_WHOLE, "reassignment_count"),
            rule("future_date", opened_at=future_times, resolved_at=_NOTHING),
            rule("resolved_before_opened", resolved_at=earlier_times, opened_at=recent_times),
        ),
        *_table(
            "servicenow.metric_result",
            missing("metric_id", "question_businesskey", "customer_id", "metric_date"),
            mended("type", BAD_NUMBERS, "duration_value"),
            mended("min", _BELOW_ZERO, "duration_value"),
            refused("type", BAD_TIMES, "metric_date"),
            rule("future_date", metric_date=future_times),
        ),
    ]


def _cx_survey() -> list[Defect]:
    version = mended("values", ("effort_1_10", "v2", "?"), "ces_version")
    outside: Value = ("6", "7")
    return _table(
        "cx_survey.survey_response",
        missing("response_id", "survey_date"),
        refused("type", BAD_TIMES, "survey_date"),
        [given(one, "customer_id") for one in mended("format", BAD_EMAILS, "email")],
        _scale("nps_rating", "0", "10", refused),
        _scale("csat_rating", "1", "5", refused),
        _scale("ces_rating", "1", "7", refused),
        [given(one, ces_rating=_NOTHING, csat_rating=("4",)) for one in version],
        rule("no_party", customer_id=_NOTHING, email=_NOTHING),
        rule("no_party", email=BAD_EMAILS, customer_id=_NOTHING),
        rule("no_answer", nps_rating=_NOTHING, csat_rating=_NOTHING, ces_rating=_NOTHING),
        rule("ces_out_of_scale", ces_rating=outside, ces_version=("effort_1_5",)),
        rule("ces_out_of_scale", ces_version=(None, "v2"), ces_rating=("3",)),
        rule("future_date", survey_date=future_times),
    )


def _oracle_brm() -> list[Defect]:
    return [
        *_table(
            "oracle_brm.billing_transaction",
            missing(
                "transaction_id",
                "customer_id",
                "transaction_date",
                "transaction_type",
                "amount",
                "currency",
                "status",
            ),
            refused("type", BAD_TIMES, "transaction_date"),
            refused("values", BAD_CODES, "transaction_type", "status"),
            refused("type", BAD_NUMBERS, "amount"),
            mended("type", BAD_DATES, "due_date", "paid_date"),
            rule(
                "negative_amount",
                amount=_BELOW_ZERO,
                transaction_type=("invoice", "payment", "charge"),
            ),
            rule("unknown_currency", currency=UNKNOWN_CURRENCIES),
            rule("future_date", transaction_date=future_times),
        ),
        *_table(
            "oracle_brm.subscription",
            missing("subscription_id", "customer_id", "status", "start_date", "mrr", "currency"),
            refused("values", BAD_CODES, "status"),
            refused("type", BAD_DATES, "start_date"),
            mended("type", BAD_DATES, "end_date", "renewal_date"),
            refused("type", BAD_NUMBERS, "mrr"),
            refused("min", _BELOW_ZERO, "mrr"),
            mended("values", BAD_CODES, "billing_cycle"),
            rule("unknown_currency", currency=UNKNOWN_CURRENCIES),
            rule("ends_before_start", end_date=earlier_dates, start_date=recent_dates),
        ),
        *_table(
            "oracle_brm.usage",
            missing("usage_id", "customer_id", "product_sku", "usage_date", "quantity"),
            refused("type", BAD_DATES, "usage_date"),
            refused("type", BAD_NUMBERS, "quantity"),
            refused("min", _BELOW_ZERO, "quantity"),
            rule("future_date", usage_date=future_dates),
        ),
    ]


def _retail() -> list[Defect]:
    sold: Value = ("SOLD",)
    amounts = ("tax_amount", "shipping_amount", "discount_amount")
    return [
        *_table(
            "retail.customers",
            missing("customer_id"),
            mended("format", BAD_EMAILS, "email_address"),
            dialled_in("country_code", "phone_number"),
            mended("type", BAD_DATES, "date_of_birth"),
            mended("min", ("1875-03-01", "1899-12-31"), "date_of_birth"),
            mended("values", BAD_CODES, "loyalty_tier", "customer_status"),
            mended("type", BAD_WHOLES, "loyalty_points"),
            mended("min", _BELOW_ZERO_WHOLE, "loyalty_points"),
            refused("type", BAD_TIMES, "registration_date"),
            mended("type", BAD_TIMES, "last_login_date"),
            rule("future_date", registration_date=future_times),
        ),
        *_table(
            "retail.transactions",
            missing(
                "transaction_id",
                "transaction_date",
                "transaction_type",
                "total_amount",
                "currency_code",
                "transaction_status",
            ),
            mended("values", BAD_CODES, "channel"),
            refused("type", BAD_TIMES, "transaction_date"),
            refused("values", BAD_CODES, "transaction_type", "transaction_status"),
            refused("type", BAD_NUMBERS, "total_amount", *amounts),
            refused("min", _BELOW_ZERO, *amounts),
            mended("type", BAD_WHOLES, "loyalty_points_earned", "loyalty_points_redeemed"),
            rule(
                "negative_amount",
                total_amount=_BELOW_ZERO,
                transaction_type=("PURCHASE", "EXCHANGE"),
            ),
            rule("unknown_currency", currency_code=UNKNOWN_CURRENCIES),
            rule("future_date", transaction_date=future_times),
        ),
        *_table(
            "retail.transaction_items",
            missing(
                "item_id", "transaction_id", "product_id", "quantity", "unit_price", "item_status"
            ),
            refused("type", BAD_WHOLES, "quantity"),
            refused("type", BAD_NUMBERS, "unit_price", "discount_amount"),
            refused("min", _BELOW_ZERO, "unit_price", "discount_amount"),
            mended("type", BAD_NUMBERS, "total_price"),
            refused("values", BAD_CODES, "item_status"),
            _scale("item_rating", "1", "5", mended),
            rule("not_positive_quantity", quantity=("0", "-1", "-3"), item_status=sold),
            rule("unknown_transaction", transaction_id=("T-LOST", "T0000000000000", "?")),
        ),
        *_table(
            "retail.products",
            missing("product_id"),
            refused("type", BAD_NUMBERS, "list_price", "unit_cost"),
            refused("min", _BELOW_ZERO, "list_price", "unit_cost"),
            mended("type", BAD_FLAGS, "is_active"),
        ),
        *_table("retail.stores", missing("store_id")),
    ]


def _web() -> list[Defect]:
    return _table(
        "web.events",
        missing("event_id", "event_type", "event_timestamp"),
        refused("values", BAD_CODES, "event_type"),
        refused("type", BAD_TIMES, "event_timestamp"),
        mended("format", BAD_EMAILS, "email"),
        dialled_in("country", "phone"),
        mended("type", BAD_NUMBERS, "time_on_page", "scroll_depth"),
        mended("min", _BELOW_ZERO, "time_on_page", "scroll_depth"),
        mended("max", ("100.5", "250"), "scroll_depth"),
        refused("type", BAD_NUMBERS, "revenue"),
        refused("min", _BELOW_ZERO, "revenue"),
        rule("no_party", cookie_id=_NOTHING, device_id=_NOTHING, login_id=_NOTHING),
        rule("future_date", event_timestamp=future_times),
    )


def _marketing() -> list[Defect]:
    return [
        *_table(
            "marketing.campaigns",
            missing("campaign_id"),
            refused("type", BAD_DATES, "start_date"),
            mended("type", BAD_DATES, "end_date"),
            refused("type", BAD_NUMBERS, "budget", "cost"),
            refused("min", _BELOW_ZERO, "budget", "cost"),
            rule("ends_before_start", end_date=earlier_dates, start_date=recent_dates),
        ),
        *_table(
            "marketing.engagement_events",
            missing("engagement_id", "channel", "action", "engagement_date"),
            [given(one, "customer_id") for one in mended("format", BAD_EMAILS, "email")],
            refused("values", BAD_CODES, "channel", "action"),
            mended("values", BAD_CODES, "status"),
            refused("type", BAD_TIMES, "engagement_date"),
            rule("no_party", customer_id=_NOTHING, email=_NOTHING),
            rule("no_party", email=BAD_EMAILS, customer_id=_NOTHING),
            rule("future_date", engagement_date=future_times),
        ),
        *_table(
            "marketing.preferences",
            missing(
                "preference_id",
                "customer_id",
                "preference_type",
                "preference_value",
                "preference_date",
            ),
            refused("values", BAD_CODES, "preference_type"),
            refused("type", BAD_NUMBERS, "preference_strength"),
            refused("min", _BELOW_ZERO, "preference_strength"),
            refused("max", ("1.01", "85"), "preference_strength"),
            mended("values", BAD_CODES, "preference_source"),
            refused("type", BAD_TIMES, "preference_date"),
        ),
    ]


def _support() -> list[Defect]:
    return [
        *_table(
            "support.tickets",
            missing("ticket_id", "status", "created_at"),
            [given(one, "customer_id") for one in mended("format", BAD_EMAILS, "requester_email")],
            refused("values", BAD_CODES, "status"),
            mended("values", BAD_CODES, "priority", "category"),
            refused("type", BAD_TIMES, "created_at"),
            mended("type", BAD_NUMBERS, "first_response_minutes"),
            mended("min", _BELOW_ZERO, "first_response_minutes"),
            mended("type", BAD_TIMES, "resolved_at"),
            _scale("satisfaction", "1", "5", mended),
            rule("resolved_before_opened", resolved_at=earlier_times, created_at=recent_times),
            rule("future_date", created_at=future_times, resolved_at=_NOTHING),
        ),
        *_table(
            "support.interactions",
            missing("interaction_id", "ticket_id", "interaction_type", "interaction_at"),
            refused("values", BAD_CODES, "interaction_type"),
            refused("type", BAD_TIMES, "interaction_at"),
            mended("type", BAD_NUMBERS, "resolution_minutes", "sentiment"),
            mended("min", _BELOW_ZERO, "resolution_minutes"),
            _scale("satisfaction", "1", "5", mended),
            mended("min", ("-1.01", "-5"), "sentiment"),
            mended("max", ("1.2", "45"), "sentiment"),
            mended("type", BAD_WHOLES, "escalation_level"),
            mended("min", _BELOW_ZERO_WHOLE, "escalation_level"),
            rule("future_date", interaction_at=future_times),
        ),
    ]


def _external() -> list[Defect]:
    counts = ("mention_count", "positive", "negative", "neutral")
    return [
        *_table(
            "external.profiles",
            missing("profile_id", "last_updated"),
            [given(one, "customer_id") for one in mended("format", BAD_EMAILS, "email")],
            mended("type", BAD_NUMBERS, "influence_score", "data_quality_score"),
            mended("min", _BELOW_ZERO, "influence_score", "data_quality_score"),
            refused("type", BAD_TIMES, "last_updated"),
            rule("no_party", customer_id=_NOTHING, email=_NOTHING),
        ),
        *_table(
            "external.sentiment",
            missing("sentiment_id", "customer_id", "sentiment_date", "score"),
            refused("type", BAD_TIMES, "sentiment_date"),
            refused("type", BAD_NUMBERS, "score"),
            refused("min", ("-1.01", "-5"), "score"),
            refused("max", ("1.2", "45"), "score"),
            mended("type", BAD_NUMBERS, "magnitude"),
            mended("min", _BELOW_ZERO, "magnitude"),
            mended("type", BAD_WHOLES, *counts),
            mended("min", _BELOW_ZERO_WHOLE, *counts),
        ),
    ]


def _customer_io() -> list[Defect]:
    return [
        *_table(
            "customer_io.people",
            missing("cio_id", "created_at"),
            mended("format", BAD_EMAILS, "email"),
            refused("type", BAD_TIMES, "created_at"),
            mended("type", BAD_FLAGS, "suppressed", "unsubscribed"),
        ),
        *_table(
            "customer_io.devices",
            missing("device_id", "cio_id"),
            mended("type", BAD_TIMES, "last_used_at"),
        ),
        *_table(
            "customer_io.deliveries",
            missing("delivery_id", "cio_id", "channel", "created_at"),
            refused("values", BAD_CODES, "channel"),
            refused("type", BAD_TIMES, "created_at"),
        ),
        *_table(
            "customer_io.metrics",
            missing("event_id", "delivery_id", "metric", "created_at"),
            refused("values", BAD_CODES, "metric"),
            refused("type", BAD_TIMES, "created_at"),
            rule("unknown_delivery", delivery_id=("dl-lost", "dl-0000000000000000")),
        ),
    ]


def _privacy() -> list[Defect]:
    email = [given(one, "customer_id") for one in mended("format", BAD_EMAILS, "email")]
    nobody = rule("no_party", email=_NOTHING, phone=_NOTHING, customer_id=_NOTHING)
    return [
        *_table(
            "privacy.consent_events",
            missing("event_id", "purpose", "granted", "occurred_at"),
            email,
            refused("values", BAD_CODES, "purpose"),
            refused("type", BAD_FLAGS, "granted"),
            refused("type", BAD_TIMES, "occurred_at"),
            nobody,
            rule("future_date", occurred_at=future_times),
        ),
        *_table(
            "privacy.requests",
            missing("request_id", "request_type", "received_at"),
            email,
            refused("values", BAD_CODES, "request_type"),
            refused("type", BAD_TIMES, "received_at"),
            mended("type", BAD_TIMES, "due_at", "completed_at"),
            nobody,
            rule("future_date", received_at=future_times),
        ),
    ]


def _by_table() -> dict[str, tuple[Defect, ...]]:
    systems = (
        _salesforce,
        _servicenow,
        _cx_survey,
        _oracle_brm,
        _retail,
        _web,
        _marketing,
        _support,
        _external,
        _customer_io,
        _privacy,
    )
    found: dict[str, list[Defect]] = {}
    for system in systems:
        for defect in system():
            found.setdefault(defect.table, []).append(defect)
    return {table: tuple(defects) for table, defects in found.items()}


CATALOGUE = _by_table()
"""All defects by table."""


def values_for(value: Value, loaded_at: Ints, rng: Rng, turn: int) -> pa.Array:
    """The values that make rows wrong; the `turn` lets every listed value come up."""
    if callable(value):
        return value(loaded_at, rng)
    code = (np.arange(len(loaded_at)) + turn) % len(value)
    return pa.array(list(value), pa.string()).take(pa.array(code))
