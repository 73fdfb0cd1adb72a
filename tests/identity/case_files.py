"""The cases of identity: what stands in cases.yml in short, written out."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.case_files import Case, read_cases

Rows = dict[str, list[dict[str, str]]]
# The column that tells a table's rows apart, where no case need know it.
ROW_ID = {
    "support.tickets": "ticket_id",
    "servicenow.incident": "sys_id",
    "cx_survey.survey_response": "response_id",
    "oracle_brm.subscription": "subscription_id",
    "web.events": "event_id",
    "marketing.engagement_events": "engagement_id",
    "external.profiles": "profile_id",
    "privacy.consent_events": "event_id",
}
SEEN_ON = "2026-01-10 10:00:00"
# What rows say of themselves where a case does not say otherwise.
USUAL = {
    "retail.customers": {"registration_date": "2025-06-01"},
    "salesforce.account": {"is_person_account": "true", "created_date": "2025-06-01"},
    "support.tickets": {"created_at": SEEN_ON},
    "servicenow.incident": {"opened_at": SEEN_ON},
    "cx_survey.survey_response": {"survey_date": SEEN_ON, "nps_rating": "9"},
    "oracle_brm.subscription": {"start_date": SEEN_ON[:10], "mrr": "10", "currency": "GBP"},
    "web.events": {"event_type": "page_view", "event_timestamp": SEEN_ON},
    "marketing.engagement_events": {
        "channel": "EMAIL",
        "action": "SENT",
        "engagement_date": SEEN_ON,
    },
    "external.profiles": {"last_updated": SEEN_ON},
    "customer_io.people": {"created_at": SEEN_ON},
    "customer_io.devices": {"last_used_at": SEEN_ON},
    "privacy.consent_events": {"purpose": "email", "granted": "true", "occurred_at": SEEN_ON},
}
RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


def expanded(text: str) -> list[str]:
    """`k{08..10}` as `k08`, `k09`, `k10`; a text without a range as it is."""
    found = RANGE.search(text)
    if found is None:
        return [text]
    first, last = found.groups()
    numbers = range(int(first), int(last) + 1)
    return [RANGE.sub(str(number).zfill(len(first)), text, count=1) for number in numbers]


def _rows_of(row: dict[str, str]) -> Iterator[dict[str, str]]:
    """The rows that a row with ranges, of one length, stands for."""
    values = {name: expanded(value) for name, value in row.items()}
    lengths = {len(each) for each in values.values()} - {1} or {1}
    assert len(lengths) == 1, f"ranges of more than one length: {row}"
    for place in range(lengths.pop()):
        yield {name: each[place if len(each) > 1 else 0] for name, each in values.items()}


def written_out(short_rows: Mapping[str, list[dict[str, str]]], name: str) -> Rows:
    """A row for each number of a range, and an id by the name for each row that has none."""
    rows = {}
    for table, short in short_rows.items():
        rows[table] = [each for row in short for each in _rows_of(row)]
        if table in ROW_ID:
            ids = (f"{name}-{place:03}" for place in range(len(rows[table])))
            rows[table] = [
                {ROW_ID[table]: row_id} | row for row_id, row in zip(ids, rows[table], strict=True)
            ]
    return rows


def records_of(customer: list[str]) -> list[str]:
    """The records of a customer, a key for each number of a range, in order."""
    return sorted(record for each in customer for record in expanded(each))


def _customers_of(case: Case) -> Iterator[list[str]]:
    """The records of each customer, in order."""
    for customer in case["customers"]:
        if isinstance(customer, str):
            yield from ([record] for record in expanded(customer))
        else:
            yield records_of(customer)


CASES = [
    case
    | {"rows": written_out(case["rows"], f"{number:03}"), "customers": list(_customers_of(case))}
    for number, case in enumerate(read_cases(Path(__file__).parent / "cases.yml"))
]


def add_seed_rows(seeds: Path, cases: Iterable[Case]) -> None:
    """Adds what the cases say that an analyst wrote to a project's seeds."""
    for case in cases:
        for seed, rows in case.get("seeds", {}).items():
            with (seeds / f"{seed}.csv").open("r+", encoding="utf-8", newline="") as file:
                columns: list[Any] = next(csv.reader(file))
                file.seek(0, 2)
                csv.DictWriter(file, columns, lineterminator="\n").writerows(rows)
