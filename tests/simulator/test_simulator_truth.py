"""The truth against the raw rows, judged without the simulator."""

import re

import pytest

from simulator.defects import CATALOGUE
from tests.simulator.judge import Judged, email

TABLES = sorted(CATALOGUE)


@pytest.fixture(params=["first", "appended"])
def world(request: pytest.FixtureRequest, judged: Judged, judged_appended: Judged) -> Judged:
    """The world as first written, and after the appends."""
    return judged if request.param == "first" else judged_appended


@pytest.mark.parametrize("table", TABLES)
def test_bad_rows_are_exactly_those_the_truth_names(world: Judged, table: str) -> None:
    source, name = table.split(".")
    raw = (
        f"select row_key, reason_code, false from {table} where reason_code is not null union all "
        f"select row_key, 'invalid_' || unnest(repaired), true from {table} where is_winner"
    )
    truth = (
        "select row_key, reason_code, is_repaired from truth.bad_rows "
        f"where source_name = '{source}' and table_name = '{name}'"
    )
    assert world.differences(raw, truth) == []


@pytest.mark.parametrize("table", TABLES)
def test_extra_copies_are_exactly_those_the_truth_names(world: Judged, table: str) -> None:
    source, name = table.split(".")
    raw = f"select row_key from {table} where reason_code is null and not is_winner"
    truth = (
        "select row_key from truth.duplicate_rows "
        f"where source_name = '{source}' and table_name = '{name}'"
    )
    assert world.differences(raw, truth) == []


def test_records_are_exactly_those_that_accepted_rows_make(world: Judged) -> None:
    known = [row[0] for row in world.rows("select record_key from truth.records")]
    assert len(known) == len(set(known))
    assert set(known) == world.record_keys()


def test_a_record_is_a_persons_or_an_organisations_or_nobodys(world: Judged) -> None:
    assert not world.rows(
        "select * from truth.records where person_id is not null and organisation_id is not null "
        "or (person_id is null) <> (household_id is null)"
    )
    nobodys = world.rows(
        "select record_key from truth.records where person_id is null and organisation_id is null"
    )
    assert nobodys
    shared = re.compile(r"web:(cookie|device):|[a-z_]+:(email|phone):|support:(WALKIN|99999)$")
    for (key,) in nobodys:
        assert shared.match(key), key


IDENTIFIERS = {
    "retail.customers": ("retail", "customer_id", ("email_address", "loyalty:customer_id")),
    "salesforce.contact": ("salesforce", "id", ("email",)),
    "salesforce.account": ("salesforce", "id", ("email", "account:account_number")),
    "customer_io.people": ("customer_io", "cio_id", ("email", "loyalty:id")),
    "marketing.engagement_events": (
        "marketing", "coalesce(customer_id, 'email:' || email)", ("email", "loyalty:customer_id"),
    ),
    "support.tickets": (
        "support", "coalesce(customer_id, 'email:' || requester_email)",
        ("requester_email", "loyalty:customer_id"),
    ),
    "external.profiles": (
        "external", "coalesce(customer_id, 'email:' || email)", ("email", "loyalty:customer_id"),
    ),
    "web.events": (
        "web", "coalesce('cookie:' || cookie_id, 'device:' || device_id, 'login:' || login_id)",
        ("email", "login:login_id"),
    ),
    "servicenow.incident": (
        "servicenow", "coalesce(account_number, 'email:' || caller_email)",
        ("caller_email", "account:account_number"),
    ),
    "oracle_brm.subscription": ("oracle_brm", "customer_id", ("account:customer_id",)),
    "cx_survey.survey_response": (
        "cx_survey", "coalesce(customer_id, 'email:' || email)", ("email", "account:customer_id"),
    ),
}  # fmt: skip


def carried() -> str:
    """SQL: the identifiers that rows give records: record_key, kind, value."""
    parts = []
    for table, (source, key, columns) in IDENTIFIERS.items():
        for column in columns:
            kind, name = column.split(":") if ":" in column else ("email", column)
            parts.append(
                f"select '{source}:' || {key} as record_key, '{kind}' as kind, {name} as value "
                f"from {table} where is_winner and {name} is not null"
            )
    return " union all ".join(parts)


def test_an_identifier_is_one_persons_or_a_shared_mailbox_or_shows_a_pattern(
    judged: Judged,
) -> None:
    shared = judged.rows(
        f"select kind, value, count(distinct person_id), count(distinct record_key) "
        f"from ({carried()}) join truth.records using (record_key) "
        "group by 1, 2 having count(distinct person_id) > 1"
    )
    hubs = [row for row in shared if row[1].startswith("thehouse")]
    assert len(hubs) == 1
    assert hubs[0][3] > 60
    of_patterns = {row[0] for row in judged.rows("select identifier_value from truth.patterns")}
    assert of_patterns & {row[1] for row in shared}
    for kind, value, _, _ in shared:
        if value in of_patterns:
            continue
        role = value.endswith(("@example.com", "@example.net", "@example.org"))
        assert kind in ("email", "login"), (kind, value)
        assert (
            value.startswith("thehouse")
            or (kind == "email" and role and not any(letter.isdigit() for letter in value))
            or value in ("anonymous", "null", "undefined")
        ), (kind, value)


def _national(phone: str) -> str:
    """SQL: the significant national number."""
    digits = f"regexp_replace(replace({phone}, '(0)', ''), '( ext.*$|[^0-9])', '', 'g')"
    return (
        f"case when regexp_matches({phone}, '^\\s*([+]|00)') "
        f"then regexp_replace({digits}, '^0*(44|49|33|1)', '') "
        f"else regexp_replace({digits}, '^0', '') end"
    )


def test_nobody_shares_telephone_and_given_name(judged: Judged) -> None:
    parts = [
        f"select '{source}:' || {key} as record_key, {_national(phone)} as phone, "
        f"lower(strip_accents(first_name)) as name from {source}.{table} where is_winner"
        for source, table, key, phone in (
            ("retail", "customers", "customer_id", "phone_number"),
            ("salesforce", "account", "id", "phone"),
            ("salesforce", "contact", "id", "phone"),
            ("salesforce", "contact", "id", "mobile_phone"),
        )
    ]
    telephones = (
        f"from ({' union all '.join(parts)}) join truth.records using (record_key) "
        "where length(phone) >= 9 and not regexp_matches(phone, '(00000000|11111111)')"
    )
    shared = judged.rows(
        f"select phone, name, count(distinct person_id) {telephones} "
        "group by 1, 2 having count(distinct person_id) > 1"
    )
    assert shared == []
    at_home = judged.rows(
        f"select phone from (select distinct phone, person_id, household_id {telephones}) "
        "group by 1 having count(distinct person_id) > 1 and count(distinct household_id) = 1"
    )
    assert at_home


def test_mailboxes_are_normalised_as_the_contract_says(judged: Judged) -> None:
    hostile = " \u00a0Anna.X＠EXAMPLE.com\t"
    found = judged.db.execute(f"select {email('$1')}", [hostile])
    assert found.fetchall() == [("anna.x@example.com",)]
